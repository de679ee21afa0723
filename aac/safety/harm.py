"""Whether somebody tells of abuse or violence done to them: not to others, not by a shoe, not picking fruit."""

from __future__ import annotations

from aac.safety.found import Found
from aac.safety.rules import child_beside_act
from aac.safety.terms import Place

_DENIALS = frozenset(("nao", "nunca", "ninguem", "nem", "jamais"))
_PERSON_TO_HURT_WORDS = 6  # "a moça que me dá banho me machuca"
_TOUCH_TO_REFUSAL_WORDS = 6


def is_harmed(found: Found) -> bool:
    """The speaker tells of being beaten, abused, threatened, touched against their will."""
    persons = found.of("agent", "person")
    return (
        bool(_told(found, "harm"))
        or any(map(found.is_all_of_phrase, found.of("harm_said_bare")))
        or any(found.begins(place, found.reading.phrases) for place in found.of("harm_first"))
        or found.follows(persons, _told(found, "hurt_by_person"), _PERSON_TO_HURT_WORDS)
        or found.follows(found.of("beaten_by"), persons, 1)
        or _is_touched(found)
    )


def _is_touched(found: Found) -> bool:
    """Where nobody else may touch, or without having wanted it, or as a child."""
    return (
        found.follows(_told(found, "touch"), found.of("private"), 2, in_phrase=True)
        or found.near(_told(found, "touched_me"), found.of("help", "unwanted"), _TOUCH_TO_REFUSAL_WORDS)
        or found.follows(_told(found, "forced"), found.of("sexual", "undressing"), 3)
        or (child_beside_act(found) and found.has("agent") and found.has("with_me"))
    )


def _told(found: Found, category: str) -> list[Place]:
    """The terms' places but for what is denied, or an idiom ("me bateu uma saudade")."""
    idioms = {place.start for place in found.of("harm_idiom")}
    return [place for place in found.of(category) if place.start not in idioms and not _is_denied(found, place)]


def _is_denied(found: Found, place: Place) -> bool:
    phrases, at = found.reading.phrases, place.start
    return at > 0 and phrases[at - 1] == phrases[at] and found.word(at - 1) in _DENIALS
