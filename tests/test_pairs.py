"""The pairs of Portuguese and English that ship: whole, each once, and of nothing that measures."""

from __future__ import annotations

import csv

import pytest

from aac.training.plain import read_plain
from aac.words.glosses import LEXICON_FILE
from tests.conftest import ROOT

PAIRS = ROOT / "annotations" / "pairs_pt_en"
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
