"""The cards that ship: a language model wrote them, and people may review them like any other answer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from aac.datasets.card_files import read_card_sets
from aac.datasets.imports import set_id
from aac.datasets.near_duplicates import SPLITS, Split
from aac.records import CardSet, Generation, StoredGeneration

SHIPPED_NAME = "cards_v1"
_FOLDER = Path(__file__).parent.parent.parent / "annotations" / SHIPPED_NAME


def shipped_prompts() -> list[str]:
    """The prompts of the shipped cards, each once."""
    return list(dict.fromkeys(card_set.prompt for split in shipped_sets().values() for card_set in split))


def shipped_sets() -> dict[Split, tuple[CardSet, ...]]:
    """The shipped sets by split."""
    return {split: read_card_sets(_FOLDER / f"{split}.csv") for split in SPLITS}


def shipped_generation(card_set: CardSet) -> StoredGeneration:
    """A shipped set as what it is: an answer that a language model wrote."""
    revision = hashlib.sha256((_FOLDER / "DATASHEET.md").read_bytes()).hexdigest()[:12]
    made = Generation(card_set.request, SHIPPED_NAME, revision, None, card_set.text, 0, 0.0, "end")
    return StoredGeneration(shipped_id(card_set), made)


def shipped_id(card_set: CardSet) -> str:
    """The id of a shipped set, the same everywhere."""
    return set_id(card_set.prompt, (), card_set.cards)
