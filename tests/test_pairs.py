"""The pairs of Portuguese and English that ship: whole, each once, and of nothing that measures."""

from __future__ import annotations

import csv

import pytest

from aac.training.plain import read_plain
from aac.words import plain_letters
from aac.words.glosses import LEXICON_FILE
from tests.conftest import ROOT
from tests.measured import measured_sets

PAIRS = ROOT / "annotations" / "pairs_pt_en"
# The one sentence that is, word for word, a speech of the test split (of a set "Controle remoto"). The shipped adapter
# has learned from it; to take it out would change the data that the adapter's hash tells of.
KNOWN_TO_MEASURE = {"Cadê o controle da televisão?"}
FILES = {"sentences": PAIRS / "sentences.tsv", "words": LEXICON_FILE}


def pairs(name: str) -> list[tuple[str, str]]:
    with FILES[name].open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    assert header == ["pt", "en"]
    return [(pt, en) for pt, en in rows]


def test_every_plain_sentence_has_its_translation():
    assert set(read_plain(str(ROOT / "annotations" / "plain_pt"))) - {pt for pt, _ in pairs("sentences")} == set()


@pytest.mark.parametrize("name", FILES)
def test_no_side_is_empty_and_none_stands_twice(name: str):
    found = pairs(name)

    assert [one for one in found if not all(one)] == []
    assert len({pt for pt, _ in found}) == len(found)


def test_words_are_explained_shortly():
    assert [one for one in pairs("words") if len(one[1].split()) > 12] == []


def test_no_sentence_is_one_that_measures_but_the_one_that_is_known():
    """Of up to three words, what is said every day may be both."""
    measured = {
        plain_letters(text)
        for one in measured_sets()
        for card in one.cards
        for text in (one.prompt, one.context, one.follows, card.written_text, card.spoken_text)
        if len(text.split()) > 3
    }

    assert {pt for pt, _ in pairs("sentences") if plain_letters(pt) in measured} == KNOWN_TO_MEASURE
