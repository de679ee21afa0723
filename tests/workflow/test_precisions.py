"""What fewer bits cost: each precision's own answers, scored, beside what was measured of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aac.errors import DataError
from aac.workflow.precisions import KEPT, TASKS, folder_of, precisions_told
from aac.workflow.quality import WITH
from aac.workflow.quality_tasks import read_task
from tests.workflow.test_quality import best, folder, keep

__all__ = ["folder"]

MEASURED = {"tokens_per_s": 19.2, "memory_bytes": 1_283_000_000, "peak_memory_bytes": 1_302_000_000}


def measured(answers: Path, *names: str) -> None:
    rows = [{"name": name, **MEASURED} for name in names]
    (answers.parent / KEPT).write_text(json.dumps(rows), encoding="utf-8")


def answered(data: Path, answers: Path, name: str, *, well: bool = True) -> None:
    folder_of(answers, name).mkdir(parents=True, exist_ok=True)
    for task_name in TASKS:
        task = read_task(data, task_name)
        keep(folder_of(answers, name), WITH, task, best(task).texts if well else ("",) * len(task.requests))


@pytest.fixture
def answers(folder: Path) -> Path:
    """Answers of which those in 4 bits are empty."""
    for name in ("fp32", "nf4"):
        answered(folder, folder / "answers", name, well=name == "fp32")
    measured(folder / "answers", "fp32", "nf4")
    return folder / "answers"


def told(folder: Path, answers: Path) -> dict[str, Any]:
    return {row["name"]: row for row in precisions_told(folder, answers)}


@pytest.mark.parametrize("task", TASKS)
def test_each_precision_has_the_scores_of_its_own_answers(folder: Path, answers: Path, task: str):
    scores = {name: row["scores"][task] for name, row in told(folder, answers).items()}

    assert scores["fp32"]["bleu"]["score"] > scores["nf4"]["bleu"]["score"]
    assert scores["fp32"]["ter"]["score"] < scores["nf4"]["ter"]["score"]


def test_a_score_has_its_signature(folder: Path, answers: Path):
    found = told(folder, answers)["nf4"]["scores"]["set"]

    assert {name: one["signature"].split("|")[-2:] for name, one in found.items()} == {
        name: ["pairs:3", "mean"] for name in ("bleu", "ter", "chrf")
    }


def test_memory_and_pace_stand_beside_as_they_were_measured(folder: Path, answers: Path):
    row = told(folder, answers)["fp32"]

    assert {name: row[name] for name in MEASURED} == MEASURED


def test_where_nothing_was_measured_nothing_is_told(folder: Path, answers: Path):
    (answers.parent / KEPT).unlink()

    assert precisions_told(folder, answers) == []


def test_without_a_precision_s_answers_the_command_for_them_is_said(folder: Path, answers: Path):
    measured(answers, "int8")

    with pytest.raises(DataError, match=r"python -m benchmarks\.precisions --only int8") as caught:
        precisions_told(folder, answers)
    assert "python -m benchmarks.precisions --only int8" in caught.value.pt
