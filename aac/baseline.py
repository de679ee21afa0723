"""The plain baseline: copy what the training data has for the nearest request. Who does not beat it learnt no more."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from aac.cards import Card
from aac.datasets.card_files import references_by_request
from aac.records import CardSet, GenerationRequest


class Copier:
    """Answers by copying from training sets; nearness is rapidfuzz's ratio of sorted words."""

    def __init__(self, sets: Sequence[CardSet]) -> None:
        by_request = references_by_request([one for one in sets if not one.given])
        self._sets = [some[0] for some in by_request.values()]
        self._requests = [_words(one.request) for one in self._sets]
        self._by_key = cards = {card.key: card for one in sets for card in one.cards}
        self._cards = list(cards.values())
        self._tiles = list(cards)

    def has(self, tile: str) -> bool:
        """Whether some card of the sets has this text."""
        return Card(tile, "", "").key in self._by_key

    def copy(self, request: GenerationRequest) -> tuple[Card, ...]:
        """The set of the nearest request, cut where fewer are wanted; with tiles given, each nearest tile's card."""
        if request.given:
            return tuple(self._complete(tile) for tile in request.given)
        nearest = self._sets[_nearest(_words(request), self._requests)]
        return nearest.cards[: request.cards_wanted]

    def _complete(self, tile: str) -> Card:
        near = self._cards[_nearest(tile.casefold(), self._tiles)]
        return Card(tile, near.spoken_text, near.image_id)


def _words(request: GenerationRequest) -> str:
    return " ".join(filter(None, (request.prompt, request.context, request.follows))).casefold()


def _nearest(text: str, others: Sequence[str]) -> int:
    found = process.extractOne(text, others, scorer=fuzz.token_sort_ratio)
    assert found is not None  # noqa: S101 - without a cutoff there is always one
    return int(found[2])
