"""A text as the rules read it: words without case, accents and disguise, each with the clause that it stands in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

READ_MAX_CHARS = 2_000
WORD_MAX_CHARS = 30  # no term is that long; it bounds what looking a word's beginnings up costs

_CHILD_EMOJI = str.maketrans({"👶": " bebe ", "🧒": " crianca ", "👦": " menino ", "👧": " menina "})
_FAMILY = re.compile("\u200d[👶🧒👦👧]")  # children of a family emoji are the picture of a home
# Letters of other alphabets that look like ours.
_LOOKALIKES = str.maketrans("аеорсухіѕјԁοαενικτυωρ", "aeopcyxisjdoaeviktuwp")
_MARKS_AS_LETTERS = str.maketrans({"@": "a", "$": "s", "€": "e", "¡": "i", "|": "i"})
_DIGITS_AS_LETTERS = str.maketrans("0134578", "oieastb")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_DISGUISED_WORD = re.compile(r"[^\W_]+")
_CLAUSE_END, _PHRASE_END = re.compile(r"[.!?;:…\n]"), re.compile(r"[.!?;:…\n,–—]")
_MARK_IN_WORD = re.compile(r"(?<=[^\W_])[.\-_*·'’]+(?=[^\W_])")
_SPELT_MIN_LETTERS = 3
_DOUBLED = re.compile(r"([bcdfghjklmnpqtvwxz])\1+")  # Portuguese doubles only r, s and vowels
_LONG_REPEAT = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text in their order, each with the number of its clause, and of its phrase (a comma ends one)."""

    words: tuple[str, ...]
    clauses: tuple[int, ...]
    phrases: tuple[int, ...]


def plain(text: str) -> str:
    """Letters without case and accents, invisible characters out, a child's emoji as the word for it."""
    shown = _FAMILY.sub("", text[:READ_MAX_CHARS]).translate(_CHILD_EMOJI)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", shown).casefold())
    kept = "".join(c for c in folded if c.isascii() or unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return kept[:READ_MAX_CHARS].translate(_LOOKALIKES)


def readings(texts: Sequence[str]) -> tuple[Reading, ...]:
    """The texts as one: as it stands and, where that differs, with disguised spelling undone."""
    joined = _LONG_REPEAT.sub(r"\1", plain(" ".join(filter(None, texts))))
    first = _reading(joined, _tokens(_WORD, joined))
    undone = _DOUBLED.sub(r"\1", _MARK_IN_WORD.sub("", joined.translate(_MARKS_AS_LETTERS)))
    second = _reading(undone, _spelt_together(_tokens(_DISGUISED_WORD, undone)))
    return (first,) if second.words == first.words else (first, second)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def _tokens(pattern: re.Pattern[str], text: str) -> list[_Token]:
    return [_Token(found.group(), found.start(), found.end()) for found in pattern.finditer(text)]


def _reading(text: str, tokens: Sequence[_Token]) -> Reading:
    words = tuple(token.text[:WORD_MAX_CHARS] for token in tokens)
    return Reading(words, _numbers(_CLAUSE_END, text, tokens), _numbers(_PHRASE_END, text, tokens))


def _numbers(mark: re.Pattern[str], text: str, tokens: Sequence[_Token]) -> tuple[int, ...]:
    """For each word how many of the gaps before it hold the mark."""
    numbers = [0] if tokens else []
    for before, token in pairwise(tokens):
        numbers.append(numbers[-1] + bool(mark.search(text, before.end, token.start)))
    return tuple(numbers)


def _spelt_together(tokens: Sequence[_Token]) -> list[_Token]:
    """Letters one character apart as one word, and digits within words as the letters that they look like."""
    words: list[_Token] = []
    run: list[_Token] = []
    for token in tokens:
        if run and not (len(token.text) == 1 and token.start - run[-1].end == 1):
            words += _as_word(run)
            run = []
        if len(token.text) == 1:
            run.append(token)
        else:
            words.append(_in_letters(token))
    return words + _as_word(run)


def _as_word(run: Sequence[_Token]) -> list[_Token]:
    if len(run) < _SPELT_MIN_LETTERS:
        return list(run)
    return [_in_letters(_Token("".join(token.text for token in run), run[0].start, run[-1].end))]


def _in_letters(token: _Token) -> _Token:
    if token.text.isdecimal() or token.text.isalpha():
        return token
    return _Token(token.text.translate(_DIGITS_AS_LETTERS), token.start, token.end)
