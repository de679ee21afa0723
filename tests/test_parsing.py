"""Reading a model's answer: what is a card, what is named a problem, and that nothing is ever lost."""

from __future__ import annotations

import emoji
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aac.cards import Card, card_faults, cards_to_csv, is_emoji
from aac.parsing import PROBLEM_KINDS, parse

FIGURE_4 = "Quero comer, eu gostaria de comer, 🍷 Quero Beber, eu quero beber algo, 🍹 …"

QUOTING = [*'",\n\r \t', '""', '",', ',"']
LETTERS_AND_IMAGES = [*"aZé1.…", "💧", "❤", "❤️", "👩‍🍳", "🇧🇷", "🏽", "ש", "ماء", "arasaac:1"]
INVISIBLE = ["\x00", "\x1c", "\x85", "\u2028", "\u200d", "\u200f", "\ufe0f"]
NASTY = [*QUOTING, *LETTERS_AND_IMAGES, *INVISIBLE, "A,b,💧", 'A,"b, c",💧\n', "written_text,spoken_text,image_id"]

NO_BREAKS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
LETTERS = st.one_of(NO_BREAKS, st.sampled_from(["a", "é", '"', ",", '",', " ", "💧", "👩‍🍳", "\u200f", "ש"]))
IMAGES = st.one_of(
    st.sampled_from([text for text in emoji.EMOJI_DATA if is_emoji(text)]),
    st.from_regex(r"[a-z]{1,8}:[0-9]{1,6}", fullmatch=True),
)


def texts(max_chars: int) -> st.SearchStrategy[str]:
    """What may stand on a card: no outer spaces, since those are no part of a field."""
    return st.lists(LETTERS, min_size=1, max_size=max_chars).map(lambda parts: "".join(parts)[:max_chars].strip())


CARDS = st.builds(Card, texts(40), texts(160), IMAGES).filter(lambda card: not card_faults(card))


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in parse(text).problems]


def joined(text: str) -> str:
    return "".join(piece.text for piece in parse(text).pieces)


def test_each_line_of_csv_is_a_card():
    parsed = parse("Quero comer,Eu gostaria de comer.,🍽️\nQuero água,Quero água.,💧")

    assert parsed.cards == (Card("Quero comer", "Eu gostaria de comer.", "🍽️"), Card("Quero água", "Quero água.", "💧"))
    assert parsed.problems == ()


def test_commas_inside_quotes_belong_to_the_text():
    assert parse('"Água, já","Por favor, água.",💧').cards == (Card("Água, já", "Por favor, água.", "💧"),)


def test_doubled_quotes_inside_quotes_are_one():
    assert parse('Oi,"Diga ""oi"".",👋').cards == (Card("Oi", 'Diga "oi".', "👋"),)


def test_quotes_in_the_middle_of_a_bare_field_are_text():
    assert parse('Diga "oi",Diga oi.,👋').cards == (Card('Diga "oi"', "Diga oi.", "👋"),)


def test_a_doubled_quote_before_a_comma_does_not_swallow_the_next_line():
    cards = (Card('oi",', "Fala.", "👋"), Card("Água, já", "Quero água.", "💧"))

    assert parse(cards_to_csv(cards)).cards == cards


def test_spaces_around_fields_are_no_part_of_them():
    assert parse(' Água , "Quero água." , 💧 ').cards == (Card("Água", "Quero água.", "💧"),)


@pytest.mark.parametrize("line", ['" Água "," Quero água. ",💧', "\u00a0Água\u00a0,\u2003Quero água.\u2003,💧"])
def test_spaces_within_quotes_and_of_other_widths_are_no_part_of_a_field_either(line: str):
    assert parse(line).cards == (Card("Água", "Quero água.", "💧"),)
    assert kinds(line) == []


def test_spaces_between_words_stay_as_they_are_written_and_make_no_other_card():
    assert parse("Quero  água,Eu  quero água.,💧").cards == (Card("Quero  água", "Eu  quero água.", "💧"),)
    assert kinds("Quero água,Um.,💧\nQuero  água,Dois.,🍎") == ["repeated_card"]


def test_windows_line_ends_are_line_ends():
    parsed = parse("A,Um.,💧\r\nB,Dois.,🍎\r\n")

    assert [card.image_id for card in parsed.cards] == ["💧", "🍎"]
    assert parsed.problems == ()


def test_empty_lines_are_no_problem():
    assert kinds("\n\nA,Um.,💧\n\n") == []


def test_an_empty_answer_has_neither_cards_nor_problems():
    assert parse("").pieces == ()


def test_a_pictogram_is_an_image():
    assert parse("Água,Quero água.,arasaac:2462").cards == (Card("Água", "Quero água.", "arasaac:2462"),)


@pytest.mark.parametrize("image", ["👩‍🍳", "👩🏽‍🍳", "❤️", "🇧🇷", "🏳️‍🌈", "1️⃣"])
def test_an_emoji_of_several_code_points_is_one_image(image: str):
    assert parse(f"A,Um.,{image}").cards == (Card("A", "Um.", image),)


def test_a_bare_heart_is_read_with_its_variation_selector():
    assert parse("Amor,Eu te amo.,❤").cards == (Card("Amor", "Eu te amo.", "❤️"),)


def test_text_from_right_to_left_is_text():
    assert parse("أريد ماء,أريد أن أشرب.,💧").cards == (Card("أريد ماء", "أريد أن أشرب.", "💧"),)


def test_figure_4_of_the_paper_gives_its_two_cards():
    assert parse(FIGURE_4).cards == (
        Card("Quero comer", "eu gostaria de comer", "🍷"),
        Card("Quero Beber", "eu quero beber algo", "🍹"),
    )


def test_figure_4_of_the_paper_has_its_problems_named():
    assert kinds(FIGURE_4) == ["cards_on_one_line", "cards_on_one_line", "not_a_card"]


def test_figure_4_of_the_paper_keeps_its_dots():
    assert parse(FIGURE_4).pieces[-1].text == " …"


def test_cards_on_one_line_are_cut_after_whole_emoji():
    assert [card.image_id for card in parse("A,Um.,👩‍🍳 B,Dois.,❤ C,Três.,🇧🇷").cards] == ["👩‍🍳", "❤️", "🇧🇷"]


def test_emoji_in_the_speech_do_not_cut_a_valid_card():
    parsed = parse("Água 💧,Quero 💧 já.,💧")

    assert parsed.cards == (Card("Água 💧", "Quero 💧 já.", "💧"),)
    assert parsed.problems == ()


def test_a_comma_without_quotes_is_repaired_and_named():
    parsed = parse("Água,Por favor, quero água.,💧")

    assert parsed.cards == (Card("Água", "Por favor, quero água.", "💧"),)
    assert kinds("Água,Por favor, quero água.,💧") == ["unquoted_comma"]


@pytest.mark.parametrize("line", ['Água,"Quero água.,💧', '"Água,Quero água.,💧', 'Água,"Quero" água.,💧'])
def test_an_unclosed_quote_is_named(line: str):
    assert kinds(line) == ["unclosed_quote"]


def test_an_unclosed_quote_is_no_part_of_the_card():
    assert parse('Água,"Quero água.,💧').cards == (Card("Água", "Quero água.", "💧"),)


def test_an_unclosed_quote_and_a_comma_still_give_the_card():
    assert parse('Água,"Por favor, água.,💧').cards == (Card("Água", "Por favor, água.", "💧"),)


def test_an_unclosed_quote_ends_with_its_line():
    assert parse('Água,"Quero água.,💧\nComer,Quero comer.,🍎').cards[1:] == (Card("Comer", "Quero comer.", "🍎"),)


def test_an_unclosed_quote_in_no_card_is_named():
    assert kinds('Água,"Quero água') == ["unclosed_quote"]


def test_an_unclosed_quote_far_from_the_next_one_ends_with_its_line():
    text = 'Água,"Quero água.,💧\n' + "\n".join(f"Cartão {i},Este é o cartão {i}.,🍎" for i in range(20)) + '\n"B",b,💧'

    assert len(parse(text).cards) == 22


def test_a_line_break_inside_quotes_is_a_control_character():
    assert kinds('Água,"Quero\nágua.",💧') == ["control_character"]


@pytest.mark.parametrize("line", ["written_text,spoken_text,image_id", "Written_Text, Spoken_Text, Image_ID"])
def test_the_columns_names_are_a_header(line: str):
    assert kinds(f"{line}\nA,Um.,💧") == ["header"]


def test_a_repeated_card_is_named_and_kept():
    parsed = parse("Água,Um.,💧\nÁGUA ,Dois.,🍎")

    assert len(parsed.cards) == 2
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [("repeated_card", 2)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Aqui estão os cartões:", "not_a_card"),
        ("Água,Quero água.", "not_a_card"),
        (",Quero água.,💧", "empty_text"),
        (f"{'a' * 41},Quero água.,💧", "long_text"),
        ("Água,Quero\x00 água.,💧", "control_character"),
        ("Água,Quero água.,copo", "not_one_image"),
    ],
)
def test_a_line_that_is_no_card_says_why(line: str, kind: str):
    parsed = parse(line)

    assert parsed.cards == ()
    assert [(problem.kind, problem.line, problem.text) for problem in parsed.problems] == [(kind, 1, line)]


def test_problems_name_their_line():
    assert [problem.line for problem in parse("A,Um.,💧\n\nnada\nB,Dois.,🍎\nnada").problems] == [3, 5]


def test_lines_are_counted_on_after_a_quoted_line_break():
    assert [problem.line for problem in parse('A,"Um\nDois.",💧\nnada').problems] == [1, 3]


@settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.sampled_from(NASTY), max_size=60).map("".join))
def test_no_text_raises_and_none_of_it_is_lost(text: str):
    assert joined(text) == text
    assert set(kinds(text)) <= set(PROBLEM_KINDS)


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(st.text(max_size=600))
def test_no_unicode_text_raises_and_none_of_it_is_lost(text: str):
    assert joined(text) == text


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(NASTY), max_size=60).map("".join))
def test_every_card_read_is_valid(text: str):
    assert all(card_faults(card) == () for card in parse(text).cards)


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(CARDS)
def test_a_valid_card_written_is_read_again(card: Card):
    parsed = parse(cards_to_csv([card]))

    assert parsed.cards == (card,)
    assert parsed.problems == ()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(CARDS, max_size=5, unique_by=lambda card: card.key))
def test_a_set_of_valid_cards_written_is_read_again(cards: list[Card]):
    parsed = parse(cards_to_csv(cards))

    assert list(parsed.cards) == cards
    assert parsed.problems == ()
