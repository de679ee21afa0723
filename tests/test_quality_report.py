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
from aac.workflow.quality import (
    CHOOSERS,
    COPY,
    FORMED,
    REPORTED,
    WITH,
    WITHOUT,
    answer,
    chosen,
    copied,
    points,
    read_answers,
    read_report,
    read_task,
)
from tests.conftest import ROOT

KEPT = ROOT / ANSWERS
BATCH = 8


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    found = read_report(KEPT.parent)
    assert found is not None
    return found


def kept_line(told: dict[str, Any], name: str, system: str) -> dict[str, Any]:
    return next(line for line in told["tasks"][name]["lines"] if line["system"] == system)


def kept_scores(told: dict[str, Any], name: str, system: str, part: str = "scores") -> dict[str, float]:
    return {score: one["score"] for score, one in kept_line(told, name, system)[part].items()}


@pytest.mark.parametrize("name", REPORTED)
def test_the_kept_scores_are_what_the_kept_answers_score(told: dict[str, Any], name: str):
    task = read_task(ROOT / DATA, name)

    found = points(task, read_answers(KEPT, WITH, task), ROOT / DATA)

    assert found == pytest.approx(kept_scores(told, name, WITH))


def test_the_kept_baselines_and_what_is_gained_on_them_are_what_is_scored_now(told: dict[str, Any]):
    task = read_task(ROOT / DATA, "complete")
    alone = chosen(task, DEFAULT_FOLDER)
    assert alone is not None

    copy = points(task, copied(task, [ROOT / folder for folder in TRAINED_ON]), ROOT / DATA)
    by_choosers = points(task, alone, ROOT / DATA)

    assert copy == pytest.approx(kept_scores(told, "complete", COPY))
    assert by_choosers == pytest.approx(kept_scores(told, "complete", CHOOSERS))
    gained = {name: score - copy[name] for name, score in by_choosers.items()}
    assert gained == pytest.approx(kept_scores(told, "complete", CHOOSERS, "over_copy"), abs=1e-9)


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
