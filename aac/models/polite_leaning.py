"""An insult that a prompt holds is not said back; given tiles are what somebody wants to say, and stay."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aac.models.leaning import AMISS, Leaning
from aac.records import GenerationRequest
from aac.safety.insults import insults_in
from aac.words.glosses import lexicon

_BEGINNING_CHARS = 3  # of an insult; less is the beginning of too many words
_AMISS = math.log(AMISS)
_ANOTHER = "-"
_LAST_WORD = re.compile(r"[^\W\d_]*$")


class PoliteLeaning:
    """One row's words. Without an insult in what was asked it has nothing to say."""

    def __init__(self, request: GenerationRequest, tokenizer: Any) -> None:
        asked = insults_in((request.prompt, request.context, request.follows))
        insults = asked - insults_in(request.given)
        self._beginnings = {one[:_BEGINNING_CHARS] for one in insults}
        # Less leads on to words that do not exist, unless it is one itself ("me").
        self._alone = {one[: _BEGINNING_CHARS - 1] for one in insults} - lexicon().keys()
        self._tokenizer = tokenizer
        self._found: dict[str, Leaning] = {}

    def __bool__(self) -> bool:
        return bool(self._beginnings)

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """Where an insult would begin, or has begun."""
        last = _LAST_WORD.search(text)
        begun = last[0].casefold() if last else ""
        if not any(one.startswith(begun) for one in self._beginnings):
            begun = _ANOTHER  # only the next word can be one
        if begun not in self._found:
            pieces = enumerate(_pieces(self._tokenizer))
            self._found[begun] = 0.0, {i: _AMISS for i, piece in pieces if self._leads_to_one(begun, piece)}
        return self._found[begun]

    def _leads_to_one(self, begun: str, piece: str) -> bool:
        word = piece.lstrip()
        if piece == word and begun == _ANOTHER:
            return False
        on = begun + word if piece == word else word
        if on in self._alone:
            return True
        return any(on.startswith(one) if len(one) == _BEGINNING_CHARS else on == one for one in self._beginnings)


@lru_cache(maxsize=2)
def _pieces(tokenizer: Any) -> tuple[str, ...]:
    """What each token stands for, in lower case."""
    return tuple(piece.casefold() for piece in tokenizer.batch_decode([[i] for i in range(len(tokenizer))]))
