"""What was wanted of the shipped adapter, and how near it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aac.metrics.triples import Interval, Measure, change, difference, interval, share

WITHOUT, WITH, COPY, CEILING = "without_lora", "with_lora", "copy", "ceiling"
Of = Literal["itself", "over_copy", "ceiling", "without_lora"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A score with LoRA that was wanted. of: what it is told in.

    itself: as it is, at least `wanted`; over_copy: less the copy's, better with an interval without 0; ceiling: in % of
    the authors' own, at least (TER, of which less is better: the authors' in % of it); without_lora: how much it
    differs from the score without an adapter, in %, at most.
    """

    task: str
    measure: str
    of: Of
    wanted: float


_LESS_IS_BETTER = ("ter", "aligned_ter")
_OF_SETS: tuple[tuple[Of, float], ...] = (("over_copy", 0), ("ceiling", 80))
GOALS = (
    Goal("complete", "bleu", "over_copy", 0),
    Goal("complete", "bleu", "ceiling", 90),
    Goal("complete", "ter", "over_copy", 0),
    Goal("complete", "ter", "ceiling", 90),
    Goal("complete", "ter", "without_lora", -61.5),
    Goal("complete", "images", "itself", 85),
    Goal("set", "ter", "without_lora", -61.5),
    *(
        Goal("set", measure, *of)
        for measure in ("bleu", "ter", "chrf", "aligned_bleu", "aligned_ter", "aligned_chrf", "meaning_f1")
        for of in _OF_SETS
    ),
    *(
        Goal(task, measure, "itself", 99)
        for task in ("complete", "set", "typed")
        for measure in ("valid", "not_repeated", "known_words")
    ),
    Goal("kept_out", "bleu", "over_copy", 0),
    Goal("kept_out_complete", "bleu", "over_copy", 0),
    Goal("hostile", "valid", "itself", 99),
    Goal("hostile", "polite", "itself", 99),
)


def goals_told(task: str, measured: Mapping[str, Mapping[str, Measure]]) -> list[dict[str, Any]]:
    """How near one task came to its goals, with intervals; those of which a score is not there are left out.

    measured: each system's measures, the ceiling's among them.
    """
    told = []
    for goal in GOALS:
        other = measured.get({"over_copy": COPY}.get(goal.of, goal.of), {}).get(goal.measure)
        own = measured[WITH].get(goal.measure)
        if goal.task != task or own is None or (other is None and goal.of != "itself"):
            continue
        found = _found(goal, own, other)
        interval_told = {"score": found.score, "low": found.low, "high": found.high}
        told.append({**asdict(goal), **interval_told, "reached": _is_reached(goal, found)})
    return told


def is_signed(told: Mapping[str, Any]) -> bool:
    """Whether what is told is a difference."""
    return told["of"] in ("over_copy", "without_lora")


def digits_of(told: Mapping[str, Any]) -> int:
    """How many decimals show that a score is not what was wanted."""
    return 1 if told["reached"] or round(told["score"], 1) != told["wanted"] else 2


def _found(goal: Goal, own: Measure, other: Measure | None) -> Interval:
    if other is None or goal.of == "itself":
        return interval(own)
    if goal.of == "ceiling" and goal.measure in _LESS_IS_BETTER:
        return share(other, own)
    return {"over_copy": difference, "ceiling": share, "without_lora": change}[goal.of](own, other)


def _is_reached(goal: Goal, found: Interval) -> bool:
    if goal.of == "over_copy":
        return found.high < 0 if goal.measure in _LESS_IS_BETTER else found.low > 0
    if goal.of == "without_lora":
        return found.score <= goal.wanted
    return found.score >= goal.wanted
