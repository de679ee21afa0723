"""Scores: sacrebleu's own numbers, a matching that forgets order, and counts done by hand."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from aac.cards import Card, cards_to_csv
from aac.metrics.scores import (
    CardBleu,
    CardTer,
    Written,
    aligned_scores,
    card_f1,
    compare_answers,
    format_scores,
    match_cards,
    text_scores,
)
from aac.parsing import parse
from aac.records import CardSet

CARDS = (
    Card("Quero água", "Por favor, eu quero um copo de água.", "💧"),
    Card("Não quero isso", "Isso eu não quero, pode tirar daqui.", "🙅"),
    Card("Mais um pouco", "Eu ainda quero comer mais um pouco.", "🍽️"),
    Card("Ir embora", "Já cansei, quero ir embora para casa.", "🏠"),
)
OTHERS = (
    Card("Quero suco", "Eu quero um copo de suco de laranja.", "🧃"),
    Card("Mais um pouco", "Eu quero mais um pouco, por favor.", "🍽️"),
)
ANSWERS = [cards_to_csv(CARDS), cards_to_csv(OTHERS)]
REFERENCE = CardSet("Querer", CARDS)
SEVERAL = [[cards_to_csv(OTHERS), cards_to_csv(CARDS[:3])], [cards_to_csv(CARDS[1:])]]

each_metric = pytest.mark.parametrize(("name", "metric"), [("bleu", BLEU), ("ter", TER), ("chrf", CHRF)])


@each_metric
def test_one_reference_scores_as_sacrebleu_has_it(name: str, metric):
    references = [cards_to_csv(OTHERS), cards_to_csv(CARDS[:3])]

    score = getattr(text_scores(ANSWERS, [[text] for text in references]), name)

    assert score.score == metric().corpus_score(ANSWERS, [references]).score
    assert 0 < score.score < 100


@each_metric
def test_several_references_score_as_sacrebleu_has_them_even_where_a_prompt_has_fewer(name: str, metric):
    streams = [[SEVERAL[0][0], SEVERAL[1][0]], [SEVERAL[0][1], None]]

    score = getattr(text_scores(ANSWERS, SEVERAL), name)

    assert score.score == metric().corpus_score(ANSWERS, streams).score


@each_metric
def test_a_second_reference_counts(name: str, metric):
    first_only = [texts[:1] for texts in SEVERAL]

    assert getattr(text_scores(ANSWERS, SEVERAL), name) != getattr(text_scores(ANSWERS, first_only), name)


@each_metric
def test_the_signature_is_sacrebleus_own(name: str, metric):
    theirs = metric()
    theirs.corpus_score(ANSWERS, [[texts[0] for texts in SEVERAL]])

    assert getattr(text_scores(ANSWERS, [texts[:1] for texts in SEVERAL]), name).signature == str(
        theirs.get_signature()
    )


def test_a_perfect_answer_has_bleu_and_chrf_100_and_ter_0():
    scores = text_scores(ANSWERS, [[text] for text in ANSWERS])

    assert (scores.bleu.score, scores.ter.score, scores.chrf.score) == pytest.approx((100, 0, 100))


def test_empty_answers_have_bleu_and_chrf_0_and_ter_100():
    scores = text_scores(["", ""], [[text] for text in ANSWERS])

    assert (scores.bleu.score, scores.ter.score, scores.chrf.score) == (0, 100, 0)


def test_cards_are_matched_with_themselves_in_any_order():
    match = match_cards(CARDS[::-1], CARDS)

    assert all(answer == reference for answer, reference in match.pairs)
    assert match.similarity == pytest.approx(100)


def test_the_similarity_does_not_depend_on_the_order_of_the_cards():
    assert match_cards(CARDS, OTHERS).similarity == pytest.approx(match_cards(CARDS[::-1], OTHERS[::-1]).similarity)


def test_a_surplus_card_has_no_partner_and_costs_similarity():
    match = match_cards(CARDS, CARDS[:3])

    assert match.pairs[3:] == ((CARDS[3], None),)
    assert match.similarity == pytest.approx(75)


def test_a_lacking_card_leaves_a_reference_without_a_partner():
    match = match_cards(CARDS[1:], CARDS)

    assert match.pairs[0] == (None, CARDS[0])
    assert match.similarity == pytest.approx(75)


def test_an_answer_without_cards_matches_nothing():
    match = match_cards((), CARDS)

    assert match.pairs == tuple((None, card) for card in CARDS)
    assert match.similarity == 0


def test_a_card_written_twice_is_matched_once():
    pairs = match_cards((CARDS[0], CARDS[0], CARDS[1]), (CARDS[1], CARDS[0])).pairs

    assert pairs == ((CARDS[1], CARDS[1]), (CARDS[0], CARDS[0]), (CARDS[0], None))


def test_nothing_matched_with_nothing_is_no_pair():
    assert match_cards((), ()).pairs == ()


def test_a_shuffled_perfect_answer_is_perfect():
    scores = aligned_scores([CARDS[::-1]], [[REFERENCE]])

    assert (scores.bleu, scores.ter, scores.chrf, scores.card_f1) == pytest.approx((100, 0, 100, 1))


def test_the_reference_that_agrees_most_is_taken():
    scores = aligned_scores([OTHERS[::-1]], [[REFERENCE, CardSet("Querer", OTHERS, 2)]])

    assert (scores.bleu, scores.ter, scores.chrf, scores.card_f1) == pytest.approx((100, 0, 100, 1))


def test_an_empty_answer_has_nothing_of_what_was_wanted():
    """Its TER is 100, a missing word each; cards that say other words may have more."""
    scores = aligned_scores([()], [[REFERENCE]])

    assert (scores.bleu, scores.ter, scores.chrf, scores.card_f1) == (0, 100, 0, 0)


def test_an_empty_answer_lowers_the_mean_over_prompts():
    assert aligned_scores([CARDS, ()], [[REFERENCE], [REFERENCE]]).card_f1 == 0.5


def test_a_surplus_card_costs_aligned_scores():
    scores = aligned_scores([CARDS], [[CardSet("Querer", CARDS[:3])]])

    assert scores.bleu < 100
    assert scores.ter > 0
    assert scores.chrf < 100


def test_aligned_chrf_of_one_card_a_prompt_is_sacrebleus():
    answers, targets = [CARDS[:1], OTHERS[:1]], [OTHERS[:1], CARDS[2:3]]

    scores = aligned_scores(answers, [[CardSet("P", cards)] for cards in targets])

    theirs = CHRF().corpus_score([cards_to_csv(a) for a in answers], [[cards_to_csv(t) for t in targets]]).score
    assert scores.chrf == pytest.approx(theirs)
    assert scores.signatures["chrf"].endswith("|matched:cards")
    assert scores.signatures["bleu"].endswith("|segments:cards")


@pytest.mark.parametrize(("by_card", "name"), [(CardBleu, "bleu"), (CardTer, "ter")])
def test_aligned_bleu_and_ter_of_sets_are_those_of_their_matched_cards(by_card, name: str):
    answer = [Card("Água", "Quero água.", "💧"), Card("Chá", "Eu quero chá.", "🍵"), Card("Sono", "Que sono.", "😴")]
    reference = CardSet("Beber", (Card("Chá", "Quero chá.", "🍵"), Card("Água", "Quero muita água.", "💧")))

    found = by_card().corpus_score([cards_to_csv(answer)], [[reference.text]])

    assert found.score == pytest.approx(getattr(aligned_scores([answer], [[reference]]), name))


def test_aligned_chrf_sees_which_card_says_what():
    """The same words, dealt out to other cards: plain chrF hardly tells."""
    spoken = [card.spoken_text for card in (*CARDS[1:], CARDS[0])]
    dealt = [Card(card.written_text, said, card.image_id) for card, said in zip(CARDS, spoken, strict=True)]

    plain = text_scores([cards_to_csv(dealt)], [[REFERENCE.text]]).chrf.score
    aligned = aligned_scores([dealt], [[REFERENCE]]).chrf

    assert aligned < plain - 15


def test_surplus_and_lacking_cards_cost_aligned_chrf():
    whole, three = [CardSet("P", CARDS)], [CardSet("P", CARDS[:3])]

    surplus, lacking = aligned_scores([CARDS], [three]).chrf, aligned_scores([CARDS[:3]], [whole]).chrf

    assert 0 < lacking < surplus < 100  # what lacks weighs more: chrF's beta is 2


def named(*texts: str) -> list[Card]:
    return [Card(text, "Sim.", "💧") for text in texts]


@pytest.mark.parametrize(
    ("answer", "reference", "f1"),
    [
        (named("A", "B"), named("A", "B"), 1.0),
        (named("A", "B"), named("C"), 0.0),
        (named("A", "B", "C"), named("A"), 2 / 4),
        (named("A", "A", "B"), named("A", "C"), 2 / 5),
        (named("A", "A"), named("A", "A", "B"), 4 / 5),
        (named("QUERO  água"), named("Quero água"), 1.0),
        ([], named("A"), 0.0),
        ([], [], 0.0),
    ],
)
def test_card_f1_counts_shared_written_texts(answer: list[Card], reference: list[Card], f1: float):
    assert card_f1(answer, reference) == pytest.approx(f1)


def test_format_scores_are_shares_of_answers_attempts_and_cards():
    answers = [
        "A,Um.,💧\nB,Dois.,🍎",  # whole: two cards
        "A,Um.,💧\na,Um de novo.,💧",  # two cards, one repeated
        "Aqui estão os cartões:\nA,Um.,💧",  # one card of two attempts
        "nada",  # one attempt
        "",  # no attempt, and not valid
    ]

    scores = format_scores([parse(answer) for answer in answers])

    assert (scores.valid_answers, scores.valid_cards, scores.repeated_cards) == pytest.approx((1 / 5, 5 / 7, 1 / 5))


def test_format_scores_of_no_answers_are_nought():
    scores = format_scores([])

    assert (scores.valid_answers, scores.valid_cards, scores.repeated_cards) == (0, 0, 0)


# --- two systems on the same prompts ----------------------------------------------------------------------------------


def written(*answers: str) -> list[Written]:
    return [(answer, parse(answer)) for answer in answers]


def prompts(count: int) -> list[list[CardSet]]:
    """References that all differ, one a prompt."""
    return [[CardSet(f"P{n}", (Card(f"Quero {n}", f"Eu quero {n}, por favor.", "💧"), *OTHERS))] for n in range(count)]


def test_a_better_system_is_higher_with_a_small_p():
    references = prompts(30)
    worse = written(*["nada"] * 30)
    better = written(*[sets[0].text for sets in references])

    found = compare_answers(worse, better, references)

    assert (found.aligned_chrf.baseline, found.aligned_chrf.system) == pytest.approx((0, 100))
    assert max(found.aligned_chrf.p, found.bleu.p, found.ter.p, found.chrf.p) < 0.05
    assert (found.baseline_valid_answers, found.system_valid_answers, found.prompts) == (0, 1, 30)


def test_a_difference_on_one_prompt_of_many_may_be_chance():
    references = prompts(30)
    answers = [sets[0].text for sets in references]
    other = [cards_to_csv(CARDS), *answers[1:]]

    found = compare_answers(written(*other), written(*answers), references)

    assert found.aligned_chrf.system > found.aligned_chrf.baseline
    assert found.aligned_chrf.p > 0.05


def test_the_comparison_is_of_the_scores_that_are_shown():
    references = [[REFERENCE], [CardSet("Comer", OTHERS), CardSet("Comer", CARDS[:3], 2)], [CardSet("Ir", CARDS[2:])]]
    baseline = written(ANSWERS[1], ANSWERS[0], "nada")
    system = written(cards_to_csv(CARDS[::-1]), ANSWERS[1], ANSWERS[0])

    found = compare_answers(baseline, system, references)

    for side, answers in (("baseline", baseline), ("system", system)):
        aligned = aligned_scores([parsed.cards for _, parsed in answers], references)
        whole = text_scores([text for text, _ in answers], [[s.text for s in sets] for sets in references])
        assert getattr(found.aligned_chrf, side) == aligned.chrf
        assert [getattr(score, side) for score in (found.bleu, found.ter, found.chrf)] == [
            whole.bleu.score,
            whole.ter.score,
            whole.chrf.score,
        ]


def test_the_comparison_is_the_same_every_time_and_its_signatures_say_how_it_was_made():
    references = prompts(5)
    answers = written(*ANSWERS, *ANSWERS, ANSWERS[0]), written(*ANSWERS[::-1], *ANSWERS, ANSWERS[0])

    first, again = (compare_answers(*answers, references) for _ in range(2))

    assert first == again
    for score in (first.aligned_chrf, first.bleu, first.ter, first.chrf):
        assert "bs:1000" in score.signature
        assert "seed:12345" in score.signature
