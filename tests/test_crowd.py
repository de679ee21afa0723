"""Twenty people at once, some of whom make cards, with and without a login: nothing is lost or twice, turns are fair.

The long form is in `benchmarks/`.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aac.settings import Settings
from benchmarks.crowd import Plan, put_tiny_model, run


@pytest.fixture(scope="module")
def figures(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What some twenty seconds of the crowd gave."""
    place = Settings(tmp_path_factory.mktemp("crowd") / "data")
    place.data_dir.mkdir()
    put_tiny_model(place, settings)
    plan = Plan(people=20, makers=7, visitors=5, minutes=0.3, pause_s=(0.5, 2.0), alone_s=3.0, is_tiny=True)
    with ThreadPoolExecutor(1) as elsewhere:  # a browser of other tests leaves a running loop in this thread
        return elsewhere.submit(run, place, plan).result()


def test_what_was_acknowledged_is_there_once(figures: dict[str, Any]):
    assert min(figures["acknowledged"].values()) >= 1  # of each kind
    found = {name: figures[name] for name in ("lost", "changed", "twice", "refused", "integrity")}
    assert found == {"lost": 0, "changed": 0, "twice": 0, "refused": [], "integrity": "ok"}


def test_each_who_makes_cards_has_turns_and_nobody_waits_while_another_has_two(figures: dict[str, Any]):
    assert len(figures["turns"]) == figures["makers"]
    assert figures["failed_turns"] == {}
    assert figures["waited_while_another_had_two"] == []


def test_visitors_have_turns_too_those_who_share_one_address_as_well(figures: dict[str, Any]):
    kinds = Counter(name.split()[0] for name in figures["turns"])

    assert kinds == {"person": 2, "school": 3, "visitor": 2}


def test_who_waits_is_told_the_place_and_a_second_that_would_wait_is_refused(figures: dict[str, Any]):
    assert figures["places_said"] >= 1
    assert figures["refused_for_one_that_waits"] >= 1


def test_the_rule_finds_who_waited_too_long():
    from tests.crowd_people import Turn, waits_too_long

    fair = [Turn("ana", 0, 1, 2), Turn("bia", 0.5, 3, 4), Turn("ana", 2.5, 5, 6)]
    unfair = [Turn("ana", 0, 1, 2), Turn("ana", 1.5, 2, 3), Turn("bia", 0.5, 3, 4)]

    assert waits_too_long(fair) == []
    assert waits_too_long(unfair) == ["bia waited while ana had 2"]


def test_the_rule_lets_people_behind_one_address_share_its_turns():
    from tests.crowd_people import Turn, waits_too_long

    def school(name: str, joined_s: float, begun_s: float) -> Turn:
        return Turn(name, joined_s, begun_s, begun_s + 1, line="10.9.9.9")

    ana = [Turn("ana", joined_s, joined_s + 1, joined_s + 2) for joined_s in (0, 2, 4)]  # begins at 1, 3, 5
    fair = [*ana, school("a child", 0.5, 2), school("another", 0.5, 4), Turn("rui", 0.6, 2.5, 3, line="10.0.0.1")]

    assert waits_too_long(fair) == []
    assert waits_too_long([*ana, Turn("rui", 0.5, left_s=2)]) == []  # who is gone waits no more
    assert waits_too_long([*ana, school("a child", 0.5, 4)]) == ["a child waited while ana had 2"]
    children = [school(f"child {n}", 0, 1 + n) for n in range(3)]
    assert waits_too_long([*children[:2], Turn("rui", 0.5, 3, 4)]) == []
    assert waits_too_long([*children, Turn("rui", 0.5, 4, 5)]) == ["rui waited while 10.9.9.9 had 3"]
    assert waits_too_long([school("a child", 0, 1), school("a child", 1, 2), school("another", 0.5, 3)]) == [
        "another waited while a child had 2"
    ]
