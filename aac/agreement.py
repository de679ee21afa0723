"""How far people agree with one another: Krippendorff's alpha beside the plain share of equal pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np

Judgement = tuple[str, str, float | str]
"""Annotator, item, value."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on the items that at least two people judged; what one person alone judged counts nowhere.

    alpha: Krippendorff's, 1 perfect, 0 what chance would give, below 0 worse than chance. It stands on `judgements`,
    each of the same weight. None where undefined: without a pair, or where all the judgements are the same value, for
    chance then disagrees in nothing and alpha is 0/0.
    pairwise: the share of `pairs` that are equal, 0–1, not corrected for chance; None without a pair. An item that n
    people judged has n(n-1)/2 pairs, so much-judged items weigh more here than in alpha.
    items, annotators, judgements: the items, the people who judged at least one of them, and what they said of them.
    """

    alpha: float | None
    pairwise: float | None
    items: int
    annotators: int
    pairs: int
    judgements: int


def agreement(judgements: Iterable[Judgement], level: Literal["nominal", "ordinal"]) -> Agreement:
    """Measure agreement; where a person judged an item twice, the last one counts.

    nominal: values are names, equal or not. ordinal: values are numbers, and 1 against 5 is a greater disagreement than
    4 against 5, by how many judgements lie between, not by the difference.
    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", as the library krippendorff computes it.
    """
    last = {(annotator, item): value for annotator, item, value in judgements}
    people = Counter(item for _, item in last)
    shared = {key: value for key, value in last.items() if people[key[1]] > 1}
    counts = _value_counts(shared, sorted(set(shared.values())))
    pairs, equal = _pairs(counts.sum(axis=1)), _pairs(counts)
    return Agreement(
        alpha=_alpha(counts, level) if counts.shape[1] > 1 else None,
        pairwise=equal / pairs if pairs else None,
        items=len(counts),
        annotators=len({annotator for annotator, _ in shared}),
        pairs=pairs,
        judgements=len(shared),
    )


def _value_counts(shared: dict[tuple[str, str], float | str], values: Sequence[float | str]) -> np.ndarray:
    """How many people gave each item each value, (items, values): small however many people there are."""
    row = {item: i for i, item in enumerate(dict.fromkeys(item for _, item in shared))}
    column = {value: i for i, value in enumerate(values)}
    counts = np.zeros((len(row), len(column)), dtype=np.int64)
    for (_, item), value in shared.items():
        counts[row[item], column[value]] += 1
    return counts


def _pairs(counts: np.ndarray) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _alpha(counts: np.ndarray, level: Literal["nominal", "ordinal"]) -> float:
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
