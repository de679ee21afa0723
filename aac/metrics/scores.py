"""Scores of answers against reference sets. A score is a value with its signature (sacrebleu's own)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.base import Metric
from sacrebleu.significance import PairedTest

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
    chrF ("aligned chrF"): as `CardChrf` has it, one segment a prompt whatever was answered, so that the test which
    draws prompts (`compare_answers`) is of this very score.
    card_f1: F1 of exact written texts (case and spaces aside), the best of the references, mean over prompts.
    """
    hypotheses: list[str] = []
    targets: list[str] = []
    for cards, sets in zip(answers, references, strict=True):
        for card, target in best_match(cards, [reference.cards for reference in sets]).pairs:
            hypotheses.append(cards_to_csv([card]) if card else "")
            targets.append(cards_to_csv([target]) if target else "")
    by_card = text_scores(hypotheses, [[target] for target in targets])
    chrf = _score(CardChrf(), [cards_to_csv(cards) for cards in answers], _reference_streams(_texts(references)))
    f1 = [max(card_f1(cards, s.cards) for s in sets) for cards, sets in zip(answers, references, strict=True)]
    signatures = {
        "bleu": f"{by_card.bleu.signature}|segments:cards",
        "ter": f"{by_card.ter.signature}|segments:cards",
        "chrf": f"{chrf.signature}|{CardChrf.SIGNATURE}",
    }
    return AlignedScores(by_card.bleu.score, by_card.ter.score, chrf.score, float(np.mean(f1)), signatures)


def _texts(references: Sequence[Sequence[CardSet]]) -> list[list[str]]:
    return [[reference.text for reference in sets] for sets in references]


class CardChrf(CHRF):
    """sacrebleu's chrF of card sets, in which characters count as met only where card meets card.

    A segment is an answer's valid cards, one a line. Its counts are the sums of those of the matched pairs; a card of
    the answer without a partner adds to what was written, one of the reference to what was asked for. Plain chrF of
    the same texts hardly sees which card says what: it counts pieces of words wherever in the set they stand.
    """

    SIGNATURE = "matched:cards"

    def _extract_reference_info(self, refs: Sequence[str]) -> dict[str, Any]:
        return {"references": [_lines(text) for text in refs]}

    def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[int]:
        counts = np.zeros(3 * self.order, int)
        for line, target in best_match(_lines(hypothesis), ref_kwargs["references"]).pairs:
            known = super()._extract_reference_info([target if target is not None else line])
            some = np.array(super()._compute_segment_statistics(line or "", known)).reshape(-1, 3)
            if target is None:
                some[:, 1:] = 0  # sacrebleu leaves out what is written where nothing was asked for
            counts += some.ravel()
        return counts.tolist()


class _ByCard(Metric):
    """A metric whose segments are the matched cards of two sets, added up a prompt; a card without a partner is scored
    against nothing, as in `aligned_scores`.
    """

    SIGNATURE = CardChrf.SIGNATURE

    def _preprocess_segment(self, sent: str) -> str:
        return sent  # a set's lines stay apart; each is prepared below

    def _extract_reference_info(self, refs: Sequence[str]) -> dict[str, Any]:
        return {"references": [_lines(text) for text in refs]}

    def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[float]:
        prepare, known = super()._preprocess_segment, super()._extract_reference_info
        pairs = best_match(_lines(hypothesis), ref_kwargs["references"]).pairs
        each = [
            super(_ByCard, self)._compute_segment_statistics(prepare(line or ""), known([prepare(target or "")]))
            for line, target in pairs
        ]
        return np.sum(each, axis=0).tolist()


class CardBleu(_ByCard, BLEU):
    """sacrebleu's BLEU of card sets, a matched pair of cards a segment. One segment at least has a reference."""


class CardTer(_ByCard, TER):
    """sacrebleu's TER of card sets, a matched pair of cards a segment. One segment at least has a reference."""


def _lines(text: str) -> list[str]:
    """The cards of a set's text: none holds a line break."""
    return text.split("\n") if text else []


def compare_answers(
    baseline: Sequence[Written], system: Sequence[Written], references: Sequence[Sequence[CardSet]]
) -> Comparison:
    """Compare two systems' answers to the same prompts, at least one, by sacrebleu's paired bootstrap over prompts.

    Koehn 2004, as sacrebleu (Post 2018) does it: 1000 samples, seed 12345 (the signature says both). p is for a
    difference in either direction, and that of two systems without any difference is small: look which is higher.
    """
    sides = (baseline, system)
    cards = [[cards_to_csv(parsed.cards) for _, parsed in answers] for answers in sides]
    whole = [[text for text, _ in answers] for answers in sides]
    streams = _reference_streams(_texts(references))
    shares = [format_scores([parsed for _, parsed in answers]).valid_answers for answers in sides]
    aligned = _paired_bootstrap(CardChrf(), cards, streams)
    return Comparison(
        aligned_chrf=replace(aligned, signature=f"{aligned.signature}|{CardChrf.SIGNATURE}"),
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


_Item = TypeVar("_Item", Card, str)


@dataclass(frozen=True, slots=True)
class CardMatch(Generic[_Item]):
    """Pairs (answer's card, reference's card), None where one has no partner; similarity: summed chrF over length."""

    pairs: tuple[tuple[_Item | None, _Item | None], ...]
    similarity: float


def match_cards(answer: Sequence[_Item], reference: Sequence[_Item]) -> CardMatch[_Item]:
    """Match cards, or their lines, one to one so that the sum of sentence chrF is greatest.

    Kuhn 1955, as scipy solves it.
    """
    return _matched(tuple(answer), tuple(reference))


@lru_cache(maxsize=2048)  # each of the aligned scores matches the same sets, and against every pair that has them
def _matched(answer: tuple[_Item, ...], reference: tuple[_Item, ...]) -> CardMatch[_Item]:
    chrf = CHRF()
    similarity = np.array(
        [[chrf.sentence_score(_line(a), [_line(r)]).score for r in reference] for a in answer]
    ).reshape(len(answer), len(reference))
    from scipy.optimize import linear_sum_assignment  # a second of loading, for who scores

    rows, columns = linear_sum_assignment(similarity, maximize=True)
    partner = dict(zip(columns.tolist(), rows.tolist(), strict=True))
    pairs: list[tuple[_Item | None, _Item | None]] = [
        (answer[partner[i]] if i in partner else None, card) for i, card in enumerate(reference)
    ]
    pairs += [(card, None) for i, card in enumerate(answer) if i not in partner.values()]
    return CardMatch(tuple(pairs), float(similarity[rows, columns].sum()) / max(len(answer), len(reference), 1))


def best_match(answer: Sequence[_Item], references: Sequence[Sequence[_Item]]) -> CardMatch[_Item]:
    """The match with the reference set that agrees most, the first of equals."""
    return max((match_cards(answer, reference) for reference in references), key=lambda match: match.similarity)


def _line(card: Card | str) -> str:
    return card if isinstance(card, str) else cards_to_csv([card])


def card_f1(
    answer: Sequence[Card], reference: Sequence[Card], key: Callable[[Card], Hashable] = lambda card: card.key
) -> float:
    """F1 between two sets of cards by their written texts, or another key, each counted as often as it stands there."""
    a, r = Counter(map(key, answer)), Counter(map(key, reference))
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
