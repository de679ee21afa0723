"""An insult that a prompt holds is not said back; given tiles are what somebody wants to say, and stay."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from aac.models.leaning import AMISS, Leaning, token_ids
from aac.records import GenerationRequest
from aac.safety.insults import insults_in

_BEGINNING_CHARS = 3  # of an insult; less is the beginning of too many words
_AMISS = math.log(AMISS)
_LAST_WORD = re.compile(r"[^\W\d_]*(?:-[^\W\d_]*)*$")


class PoliteLeaning:
    """One row's words. Without an insult in what was asked it has nothing to say."""

    def __init__(self, request: GenerationRequest, tokenizer: Any) -> None:
        asked = insults_in((request.prompt, request.context, request.follows))
        self._insults = asked - insults_in(request.given)
        self._tokenizer = tokenizer
        self._found: dict[str, Leaning] = {}

    def __bool__(self) -> bool:
        return bool(self._insults)

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """Where an insult would begin, go on or end."""
        last = _LAST_WORD.search(text)
        word = last[0] if last else ""
        if word not in self._found:
            ways = [way for insult in self._insults for way in _ways_on(insult, word)]
            single = [tokens[0] for tokens in token_ids(self._tokenizer, ways) if len(tokens) == 1]
            self._found[word] = 0.0, dict.fromkeys(single, _AMISS)
        return self._found[word] if self._found[word][1] else None


def _ways_on(insult: str, word: str) -> Iterator[str]:
    """What would lead further into an insult from a word that has begun, or begin it as another word."""
    for end in range(min(_BEGINNING_CHARS, len(insult)), len(insult) + 1):
        begun = insult[:end]
        yield from (f"{space}{way}" for space in (" ", "") for way in (begun, begun.capitalize(), begun.upper()))
        if word and begun.startswith(word.casefold()):
            on = begun[len(word) :]
            yield from filter(None, (on, on.upper()))
