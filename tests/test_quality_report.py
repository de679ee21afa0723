"""The report that ships: of the adapter that ships, of the data that ships, and what the kept answers score."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from aac.cli.quality import ANSWERS, DATA, TRAINED_ON
from aac.models.adapters import DEFAULT_FOLDER, TRAINING, find_adapter, read_json, weights_sha256
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.safety import stopped
from aac.training.config import data_folders
from aac.workflow import quality
from aac.workflow.generating import Speakers
from aac.workflow.quality import FORMED, REPORTED, WITH, WITHOUT, answer, read_answers, read_report, read_task, report
from tests.conftest import ROOT

KEPT = ROOT / ANSWERS
BATCH = 8


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    found = read_report(KEPT.parent)
    assert found is not None
    return found


@pytest.mark.parametrize("name", REPORTED)
def test_the_kept_scores_are_what_the_kept_answers_score(told: dict[str, Any], name: str):
    again = report(ROOT / DATA, KEPT, [name], [ROOT / folder for folder in TRAINED_ON])

    for line, kept in zip(again["tasks"][name]["lines"], told["tasks"][name]["lines"], strict=True):
        assert line["system"] == kept["system"]
        for part in ("scores", "over_copy"):
            found = {score: one["score"] for score, one in line[part].items()}
            assert found == pytest.approx({score: one["score"] for score, one in kept[part].items()})


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
    first = quality.Task(name, task.requests[:BATCH], task.references[:BATCH])
    adapter = find_adapter("default", find_base_model(EMBEDDED_ID)) if system == WITH else None

    answer(speakers.get(EMBEDDED_ID), adapter, first, tmp_path)

    kept = read_answers(KEPT, system, task).texts[:BATCH]
    again = read_answers(tmp_path, system, first).texts
    # Greedy decoding is the same on one machine; another processor's rounding may turn a near-tie.
    assert sum(one == other for one, other in zip(kept, again, strict=True)) >= BATCH - 2
