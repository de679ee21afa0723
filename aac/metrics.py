"""Scores of answers against reference sets. A score is a value with its signature (sacrebleu's own)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER
from scipy.optimize import linear_sum_assignment

from aac.cards import Card, cards_to_csv
from aac.records import AlignedScores, CardSet, Parsed, Score


@dataclass(frozen=True, slots=True)
class TextScores:
    """Corpus BLEU, TER and chrF, each 0–100 (TER may pass 100), one segment an answer."""

    bleu: Score
    ter: Score
    chrf: Score


def text_scores(answers: Sequence[str], references: Sequence[Sequence[str]]) -> TextScores:
    """Score whole answers; `references[i]` are the reference texts of `answers[i]`.

    BLEU: Papineni et al. 2002; TER: Snover et al. 2006; chrF: Popović 2015; as sacrebleu (Post 2018) computes them.
    """
    streams = _reference_streams(references)
    return TextScores(*(_score(metric, answers, streams) for metric in (BLEU(), TER(), CHRF())))


def _score(metric: BLEU | TER | CHRF, answers: Sequence[str], streams: list[list[str | None]]) -> Score:
    value = metric.corpus_score(list(answers), streams).score
    return Score(float(value), str(metric.get_signature()))


def _reference_streams(references: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """sacrebleu wants one list a reference number; prompts with fewer references leave gaps."""
    most = max(len(texts) for texts in references)
    return [[texts[i] if i < len(texts) else None for texts in references] for i in range(most)]


def aligned_scores(answers: Sequence[Sequence[Card]], references: Sequence[Sequence[CardSet]]) -> AlignedScores:
    """Scores that do not mind the order of the cards.

    For each prompt, the reference set that an answer agrees with most (by chrF) is taken and its cards are matched one
    to one with the answer's; each pair is a segment; a card without a partner is scored against nothing.
    card_f1: F1 of exact written texts (case and spaces aside), the best of the references, mean over prompts.
    """
    hypotheses: list[str] = []
    targets: list[str] = []
    for cards, sets in zip(answers, references, strict=True):
        matches = [match_cards(cards, reference.cards) for reference in sets]
        best = max(range(len(sets)), key=lambda i: matches[i].similarity)
        for pair in matches[best].pairs:
            hypotheses.append(cards_to_csv([pair[0]]) if pair[0] else "")
            targets.append(cards_to_csv([pair[1]]) if pair[1] else "")
    scores = text_scores(hypotheses, [[target] for target in targets])
    f1 = [max(card_f1(cards, s.cards) for s in sets) for cards, sets in zip(answers, references, strict=True)]
    return AlignedScores(scores.bleu.score, scores.ter.score, float(np.mean(f1)))


@dataclass(frozen=True, slots=True)
class CardMatch:
    """Pairs (answer's card, reference's card), None where one has no partner; similarity: summed chrF over length."""

    pairs: tuple[tuple[Card | None, Card | None], ...]
    similarity: float


def match_cards(answer: Sequence[Card], reference: Sequence[Card]) -> CardMatch:
    """Match cards one to one so that the sum of sentence chrF is greatest (Kuhn 1955, as scipy solves it)."""
    chrf = CHRF()
    similarity = np.array(
        [[chrf.sentence_score(cards_to_csv([a]), [cards_to_csv([r])]).score for r in reference] for a in answer]
    ).reshape(len(answer), len(reference))
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    partner = dict(zip(columns.tolist(), rows.tolist(), strict=True))
    pairs: list[tuple[Card | None, Card | None]] = [
        (answer[partner[i]] if i in partner else None, card) for i, card in enumerate(reference)
    ]
    pairs += [(card, None) for i, card in enumerate(answer) if i not in partner.values()]
    return CardMatch(tuple(pairs), float(similarity[rows, columns].sum()) / max(len(answer), len(reference), 1))


def card_f1(answer: Sequence[Card], reference: Sequence[Card]) -> float:
    """F1 between two sets of cards by their written texts, each counted as often as it stands there."""
    a, r = Counter(card.key for card in answer), Counter(card.key for card in reference)
    shared = (a & r).total()
    return 2 * shared / (len(answer) + len(reference)) if shared else 0.0


@dataclass(frozen=True, slots=True)
class FormatScores:
    """Shares, 0 to 1: answers without a problem, cards valid among those tried, cards that repeat an earlier one."""

    valid_answers: float
    valid_cards: float
    repeated_cards: float


def format_scores(parsed: Sequence[Parsed]) -> FormatScores:
    """How well answers keep to the form; an answer without a card is not valid."""
    whole = sum(bool(p.cards) and not p.problems for p in parsed)
    cards, attempts = sum(len(p.cards) for p in parsed), sum(p.attempts for p in parsed)
    repeats = sum(p.repeats for p in parsed)
    return FormatScores(
        whole / len(parsed) if parsed else 0.0,
        cards / attempts if attempts else 0.0,
        repeats / cards if cards else 0.0,
    )


def text_difference(one: str, other: str) -> float:
    """How unlike two answers are: 100 less the mean of sacrebleu's sentence chrF both ways; 0 for the same text."""
    metric = CHRF()
    both = metric.sentence_score(one, [other]).score + metric.sentence_score(other, [one]).score
    return 100.0 - float(both) / 2
