"""When a card is valid, what an image is, and how cards are written as CSV."""

from __future__ import annotations

import pytest

from aac.cards import Card, card_faults, cards_to_csv, emoji_spans, is_emoji, is_image_id, plain_emoji, qualified

WATER = Card("Quero água", "Por favor, quero água.", "💧")


def test_a_whole_card_has_no_faults():
    assert card_faults(WATER) == ()


@pytest.mark.parametrize("image", ["💧", "❤️", "👩‍🍳", "👩🏽‍🍳", "🇧🇷", "1️⃣", "arasaac:2462"])
def test_one_emoji_or_a_pictogram_id_is_an_image(image: str):
    assert is_image_id(image)


@pytest.mark.parametrize("text", ["", "água", "💧💧", "❤", "a💧", "arasaac:", "ARASAAC:1", "arasaac:1\n", "1"])
def test_anything_else_is_not_an_image(text: str):
    assert not is_image_id(text)


@pytest.mark.parametrize(
    ("card", "fault"),
    [
        (Card("", "Quero água.", "💧"), "empty_text"),
        (Card("Água", " … ", "💧"), "empty_text"),
        (Card("💧", "Quero água.", "💧"), "empty_text"),
        (Card("a" * 41, "Quero água.", "💧"), "long_text"),
        (Card("Água", "a" * 161, "💧"), "long_text"),
        (Card("Água\n", "Quero água.", "💧"), "control_character"),
        (Card("Água", "Quero\x00água.", "💧"), "control_character"),
        (Card("Água", "Quero\u2028água.", "💧"), "control_character"),
        (Card("Água", "Quero água.", "copo"), "not_one_image"),
    ],
)
def test_each_fault_is_named(card: Card, fault: str):
    assert card_faults(card) == (fault,)


def test_all_faults_of_a_card_are_named_together():
    assert card_faults(Card("", "a\n" * 100, "")) == ("empty_text", "long_text", "control_character", "not_one_image")


def test_texts_of_the_greatest_length_are_valid():
    assert card_faults(Card("a" * 40, "a" * 160, "💧")) == ()


@pytest.mark.parametrize("written", ["أريد ماء", "\u200fשלום\u200e", "می\u200cخواهم", "Cozinhar 👩‍🍳"])
def test_direction_marks_and_joiners_are_text(written: str):
    assert card_faults(Card(written, "Quero água.", "💧")) == ()


def test_the_key_forgets_case_and_spaces():
    assert Card("  QUERO   água ", "a", "💧").key == WATER.key


def test_the_key_keeps_accents():
    assert Card("Avó", "a", "👵").key != Card("Avô", "a", "👴").key


def test_a_bare_heart_is_given_its_variation_selector():
    assert qualified("❤") == "❤️"


def test_an_emoji_of_several_parts_is_given_its_variation_selectors():
    assert qualified("🏳‍🌈") == "🏳️‍🌈"


def test_a_surplus_variation_selector_is_taken_away():
    assert qualified("💧\ufe0f") == "💧"


@pytest.mark.parametrize("text", ["💧", "água", "💧💧", "", "arasaac:2462"])
def test_what_is_not_a_misspelt_emoji_stays_as_it_is(text: str):
    assert qualified(text) == text


def test_emoji_are_found_whole_from_left_to_right():
    text = "a 👩‍🍳 b ❤️"

    assert [text[start:end] for start, end in emoji_spans(text)] == ["👩‍🍳", "❤️"]


def test_plain_emoji_are_emoji_without_a_skin_tone():
    assert all(is_emoji(text) and not set("🏻🏼🏽🏾🏿") & set(text) for text in plain_emoji())


def test_plain_emoji_are_sorted_and_many():
    assert len(plain_emoji()) > 1500
    assert list(plain_emoji()) == sorted(set(plain_emoji()))


def test_a_card_is_one_line_quoted_only_where_needed():
    assert cards_to_csv([WATER]) == 'Quero água,"Por favor, quero água.",💧'


def test_quotes_are_doubled_in_csv():
    assert cards_to_csv([Card('Diga "oi"', "Oi!", "👋")]) == '"Diga ""oi""",Oi!,👋'


def test_cards_are_lines_with_no_line_end_after_the_last():
    assert cards_to_csv([Card("A", "b", "💧"), Card("C", "d", "🍎")]) == "A,b,💧\nC,d,🍎"


def test_no_cards_are_no_text():
    assert cards_to_csv([]) == ""
