"""Under which Portuguese words each emoji is found, to which group it belongs, and whether two say the same.

The words and groups are those of the files that `aac.words.emoji_names` knows.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

from aac.words.emoji_names import GROUPS_FILE, STAR, emoji_index

_SHARED_BY_MOST = 50  # a keyword of more emoji than that ("rosto") tells nothing of any


def fits(image: str, wanted: str) -> bool:
    """Whether one emoji may stand for another: it is the same, or of the same group with a keyword in common.

    Keywords are CLDR's; those of more than 50 emoji do not count. A pictogram's id fits itself alone.
    """
    if image == wanted:
        return True
    group = group_of().get(image)
    return group is not None and group == group_of().get(wanted) and bool(_keywords(image) & _keywords(wanted))


@cache
def keywords_of() -> dict[str, tuple[str, ...]]:
    """The Portuguese words under which each emoji is found, ours first; its name is not among them."""
    return {char: tuple(word.removeprefix(STAR) for word in words) for char, words in _index().items()}


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """The words of each emoji as the file has them, ours with a star."""
    return {char: tuple(words) for char, _, *words in emoji_index()}


@cache
def group_of() -> dict[str, str]:
    """The group of each emoji in Unicode's chart."""
    read = json.loads(GROUPS_FILE.read_text(encoding="utf-8"))
    return {char: name for name, chars in read.items() for char in chars.split(" ")}


@cache
def _all_keywords() -> dict[str, frozenset[str]]:
    read = {char: frozenset(word for word in words if not word.startswith(STAR)) for char, words in _index().items()}
    counts = Counter(word for words in read.values() for word in words)
    return {char: frozenset(w for w in words if counts[w] <= _SHARED_BY_MOST) for char, words in read.items()}


def _keywords(char: str) -> frozenset[str]:
    return _all_keywords().get(char, frozenset())
