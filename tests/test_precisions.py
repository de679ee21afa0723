"""What is told of the precisions is what their kept answers score."""

from __future__ import annotations

import json

import pytest

from aac.cli.quality import ANSWERS
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.workflow import quality
from benchmarks.precisions import DATA, KEPT, LLAMA_CPP, PRECISIONS, TASKS, folder_of, scores_of
from tests.conftest import ROOT

FOLDER = (ROOT / ANSWERS).parent


@pytest.mark.parametrize("name", [*PRECISIONS, LLAMA_CPP])
def test_the_kept_scores_are_what_the_kept_answers_score(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    (told,) = (row for row in json.loads((FOLDER / KEPT).read_text(encoding="utf-8")) if row["name"] == name)

    assert {task: told[task] for task in TASKS} == scores_of(name, FOLDER)


@pytest.mark.parametrize("name", [*PRECISIONS, LLAMA_CPP])
def test_the_answers_are_of_the_adapter_that_ships(name: str):
    shipped = weights_sha256(DEFAULT_FOLDER)

    for task in TASKS:
        kept = quality.read_answers(folder_of(FOLDER, name), quality.WITH, quality.read_task(ROOT / DATA, task))
        assert kept.adapter_sha256 == shipped
