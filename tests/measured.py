"""What measures: the card sets from which nothing that an adapter learns may be taken."""

from __future__ import annotations

from collections.abc import Iterator

from aac.datasets.card_files import read_card_sets
from aac.records import CardSet
from tests.conftest import ROOT

SPLITS = ("validation", "test", "kept_out")


def measured_sets() -> Iterator[CardSet]:
    """The sets of every split that measures, those whose tiles are given included."""
    for split in SPLITS:
        for name in (split, f"{split}_complete"):
            yield from read_card_sets(ROOT / "annotations" / "cards_v2" / f"{name}.csv")
