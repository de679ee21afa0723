"""What a person changed in a card set: which cards, and in them which words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from aac.cards import Card, card_faults
from aac.errors import WrongCall
from aac.records import CorrectedCard

TEXT_FIELDS = ("written_text", "spoken_text")

Edits = tuple[tuple[str, str], ...]  # (op, text) with op "=", "-" or "+"; a "+" right after a "-" replaces it

# A word with its combining accents, a run of spaces, or one other character: joined again they are the text.
_TOKEN = re.compile(r"[\w\u0300-\u036f]+|\s+|[^\w\s]")
# No valid text comes near it; beyond it the quadratic comparison is not worth its time.
_MOST_TOKENS = 400


@dataclass(frozen=True, slots=True)
class CardChange:
    """What became of one card. before: None when added; after: None when deleted.

    words: for each text field its edits; "=" and "+" joined are the new text, "=" and "-" the old one.
    """

    kind: Literal["kept", "changed", "moved", "added", "deleted"]
    before: Card | None
    after: Card | None
    words: dict[str, Edits]


def changes(before: Sequence[Card], after: Sequence[CorrectedCard]) -> tuple[CardChange, ...]:
    """Every card of the corrected set in its order, then the deleted ones in theirs.

    "moved" are as few cards as can be: those outside one longest run that kept its order. A card both moved and
    edited is "changed". WrongCall if an origin is no index of `before` or is used twice.
    """
    origins = [corrected.origin for corrected in after if corrected.origin is not None]
    _check_origins(origins, len(before))
    in_order = _longest_increasing(origins)
    found = [_change(before, corrected, in_order) for corrected in after]
    used = set(origins)
    deleted = [card for index, card in enumerate(before) if index not in used]
    return (*found, *(CardChange("deleted", card, None, _words(card, None)) for card in deleted))


def set_faults(cards: Sequence[Card]) -> tuple[tuple[str, ...], ...]:
    """For each card its `card_faults`, and "repeated_card" if an earlier one has its key.

    A set without faults here is one without problems for the parser.
    """
    seen: set[str] = set()
    faults = []
    for card in cards:
        repeated = ("repeated_card",) if card.key in seen else ()
        faults.append((*card_faults(card), *repeated))
        seen |= {card.key} - {""}  # two empty tiles are empty, not alike
    return tuple(faults)


def change_json(change: CardChange) -> dict[str, object]:
    """The change as the page reads it."""
    return {
        "kind": change.kind,
        "before": _card_json(change.before),
        "after": _card_json(change.after),
        "words": {field: [list(edit) for edit in edits] for field, edits in change.words.items()},
        "image": [card and card.image_id for card in (change.before, change.after)],
    }


def words_changed(changes: Iterable[CardChange]) -> dict[str, int]:
    """How many words of both texts were "inserted", "deleted" and "replaced", those of whole cards included.

    Where 3 words stand for 2, 2 were replaced and 1 inserted.
    """
    counts = {"inserted": 0, "deleted": 0, "replaced": 0}
    for change in changes:
        for edits in change.words.values():
            _count(edits, counts)
    return counts


def _check_origins(origins: list[int], size: int) -> None:
    seen: set[int] = set()
    for origin in origins:
        if not 0 <= origin < size:
            raise WrongCall(
                f"Um cartão diz vir do cartão {origin} (o primeiro é 0), mas a geração tem {size}. "
                "Abra a geração de novo e corrija outra vez.",
                f"A card says it came from card {origin} (the first is 0), but the generation has {size}. "
                "Open the generation again and correct it once more.",
            )
        if origin in seen:
            raise WrongCall(
                f"Mais de um cartão diz vir do cartão {origin}; só um pode. Diga que os outros são novos.",
                f"More than one card says it came from card {origin}; only one can. Say that the others are new.",
            )
        seen.add(origin)


def _longest_increasing(numbers: list[int]) -> set[int]:
    """One longest increasing subsequence of distinct `numbers` (patience sorting)."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        previous[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    chosen: set[int] = set()
    link = tails[-1] if tails else None
    while link is not None:
        chosen.add(link)
        link = previous[link]
    return chosen


def _change(before: Sequence[Card], corrected: CorrectedCard, in_order: set[int]) -> CardChange:
    card, origin = corrected.card, corrected.origin
    if origin is None:
        return CardChange("added", None, card, _words(None, card))
    old = before[origin]
    words = _words(old, card)
    if card != old:
        return CardChange("changed", old, card, words)
    return CardChange("kept" if origin in in_order else "moved", old, card, words)


def _words(before: Card | None, after: Card | None) -> dict[str, Edits]:
    return {
        field: _edits(getattr(before, field) if before else "", getattr(after, field) if after else "")
        for field in TEXT_FIELDS
    }


def _edits(before: str, after: str) -> Edits:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MOST_TOKENS:
        pairs = [("=", before)] if before == after else [("-", before), ("+", after)]
        return tuple((op, text) for op, text in pairs if text)
    edits = []
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            edits.append(("=", "".join(old[old_start:old_end])))
            continue
        edits += [("-", "".join(old[old_start:old_end])), ("+", "".join(new[new_start:new_end]))]
    return tuple((op, text) for op, text in edits if text)


def _count(edits: Edits, counts: dict[str, int]) -> None:
    for (op, text), (next_op, next_text) in pairwise((("=", ""), *edits, ("=", ""))):
        if op == "-":
            deleted, inserted = _word_count(text), _word_count(next_text) if next_op == "+" else 0
            counts["replaced"] += min(deleted, inserted)
            counts["deleted"] += max(deleted - inserted, 0)
            counts["inserted"] += max(inserted - deleted, 0)
        elif next_op == "+":
            counts["inserted"] += _word_count(next_text)


def _word_count(text: str) -> int:
    return sum(any(c.isalnum() for c in token) for token in _TOKEN.findall(text))


def _card_json(card: Card | None) -> dict[str, str] | None:
    if card is None:
        return None
    return {"written_text": card.written_text, "spoken_text": card.spoken_text, "image_id": card.image_id}
