"""English glosses of Portuguese words: a base model that knows English and little Portuguese reads what is meant.

The lexicon is `words_pt_en.tsv`, one word a line; its datasheet stands in `annotations/pairs_pt_en`.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aac.errors import DataError
from aac.words import plain_letters, stem

LEXICON_FILE = Path(__file__).with_name("words_pt_en.tsv")
WORD = re.compile(r"\w+(?:-\w+)*")
_STEM_MIN_CHARS = 4  # shorter ones share their stems with words of quite another sense


@cache
def lexicon() -> Mapping[str, str]:
    """English senses by Portuguese word, several parted by commas, the most common one first."""
    return read_pairs(LEXICON_FILE)


def read_pairs(path: Path) -> dict[str, str]:
    """English by Portuguese, from a file of two columns; `DataError` where a side is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if any(not (row.get("pt") and row.get("en")) for row in rows):
        raise DataError(
            f"{path} não é uma lista de pares: esperavam-se as colunas pt e en, cheias em cada linha. Corrija-o.",
            f"{path} is no list of pairs: columns pt and en, filled in each line, were expected. Correct it.",
        )
    return {row["pt"]: row["en"] for row in rows}


def lexicon_sha256() -> str:
    """A hash of the lexicon's file."""
    return hashlib.sha256(LEXICON_FILE.read_bytes()).hexdigest()


def gloss(text: str) -> str:
    """The first English sense of each word of a text, in the text's order; words not known are passed over.

    A word is looked up as it stands, then without accents (as people type), then by its stem.
    """
    words = WORD.findall(unicodedata.normalize("NFC", text.casefold()))
    return " ".join(filter(None, map(_sense, words)))


def _sense(word: str) -> str:
    exact, bare, stems = _senses()
    by_stem = stems.get(stem(word), "") if len(word) >= _STEM_MIN_CHARS else ""
    return exact.get(word) or bare.get(plain_letters(word)) or by_stem


@cache
def _senses() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    exact = {word: en.split(",")[0].strip().removeprefix("to ") for word, en in lexicon().items()}
    shortest_first = sorted(exact, key=lambda word: (len(word), word))
    bare: dict[str, str] = {}
    stems: dict[str, str] = {}
    for word in shortest_first:
        bare.setdefault(plain_letters(word), exact[word])
        stems.setdefault(stem(word), exact[word])
    return exact, bare, stems
