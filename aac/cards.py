"""A card, when it is valid, and how it is written as one line of CSV."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import emoji

FIELDS = ("written_text", "spoken_text", "image_id")
WRITTEN_MAX_CHARS = 40
TILE_MAX_CHARS = 30  # the guideline's; a valid card may have more
SPOKEN_MAX_CHARS = 160

_PICTOGRAM_ID = re.compile(r"[a-z]+:[0-9]+")
_FULLY_QUALIFIED = emoji.STATUS["fully_qualified"]
_VARIATION_SELECTOR = "\ufe0f"
_SKIN_TONES = frozenset("🏻🏼🏽🏾🏿")


@dataclass(frozen=True, slots=True)
class Card:
    """One tile: what it shows, what the voice says, and one emoji or a pictogram's id such as `arasaac:2462`."""

    written_text: str
    spoken_text: str
    image_id: str

    @property
    def key(self) -> str:
        """What makes two cards of a set the same to a reader: the text on the tile, case and spaces aside."""
        return " ".join(self.written_text.casefold().split())


def card_faults(card: Card) -> tuple[str, ...]:
    """The names of what is wrong with `card`; empty when it is valid.

    `empty_text`, `long_text` (more than 40 written or 160 spoken characters), `control_character` (line breaks
    included; joiners and direction marks are text) and `not_one_image`.
    """
    texts = (card.written_text, card.spoken_text)
    faults = []
    if not all(any(c.isalnum() for c in text) for text in texts):
        faults.append("empty_text")
    if len(card.written_text) > WRITTEN_MAX_CHARS or len(card.spoken_text) > SPOKEN_MAX_CHARS:
        faults.append("long_text")
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for text in texts for c in text):
        faults.append("control_character")
    if not is_image_id(card.image_id):
        faults.append("not_one_image")
    return tuple(faults)


def is_emoji(text: str) -> bool:
    """Whether `text` is one fully qualified emoji of the Unicode list."""
    return emoji.EMOJI_DATA.get(text, {}).get("status") == _FULLY_QUALIFIED


def is_image_id(text: str) -> bool:
    """Whether `text` is one emoji or a pictogram's id."""
    return is_emoji(text) or _PICTOGRAM_ID.fullmatch(text) is not None


def qualified(text: str) -> str:
    """`text` with its variation selectors as the Unicode list has them (❤ → ❤️), if it is one emoji."""
    return text if is_emoji(text) else _qualified_by_bare().get(text.replace(_VARIATION_SELECTOR, ""), text)


def emoji_spans(text: str) -> list[tuple[int, int]]:
    """Where the emoji of `text` stand, as (start, end), left to right."""
    return [(found["match_start"], found["match_end"]) for found in emoji.emoji_list(text)]


@cache
def plain_emoji() -> tuple[str, ...]:
    """Every fully qualified emoji without a skin tone, sorted: what well-formed decoding may write."""
    return tuple(
        sorted(
            text
            for text, data in emoji.EMOJI_DATA.items()
            if data["status"] == _FULLY_QUALIFIED and not _SKIN_TONES & set(text)
        )
    )


@cache
def _qualified_by_bare() -> dict[str, str]:
    return {
        text.replace(_VARIATION_SELECTOR, ""): text
        for text, data in emoji.EMOJI_DATA.items()
        if data["status"] == _FULLY_QUALIFIED
    }


def cards_to_csv(cards: Iterable[Card]) -> str:
    """RFC 4180 without a header: one card a line, `\\n` between lines and none at the end."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows((card.written_text, card.spoken_text, card.image_id) for card in cards)
    return buffer.getvalue().removesuffix("\n")


def csv_field(text: str) -> str:
    """One field as RFC 4180 writes it."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([text])
    return buffer.getvalue()
