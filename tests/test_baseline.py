"""The baseline that copies: nearest request, nearest tile."""

from __future__ import annotations

from aac.baseline import Copier
from aac.cards import Card
from aac.records import CardSet, GenerationRequest

WATER, STOP = Card("Quero água", "Eu quero água.", "💧"), Card("Pode parar", "Pode parar agora.", "✋")
COPIER = Copier([CardSet("Beber água", (WATER,)), CardSet("Parar já", (STOP, WATER), context="na escola")])


def test_the_nearest_request_is_copied():
    assert COPIER.copy(GenerationRequest("Beber")) == (WATER,)


def test_the_context_is_part_of_a_request():
    assert COPIER.copy(GenerationRequest("Recreio", context="na escola")) == (STOP, WATER)


def test_no_more_cards_are_copied_than_wanted():
    assert COPIER.copy(GenerationRequest("Parar", 1, context="na escola")) == (STOP,)


def test_a_given_tile_gets_the_speech_and_picture_of_the_nearest():
    asked = GenerationRequest("Sede", 1, given=("Quero mais água",))

    assert COPIER.copy(asked) == (Card("Quero mais água", WATER.spoken_text, "💧"),)
