"""Scores of answers against reference sets. A score is a value with its signature (sacrebleu's own)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest
from scipy.optimize import linear_sum_assignment

from aac.cards import Card, cards_to_csv
from aac.records import AlignedScores, CardSet, Compared, Comparison, Parsed, Score

BOOTSTRAP_SAMPLES = 1000
Written = tuple[str, Parsed]  # an answer's raw text, and what was read in it


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
    to one with the answer's. BLEU and TER: each pair is a segment; a card without a partner is scored against nothing.
    chrF ("aligned chrF"): each answer is a segment, its cards in the order of their partners and those without one
    after them, scored by sacrebleu against the texts of all the prompt's reference sets. So there is one segment a
    prompt whatever was answered, and a test that draws prompts (`compare_answers`) is of this very score.
    card_f1: F1 of exact written texts (case and spaces aside), the best of the references, mean over prompts.
    """
    matches = [_best_match(cards, sets) for cards, sets in zip(answers, references, strict=True)]
    pairs = [pair for match in matches for pair in match.pairs]
    hypotheses, targets = ([cards_to_csv([card]) if card else "" for card in side] for side in zip(*pairs, strict=True))
    by_card = text_scores(hypotheses, [[target] for target in targets])
    by_answer = _score(CHRF(), [match.answer_text for match in matches], _reference_streams(_texts(references)))
    f1 = [max(card_f1(cards, s.cards) for s in sets) for cards, sets in zip(answers, references, strict=True)]
    signatures = {
        "bleu": f"{by_card.bleu.signature}|segments:cards",
        "ter": f"{by_card.ter.signature}|segments:cards",
        "chrf": f"{by_answer.signature}|segments:answers",
    }
    return AlignedScores(by_card.bleu.score, by_card.ter.score, by_answer.score, float(np.mean(f1)), signatures)


def _best_match(cards: Sequence[Card], sets: Sequence[CardSet]) -> CardMatch:
    """The match with the reference set that agrees most, the first of equals."""
    return max((match_cards(cards, reference.cards) for reference in sets), key=lambda match: match.similarity)


def _texts(references: Sequence[Sequence[CardSet]]) -> list[list[str]]:
    return [[reference.text for reference in sets] for sets in references]


def compare_answers(
    baseline: Sequence[Written], system: Sequence[Written], references: Sequence[Sequence[CardSet]]
) -> Comparison:
    """Compare two systems' answers to the same prompts, at least one, by sacrebleu's paired bootstrap over prompts.

    Koehn 2004, as sacrebleu (Post 2018) does it: 1000 samples, seed 12345 (the signature says both). p is for a
    difference in either direction, and that of two systems without any difference is small: look which is higher.
    """
    aligned = [
        [_best_match(parsed.cards, sets).answer_text for (_, parsed), sets in zip(answers, references, strict=True)]
        for answers in (baseline, system)
    ]
    whole = [[text for text, _ in answers] for answers in (baseline, system)]
    streams = _reference_streams(_texts(references))
    shares = [format_scores([parsed for _, parsed in answers]).valid_answers for answers in (baseline, system)]
    tested = _paired_bootstrap(CHRF(), aligned, streams)
    return Comparison(
        aligned_chrf=replace(tested, signature=f"{tested.signature}|segments:answers"),
        bleu=_paired_bootstrap(BLEU(), whole, streams),
        ter=_paired_bootstrap(TER(), whole, streams),
        chrf=_paired_bootstrap(CHRF(), whole, streams),
        baseline_valid_answers=shares[0],
        system_valid_answers=shares[1],
        prompts=len(references),
    )


def _paired_bootstrap(
    metric: BLEU | TER | CHRF, texts: Sequence[Sequence[str]], streams: list[list[str | None]]
) -> Compared:
    """texts: the baseline's answers, then the system's."""
    named = list(zip(("baseline", "system"), texts, strict=True))
    test = PairedTest(named, {"score": metric}, streams, test_type="bs", n_samples=BOOTSTRAP_SAMPLES, n_jobs=1)
    signatures, scores = test()
    ((name, signature),) = signatures.items()
    baseline, system = scores[name]
    return Compared(float(baseline.score), float(system.score), float(system.p_value), str(signature))


@dataclass(frozen=True, slots=True)
class CardMatch:
    """Pairs (answer's card, reference's card), None where one has no partner; similarity: summed chrF over length."""

    pairs: tuple[tuple[Card | None, Card | None], ...]
    similarity: float

    @property
    def answer_text(self) -> str:
        """The answer's cards in the order of their partners, those without one last."""
        return cards_to_csv([card for card, _ in self.pairs if card])


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
