"""An answer leans on what was asked for: the given tiles, as many whole cards as wanted, and each another one."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

from aac.models.leaning import AMISS, MARKS, Leaning, Tokens, as_field, line_end_of, mark_ids, needs_quotes, token_ids
from aac.records import GenerationRequest

_LEAST = math.log(1e-3)  # what was not asked for stays possible
_AMISS = math.log(AMISS)
_AGAIN = math.log(0.1)  # a word that stood there behind the same words


class AskedLeaning:
    """One row's cards, counted by their lines."""

    def __init__(self, request: GenerationRequest, tokenizer: Any) -> None:
        self._wanted = len(request.given) or request.cards_wanted
        self._end = tokenizer.eos_token_id
        self._next = line_end_of(tokenizer)
        self._marks = mark_ids(tokenizer)
        self._tiles = [
            Tokens.of(token_ids(tokenizer, _with_marks(tile), at_start=not i)) for i, tile in enumerate(request.given)
        ]
        self._unfinished = dict.fromkeys((self._end, self._next), _AMISS)  # a card has three fields
        self._decode = tokenizer.decode
        self._starts: list[int] = []  # of each line's tokens

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """Within a tile what it should be; within a card that it goes on; behind it whether another follows."""
        lines = text.split("\n")
        line = lines[-1]
        if len(self._starts) < len(lines):
            self._starts = [*self._starts, len(ids)]  # a copy goes on from here by itself
        fields = next(csv.reader([line]), [])
        if len(fields) == 3 and fields[2]:
            return 0.0, {self._end if len(lines) < self._wanted else self._next: _LEAST}
        if len(fields) > 1:  # no picture stands in quotes
            return 0.0, {**self._unfinished, **dict.fromkeys(self._marks[1:], _AMISS)}
        written, number = ids[self._starts[-1] :], len(lines) - 1
        if number < len(self._tiles):
            node = self._tiles[number].after(written)
            return node.leaning(lambda _: 1.0, lambda _: AMISS) if node else (0.0, self._unfinished)
        return 0.0, {**self._unfinished, **self._unlike_earlier(ids, line)}

    def _unlike_earlier(self, ids: Sequence[int], line: str) -> dict[int, float]:
        """Where earlier tiles began alike, their next words are less likely, and the end of one of them hardly so."""
        *earlier, start = self._starts
        written, found = ids[start:], dict[int, float]()
        for begun in earlier if line else []:
            here = begun + len(written)
            if ids[begun:here] == written:
                text = self._decode([ids[here]])
                if text.rstrip('"').endswith(","):
                    found.update(dict.fromkeys((ids[here], *self._marks), _AMISS))
                elif line.endswith(" ") or text.startswith(" "):  # never within a word
                    found[ids[here]] = min(found.get(ids[here], 0.0) + _AGAIN, 0.0)
        return found


def _with_marks(tile: str) -> list[str]:
    """A tile as it may stand, with the mark behind it: one of its own may be one token with that.

    What a tile holds is said: with a comma in it, its speech stands in quotes too.
    """
    return [f"{as_field(tile)}{mark}" for mark in (MARKS[1:] if needs_quotes(tile) else MARKS)]
