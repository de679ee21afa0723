"""What is meant by who types in a hurry: without accents, in capitals, with slips, by ear, or in English.

An adapter learned from texts that were written with care, and takes a mistyped word for another one, or for none. So it
reads what `understood` makes of a request's words; what people typed stays as it is everywhere else. The dictionary is
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

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from aac.words import plain_letters, stem
from aac.words.glosses import WORD, lexicon

WORDS_FILE = Path(__file__).with_name("words_pt.txt")
_SHORT_CHARS = 3  # so short a word is too near to many others
_LONGEST_CHARS = 30  # beyond, nothing is a word
_LONG_CHARS = 8  # from here on two slips are forgiven
_PHRASE_WORDS = 3
_INTO = re.compile(r"to\s+")
# English words that a Portuguese prompt does without.
_LITTLE = frozenset(
    (
        *("a", "about", "an", "and", "are", "at", "be", "do", "for", "from", "he", "her", "his", "i", "in", "is", "it"),
        *("me", "my", "of", "on", "or", "our", "she", "some", "that", "the", "their", "there", "they", "this", "to"),
        *("we", "with", "you", "your"),
    )
)
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
        ("w", "v"),
        ("[yei]", "i"),
        ("u|o|l(?![aeiouhy])", "o"),
        (r"(.)\1+", r"\1"),
    )
)


def understood(text: str) -> str:
    """The text as its writer would have written it with more time; as it is where nothing better is known.

    Names stay, and what is no word: something with a digit, of up to three letters or beyond thirty, or an acronym.
    """
    text = unicodedata.normalize("NFC", text)
    if text.strip() in _listed():
        return text
    if text.isupper() and all(map(is_known, _words(text.lower()))):
        text = text.capitalize()
    return _from_english(text) or WORD.sub(_each(text), text)


def get_ready() -> None:
    """Read what the first mistyped text would wait for (2 s)."""
    for read in (_dictionary, _english, _stems, _by_letters, _by_ear, _translations):
        read()


def is_known(word: str) -> bool:
    """Whether a word in lower case is right."""
    return word in _listed() or word in _dictionary()


def _each(text: str) -> Callable[[re.Match[str]], str]:
    def written_well(found: re.Match[str]) -> str:
        word, is_first = found[0], not text[: found.start()].strip()
        plain = word.lower()
        is_name = word != plain and not (is_first and word == plain.capitalize())
        if is_name or not plain.isalpha() or not _SHORT_CHARS < len(plain) <= _LONGEST_CHARS:
            return word
        better = _with_accents(plain) or ("" if is_known(plain) or plain in _english() else _mended(plain))
        if not better:
            return word
        return better.capitalize() if word != plain else better

    return written_well


def _mended(word: str) -> str:
    """A word that sounds the same, or is written nearly so where this is no form of a word that is known."""
    return _heard(word) or ("" if stem(word) in _stems() else _near(word))


def _with_accents(word: str) -> str:
    """The word of the same letters, where this one is none or is said less often."""
    if word in _listed() or word != plain_letters(word):
        return ""
    accented = _by_letters().get(plain_letters(word), "")
    return accented if accented and (not is_known(word) or _count(word) < _count(accented)) else ""


def _heard(word: str) -> str:
    return _best(word, _by_ear().get(_sound(word), ()))


def _near(word: str) -> str:
    """The word that a slip or two away is said most often, one that is listed before others."""
    found = _best(word, (one for one in _dictionary().edit_distance_1(word) if one in _dictionary() and one.isalpha()))
    slips = 2 if len(word) >= _LONG_CHARS else 1
    letters = process.extract(plain_letters(word), list(_by_letters()), scorer=OSA.distance, score_cutoff=slips)
    listed = _best(word, (_by_letters()[one] for one, slips, _ in letters if slips == min(n for _, n, _ in letters)))
    return max(filter(None, (found, listed)), key=lambda one: _rank(word, one), default="")


def _best(word: str, candidates: Iterable[str]) -> str:
    return max(candidates, key=lambda one: _rank(word, one), default="")


def _rank(word: str, candidate: str) -> tuple[bool, bool, int, int]:
    """Slips are rarely in the first letter."""
    alike = _sound(word)[:1] == _sound(candidate)[:1]
    return (
        candidate in _listed(),
        alike,
        -OSA.distance(plain_letters(word), plain_letters(candidate)),
        _count(candidate),
    )


def _from_english(text: str) -> str:
    """An English text in Portuguese, word by word; empty where it is none, or a word of it has no translation."""
    words = _words(text.lower())
    if all(map(is_known, words)) or not all(word in _LITTLE or word in _english() for word in words):
        return ""
    said, rest = list[str](), words
    while rest:
        phrases = [" ".join(rest[:n]) for n in range(_PHRASE_WORDS, 0, -1)]
        phrase = next((one for one in phrases if one in _translations() and one not in _LITTLE), "")
        if not phrase and rest[0] not in _LITTLE:
            return ""
        if phrase:
            said.append(_translations().get(f"to {phrase}" if rest is words else phrase) or _translations()[phrase])
        rest = rest[len(phrase.split()) or 1 :]
    return " ".join(said)


def _words(text: str) -> list[str]:
    return WORD.findall(text)


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="pt", distance=1)


@cache
def _english() -> SpellChecker:
    return SpellChecker(language="en", distance=1)


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


@cache
def _translations() -> Mapping[str, str]:
    """Portuguese by English: the word whose first sense it is before others, then that said most often."""
    found = defaultdict[str, list[tuple[int, int, str]]](list)
    for word, senses in lexicon().items():
        for place, sense in enumerate(senses.lower().split(",")):
            found[sense.strip()].append((place, -_count(word), word))
    best = {sense: min(words)[-1] for sense, words in found.items()}
    return {**{_INTO.sub("", sense, count=1): word for sense, word in best.items()}, **best}
