"""Words of abuse, one a line in `abuse.txt`: no filter, but what an answer does not say back, and what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("abuse.txt")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def words_of_abuse() -> frozenset[str]:
    """In lower case."""
    return frozenset(_FILE.read_text(encoding="utf-8").split())


def insults_in(texts: Iterable[str]) -> frozenset[str]:
    """The words of abuse that stand in some texts, in lower case."""
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text)) & words_of_abuse()
