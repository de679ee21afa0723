"""The data that ships: whole, split without leaks, and as its guideline asks."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from aac.cards import card_faults
from aac.datasets.card_files import COLUMNS, read_card_sets
from aac.datasets.near_duplicates import SPLITS, are_near_duplicates, split_prompts
from aac.records import CardSet
from tests.conftest import ROOT

FOLDER = ROOT / "annotations" / "cards_v1"

each_split = pytest.mark.parametrize("split", SPLITS)


@pytest.fixture(scope="module")
def sets() -> dict[str, tuple[CardSet, ...]]:
    """The sets of each split."""
    return {split: read_card_sets(FOLDER / f"{split}.csv") for split in SPLITS}


@each_split
def test_the_columns_are_the_four(split: str):
    assert (FOLDER / f"{split}.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)


def test_there_are_at_least_300_prompts(sets):
    assert len({card_set.prompt for split in SPLITS for card_set in sets[split]}) >= 300


def test_no_prompt_stands_in_two_sets(sets):
    prompts = [card_set.prompt for split in SPLITS for card_set in sets[split]]

    assert len(prompts) == len(set(prompts))


@each_split
def test_every_prompt_has_five_valid_cards(split: str, sets):
    assert [s.prompt for s in sets[split] if len(s.cards) != 5 or any(map(card_faults, s.cards))] == []


@each_split
def test_no_set_repeats_a_written_text(split: str, sets):
    assert [s.prompt for s in sets[split] if len({card.key for card in s.cards}) < len(s.cards)] == []


@each_split
def test_no_set_shows_a_picture_twice(split: str, sets):
    assert [s.prompt for s in sets[split] if len({card.image_id for card in s.cards}) < len(s.cards)] == []


@each_split
def test_every_speech_is_a_sentence_of_3_to_14_words(split: str, sets):
    speeches = [card.spoken_text for s in sets[split] for card in s.cards]

    assert [text for text in speeches if text[-1] not in ".?!" or not 3 <= len(text.split()) <= 14] == []


@each_split
def test_every_written_text_is_short_and_has_no_comma(split: str, sets):
    texts = [card.written_text for s in sets[split] for card in s.cards]

    assert [text for text in texts if len(text) > 30 or len(text.split()) > 4 or "," in text] == []


def test_no_prompt_is_a_near_duplicate_of_one_in_another_split(sets):
    pairs = (pair for one, other in combinations(SPLITS, 2) for pair in product(sets[one], sets[other]))

    assert [(a.prompt, b.prompt) for a, b in pairs if are_near_duplicates(a.prompt, b.prompt)] == []


def test_the_splits_are_those_that_the_prompts_alone_decide(sets):
    written = {card_set.prompt: split for split in SPLITS for card_set in sets[split]}

    assert split_prompts(list(written)) == written


def test_the_splits_are_about_eight_one_and_one_tenths(sets):
    sizes = [len(sets[split]) for split in SPLITS]

    assert [size / sum(sizes) for size in sizes] == pytest.approx([0.8, 0.1, 0.1], abs=0.02)


def test_no_speech_and_so_no_card_of_test_stands_in_train(sets):
    trained = {card.spoken_text for s in sets["train"] for card in s.cards}

    assert [card for s in sets["test"] for card in s.cards if card.spoken_text in trained] == []
