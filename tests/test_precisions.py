"""What is told of the precisions is what their kept answers score."""

from __future__ import annotations

from typing import Any

import pytest

from aac.cli.quality import ANSWERS, DATA
from aac.models.adapters import DEFAULT_FOLDER, read_adapter
from aac.workflow import quality
from aac.workflow.precisions import LLAMA_CPP, PRECISIONS, TASKS, folder_of, read_measured, scores_of
from aac.workflow.quality_tasks import read_task
from benchmarks.precisions import is_answered
from tests.conftest import ROOT

KEPT = ROOT / ANSWERS
NAMES = (*PRECISIONS, LLAMA_CPP)


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    report = quality.read_report(KEPT.parent)
    assert report is not None
    return {row["name"]: row for row in report["precisions"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_scores_are_what_the_kept_answers_score(told: dict[str, dict[str, Any]], name: str):
    again = scores_of(ROOT / DATA, KEPT, name)

    for task in TASKS:
        found = {metric: one["score"] for metric, one in again[task].items()}
        assert found == pytest.approx({metric: one["score"] for metric, one in told[name]["scores"][task].items()})


def test_memory_and_pace_in_the_report_are_those_that_were_measured(told: dict[str, dict[str, Any]]):
    measured = {row["name"]: row for row in read_measured(KEPT)}

    assert tuple(measured) == NAMES
    assert {name: {key: row[key] for key in measured[name]} for name, row in told.items()} == measured


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_of_the_adapter_that_ships_made_as_they_are_made_now(name: str):
    adapter = read_adapter(DEFAULT_FOLDER, "default")

    for task in TASKS:
        assert is_answered(folder_of(KEPT, name), read_task(ROOT / DATA, task), adapter)
