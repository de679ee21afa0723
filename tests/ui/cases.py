"""A payload for every endpoint that a person who agreed may send, and what others get for the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aac.ui.consent import CONSENT_VERSION
from aac.workflow.archive import Archive
from tests.ui.people import GOOD_CARD, Person, generations_of, new_id, queued, signed


@dataclass(frozen=True)
class Case:
    """fields: the payload but for the secret. needs_consent: whether a person must have agreed first."""

    fields: dict[str, Any]
    needs_consent: bool


def world(person: Person, archive: Archive, about: str = "") -> dict[str, Case]:
    """Something for every endpoint to work on, and the payloads that do. about: what no other world's prompts say."""
    (rate_id,) = queued(archive, "rate", f"Dor{about}")
    (compare_id,) = queued(archive, "compare", f"Comer{about}")
    (generation_id,) = generations_of(person.call("item", item_id=rate_id)["item"])
    left, right = generations_of(person.call("item", item_id=compare_id)["item"])
    generation = {"generation_id": generation_id}
    judgement = {"id": new_id(), **generation, "item_id": rate_id}
    ballot = {"item_id": compare_id, "left": left, "right": right, "choice": "left"}
    rating = {"card_index": 0, "verdict": "keep", "reasons": [], "usefulness": None}
    consent = {"id": new_id(), "version": CONSENT_VERSION, "language": "pt"}
    return {
        "annotator": Case({}, needs_consent=False),
        "consent": Case(consent, needs_consent=False),
        "open_generation": Case(signed(archive), needs_consent=True),
        "next_item": Case({"kind": "rate"}, needs_consent=True),
        "item": Case({"item_id": rate_id}, needs_consent=True),
        "generation": Case(generation, needs_consent=True),
        "rate": Case({**judgement, **rating}, needs_consent=True),
        "correct": Case({**judgement, "cards": [GOOD_CARD]}, needs_consent=True),
        "check": Case({**generation, "cards": [GOOD_CARD]}, needs_consent=False),  # it stores nothing
        "vote": Case({"id": new_id(), **ballot}, needs_consent=True),
        "finish": Case({"id": new_id(), "item_id": rate_id, "outcome": "done"}, needs_consent=True),
        "history": Case({"offset": 0, "limit": 20}, needs_consent=False),
        "my_data": Case({}, needs_consent=False),
        "erase": Case({"id": new_id(), "confirm": True}, needs_consent=False),
        "results": Case({}, needs_consent=False),
        "emoji": Case({}, needs_consent=False),
        "prompt_warnings": Case({"text": "Na farmácia"}, needs_consent=False),
    }
