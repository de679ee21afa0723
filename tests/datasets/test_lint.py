"""What the lint of card sets finds, and what it lets be."""

from __future__ import annotations

import pytest

from aac.cards import Card
from aac.datasets.lint import SPEECH_SETS_MAX, count, lint
from aac.datasets.spelling import misspelt
from aac.records import CardSet

GOOD = (
    Card("Quero água", "Eu quero água, por favor.", "💧"),
    Card("Onde fica?", "Onde fica o banheiro?", "📍"),
    Card("Chega", "Chega, não quero mais.", "✋"),
)


def rules(*sets: CardSet) -> list[str]:
    return [finding.rule for finding in lint(sets) if finding.rule != "frame_too_common"]


def with_card(*card: str, **asked) -> CardSet:
    return CardSet("Sede", (Card(*card), *GOOD[1:]), **asked)


def test_a_good_set_is_let_be():
    assert rules(CardSet("Sede", GOOD)) == []


@pytest.mark.parametrize(
    ("card", "rule"),
    [
        (("Quero um copo de água", "Eu quero um copo de água.", "💧"), "long_tile"),
        (("Quero água.", "Eu quero água.", "💧"), "tile_with_comma_or_full_stop"),
        (("Água, já", "Quero água, já.", "💧"), "tile_with_comma_or_full_stop"),
        (("Quero água ", "Eu quero água.", "💧"), "stray_space"),
        (("Quero  água", "Eu quero água.", "💧"), "stray_space"),
        (("Quero água", " Eu quero água.", "💧"), "stray_space"),
        (("Quero água", "Eu quero  água.", "💧"), "stray_space"),
        (("quero água", "Eu quero água.", "💧"), "no_capital"),
        (("Quero água", "eu quero água.", "💧"), "no_capital"),
        (("Quero água", "Eu quero água", "💧"), "no_sentence"),
        (("Quero água", "Água já.", "💧"), "no_sentence"),
        (("Tem água?", "Eu quero água aqui.", "💧"), "tile_asks_speech_does_not"),
        (("Quero água", "Eu quero água.", "✨"), "vague_image"),
        (("Quero água", "Eu quero água.", "copo"), "not_one_image"),
        (("Quero água", "Eu quero água.", "📍"), "image_twice"),
        (("chega", "Eu já falei chega.", "💧"), "no_capital"),
        (("Quero água", "Eu quero aguua.", "💧"), "misspelt"),
    ],
)
def test_a_card_against_the_guideline_is_found(card: tuple[str, str, str], rule: str):
    assert rule in rules(with_card(*card))


def test_a_tile_twice_in_a_set_is_found():
    assert "tile_twice" in rules(with_card("Chega", "Agora chega de água.", "💧"))


def test_a_tile_of_three_words_is_not_of_the_level_of_words():
    assert rules(CardSet("Sede", (Card("Quero mais água", "Eu quero mais água.", "💧"),), level="palavras")) == [
        "not_of_the_level"
    ]


def test_a_prompt_of_seven_words_is_found():
    assert rules(CardSet("Um dois três quatro cinco seis sete", GOOD)) == ["long_prompt"]


def test_a_sentence_in_many_sets_is_found():
    sets = [CardSet(f"Sede {n}", GOOD[:1]) for n in range(SPEECH_SETS_MAX + 1)]

    assert "speech_in_many_sets" in rules(*sets)
    assert "speech_in_many_sets" not in rules(*sets[1:])


def test_two_prompts_with_much_the_same_tiles_are_found():
    assert rules(CardSet("Sede", GOOD), CardSet("Calor", GOOD)) == ["same_set"]


def test_the_second_author_of_a_set_may_say_the_same():
    assert rules(CardSet("Sede", GOOD), CardSet("Sede", GOOD, reference=2)) == []


def test_one_frame_for_too_many_speeches_is_found():
    assert "frame_too_common" in [finding.rule for finding in lint([CardSet("Sede", GOOD)])]


def test_listed_words_are_spelt_right():
    card_set = with_card("Quero refri", "Eu quero refri gelado.", "🥤")

    assert [finding.text for finding in lint([card_set]) if finding.rule == "misspelt"] == ["refri"]
    assert [finding.text for finding in lint([card_set], ["Refri"]) if finding.rule == "misspelt"] == []


def test_the_dictionary_knows_words_of_everyday_speech():
    assert misspelt(["cadê", "pra", "fisioterapeuta", "não", "guarda-chuva", "segedande"]) == {"segedande"}


def test_the_counts_are_of_what_was_read():
    counts = count([CardSet("Sede", GOOD), CardSet("Sede", GOOD[:1], reference=2)])

    assert (counts.prompts, counts.sets, counts.cards, counts.images) == (1, 2, 4, 3)
    assert (counts.frame, counts.frame_share) == ("eu quero", 0.5)
    assert counts.tile_words_spoken == 1.0
