"""An answer leans on what was asked for: the tiles that were given, as many cards as wanted, none of them twice."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

from aac.models.leaning import MARKS, Leaning, Tokens, as_field
from aac.records import GenerationRequest

_LEAST = math.log(1e-3)  # what was not asked for stays possible


class AskedLeaning:
    """One row's cards, counted by their lines."""

    def __init__(self, request: GenerationRequest, tokenizer: Any) -> None:
        self._wanted = len(request.given) or request.cards_wanted
        self._end = tokenizer.eos_token_id
        self._next, *self._marks = (_ids(tokenizer, text)[0] for text in ("\n", *MARKS))
        # With the mark behind it: a mark of the tile's own may be one token with that.
        self._tiles = [
            Tokens.of([_ids(tokenizer, f"{as_field(tile)}{mark}") for mark in MARKS]) for tile in request.given
        ]
        self._start = 0  # of the line's tokens

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """Within a tile what it should be; behind a picture whether another card follows."""
        lines = text.split("\n")
        line = lines[-1]
        if not line:
            self._start = len(ids)
        fields = next(csv.reader([line]), [])
        if len(fields) == 3 and fields[2]:
            return 0.0, {self._end if len(lines) < self._wanted else self._next: _LEAST}
        if len(fields) > 1:
            return None
        number = len(lines) - 1
        if number < len(self._tiles):
            node = self._tiles[number].after(ids[self._start :])
            return node.leaning(lambda _: 1.0, lambda _: math.exp(_LEAST)) if node else None
        return self._not_again(line, lines[:-1])

    def _not_again(self, line: str, earlier: Sequence[str]) -> Leaning | None:
        """A tile that stands there already goes on to be another one."""
        tiles = {fields[0].casefold() for one in earlier if (fields := next(csv.reader([one]), []))}
        if line.strip().casefold() not in tiles:
            return None
        return 0.0, dict.fromkeys(self._marks, _LEAST)


def _ids(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return found
