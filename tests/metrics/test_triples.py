"""Scores against pairs of three references: sacrebleu's own numbers, ceilings, intervals, and the order of systems."""

from __future__ import annotations

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from aac.metrics.triples import METRICS, PAIRS, PairStatistics, difference, interval

REFERENCES = [
    ("Quero água,Eu quero água.,💧", "Água,Quero beber água.,💧", "Tenho sede,Estou com muita sede.,💧"),
    ("Parar,Vamos parar agora.,✋", "Para,Para com isso agora.,✋", "Chega,Agora chega por favor.,✋"),
    ("Banheiro,Preciso ir ao banheiro.,🚽", "Banheiro,Quero ir ao banheiro.,🚽", "Xixi,Quero fazer xixi agora.,🚽"),
    ("Oi,Oi tudo bem com você?,👋", "Olá,Olá tudo bem?,👋", "Bom dia,Bom dia tudo bem?,👋"),
]
COPIES = [triple[0] for triple in REFERENCES]
NEAR = ["Água,Eu quero beber.,💧", "Parar,Para agora.,✋", "Banheiro,Vou ao banheiro.,🚽", "Oi,Oi tudo bem?,👋"]
EMPTY = [""] * len(REFERENCES)

each_metric = pytest.mark.parametrize("metric", METRICS)


def scored(metric: str, answers: list[str]) -> float:
    return PairStatistics(metric, [answers] * 3, REFERENCES).score()


@pytest.mark.parametrize(("name", "theirs"), [("bleu", BLEU), ("ter", TER), ("chrf", CHRF)])
def test_the_score_is_the_mean_of_sacrebleus_over_the_pairs(name: str, theirs):
    streams = [[[triple[i] for triple in REFERENCES] for i in pair] for pair in PAIRS]

    score = PairStatistics(name, [NEAR] * 3, REFERENCES).score()

    assert score == pytest.approx(np.mean([theirs().corpus_score(NEAR, pair).score for pair in streams]))


def test_the_ceiling_is_each_author_against_the_other_two():
    expected = [
        BLEU().corpus_score([t[author] for t in REFERENCES], [[t[i] for t in REFERENCES] for i in pair]).score
        for author, pair in enumerate(PAIRS)
    ]

    assert PairStatistics("bleu", list(zip(*REFERENCES, strict=True)), REFERENCES).score() == pytest.approx(
        np.mean(expected)
    )


@each_metric
def test_a_copy_of_a_reference_is_better_than_a_near_answer_and_that_than_nothing(metric: str):
    copy, near, empty = (scored(metric, answers) for answers in (COPIES, NEAR, EMPTY))

    assert (copy < near < empty) if metric.endswith("ter") else (copy > near > empty)


@each_metric
def test_another_prompts_answers_are_worse_than_its_own(metric: str):
    own, shifted = (scored(metric, answers) for answers in (NEAR, [*NEAR[1:], NEAR[0]]))

    assert (own < shifted) if metric.endswith("ter") else (own > shifted)


def test_the_interval_holds_the_score_and_is_the_same_each_time():
    found = interval(PairStatistics("chrf", [NEAR] * 3, REFERENCES), samples=100)

    assert found.low < found.score < found.high
    assert found == interval(PairStatistics("chrf", [NEAR] * 3, REFERENCES), samples=100)


def test_a_better_systems_difference_excludes_nothing():
    found = difference(
        PairStatistics("chrf", [COPIES] * 3, REFERENCES), PairStatistics("chrf", [EMPTY] * 3, REFERENCES), 100
    )

    assert found.low > 0


def test_a_system_does_not_differ_from_itself():
    near = PairStatistics("ter", [NEAR] * 3, REFERENCES)

    assert (difference(near, near, 50).low, difference(near, near, 50).high) == (0.0, 0.0)


def test_the_signature_tells_of_the_pairs():
    assert PairStatistics("bleu", [NEAR] * 3, REFERENCES).signature.endswith("|pairs:3|mean")
