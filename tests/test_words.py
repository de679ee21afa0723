"""Words as they are compared, and their English."""

from __future__ import annotations

import pytest

from aac.words import plain_letters, stem
from aac.words.glosses import gloss, lexicon


def test_letters_lose_case_accents_and_marks():
    assert plain_letters("Não  foi, ISSO!") == "nao foi isso"


def test_forms_of_a_word_share_their_stem():
    assert stem("cachorros") == stem("cachorro")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Estou com sede", "I am with thirst"),
        ("agua", "water"),
        ("ÁGUA", "water"),
        ("Tartarugas xyzw", "turtle"),
        ("xyzw", ""),
        ("", ""),
    ],
    ids=[
        "words in order",
        "without accents",
        "in capitals",
        "another form; unknown ones passed over",
        "unknown",
        "empty",
    ],
)
def test_a_text_is_glossed_word_by_word(text: str, english: str):
    assert gloss(text) == english


def test_each_word_of_the_lexicon_is_one_word_with_a_sense():
    assert [pair for pair in lexicon().items() if not all(pair) or " " in pair[0]] == []
