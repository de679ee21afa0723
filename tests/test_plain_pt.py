"""The plain sentences that ship: whole, each once, spelt right, and of no mould."""

from __future__ import annotations

from collections import Counter

import pytest

from aac.datasets.spelling import misspelt, words_of
from aac.training.plain import read_plain
from tests.conftest import ROOT
from tests.measured import measured_sets

FOLDER = ROOT / "annotations" / "plain_pt"
KNOWN = {"Pix", "pix", "Peraí", "Ô", "tablet", "e-mail", "wi-fi", "xepa", "baldinho"}


@pytest.fixture(scope="module")
def sentences() -> tuple[str, ...]:
    return read_plain(str(FOLDER))


def test_there_are_5000(sentences):
    assert len(sentences) == 5000


def test_none_stands_twice(sentences):
    assert [text for text, times in Counter(sentences).items() if times > 1] == []


def test_each_is_a_sentence_of_4_to_14_words(sentences):
    wrong = [s for s in sentences if s[-1] not in ".?!" or not s[0].isupper() or not 4 <= len(s.split()) <= 14]

    assert wrong == []


def test_the_words_are_in_the_dictionary(sentences):
    assert misspelt(words_of(sentences) - KNOWN) == set()


def test_no_opening_is_a_mould(sentences):
    ((_, most),) = Counter(" ".join(s.split()[:2]) for s in sentences).most_common(1)

    assert most / len(sentences) <= 0.01


def test_none_is_the_speech_of_a_card_that_is_measured(sentences):
    """A common sentence may be both; what is measured must not have been learned by more than chance."""
    measured = {card.spoken_text for card_set in measured_sets() for card in card_set.cards}

    assert len(measured & set(sentences)) / len(measured) < 0.01
