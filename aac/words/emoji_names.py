"""What emoji are called in Portuguese (Unicode CLDR).

`emoji_pt.json` and `emoji_groups.json` are made by `scripts/make_emoji_index.py`; their licence stands in
`EMOJI_PT_LICENSE.txt`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

INDEX_FILE = Path(__file__).with_name("emoji_pt.json")
GROUPS_FILE = INDEX_FILE.with_name("emoji_groups.json")
STAR = "★"  # before a keyword that is ours, not CLDR's: for this word, this emoji first
_FACE = "rosto "  # how CLDR's names of faces begin
_NAMES_MAX = 12  # no set has more cards; two hundred names would be no prompt
# How it is drawn: as text or in colour, and in which skin tone. The name is the same.
_DRAWN = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


@cache
def emoji_index() -> list[list[str]]:
    """[emoji, name, keyword, …] of every emoji that a card may show, in the order of Unicode's chart."""
    return json.loads(INDEX_FILE.read_text(encoding="utf-8"))


def emoji_names(text: str) -> tuple[str, ...]:
    """What the emoji of a text are called, in its order, each once, the first twelve; none where it has words too.

    A face that we have an everyday word for is called that ("alegre"): its name tells of the drawing ("rosto risonho").
    """
    if text.isascii() or any(map(str.isalnum, text)):
        return ()
    names, any_of = _names()
    found = (names[char] for char in any_of.findall(_DRAWN.sub("", text)))
    return tuple(dict.fromkeys(found))[:_NAMES_MAX]


@cache
def _names() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """The name by emoji, and what finds one: the longest first, as a family is more than its members."""
    names = {_DRAWN.sub("", char): _called(name, words) for char, name, *words in emoji_index()}
    return names, re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def _called(name: str, words: Sequence[str]) -> str:
    ours = (word.removeprefix(STAR) for word in words if word.startswith(STAR))
    return next(ours, name) if name.startswith(_FACE) else name
