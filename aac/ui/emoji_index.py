"""Emoji by their Portuguese names and keywords, and how they are searched.

`search` is the reference for the page's own search, which follows it in JavaScript.
The words are those of `aac.words.emoji_names`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from aac.words.emoji_names import STAR, emoji_index

_WORD = re.compile(r"[^\W_]+")  # /[\p{L}\p{N}]+/gu
# A plural's ending and its singular's, accents folded: limões, homens, flores, sucos. Neither pães nor animais:
# "mães" are no "mão", "mais" is no plural of "mal".
_PLURALS = (("oes", "ao"), ("ns", "m"), ("es", ""), ("s", ""))
_SHORTEST_SINGULAR = 3  # "mês" is no plural of "me"

Words = tuple[str, ...]
Forms = tuple[Words, ...]  # of each word of a query: the word itself, then what it may be the plural of


@dataclass(frozen=True, slots=True)
class _Entry:
    """One emoji as the search reads it: every text folded and cut into words."""

    char: str
    name: Words
    starred: tuple[Words, ...]
    keywords: tuple[Words, ...]  # the starred ones included
    words: frozenset[str]  # of the name and of every keyword


def search(words: str, limit: int = 40) -> list[str]:
    """The emoji for `words`, best first, at most `limit`: of a blank text all, of one without letters and digits none.

    Accents and case are folded. Every word must begin a word of the emoji's name or keywords, or be a plural of one.
    What comes first is told in `_rank`; within one rank the index's order stays.
    """
    if not words.strip():
        return [entry.char for entry in _entries()][:limit]
    query = tuple(_forms(word) for word in folded_words(words))
    ranked = [(_rank(query, entry), entry.char) for entry in _entries() if query and _is_match(query, entry)]
    return [char for _, char in sorted(ranked, key=lambda found: found[0])][:limit]


def folded_words(text: str) -> Words:
    """The words of `text` in lower case without accents: "Pão de queijo" gives pao, de, queijo."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return tuple(_WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c))))


@cache
def _entries() -> tuple[_Entry, ...]:
    entries = []
    for char, name, *keywords in emoji_index():
        folded = tuple(folded_words(keyword) for keyword in keywords)
        starred = tuple(words for keyword, words in zip(keywords, folded, strict=True) if keyword.startswith(STAR))
        words = frozenset(word for text in (folded_words(name), *folded) for word in text)
        entries.append(_Entry(char, folded_words(name), starred, folded, words))
    return tuple(entries)


def _forms(word: str) -> Words:
    singulars = (word.removesuffix(plural) + ending for plural, ending in _PLURALS if word.endswith(plural))
    return (word, *(singular for singular in singulars if len(singular) >= _SHORTEST_SINGULAR))


def _is_match(query: Forms, entry: _Entry) -> bool:
    return all(
        any(word.startswith(forms[0]) for word in entry.words) or not entry.words.isdisjoint(forms) for forms in query
    )


def _rank(query: Forms, entry: _Entry) -> int:
    """From 0, the best, to 6.

    0 this word's first choice; 1 just this name; 2 just this keyword, and in the name; 3 just this keyword;
    4 in the name; 5 among the keywords; 6 words that only begin so.
    """
    is_in_name = all(not set(entry.name).isdisjoint(forms) for forms in query)
    is_keyword = _is_one_of(query, entry.keywords)
    if _is_one_of(query, entry.starred):
        return 0
    if _is_one_of(query, (entry.name,)):
        return 1
    if is_keyword:
        return 2 if is_in_name else 3
    if is_in_name:
        return 4
    return 5 if all(not entry.words.isdisjoint(forms) for forms in query) else 6


def _is_one_of(query: Forms, texts: tuple[Words, ...]) -> bool:
    same_size = (text for text in texts if len(text) == len(query))
    return any(all(word in forms for word, forms in zip(text, query, strict=True)) for text in same_size)
