"""Whom to call, where a prompt tells of wishing to die."""

from __future__ import annotations

import pytest

from aac.cards import card_faults
from aac.records import GenerationRequest
from aac.safety import stopped
from aac.ui.help_line import HELP_CARDS, help_for, help_shown


@pytest.mark.parametrize("prompt", ["Quero desaparecer", "quero dezaparecer"], ids=["as it is written", "mistyped"])
def test_who_wishes_to_die_is_told_whom_to_call(prompt: str):
    assert help_for(GenerationRequest(prompt)) is not None


def test_nobody_else_is():
    assert help_for(GenerationRequest("quero comer")) is None


def test_who_cannot_call_gets_tiles_that_say_it():
    shown = help_shown(GenerationRequest("quero morrer"))

    assert [card for card in HELP_CARDS if f'data-say="{card.spoken_text}"' not in shown] == []
    assert help_shown(GenerationRequest("quero comer")) == ""


def test_the_tiles_that_ask_for_help_are_cards_like_all_others():
    assert [card for card in HELP_CARDS if card_faults(card) or stopped([card.written_text, card.spoken_text])] == []
    assert len({card.image_id for card in HELP_CARDS}) == len(HELP_CARDS)
