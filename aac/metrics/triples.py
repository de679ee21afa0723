"""Scores against three independent references: a system, and each author in turn, meet the same pairs of them.

With several ways of being right, a score says little by itself. The ceiling is what each author's set scores against
the other two, the mean of the three; a system is scored against the same three pairs, and its mean is comparable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF, TER

from aac.metrics.scores import CardBleu, CardChrf, CardTer

PAIRS = ((1, 2), (0, 2), (0, 1))  # the other two of author 0, 1, 2
SAMPLES = 1000
SEED = 12345  # sacrebleu's own
ALIGNED = {"aligned_bleu": CardBleu, "aligned_ter": CardTer, "aligned_chrf": CardChrf}
METRICS = {"bleu": BLEU, "ter": TER, "chrf": CHRF, **ALIGNED}

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with the middle 95 % of what it is on resampled prompts. signature: the metric's own."""

    score: float
    low: float
    high: float
    signature: str = ""


class Measure(Protocol):
    """What can be scored on all prompts, and on any sample of them."""

    @property
    def signature(self) -> str:
        """What tells how the score came about."""

    def score(self, sample: NDArray[np.intp] | None = None) -> float:
        """Of all prompts, or of a sample of them."""

    def __len__(self) -> int:
        """How many prompts there are."""


@dataclass(frozen=True, slots=True)
class PromptMean:
    """The mean of one value a prompt."""

    values: NDArray[np.float64]
    signature: str

    def score(self, sample: NDArray[np.intp] | None = None) -> float:
        """The mean, times 100: every score here is of 100."""
        return 100 * float((self.values if sample is None else self.values[sample]).mean())

    def __len__(self) -> int:
        return len(self.values)


class PairStatistics:
    """Of one metric, the statistics of every prompt against each pair, from which any sample is scored.

    answers: what meets each pair, three times the same of a system, or each author's own: the ceiling.
    """

    def __init__(self, metric: str, answers: Sequence[Sequence[str]], references: Sequence[Triple]) -> None:
        self._metrics = [METRICS[metric]() for _ in PAIRS]
        streams = list(zip(*references, strict=True))
        pairs = [[streams[i] for i in pair] for pair in PAIRS]
        statistics = _edits if metric == "ter" else _statistics
        self._statistics = [
            statistics(one, some, pair) for one, some, pair in zip(self._metrics, answers, pairs, strict=True)
        ]

    @property
    def signature(self) -> str:
        """The metric's signature, and what is done over it."""
        aligned = f"|{CardChrf.SIGNATURE}" if type(self._metrics[0]) in ALIGNED.values() else ""
        return f"{self._metrics[0].get_signature()}{aligned}|pairs:3|mean"

    def score(self, sample: NDArray[np.intp] | None = None) -> float:
        """The mean over the pairs, of all prompts or of a sample of them."""
        scores = [
            one._aggregate_and_compute([(rows if sample is None else rows[sample]).sum(0).tolist()]).score
            for one, rows in zip(self._metrics, self._statistics, strict=True)
        ]
        return float(np.mean(scores))

    def __len__(self) -> int:
        return len(self._statistics[0])


def _statistics(
    metric: BLEU | TER | CHRF, answers: Sequence[str], streams: Sequence[Sequence[str]]
) -> NDArray[np.float64]:
    return np.array(metric._extract_corpus_statistics(list(answers), [list(stream) for stream in streams]), float)


def _edits(metric: TER, answers: Sequence[str], streams: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """The least edits to one of the references, and their mean length, as sacrebleu has them; but what an answer has
    to one reference, by far the longest to find, is found once for both pairs that this reference is in.
    """
    metric.num_refs = len(streams)  # for the signature
    alone = np.array([_edits_to_one(tuple(answers), tuple(stream)) for stream in streams])
    return np.stack([alone[..., 0].min(0), alone[..., 1].mean(0)], axis=1)


@lru_cache(maxsize=8)
def _edits_to_one(answers: tuple[str, ...], stream: tuple[str, ...]) -> NDArray[np.float64]:
    return _statistics(TER(), answers, [stream])


def interval(system: Measure, samples: int = SAMPLES) -> Interval:
    """A system's score with its interval, by bootstrap over prompts (Koehn 2004)."""
    return _drawn(system.score, system, samples)


def difference(system: Measure, baseline: Measure, samples: int = SAMPLES) -> Interval:
    """System less baseline on the same prompts: paired bootstrap, each sample of prompts scored for both."""
    return _drawn(lambda sample=None: system.score(sample) - baseline.score(sample), system, samples)


def share(system: Measure, whole: Measure, samples: int = SAMPLES) -> Interval:
    """What part of another's score, which is not 0, a system has, of 100: paired bootstrap as in `difference`."""
    return _drawn(lambda sample=None: 100 * system.score(sample) / whole.score(sample), system, samples)


def change(system: Measure, before: Measure, samples: int = SAMPLES) -> Interval:
    """By how much of another's score, which is not 0, a system's is higher, in %, or lower: paired bootstrap."""
    return _drawn(lambda sample=None: 100 * (system.score(sample) / before.score(sample) - 1), system, samples)


def _drawn(score: Callable[..., float], system: Measure, samples: int) -> Interval:
    generator = np.random.default_rng(SEED)
    prompts = len(system)
    drawn = [score(generator.integers(0, prompts, prompts)) for _ in range(samples)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(score(), float(low), float(high), system.signature)
