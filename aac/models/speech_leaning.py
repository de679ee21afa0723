"""What a card says leans on the likeliest frames of its tile."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

from aac.models.leaning import Leaning, Tokens, as_field, mark_ids, needs_quotes, token_ids
from aac.models.speech import SpeechChooser

WEIGHT = 2.0  # of the chooser's log probabilities beside the model's: twice as much as its own
_COUNT = 24  # of frames
_LEAST = 0.05  # what anything else has, beside 1 for the likeliest
_QUOTE = '"'


class SpeechLeaning:
    """One row's speech. What holds a comma stands in quotes, so that the mark before it is leant on too."""

    def __init__(self, chooser: SpeechChooser, tokenizer: Any) -> None:
        self._chooser = chooser
        self._tokenizer = tokenizer
        self._marks, self._marks_behind_quotes = mark_ids(tokenizer), mark_ids(tokenizer, _QUOTE)
        self._start = -1  # of the tokens of what is said; -1 outside of it
        self._tree = Tokens()
        self._weights: tuple[float, ...] = ()

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """What every token gets, and those that begin or go on with a phrase; None outside of one."""
        line = text.rpartition("\n")[2]
        fields = next(csv.reader([line]), [])
        if len(fields) != 2:
            self._start = -1
            return self._mark(line, fields[0]) if len(fields) == 1 else None
        if not fields[1]:
            self._begin(fields[0], line[-1] == _QUOTE)
            self._start = len(ids)
        node = self._tree.after(ids[self._start :]) if self._start >= 0 else None
        return node.leaning(self._most, lambda here: min(_LEAST**WEIGHT, here)) if node else None

    def _mark(self, line: str, tile: str) -> Leaning:
        """Whether what is said will stand in quotes; that the tile may go on instead is the model's alone to say.

        A tile in quotes ends with one: it is a token with the mark, or has been written.
        """
        said = self._said(tile)
        marks = self._marks_behind_quotes if line.startswith(_QUOTE) and not line.endswith(_QUOTE, 1) else self._marks
        chances = [
            max((chance for one, chance in said.items() if needs_quotes(one) == is_quoted), default=_LEAST**WEIGHT)
            for is_quoted in (False, True)
        ]
        return 0.0, {mark: math.log(chance) for mark, chance in zip(marks, chances, strict=False)}

    def _begin(self, tile: str, is_quoted: bool) -> None:
        said = {one: chance for one, chance in self._said(tile).items() if needs_quotes(one) == is_quoted}
        self._tree = Tokens.of(token_ids(self._tokenizer, [f"{as_field(one).removeprefix(_QUOTE)}," for one in said]))
        self._weights = tuple(said.values())

    def _said(self, tile: str) -> dict[str, float]:
        """Beside 1 for the likeliest."""
        said = self._chooser.likeliest(tile, _COUNT)
        most = max(said.values(), default=1.0)
        return {text: (chance / most) ** WEIGHT for text, chance in said.items()}

    def _most(self, phrases: Sequence[int]) -> float:
        return max(self._weights[i] for i in phrases)
