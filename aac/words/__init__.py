"""Portuguese words as they are compared: letters without case and accents, and stems."""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("portuguese")
_STEMMER_LOCK = threading.Lock()  # it keeps the word it works on in itself


def plain_letters(text: str) -> str:
    """Lower case, without accents, everything that is no letter or digit made a single space."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a word (snowball's for Portuguese), without accents."""
    with _STEMMER_LOCK:
        found = _STEMMER.stemWord(word)
    return plain_letters(found)
