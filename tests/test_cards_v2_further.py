"""The further training sets: as their guideline asks, and near nothing that measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.datasets.card_files import read_card_sets
from aac.datasets.near_duplicates import are_near_duplicates, near_marks
from aac.records import CardSet
from aac.workflow.linting import FolderLint, lint_folder
from aac.workflow.quality_tasks import read_task
from tests.conftest import ROOT

CARDS_V2 = ROOT / "annotations" / "cards_v2"
FURTHER = [ROOT / "annotations" / name for name in ("cards_v2_further", "cards_v2_vocabulary")]
MEASURED = ("validation", "test", "kept_out")


@pytest.fixture(scope="module", params=FURTHER, ids=[one.name for one in FURTHER])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def sets(folder: Path) -> tuple[CardSet, ...]:
    return read_card_sets(folder / "train.csv")


@pytest.fixture(scope="module")
def linted(folder: Path) -> FolderLint:
    return lint_folder(folder)


def test_they_are_for_training_alone(folder: Path):
    assert [path.name for path in folder.glob("*.csv")] == ["train.csv"]


def test_the_lint_finds_nothing(linted: FolderLint):
    assert linted.findings == ()


def test_most_words_of_a_tile_are_spoken(linted: FolderLint):
    assert linted.counts.tile_words_spoken >= 0.98


def test_no_prompt_is_near_one_that_measures(sets: tuple[CardSet, ...]):
    measured = {s.prompt for name in MEASURED for s in read_card_sets(CARDS_V2 / f"{name}.csv")}
    prompts = sorted({s.prompt for s in sets})

    near = [p for p, mark in zip(prompts, near_marks(prompts, dict.fromkeys(measured, 1)), strict=True) if mark]

    assert near == []
    assert not any(are_near_duplicates(prompts[0], one) for one in measured)


def test_no_theme_is_one_that_is_kept_out(sets: tuple[CardSet, ...]):
    kept_out = {s.theme for s in read_card_sets(CARDS_V2 / "kept_out.csv")}

    assert {s.theme for s in sets} & kept_out == set()


def test_no_request_is_asked_twice(folder: Path, sets: tuple[CardSet, ...]):
    earlier = [CARDS_V2, *FURTHER[: FURTHER.index(folder)]]
    known = [one for path in earlier for one in read_card_sets(path / "train.csv")]
    asked = [(s.prompt, s.context, s.follows, s.level) for s in sets]

    assert len(set(asked)) == len(asked)
    assert set(asked) & {(s.prompt, s.context, s.follows, s.level) for s in known} == set()


def test_the_datasheet_tells_how_many_there_are(folder: Path, sets: tuple[CardSet, ...]):
    told = (folder / "DATASHEET.md").read_text(encoding="utf-8")

    assert f"{len(sets):,} sets, {sum(len(s.cards) for s in sets):,} cards" in told


def test_typed_prompts_are_near_no_prompt_of_training_but_for_those_that_are_told():
    """Two are near in truth, of the other three only the letters; the datasheet tells of them."""
    typed = [request.prompt for request in read_task(CARDS_V2, "typed").requests]
    learned = {s.prompt for folder in (CARDS_V2, *FURTHER) for s in read_card_sets(folder / "train.csv")}

    near = [p for p, mark in zip(typed, near_marks(typed, dict.fromkeys(learned, 1)), strict=True) if mark]

    in_truth = {"aniversário do Joaquim na sala de aula", "secret"}
    assert set(near) == in_truth | {"pedri ajuda", "a sogra da Márcia", "visita da avó Dalva"}
