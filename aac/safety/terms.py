"""The term lists, and where their terms stand in a text.

A list is a file of three columns (category, term, comment), one term a line. In a term, `/` parts words that may stand
in the same place ("quero/queria ver") and `*` at a word's end takes any ending ("estupr*"). Accents and case do not
count.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from aac.errors import DataError
from aac.safety.reading import WORD_MAX_CHARS, plain

FOLDER = Path(__file__).parent
COLUMNS = ("category", "term", "comment")
_STEM_MIN_CHARS = 3  # of a word that may end in any way


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term stands: its first word and the one after its last."""

    start: int
    end: int


Places = Mapping[str, Sequence[Place]]  # by category, in the text's order


@dataclass(slots=True)
class Terms:
    """The terms that go on in the same way, as a tree of words.

    ends: categories of the terms that end here; whole: what goes on with a word; start: with any word that begins so.
    """

    ends: list[str] = field(default_factory=list)
    whole: dict[str, Terms] = field(default_factory=dict)
    start: dict[str, Terms] = field(default_factory=dict)

    def add(self, category: str, words: Sequence[str]) -> None:
        """Let a term be known."""
        if not words:
            if category not in self.ends:
                self.ends.append(category)
            return
        first, rest = words[0], words[1:]
        branches = self.start if first.endswith("*") else self.whole
        branches.setdefault(first.removesuffix("*"), Terms()).add(category, rest)

    def places(self, words: Sequence[str]) -> Places:
        """Where the terms of each category stand. Linear: no term has more words than the longest one listed."""
        found: dict[str, list[Place]] = {}
        for begin in range(len(words)):
            branches, end = [self], begin
            while branches and end < len(words):
                branches = [further for branch in branches for further in branch._after(words[end])]
                end += 1
                for branch in branches:
                    for category in branch.ends:
                        found.setdefault(category, []).append(Place(begin, end))
        return found

    def _after(self, word: str) -> Iterator[Terms]:
        if word in self.whole:
            yield self.whole[word]
        if self.start:
            beginnings = (word[:size] for size in range(_STEM_MIN_CHARS, min(len(word), WORD_MAX_CHARS) + 1))
            yield from (self.start[beginning] for beginning in beginnings if beginning in self.start)


@cache
def terms() -> Terms:
    """The terms of all lists; `DataError` where a line is not one."""
    found = Terms()
    for path in sorted(FOLDER.glob("*.tsv")):
        for category, term in read_terms(path):
            for words in itertools.product(*(word.split("/") for word in term.split())):
                found.add(category, words)
    return found


def read_terms(path: Path) -> list[tuple[str, str]]:
    """The (category, term) pairs of a list, in plain letters."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    pairs = [(row.get("category") or "", plain(row.get("term") or "").strip()) for row in rows]
    for line, (category, term) in enumerate(pairs, start=2):
        if not category or not all(map(_is_word, term.replace("/", " ").split() or [""])):
            raise DataError(
                f"{path.name}, linha {line}: “{term}” não é um termo. Esperavam-se categoria, termo e comentário, "
                "separados por tabulação; no termo só letras, espaços, “/” e “*” no fim de uma palavra. Corrija-a.",
                f"{path.name}, line {line}: “{term}” is no term. Category, term and comment were expected, with tabs "
                "between them; in the term only letters, spaces, “/”, and “*” at the end of a word. Mend it.",
            )
    return pairs


def _is_word(word: str) -> bool:
    bare = word.removesuffix("*")
    return bare.isalnum() and (bare == word or len(bare) >= _STEM_MIN_CHARS)
