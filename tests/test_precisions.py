"""What is told of the precisions is what their kept answers score."""

from __future__ import annotations

import json

import pytest

from aac.cli.quality import ANSWERS
from aac.models.adapters import DEFAULT_FOLDER, read_adapter
from aac.workflow import quality
from benchmarks.precisions import DATA, KEPT, LLAMA_CPP, PRECISIONS, TASKS, folder_of, is_answered, scores_of
from tests.conftest import ROOT

FOLDER = (ROOT / ANSWERS).parent


@pytest.mark.parametrize("name", [*PRECISIONS, LLAMA_CPP])
def test_the_kept_scores_are_what_the_kept_answers_score(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    (told,) = (row for row in json.loads((FOLDER / KEPT).read_text(encoding="utf-8")) if row["name"] == name)

    assert {task: told[task] for task in TASKS} == scores_of(name, FOLDER)


@pytest.mark.parametrize("name", [*PRECISIONS, LLAMA_CPP])
def test_the_answers_are_of_the_adapter_that_ships_made_as_they_are_made_now(name: str):
    adapter = read_adapter(DEFAULT_FOLDER, "default")

    for task in TASKS:
        assert is_answered(folder_of(FOLDER, name), quality.read_task(ROOT / DATA, task), adapter)
