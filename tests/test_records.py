"""The records: frozen, and the little that they reckon themselves."""

from __future__ import annotations

import dataclasses

import pytest

from aac.cards import Card
from aac.records import CardSet, Generation, GenerationRequest, Parsed, Piece, Problem

WATER, APPLE = Card("Água", "Quero água.", "💧"), Card("Maçã", "Quero uma maçã, por favor.", "🍎")


def generation(tokens: int, duration_s: float) -> Generation:
    return Generation(GenerationRequest("Querer"), "model", "revision", None, "", tokens, duration_s, "end")


def test_a_set_is_written_as_the_model_should_write_it():
    assert CardSet("Querer", (WATER, APPLE)).text == 'Água,Quero água.,💧\nMaçã,"Quero uma maçã, por favor.",🍎'


def test_a_set_is_the_first_reference_unless_told():
    assert CardSet("Querer", (WATER,)).reference == 1


def test_a_request_asks_for_five_cards_greedily_and_well_formed():
    request = GenerationRequest("Querer")

    assert (request.cards_wanted, request.temperature, request.well_formed) == (5, 0.0, True)


def test_speed_is_tokens_over_seconds():
    assert generation(30, 1.5).tokens_per_s == 20.0


def test_speed_before_the_first_moment_is_nought():
    assert generation(0, 0.0).tokens_per_s == 0.0


def test_records_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CardSet("Querer", ()).prompt = "Comer"  # type: ignore[misc]


def test_a_piece_with_two_faults_is_one_attempt_and_two_problems():
    parsed = Parsed((Piece("x\n", 1, None, ("empty_text", "long_text")), Piece("\n", 2)))

    assert parsed.attempts == 1
    assert parsed.problems == (Problem("empty_text", 1, "x"), Problem("long_text", 1, "x"))


def test_repeated_cards_are_counted_and_kept():
    parsed = Parsed((Piece("a", 1, WATER), Piece("b", 2, WATER, ("repeated_card",))))

    assert parsed.repeats == 1
    assert parsed.cards == (WATER, WATER)
