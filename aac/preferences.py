"""Who wins when two generations are compared blind: win rates of pairs, and strengths over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import choix
import numpy as np
from scipy.stats import binom, binomtest

from aac.records import Choice

Ballot = tuple[str, str, Choice]
"""Left contestant, right contestant, choice."""

P_DECIDED = 0.05
FEWEST_DECIDING = 6  # 6 of 6 has p = 2/64; 5 of 5 has 2/32, which is not below 0.05
MOST_VOTES_MISSING = 10_000
EXTRA_TIES = 1.0  # for each pair that met; half a win each, as Haldane and Anscombe add to a count of two outcomes
MIRRORED: dict[Choice, Choice] = {"left": "right", "right": "left", "tie": "tie", "both_bad": "both_bad"}

Pair = tuple[str, str]
Meetings = dict[Pair, Counter[Choice]]


@dataclass(frozen=True, slots=True)
class WinRate:
    """How two contestants fared against each other; `one` comes first in the order of names.

    rate: wins of `one` over decisive votes; ties and both-bad are told, not counted.
    low, high: its 95% interval (Wilson 1927). p_value: exact two-sided binomial test against even chances.
    All four are None without a decisive vote.
    votes_missing: the fewest further decisive votes that would decide if they fell as so far, the leader having of them
    the whole number nearest to its share (a half goes to the other). 0 when decided; 6 before the first decisive vote,
    the fewest that can decide; None when even, or when more than 10,000 would be needed.
    Someone who looks after every vote and stops at the first p below 0.05 errs more often than one time in twenty.
    """

    one: str
    other: str
    wins: int
    losses: int
    ties: int
    both_bad: int
    rate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    votes_missing: int | None

    @property
    def decisive(self) -> int:
        """Votes for one of the two."""
        return self.wins + self.losses

    @property
    def is_decided(self) -> bool:
        """Whether even chances are rejected at 5%."""
        return self.p_value is not None and self.p_value < P_DECIDED


def win_rates(ballots: Iterable[Ballot]) -> tuple[WinRate, ...]:
    """The win rate of each pair that met, by name; a ballot with one contestant on both sides is passed over."""
    return tuple(_win_rate(pair, counts) for pair, counts in _meetings(ballots).items())


def _meetings(ballots: Iterable[Ballot]) -> Meetings:
    """Choices of each pair, pair and pairs in the order of names, "left" being the first of the pair."""
    meetings: Meetings = {}
    for left, right, choice in ballots:
        if left != right:
            pair = (min(left, right), max(left, right))
            meetings.setdefault(pair, Counter())[choice if left < right else MIRRORED[choice]] += 1
    return dict(sorted(meetings.items()))


def _win_rate(pair: Pair, counts: Counter[Choice]) -> WinRate:
    wins, losses = counts["left"], counts["right"]
    told = (*pair, wins, losses, counts["tie"], counts["both_bad"])
    if not wins + losses:
        return WinRate(*told, rate=None, low=None, high=None, p_value=None, votes_missing=FEWEST_DECIDING)
    test = binomtest(wins, wins + losses)
    interval = test.proportion_ci(0.95, method="wilson")
    return WinRate(
        *told,
        rate=wins / (wins + losses),
        low=float(interval.low),
        high=float(interval.high),
        p_value=float(test.pvalue),
        votes_missing=_votes_missing(max(wins, losses), wins + losses),
    )


def _votes_missing(ahead: int, total: int) -> int | None:
    if 2 * ahead == total:
        return None
    more = np.arange(MOST_VOTES_MISSING + 1)
    ahead_of_more = (2 * more * ahead + total - 1) // (2 * total)  # more * ahead / total, rounded, a half down
    p_values = 2 * binom.sf(ahead + ahead_of_more - 1, total + more, 0.5)
    deciding = np.flatnonzero(p_values < P_DECIDED)
    return int(deciding[0]) if deciding.size else None


@dataclass(frozen=True, slots=True)
class Strength:
    """One contestant's Bradley-Terry strength, natural logarithm, the mean of all being 0.

    Of two contestants, the first is preferred with the odds exp(its strength - the other's).
    low, high: 95% interval. votes: the votes it took part in, ties included.
    """

    contestant: str
    strength: float
    low: float
    high: float
    votes: int


def strengths(ballots: Iterable[Ballot], resamples: int = 1000, seed: int = 0) -> tuple[Strength, ...]:
    """Strengths of all contestants on one scale, the strongest first; empty with fewer than three.

    Bradley & Terry 1952, fitted by choix (I-LSR, Maystre & Grossglauser 2015). A tie is half a win to each. One tie
    more is added for each pair that met, so that whoever won every vote has a finite strength. Both-bad says nothing of
    who is better and is left out, as is a ballot with one contestant on both sides.

    Intervals: percentile bootstrap (Efron 1979), ballots drawn with replacement; resamples is at least 1. Where one
    contestant won every vote, no resample shows it losing, and its interval is too narrow: see the win rates.

    Contestants that no chain of votes joins have no common scale. Only the greatest joined group is given (of equal
    ones that with more votes, then the first by name); the others are left out.
    """
    meetings = _greatest_group({p: c for p, c in _meetings(ballots).items() if _votes(c)})
    names = sorted({name for pair in meetings for name in pair})
    if len(names) < 3:
        return ()
    pairs = np.array([[names.index(name) for name in pair] for pair in meetings])
    counts = np.array([[c["left"], c["right"], c["tie"]] for c in meetings.values()])
    fitted, ties = _fit(pairs, counts)
    resampled = [_fit(pairs, drawn, ties, fitted)[0] for drawn in _resampled(counts, resamples, seed)]
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    votes = np.bincount(pairs.ravel(), weights=np.repeat(counts.sum(axis=1), 2))
    rows = [Strength(n, float(fitted[i]), float(low[i]), float(high[i]), int(votes[i])) for i, n in enumerate(names)]
    # Equal strengths differ past the sixth place or so, by the solver's tolerance; such rows go by name.
    return tuple(sorted(rows, key=lambda row: (-round(row.strength, 4), row.contestant)))


def _votes(counts: Counter[Choice]) -> int:
    return counts["left"] + counts["right"] + counts["tie"]


def _greatest_group(meetings: Meetings) -> Meetings:
    groups: list[set[str]] = []
    for pair in meetings:
        joined = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in joined] + [set(pair).union(*joined)]

    def size(group: set[str]) -> tuple[int, int]:
        return len(group), sum(_votes(counts) for pair, counts in meetings.items() if pair[0] in group)

    greatest = max(sorted(groups, key=min), key=size, default=set())
    return {pair: counts for pair, counts in meetings.items() if pair[0] in greatest}


def _resampled(counts: np.ndarray, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Counts as drawing that many ballots with replacement gives them, without touching a ballot."""
    total = counts.sum()
    draws = np.random.default_rng(seed).multinomial(total, counts.ravel() / total, size=resamples)
    yield from draws.reshape(resamples, *counts.shape)


def _fit(
    pairs: np.ndarray, counts: np.ndarray, ties: float = EXTRA_TIES, start: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
    """Strengths from counts (pairs, 3) of left, right, tie; with the ties that had to be added to each pair.

    Odds between best and worst beyond some e^36 are more than a float64 can solve for: then more ties are added until
    they fit. It takes a long chain of contestants, each beating the next by a hundred votes to none.
    """
    one, other = pairs.T
    while True:
        halves = (counts[:, 2] + ties) / 2
        wins = np.zeros((pairs.max() + 1, pairs.max() + 1))
        wins[one, other], wins[other, one] = counts[:, 0] + halves, counts[:, 1] + halves
        try:
            with np.errstate(invalid="ignore", divide="ignore"):
                return choix.ilsr_pairwise_dense(wins, initial_params=start, tol=1e-6), ties
        except (RuntimeError, ValueError):
            ties *= 4
