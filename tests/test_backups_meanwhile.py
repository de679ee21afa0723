"""Backups while people annotate in a real app, and back on an empty machine. The long form: `benchmarks/backups.py`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aac.settings import Settings
from benchmarks.backups import Plan, is_as_it_was, run
from benchmarks.crowd import put_tiny_model
from tests.workflow.backed_up import EARLIER


@pytest.fixture(scope="module")
def figures(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = Settings(tmp_path_factory.mktemp("backups") / "data")
    place.data_dir.mkdir()
    put_tiny_model(place, settings)
    with ThreadPoolExecutor(1) as elsewhere:  # a browser of other tests leaves a running loop in this thread
        return elsewhere.submit(run, place, Plan(people=5, seconds=6, ratings=2_000)).result()


def test_a_backup_that_was_made_meanwhile_comes_back_with_all_that_was_acknowledged_before(figures: dict[str, Any]):
    found = figures["while_people_annotate"]

    assert found[-1]["of_these_acknowledged_before"] >= 1
    assert [(one["same_hashes"], one["lost"], one["changed"]) for one in found] == [(True, 0, 0)] * len(found)


def test_people_are_answered_while_it_is_made(figures: dict[str, Any]):
    assert figures["refused"] == []
    assert figures["while_backing_up_ms"]["calls"] >= 1


def test_when_people_have_left_a_backup_is_what_the_database_is(figures: dict[str, Any]):
    assert figures["when_they_have_left"]["as_the_database"]


def test_every_earlier_schema_comes_back_as_the_upgraded_database(figures: dict[str, Any]):
    assert {revision: one["same_hashes"] for revision, one in figures["earlier_schemas"].items()} == dict.fromkeys(
        EARLIER, True
    )


def test_a_row_that_is_lost_makes_the_script_fail(figures: dict[str, Any]):
    lost = {**figures["when_they_have_left"], "lost": 1}

    assert is_as_it_was(figures)
    assert not is_as_it_was({**figures, "when_they_have_left": lost})
