"""Which emoji may stand for which."""

from __future__ import annotations

import pytest

from aac.cards import plain_emoji
from aac.datasets.emoji_words import fits, group_of


@pytest.mark.parametrize(
    ("image", "wanted"), [("💧", "💧"), ("🏠", "🏡"), ("🚗", "🚙"), ("🍎", "🍏"), ("arasaac:1", "arasaac:1")]
)
def test_the_same_thing_fits(image: str, wanted: str):
    assert fits(image, wanted)


@pytest.mark.parametrize(
    ("image", "wanted"), [("😊", "😢"), ("👩", "👨"), ("💧", "🍞"), ("arasaac:1", "arasaac:2"), ("copo", "💧")]
)
def test_another_thing_does_not(image: str, wanted: str):
    assert not fits(image, wanted)


def test_nearly_every_emoji_has_a_group():
    assert len([char for char in plain_emoji() if char not in group_of()]) <= 9  # those of Emoji 18
