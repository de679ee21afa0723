"""Scores, against sacrebleu's own and against sums by hand."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from aac.cards import Card
from aac.metrics import aligned_scores, card_f1, format_scores, match_cards, text_scores
from aac.parsing import parse
from aac.records import CardSet

A, B, C = (
    Card("Quero água", "Eu quero um copo de água.", "💧"),
    Card("Não quero", "Não quero nada agora.", "🙅"),
    Card("Banheiro", "Preciso ir ao banheiro.", "🚽"),
)
ANSWERS = ["Quero água,Eu quero água.,💧", "Não,Não quero nada disso.,🙅"]
ONE = [["Quero água,Eu quero um copo de água.,💧"], ["Não quero,Não quero nada agora.,🙅"]]
TWO = [[*ONE[0], "Água,Me dá água?,💧"], [*ONE[1], "Não,Não quero nada disso.,🙅"]]
GAP = [TWO[0], ONE[1]]


@pytest.mark.parametrize(("field", "metric"), [("bleu", BLEU), ("ter", TER), ("chrf", CHRF)])
@pytest.mark.parametrize("references", [ONE, TWO, GAP], ids=["one", "two", "a gap"])
def test_scores_and_signatures_are_sacrebleus(field: str, metric, references):
    most = max(len(texts) for texts in references)
    streams = [[texts[i] if i < len(texts) else None for texts in references] for i in range(most)]
    expected = metric()
    value = expected.corpus_score(ANSWERS, streams).score

    found = getattr(text_scores(ANSWERS, references), field)

    assert found.score == value
    assert found.signature == str(expected.get_signature())


def test_the_order_of_the_cards_does_not_matter_to_aligned_scores():
    scores = aligned_scores([(C, A, B)], [[CardSet("x", (A, B, C))]])

    assert (scores.bleu, scores.ter, scores.card_f1) == (pytest.approx(100), 0, 1)


def test_the_reference_that_an_answer_agrees_with_most_is_taken():
    scores = aligned_scores([(A, B)], [[CardSet("x", (C,), 1), CardSet("x", (B, A), 2)]])

    assert scores.ter == 0


def test_a_missing_card_costs():
    assert aligned_scores([(A,)], [[CardSet("x", (A, B))]]).bleu < 100


def test_a_card_too_many_costs():
    assert aligned_scores([(A, B, C)], [[CardSet("x", (A, B))]]).ter > 0


def test_an_answer_without_cards_scores_nothing():
    scores = aligned_scores([()], [[CardSet("x", (A, B))]])

    assert (scores.bleu, scores.card_f1) == (0, 0)


def test_matching_is_one_to_one():
    pairs = match_cards((A, A, B), (B, A)).pairs

    assert sorted((a is not None, r is not None) for a, r in pairs) == [(True, False), (True, True), (True, True)]


def test_card_f1_by_hand():
    # two of three answered cards are among the four of the reference: P = 2/3, R = 2/4, F1 = 4/7
    other = Card("Outro", "Outro cartão.", "🃏")

    assert card_f1((A, B, other), (A, B, C, Card("Sim", "Sim.", "👍"))) == pytest.approx(4 / 7)


def test_format_scores_by_hand():
    whole = parse("Sim,Sim.,👍\nNão,Não.,👎")
    broken = parse("Sim,Sim.,👍\nolá\nSim,Claro.,👍")

    scores = format_scores([whole, broken])

    assert scores.valid_answers == 1 / 2
    assert scores.valid_cards == 4 / 5
    assert scores.repeated_cards == 1 / 4


def test_an_empty_answer_is_not_a_valid_one():
    assert format_scores([parse("")]).valid_answers == 0
