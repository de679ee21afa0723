"""How a tile becomes what is said: words put before it, between its words and behind it, and the mark at the end.

"Água gelada" and "Quero água gelada, por favor." differ by a frame, in which "Suco" becomes "Quero suco, por favor."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BEHIND = -1
_WORDS = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
_STOP = "."
_MARKS = frozenset(".!?…")
_GLUED = frozenset(",;:.!?…")  # to the word before


@dataclass(frozen=True, slots=True)
class Frame:
    """added: words, and before which of the tile's words they are said, by its number, or `BEHIND` the last one.

    mark: at the end; empty for the tile's own, or a full stop where it has none.
    """

    added: tuple[tuple[int, tuple[str, ...]], ...]
    mark: str

    @classmethod
    def read(cls, written: Any) -> Frame:
        """What `as_list` gave. Raises `ValueError` and `TypeError` for what is none."""
        added, mark = written
        return cls(tuple((int(place), tuple(words)) for place, words in added), str(mark))

    def as_list(self) -> list[Any]:
        """For JSON."""
        return [[[place, list(words)] for place, words in self.added], self.mark]


def frame_of(tile: str, speech: str) -> Frame | None:
    """The frame between the two; None where a word of the tile is not said, or in another order."""
    (words, own), (said, mark) = split(tile), split(speech)
    places = _places([word.casefold() for word in words], [word.casefold() for word in said])
    if not places:
        return None
    edges = [-1, *places, len(said)]
    between = [tuple(said[edges[i] + 1 : edges[i + 1]]) for i in range(len(edges) - 1)]
    numbers = [*range(len(places)), BEHIND]
    return Frame(
        tuple((n, one) for n, one in zip(numbers, between, strict=True) if one), "" if mark == (own or _STOP) else mark
    )


def _places(words: Sequence[str], said: Sequence[str]) -> tuple[int, ...]:
    """Where each word is said, in their order and with as few gaps as can be; empty where one is not."""
    found: dict[int, tuple[int, tuple[int, ...]]] = {-1: (0, ())}  # by the last place: gaps and places
    for word in words:
        found = {
            i: min((gaps + (i > last + 1), (*places, i)) for last, (gaps, places) in found.items() if last < i)
            for i, one in enumerate(said)
            if one == word and min(found) < i
        }
        if not found:
            return ()
    return min((gaps + (last < len(said) - 1), places) for last, (gaps, places) in found.items())[1]


def spoken(tile: str, frame: Frame) -> str:
    """The tile in this frame; empty where it has too few words for it."""
    words, own = split(tile)
    added = dict(frame.added)
    if not words or max(added, default=0) >= len(words):
        return ""
    if (0 in added and not words[0].isupper()) or len(words[0]) == 1:
        words[0] = words[0][0].lower() + words[0][1:]
    said = [one for i, word in enumerate(words) for one in (*added.get(i, ()), word)] + list(added.get(BEHIND, ()))
    text = "".join(word if word in _GLUED else f" {word}" for word in said).strip()
    return text[:1].upper() + text[1:] + (frame.mark or own or _STOP)


def split(text: str) -> tuple[list[str], str]:
    """Words and inner marks, and the mark at the end."""
    words, mark = _WORDS.findall(text), ""
    while words and words[-1] in _MARKS:
        mark = words.pop()
    return words, mark
