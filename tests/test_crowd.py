"""Twenty people at once, some of whom make cards: nothing is lost or twice, and turns are fair. Long: `benchmarks/`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aac.settings import Settings
from benchmarks.crowd import Plan, put_tiny_model, run


@pytest.fixture(scope="module")
def figures(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What half a minute of the crowd gave."""
    place = Settings(tmp_path_factory.mktemp("crowd") / "data")
    place.data_dir.mkdir()
    put_tiny_model(place, settings)
    plan = Plan(people=20, makers=5, minutes=0.5, pause_s=(0.5, 2.0), alone_s=3.0, is_tiny=True)
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


def test_who_waits_is_told_the_place_and_a_second_that_would_wait_is_refused(figures: dict[str, Any]):
    assert figures["places_said"] >= 1
    assert figures["refused_for_one_that_waits"] >= 1


def test_the_rule_finds_who_waited_too_long():
    from tests.crowd_people import Turn, waits_too_long

    fair = [Turn("ana", 0, 1, 2), Turn("bia", 0.5, 3, 4), Turn("ana", 2.5, 5, 6)]
    unfair = [Turn("ana", 0, 1, 2), Turn("ana", 1.5, 2, 3), Turn("bia", 0.5, 3, 4)]

    assert waits_too_long(fair) == []
    assert waits_too_long(unfair) == ["bia waited while ana had 2"]
