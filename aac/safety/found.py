"""One reading of a text with the terms found in it, and how they stand to each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from aac.safety.reading import Reading
from aac.safety.terms import Place, Places, terms

WINDOW_WORDS = 12
_BEFORE_ORDERS = frozenset(("e", "eu", "entao", "ah", "ta", "vai", "so", "logo", "la"))


@dataclass(frozen=True, slots=True)
class Found:
    """One reading with where the terms of each category stand.

    heard: categories that an earlier reading of the same text found: what undoing a disguise joined is still said.
    """

    reading: Reading
    places: Places
    heard: frozenset[str]

    @classmethod
    def in_reading(cls, reading: Reading, heard: frozenset[str] = frozenset()) -> Found:
        """Look all terms up."""
        return cls(reading, terms().places(reading.words), heard)

    def has(self, *categories: str) -> bool:
        """Whether a term of one of these categories is there."""
        return any(category in self.places or category in self.heard for category in categories)

    def of(self, *categories: str) -> list[Place]:
        """The places of several categories, in order."""
        return sorted((p for category in categories for p in self.places.get(category, ())), key=attrgetter("start"))

    def word(self, at: int) -> str:
        """The word there; empty outside the text."""
        return self.reading.words[at] if 0 <= at < len(self.reading.words) else ""

    def is_all_of_phrase(self, place: Place) -> bool:
        """Whether no other word of its phrase, but for "e", "então" and such before it, stands beside it."""
        phrases = self.reading.phrases
        ends = place.end >= len(phrases) or phrases[place.end] != phrases[place.end - 1]
        return ends and self.begins(place, phrases)

    def begins(self, place: Place, parts: Sequence[int]) -> bool:
        """Whether no word of its part (clause or phrase), but for "e", "então" and such, stands before it."""
        at = place.start
        while at and parts[at - 1] == parts[at]:
            if self.word(at - 1) not in _BEFORE_ORDERS:
                return False
            at -= 1
        return True

    def follows(self, first: Sequence[Place], second: Sequence[Place], gap: int, *, in_phrase: bool = False) -> bool:
        """Whether one of `second` begins at most `gap` words after one of `first` ends, in its clause or phrase."""
        parts = self.reading.phrases if in_phrase else self.reading.clauses
        starts = [place.start for place in second]
        for place in first:
            at = bisect_left(starts, place.end)
            if at < len(starts) and starts[at] - place.end <= gap and parts[starts[at]] == parts[place.end - 1]:
                return True
        return False

    def near(self, first: Sequence[Place], second: Sequence[Place], gap: int = WINDOW_WORDS) -> bool:
        """Whether two stand at most `gap` words apart, in either order, or in each other."""
        starts = [place.start for place in second]
        for place in first:
            at = bisect_left(starts, place.start - gap)
            if at < len(starts) and starts[at] - place.end <= gap:
                return True
        return False
