"""The report that ships: of the adapter that ships, of the data that ships, and what the kept answers score."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from aac.baseline import Copier
from aac.cli.quality import ANSWERS, DATA, TRAINED_ON
from aac.models.adapters import DEFAULT_FOLDER, TRAINING, find_adapter, read_json, weights_sha256
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.safety import stopped
from aac.training.config import data_folders
from aac.workflow import quality
from aac.workflow.generating import Speakers
from aac.workflow.goals import CEILING, goals_told
from aac.workflow.quality import (
    COPY,
    FORMED,
    REPORTED,
    WITH,
    WITHOUT,
    answer,
    asked_and_answered,
    copier_of,
    measured,
    read_answers,
    read_report,
)
from aac.workflow.quality_tasks import Task, read_task
from tests.conftest import ROOT

KEPT = ROOT / ANSWERS
BATCH = 8
NUMBERS = ("score", "low", "high")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    found = read_report(KEPT.parent)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def copier() -> Copier:
    return copier_of([ROOT / folder for folder in TRAINED_ON])


@pytest.mark.parametrize("name", REPORTED)
def test_the_kept_report_is_what_the_kept_answers_score(told: dict[str, Any], copier: Copier, name: str):
    """Every system's scores; the intervals are of the goals alone, as a thousand samples of each take minutes."""
    task, systems = asked_and_answered(ROOT / DATA, KEPT, name, copier)

    found = measured(task, systems, ROOT / DATA)

    lines = {line["system"]: line for line in told["tasks"][name]["lines"] if line["scores"]}
    assert {who: {score: one["score"] for score, one in line["scores"].items()} for who, line in lines.items()} == {
        who: pytest.approx({score: one.score() for score, one in measures.items()}) for who, measures in found.items()
    }
    for who, line in lines.items():
        for score, over in line["over_copy"].items():
            assert over["score"] == pytest.approx(found[who][score].score() - found[COPY][score].score(), abs=1e-9)
    goals = goals_told(name, found)
    assert [without_numbers(goal) for goal in told["tasks"][name]["goals"]] == list(map(without_numbers, goals))
    numbers = [[goal[end] for goal in some for end in NUMBERS] for some in (told["tasks"][name]["goals"], goals)]
    assert numbers[0] == pytest.approx(numbers[1])


def without_numbers(goal: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in goal.items() if name not in NUMBERS}


SAID = {
    "BLEU": "bleu",
    "TER": "ter",
    "chrF": "chrf",
    "aligned card by card: BLEU": "aligned_bleu",
    "aligned: TER": "aligned_ter",
    "aligned: chrF": "aligned_chrf",
    "tiles of the same meaning, F1": "meaning_f1",
    "pictures that fit": "images",
}


@pytest.mark.parametrize("row", SAID)
def test_the_document_says_what_the_report_says(told: dict[str, Any], row: str):
    """Of its first table: with LoRA (copy; ceiling)."""
    lines = (KEPT.parent.parent / "quality.md").read_text(encoding="utf-8").splitlines()
    (cells,) = [line.split("|")[2:4] for line in lines if line.startswith(f"| {row} | ")][:1]
    for name, said in zip(("complete", "set"), cells, strict=True):
        scores = {line["system"]: line["scores"] for line in told["tasks"][name]["lines"]}
        if SAID[row] in scores[WITH]:
            own, copy, ceiling = (f"{scores[who][SAID[row]]['score']:.1f}" for who in (WITH, COPY, CEILING))
            unit = " %" if row == "pictures that fit" else ""
            assert said.strip().startswith(f"{own}{unit} ({copy}; {ceiling})")
        else:
            assert said.strip() == ""


def test_the_answers_are_of_the_adapter_that_ships(told: dict[str, Any]):
    shipped = weights_sha256(DEFAULT_FOLDER)

    for name in REPORTED:
        systems = [WITH, *([FORMED] if quality.answers_path(KEPT, FORMED, name).exists() else [])]
        for system in systems:
            assert read_answers(KEPT, system, read_task(ROOT / DATA, name)).adapter_sha256 == shipped


def test_no_card_that_a_visitor_sees_is_one_that_the_filter_stops(told: dict[str, Any]):
    shown = [(one["prompt"], one[who]) for one in told["examples"] for who in (WITHOUT, WITH)]
    for answers in told["worst"].values():
        shown += [(one["prompt"], one[what]) for one in answers for what in ("answer", "reference")]

    cards = [(prompt, *astuple(card)) for prompt, text in shown for card in parse(text).cards]

    assert len(cards) > 100
    assert [card for card in cards if stopped(card) or stopped(card[1:])] == []


def test_the_copy_copies_from_what_the_adapter_has_learned_from():
    made = read_json(DEFAULT_FOLDER, TRAINING)

    assert {*data_folders(made["data"]), *data_folders(made["pictures"])} == set(TRAINED_ON)


@pytest.mark.real_model
@pytest.mark.parametrize(("name", "system"), [("set", WITH), ("complete", WITH), ("set", WITHOUT)])
def test_the_kept_answers_are_what_the_model_writes(speakers: Speakers, tmp_path: Path, name: str, system: str):
    task = read_task(ROOT / DATA, name)
    first = Task(name, task.requests[:BATCH], task.references[:BATCH])
    adapter = find_adapter("default", find_base_model(EMBEDDED_ID)) if system == WITH else None

    answer(speakers.get(EMBEDDED_ID), adapter, first, tmp_path)

    kept = read_answers(KEPT, system, task).texts[:BATCH]
    again = read_answers(tmp_path, system, first).texts
    # Greedy decoding is the same on one machine; another processor's rounding may turn a near-tie.
    assert sum(one == other for one, other in zip(kept, again, strict=True)) >= BATCH - 2
