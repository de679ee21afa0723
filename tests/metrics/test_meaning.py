"""Tiles that mean the same, pictures that fit, words that exist."""

from __future__ import annotations

import numpy as np
import pytest

from aac.cards import Card
from aac.metrics.meaning import (
    fitting_images,
    known_words,
    meaning_f1,
    meaning_f1_of,
    polite,
    tile_meaning,
)


def tiles(*texts: str, image: str = "💧") -> list[Card]:
    return [Card(text, f"{text} agora.", image) for text in texts]


@pytest.mark.parametrize(("one", "other"), [("Quero água", "quero a água"), ("Comer", "Comida"), ("Dói", "dói!")])
def test_tiles_of_the_same_stems_mean_the_same(one: str, other: str):
    assert meaning_f1(tiles(one), tiles(other)) == 1


@pytest.mark.parametrize(("one", "other"), [("Quero água", "Não quero água"), ("Água", "Quero água"), ("Oi", "Tchau")])
def test_other_tiles_do_not(one: str, other: str):
    assert meaning_f1(tiles(one), tiles(other)) == 0


def test_a_tile_of_little_words_alone_means_its_text():
    assert tile_meaning(Card("Por que", "Por que isso?", "❓")) == "por que"


def test_the_f1_is_the_better_of_a_pair_meant_over_the_pairs():
    triple = (tiles("Água"), tiles("Pão"), tiles("Água"))

    assert meaning_f1_of([[tiles("Água")]] * 3, [triple]).values == pytest.approx([1.0])
    assert meaning_f1_of([[tiles("Pão")]] * 3, [triple]).values == pytest.approx([2 / 3])
    assert meaning_f1_of([[cards] for cards in triple], [triple]).values == pytest.approx([2 / 3])


def test_a_picture_that_is_missing_does_not_fit():
    triple = tuple(tiles("Casa", "Água", image=image) for image in ("🏠", "🏡", "🍞"))

    assert fitting_images([[tiles("Casa", image="🏠")]] * 3, [triple]).values == pytest.approx([0.5])
    assert fitting_images([[tiles("Casa", "Água", image="🏠")]] * 3, [triple]).values == pytest.approx([1.0])
    assert fitting_images([[tiles("Casa", "Água", image="🍞")]] * 3, [triple]).values == pytest.approx([2 / 3])
    assert fitting_images([[cards] for cards in triple], [triple]).values == pytest.approx([2 / 3])


def test_invented_words_are_counted_and_listed_ones_are_not():
    shares = known_words([["Quero segedande"], ["Quero refri", "Água"], ["123"]], listed=["refri"])

    assert np.allclose(shares, [0.5, 1.0, 1.0])


def test_a_word_of_abuse_makes_an_answer_impolite_and_as_part_of_another_word_it_does_not():
    assert polite([["Seu idiota!", "Água"], ["Cuidado", "Acudam"], []]).tolist() == [0, 1, 1]
