"""The dataset that ships: what its datasheet promises."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from aac.datasets import COLUMNS, SPLITS, are_near_duplicates, read_card_sets, split_prompts
from aac.records import CardSet
from tests.conftest import ROOT

FOLDER = ROOT / "annotations" / "cards_v1"


@pytest.fixture(scope="module")
def splits() -> dict[str, tuple[CardSet, ...]]:
    return {name: read_card_sets(FOLDER / f"{name}.csv") for name in SPLITS}


@pytest.fixture(scope="module")
def everything(splits) -> list[CardSet]:
    return [card_set for sets in splits.values() for card_set in sets]


def test_at_least_300_prompts_with_5_cards_each(everything):
    assert len({s.prompt for s in everything}) == len(everything) >= 300
    assert Counter(len(s.cards) for s in everything) == {5: len(everything)}


@pytest.mark.parametrize("name", SPLITS)
def test_the_columns_are_the_four(name: str):
    assert (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)


def test_no_near_duplicate_straddles_the_split(splits):
    for one, other in (("train", "validation"), ("train", "test"), ("validation", "test")):
        pairs = product((s.prompt for s in splits[one]), (s.prompt for s in splits[other]))
        assert [pair for pair in pairs if are_near_duplicates(*pair)] == []


def test_the_split_is_the_one_that_the_code_makes(splits, everything):
    chosen = split_prompts([s.prompt for s in everything])

    assert {s.prompt: name for name, sets in splits.items() for s in sets} == chosen


def test_the_sizes_are_about_80_10_10(splits, everything):
    shares = [len(splits[name]) / len(everything) for name in SPLITS]

    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)


def test_every_speech_is_a_whole_sentence(everything):
    speeches = [card.spoken_text for s in everything for card in s.cards]

    assert [text for text in speeches if text[-1] not in ".?!" or not 3 <= len(text.split()) <= 14] == []


def test_every_tile_is_short(everything):
    tiles = [card.written_text for s in everything for card in s.cards]

    assert [text for text in tiles if len(text) > 30 or len(text.split()) > 4 or "," in text] == []


def test_no_set_shows_a_picture_twice(everything):
    assert [s.prompt for s in everything if len({card.image_id for card in s.cards}) < 5] == []


def test_no_speech_of_the_test_is_in_training(splits):
    trained = {card.spoken_text for s in splits["train"] for card in s.cards}

    assert [card.spoken_text for s in splits["test"] for card in s.cards if card.spoken_text in trained] == []
