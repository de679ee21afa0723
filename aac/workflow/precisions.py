"""What fewer bits cost: the shipped adapter on the base model in four precisions.

The scores are of the answers kept in each, as `aac.workflow.quality` scores the others. Memory and pace are what
`python -m benchmarks.precisions` measured and keeps beside them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aac.errors import DataError, MissingError
from aac.records import Precision
from aac.workflow import quality
from aac.workflow.quality_tasks import Task, read_task

PRECISIONS: tuple[Precision, ...] = ("fp32", "nf4", "int8")
LLAMA_CPP = "q4_1"
TASKS = ("set", "complete")
SCORES = ("bleu", "ter", "chrf")
KEPT = "precisions.json"


def folder_of(answers: Path, name: str) -> Path:
    """Where a precision's answers are kept; those in fp32 are the shipped ones."""
    return answers if name == PRECISIONS[0] else answers / name


def read_measured(answers: Path) -> list[dict[str, Any]]:
    """Name, memory and pace of each precision that was measured; the file lies beside the answers' folder."""
    path = answers.parent / KEPT
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return found


def precisions_told(data: Path, answers: Path) -> list[dict[str, Any]]:
    """What was measured of each precision, with its answers' scores; nothing where nothing was measured.

    Raises what `scores_of` raises.
    """
    return [{**row, "scores": scores_of(data, answers, row["name"])} for row in read_measured(answers)]


def scores_of(data: Path, answers: Path, name: str) -> dict[str, dict[str, Any]]:
    """A task's scores of the kept answers, with signatures; `DataError` where they are missing or of other data."""
    found = {}
    for task_name in TASKS:
        task = read_task(data, task_name)
        measures = quality.measures(task, _read_answers(folder_of(answers, name), task, name), data)
        found[task_name] = {
            metric: {"score": measures[metric].score(), "signature": measures[metric].signature} for metric in SCORES
        }
    return found


def _read_answers(folder: Path, task: Task, name: str) -> quality.Answers:
    try:
        return quality.read_answers(folder, quality.WITH, task)
    except (MissingError, DataError) as error:
        raise DataError(
            f"As respostas de {name} à tarefa {task.name} faltam em {folder} ou são de outros dados. "
            f"Gere-as: python -m benchmarks.precisions --only {name}.",
            f"The answers of {name} to the task {task.name} are missing in {folder}, or of other data. "
            f"Make them: python -m benchmarks.precisions --only {name}.",
        ) from error
