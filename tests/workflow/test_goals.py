"""Goals: told in the right way, reached or not, with what is not there left out."""

from __future__ import annotations

import numpy as np
import pytest

from aac.metrics.triples import PromptMean
from aac.workflow.goals import digits_of, goals_told


def mean(*values: float) -> PromptMean:
    return PromptMean(np.array(values), "")


def test_each_goal_is_told_in_what_it_was_wanted_in():
    measured = {
        "with_lora": {"bleu": mean(0.4, 0.6), "ter": mean(0.3, 0.3), "images": mean(0.8, 1.0)},
        "without_lora": {"ter": mean(1.0, 1.0)},
        "copy": {"bleu": mean(0.2, 0.2), "ter": mean(0.4, 0.4)},
        "ceiling": {"bleu": mean(0.8, 0.8), "ter": mean(0.24, 0.24)},
    }

    told = {
        (goal["measure"], goal["of"]): (goal["score"], goal["reached"]) for goal in goals_told("complete", measured)
    }

    assert told == {
        ("bleu", "over_copy"): (pytest.approx(30), True),
        ("bleu", "ceiling"): (pytest.approx(62.5), False),
        ("ter", "without_lora"): (pytest.approx(-70), True),
        ("ter", "over_copy"): (pytest.approx(-10), True),
        ("ter", "ceiling"): (pytest.approx(80), False),
        ("images", "itself"): (pytest.approx(90), True),
    }


def test_an_interval_with_0_in_it_does_not_beat_the_copy():
    measured = {"with_lora": {"bleu": mean(0.1, 0.9, 0.1)}, "copy": {"bleu": mean(0.3, 0.3, 0.3)}}

    (goal,) = goals_told("complete", measured)

    assert goal["score"] > 0 > goal["low"]
    assert not goal["reached"]


@pytest.mark.parametrize(("score", "reached", "digits"), [(98.98, False, 2), (98.9, False, 1), (99.02, True, 1)])
def test_a_score_just_short_of_its_goal_is_not_shown_as_if_it_were_there(score: float, reached: bool, digits: int):
    assert digits_of({"score": score, "wanted": 99, "reached": reached}) == digits


def test_a_task_without_goals_has_none():
    assert goals_told("recall", {"with_lora": {"bleu": mean(0.5)}}) == []


def test_a_ter_above_the_copys_does_not_beat_it():
    measured = {"with_lora": {"ter": mean(0.9, 0.9)}, "copy": {"ter": mean(0.5, 0.5)}}

    (goal,) = goals_told("complete", measured)

    assert goal["low"] > 0
    assert not goal["reached"]
