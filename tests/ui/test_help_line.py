"""Whom to call, where a prompt tells of wishing to die or of harm done to who asks."""

from __future__ import annotations

import pytest

from aac.cards import card_faults
from aac.records import GenerationRequest
from aac.safety import DISTRESS, HARM, stopped
from aac.ui.help_line import HARM_CARDS, HELP_CARDS, help_for, help_shown

TOPICS = pytest.mark.parametrize(
    ("prompt", "numbers", "cards"),
    [("quero morrer", ("188", "192"), HELP_CARDS), ("fui abusada", ("100", "180", "190"), HARM_CARDS)],
    ids=["distress", "harm"],
)


@pytest.mark.parametrize("prompt", ["Quero desaparecer", "quero dezaparecer"], ids=["as it is written", "mistyped"])
def test_who_wishes_to_die_is_told_whom_to_call(prompt: str):
    assert [text.pt for text in help_for(GenerationRequest(prompt))] == [DISTRESS[0]]


@pytest.mark.parametrize("prompt", ["Alguém me machucou", "alguem me maxucou"], ids=["as it is written", "mistyped"])
def test_who_was_harmed_is_told_whom_to_call(prompt: str):
    assert [text.pt for text in help_for(GenerationRequest(prompt))] == [HARM[0]]


def test_nobody_else_is():
    assert help_for(GenerationRequest("quero comer")) == ()


def test_who_tells_of_both_is_told_both_and_of_distress_first():
    shown = help_shown(GenerationRequest("meu marido me bate", context="quero morrer"))

    assert [text.pt for text in help_for(GenerationRequest("meu marido me bate, quero morrer"))] == [
        DISTRESS[0],
        HARM[0],
    ]
    assert 0 < shown.index(HELP_CARDS[0].spoken_text) < shown.index(HARM[0]) < shown.index(HARM_CARDS[0].spoken_text)


@TOPICS
def test_who_cannot_call_gets_tiles_that_say_it(prompt: str, numbers, cards):
    shown = help_shown(GenerationRequest(prompt))

    assert [card for card in cards if f'data-say="{card.spoken_text}"' not in shown] == []
    assert shown.count("data-say") == len(cards)
    assert help_shown(GenerationRequest("quero comer")) == ""


@TOPICS
def test_the_numbers_are_said_in_both_languages(prompt: str, numbers, cards):
    (told,) = help_for(GenerationRequest(prompt))

    assert [number for number in numbers if number not in told.pt or number not in told.en] == []


def test_what_was_typed_is_not_said_back():
    assert "<b>" not in help_shown(GenerationRequest("<b>fui abusada</b>"))


@TOPICS
def test_the_tiles_that_ask_for_help_are_cards_like_all_others(prompt: str, numbers, cards):
    assert [card for card in cards if card_faults(card) or stopped([card.written_text, card.spoken_text])] == []
    assert len({card.image_id for card in cards}) == len(cards)
