"""What is meant by who types in a hurry: without accents, in capitals, by ear, with a slip in a long word, or in emoji.

An adapter learned from texts that were written with care, and takes a mistyped word for another one, or for none. So it
reads what `understood` makes of a request's words; what people typed stays as it is everywhere else. A right word that
is not known must not become another one: so names, short words and what is only nearly alike stay. The dictionary is
pyspellchecker's (417,000 forms from film subtitles, with how often each was said), beside the lexicon of the glosses
and `words_pt.txt`, the words of the training data that the lexicon lacks (`scripts/make_word_list.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from aac.words import plain_letters, stem
from aac.words.emoji_names import emoji_names
from aac.words.glosses import WORD, lexicon

WORDS_FILE = Path(__file__).with_name("words_pt.txt")
_ACRONYM_CHARS = 3  # in capitals, so short a text is one, unless everybody says the word
_COMMON = 10_000  # times in the dictionary's subtitles
_HEARD_MIN_CHARS = 6  # so long a word must be to be known by its sound
_NEAR_MIN_CHARS = 10  # or to be known in spite of a slip
_LONGEST_CHARS = 30  # beyond, nothing is a word
# How a Brazilian hears it: what these rules make alike is easily written one for the other.
_BY_EAR = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        ("ç|ch|sh|ss|sc(?=[ei])|xc(?=[ei])|c(?=[ei])|[xz]", "s"),
        ("gu(?=[ei])", "G"),
        ("g(?=[ei])", "j"),
        ("qu(?=[eio])|[cqk]", "k"),
        ("h", ""),
        ("m(?=[pb])", "n"),
        ("l(?![aeiouhy])", "u"),
        (r"(.)\1+", r"\1"),
    )
)
# Words that are right as they are typed and mean another one here: in each, the last letter found lacks its accent.
_ACCENT_BY_PLACE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\s*to(?=\s+com\b)",  # "tô com fome"
        # "fazer cocô"; what is said of the fruit alone, or of both, stays
        r"\b(?:fazer|fazendo|faz|fez|fiz)\s+(?:um\s+)?coco\b(?!\s+(?:ralado|queimado|gelado|verde|seco)\b)",
        r"\bcoco(?=\s+na\s+(?:cal[cç]a|calcinha|cueca|fralda)\b)",  # "cocô na calça"
    )
)


def understood(text: str) -> str:
    """The text as its writer would have written it with more time; as it is where nothing better is certain.

    Names stay, and acronyms. Emoji alone are what they are called.
    """
    if names := emoji_names(text):
        return ", ".join(names)
    text = unicodedata.normalize("NFC", text)
    for pattern in _ACCENT_BY_PLACE:
        text = pattern.sub(_ends_accented, text)
    if _is_shouted(text):
        text = text.capitalize()
    return WORD.sub(_each(text), text)


def _ends_accented(found: re.Match[str]) -> str:
    return found[0][:-1] + {"o": "ô", "O": "Ô"}[found[0][-1]]


def get_ready() -> None:
    """Read what the first mistyped text would wait for (2 s)."""
    for read in (_dictionary, _stems, _by_letters, _by_ear):
        read()


def _is_known(word: str) -> bool:
    """Whether a word in lower case is right."""
    return word in _listed() or word in _dictionary()


def _is_shouted(text: str) -> bool:
    words = WORD.findall(text)
    if not text.isupper() or text.strip() in _listed():
        return False
    if not all(word in _listed() or _with_accents(word) for word in map(str.lower, words)):
        return False
    return max(map(len, words)) > _ACRONYM_CHARS or _count(text.strip().lower()) >= _COMMON


def _each(text: str) -> Callable[[re.Match[str]], str]:
    def written_well(found: re.Match[str]) -> str:
        word, is_first = found[0], not text[: found.start()].strip()
        plain = word.lower()
        is_capital = word != plain
        is_name = is_capital and not (is_first and word == plain.capitalize())
        if is_name or not plain.isalpha() or len(plain) > _LONGEST_CHARS:
            return word
        better = _with_accents(plain)
        if not better and not is_capital and not _is_known(plain):
            better = _heard(plain) or _near(plain)
        return (better.capitalize() if is_capital else better) or word

    return written_well


def _with_accents(word: str) -> str:
    """The word of the same letters, where this one is none or is said less often."""
    if word in _listed() or word != plain_letters(word):
        return ""
    accented = _by_letters().get(word, "")
    return accented if accented and (not _is_known(word) or _count(word) < _count(accented)) else ""


def _heard(word: str) -> str:
    """A word that sounds the same."""
    return _best(word, _by_ear().get(_sound(word), ()) if len(word) >= _HEARD_MIN_CHARS else ())


def _near(word: str) -> str:
    """A word that is a slip away, neither in its first nor in its last letter, where this is no form of a known one."""
    if len(word) < _NEAR_MIN_CHARS or stem(word) in _stems():
        return ""
    found = [one for one in _dictionary().edit_distance_1(word) if one in _dictionary() and one.isalpha()]
    return _best(word, (one for one in found if one[0] == word[0] and one[:-1] not in (word, word[:-1])))


def _best(word: str, candidates: Iterable[str]) -> str:
    return max(candidates, key=lambda one: _rank(word, one), default="")


def _rank(word: str, candidate: str) -> tuple[bool, int, int]:
    slips = OSA.distance(plain_letters(word), plain_letters(candidate))
    return candidate in _listed(), -slips, _count(candidate)


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="pt", distance=1)


def _count(word: str) -> int:
    return int(_dictionary()[word])


@cache
def _listed() -> frozenset[str]:
    return frozenset((*lexicon(), *WORDS_FILE.read_text(encoding="utf-8").split()))


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, _listed()))


@cache
def _by_letters() -> Mapping[str, str]:
    """The word said most often, by its letters without accents."""
    return {plain_letters(word): word for word in sorted(_listed(), key=_count)}


@cache
def _by_ear() -> Mapping[str, Sequence[str]]:
    found = defaultdict[str, list[str]](list)
    for word in _listed():
        found[_sound(word)].append(word)
    return found


def _sound(word: str) -> str:
    said = plain_letters(word.replace("ç", "ss"))
    for pattern, heard in _BY_EAR:
        said = pattern.sub(heard, said)
    return said
