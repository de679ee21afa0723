"""Words of abuse, one a line in `abuse.txt`: no filter, but what an answer does not say back, and what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from aac.safety.reading import plain

_FILE = Path(__file__).with_name("abuse.txt")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def insults_in(texts: Iterable[str]) -> frozenset[str]:
    """The words of abuse that stand in some texts, as the list has them; case and accents may differ there."""
    words = {word for text in texts for word in _WORD.findall(plain(text))}
    return frozenset(abuse for typed, abuse in _words_of_abuse().items() if typed in words)


@cache
def _words_of_abuse() -> Mapping[str, str]:
    """In lower case, by their letters without accents."""
    return {plain(word): word for word in _FILE.read_text(encoding="utf-8").split()}
