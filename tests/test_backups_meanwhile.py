"""Backups while people annotate in a real app, and back on an empty machine. The long form: `benchmarks/backups.py`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aac.settings import Settings
from aac.store.database import Database
from benchmarks.backups import WRONG, Known, Plan, compared, is_as_it_was, run, said_in
from benchmarks.crowd import put_tiny_model
from tests.crowd_people import Seen
from tests.store.sample import consented, fresh, rate
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
    assert [(one["same_hashes"], one["lost"], one["changed"], one["foreign"]) for one in found] == [
        (True, 0, 0, 0)
    ] * len(found)


def test_people_are_answered_while_it_is_made(figures: dict[str, Any]):
    assert figures["refused"] == []
    assert figures["while_backing_up_ms"]["calls"] >= 1


def test_when_people_have_left_a_backup_is_what_the_database_is(figures: dict[str, Any]):
    assert figures["when_they_have_left"]["as_the_database"]


def test_every_earlier_schema_comes_back_as_the_upgraded_database(figures: dict[str, Any]):
    assert {revision: one["same_hashes"] for revision, one in figures["earlier_schemas"].items()} == dict.fromkeys(
        EARLIER, True
    )


@pytest.mark.parametrize("how", WRONG)
def test_a_row_that_is_not_as_it_was_makes_the_script_fail(how: str, figures: dict[str, Any]):
    wrong = {**figures["when_they_have_left"], how: 1}

    assert is_as_it_was(figures)
    assert not is_as_it_was({**figures, "when_they_have_left": wrong})


def test_a_row_that_nobody_sent_is_noticed(tmp_path: Path):
    database = Database.open(tmp_path)
    ana = consented(database)
    generation_id = fresh(database, ana)
    rate(database, ana, generation_id)
    known = Known({name: frozenset(rows) for name, rows in said_in(database).items()}, Seen().sent, {})
    nothing = dict.fromkeys(WRONG, 0)
    assert compared(said_in(database), {}, known) == nothing

    rate(database, ana, generation_id, card_index=1)

    assert compared(said_in(database), {}, known) == {**nothing, "foreign": 1}
    database.close()


def test_a_row_that_is_lost_or_says_something_else_is_noticed():
    known = Known({"rate": frozenset()}, {"rate": {"a": "0 keep", "b": "0 fix"}}, {})

    found = compared({"rate": {"b": "0 keep"}}, {"rate": {"a": "0 keep", "b": "0 fix"}}, known)

    assert found == {"lost": 1, "changed": 1, "foreign": 0}
