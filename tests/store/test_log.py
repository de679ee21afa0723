"""Every row of a database can be told to another, which takes it in once; and nothing that was erased."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from aac.store import outgoing
from aac.store.annotations import add_rating, own_work
from aac.store.copying import Copied, record_tables
from aac.store.database import Database
from aac.store.erasures import all_tombstones, erase, erase_again
from aac.store.history import counts
from aac.store.incoming import LogRow, take_in
from aac.store.queue import add_prompts, set_overlap
from aac.store.schema import annotators, prompt_splits, queue_generations, queue_items, ratings
from tests.store.sample import consented, correct, freeze, fresh, new_id, rate, rating, shipped, stored_rows
from tests.store.test_copying import rows, worked
from tests.store.test_migrations import EARLIER, stored_file


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """Another database, a SQLite file."""
    opened = Database.open(tmp_path / "other")
    yield opened
    opened.close()


def told(database: Database, after: int = 0, *, with_taken_in: bool = False) -> list[LogRow]:
    """What this database tells of the changes after that one."""
    time, found = "", []
    with database.read() as connection:
        wanted = outgoing.changes_after(connection, after, 100_000, with_taken_in=with_taken_in)
        for table, row in outgoing.rows_of(connection, wanted):
            time = max(time, row.get("created_utc", ""))
            found.append(LogRow(table, row, time))
    return found


def taken(database: Database, *told_rows: list[LogRow], spared: tuple[str, ...] = ()) -> Copied:
    with database.write() as connection:
        return take_in(connection, [row for some in told_rows for row in some], spared)


def at(row: LogRow, time: str) -> LogRow:
    return LogRow(row.table, {**row.row, "created_utc": time}, time)


def test_every_table_is_told_of_by_itself_or_with_what_it_belongs_to():
    linked = [name for links in outgoing.GO_WITH.values() for name, _ in links]

    assert sorted([*outgoing.told_tables(), *linked]) == sorted(table.name for table in record_tables())


def test_another_database_gets_every_row_and_no_other(database: Database, other: Database):
    worked(database)

    copied = taken(other, told(database))

    assert rows(other) == rows(database)
    assert (sum(copied.new.values()), copied.left_out) == (sum(map(len, rows(database).values())), 0)


def test_rows_go_from_a_file_into_either_kind_of_database(database: Database, other: Database):
    worked(other)

    taken(database, told(other))

    assert rows(database) == rows(other)


@pytest.mark.parametrize("revision", EARLIER)
def test_a_database_of_an_earlier_schema_tells_every_row_that_it_had(revision: str, tmp_path: Path):
    stored_file(revision, tmp_path)
    old = Database.open(tmp_path)

    found: dict[str, list[tuple[object, ...]]] = {table.name: [] for table in record_tables()}
    for row in told(old):
        found[row.table].append(tuple(value for name, value in row.row.items() if name != "seq"))

    assert {name: sorted(some, key=str) for name, some in found.items()} == {
        name: sorted(some, key=str) for name, some in rows(old).items()
    }
    old.close()


def test_what_is_taken_in_again_adds_nothing_and_is_told_no_further(database: Database, other: Database):
    worked(database)
    taken(other, told(database))

    assert taken(other, told(database)) == Copied({}, 0)
    assert told(other) == []
    assert len(told(other, with_taken_in=True)) == len(told(database))


def test_what_comes_after_a_change_is_told_alone(database: Database):
    person = worked(database)
    with database.read() as connection:
        before = outgoing.last_change(connection)
    made = rate(database, person, shipped(database, "Mais")[0])

    found = told(database, before)

    assert [row.table for row in found] == ["prompts", "generations", "queue_items", "queue_generations", "ratings"]
    assert found[-1].row["id"] == made.id
    assert outgoing.change_of(database, "ratings", made.id) == before + 5


def test_what_came_out_of_the_log_has_no_number_of_its_own(database: Database, other: Database):
    made = rate(other, consented(other), shipped(other, "Um")[0])
    taken(database, told(other))

    assert outgoing.change_of(database, "ratings", made.id) == 0
    assert outgoing.change_of(other, "ratings", made.id) > 0


def test_what_was_erased_is_told_of_by_its_ids_alone(database: Database):
    person = worked(database)
    erase(database, person, new_id())

    found = told(database)

    assert not {"ratings", "votes", "annotators", "consents"} & {row.table for row in found}
    assert person in {row.row["row_id"] for row in found if row.table == "tombstones"}
    assert "Querer" not in str(found)


def test_what_was_erased_here_does_not_come_in_and_its_split_neither(database: Database, other: Database):
    person = worked(database)
    before = told(database)
    erase(database, person, new_id())
    with database.read() as connection:
        stones = all_tombstones(connection)

    erased = erase_again(other, stones, from_log=True)
    taken(other, before, told(database))

    assert erased == len(stones)
    assert rows(other) == rows(database)
    assert told(other) == []
    assert stored_rows(other, prompt_splits) == 2  # of the imported prompts


def test_a_row_without_what_it_hangs_on_is_left_out(database: Database, other: Database):
    worked(other)
    orphans = [row for row in told(other) if row.table != "generations"]

    copied = taken(database, orphans)

    assert copied.left_out > 3
    assert stored_rows(database, ratings) == stored_rows(database, queue_generations) == 0
    assert stored_rows(database, queue_items) == 1


def test_an_item_with_some_of_its_answers_comes_with_none(database: Database, other: Database):
    worked(other)
    found = told(other)
    half = [row for row in found if row.table != "queue_generations" or row.row["slot"] == 0]

    taken(database, half)
    assert stored_rows(database, queue_generations) == 0
    taken(database, found)

    assert stored_rows(database, queue_generations) == 2


def test_of_two_databases_that_asked_the_same_the_later_judgement_holds(database: Database, other: Database, tmp_path):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    taken(other, told(database))
    first, second = (
        rate(each, person, generation_id, verdict=said) for each, said in ((database, "keep"), (other, "fix"))
    )
    a, b = told(database), [at(row, "2999-01-01T00:00:00.000Z") for row in told(other)]
    third = Database.open(tmp_path / "third")

    taken(third, b, a)
    taken(database, b)
    taken(other, [at(row, "2001-01-01T00:00:00.000Z") for row in a])

    for each in (third, database):
        with each.read() as connection:
            stored = connection.execute(select(ratings).order_by(ratings.c.seq)).all()
            assert [(row.id, row.supersedes, row.previous) for row in stored] == [
                (first.id, None, None),
                (second.id, first.id, "keep"),
            ]
            assert own_work(connection, person, generation_id).verdicts == {0: ("fix", ())}
    with other.read() as connection:
        assert own_work(connection, person, generation_id).verdicts == {0: ("fix", ())}
    third.close()


def test_an_older_judgement_does_not_take_the_place_of_what_holds_here(database: Database, other: Database):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    taken(other, told(database))
    rate(database, person, generation_id, verdict="keep")
    rate(other, person, generation_id, verdict="wrong")

    copied = taken(database, [at(row, "2001-01-01T00:00:00.000Z") for row in told(other)])

    assert (copied.new, copied.left_out, stored_rows(database, ratings)) == ({}, 1, 1)


def test_both_databases_superseded_the_same_and_all_of_it_stays(database: Database, other: Database, tmp_path: Path):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    rate(database, person, generation_id, verdict="keep")
    correct(database, person, generation_id)
    taken(other, told(database))
    for each in (database, other):
        rate(each, person, generation_id, verdict="wrong")
        correct(each, person, generation_id)
    third = Database.open(tmp_path / "third")

    taken(third, told(database), told(other))

    assert stored_rows(third, ratings) == 3
    with third.read() as connection:
        assert counts(connection, person)["ratings"] == counts(connection, person)["corrections"] == 1
    third.close()


def test_rows_keep_their_order_though_the_clock_was_set_back(database: Database, other: Database):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    made = [rate(database, person, generation_id, verdict=verdict) for verdict in ("keep", "fix", "wrong")]
    times = iter(("2026-03-01T12:00:00.000Z", "2026-03-01T11:00:00.000Z", "2026-03-01T11:30:00.000Z"))
    found = [
        dataclasses.replace(row, row={**row.row, "created_utc": next(times)}, time="2026-03-01T12:00:00.000Z")
        if row.table == "ratings"
        else dataclasses.replace(row, time="2026-03-01T10:00:00.000Z")
        for row in told(database)
    ]

    taken(other, found)

    with other.read() as connection:
        assert list(connection.scalars(select(ratings.c.id).order_by(ratings.c.seq))) == [one.id for one in made]
        assert own_work(connection, person, generation_id).verdicts == {0: ("wrong", ())}


def test_one_adapter_that_two_databases_have_is_one(database: Database, other: Database):
    row: dict[str, Any] = {"name": "a", "base_model": "m", "weights_sha256": "s", "run_id": None, "created_utc": "x"}
    given = [LogRow("adapters", {"id": new_id(), **row}, "x") for _ in range(2)]

    copied = taken(database, given)

    assert (copied.new, copied.left_out) == ({"adapters": 1}, 1)


def test_a_setting_that_was_made_here_later_stays(database: Database, other: Database):
    set_overlap(other, 5)
    early = [at(row, "2001-01-01T00:00:00.000Z") for row in told(other)]
    set_overlap(database, 7)

    assert taken(database, early).left_out == 1
    assert taken(database, [at(row, "2999-01-01T00:00:00.000Z") for row in told(other)]).new == {"setting_changes": 1}


def test_a_row_that_was_said_again_after_it_came_in_is_the_same_row(database: Database, other: Database):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    made = rating(person, generation_id)
    add_rating(database, made)
    taken(other, told(database))

    assert not add_rating(other, made)
    assert stored_rows(other, ratings) == 1


def test_many_rows_go_in_pieces(database: Database, other: Database):
    add_prompts(other, "rate", [f"Pedido {n}" for n in range(1200)], [("a/base", "none")])

    taken(database, told(other))

    assert stored_rows(database, queue_items) == 1200
    assert told(database) == []


def test_a_version_goes_with_its_rows_and_splits(database: Database, other: Database):
    worked(database)
    with database.read() as connection:
        before = outgoing.last_change(connection)
    correct(database, consented(database), shipped(database, "Três")[0])
    freeze(database, name="v2")

    names = [row.table for row in told(database, before)]

    assert names[-6:] == ["dataset_versions", *["dataset_version_rows"] * 4, "prompt_splits"]


def test_what_a_plain_insert_stores_is_noted_too(database: Database):
    with database.write() as connection:
        connection.execute(insert(annotators), {"id": "a" * 32, "created_utc": "x"})

    assert [(row.table, row.row["id"]) for row in told(database)] == [("annotators", "a" * 32)]


def test_a_lineage_is_begun_once_and_anew_only_when_asked(database: Database):
    with database.write() as connection:
        assert outgoing.lineage_of(connection) is None
        first = outgoing.begin_lineage(connection)
        assert outgoing.lineage_of(connection) == first
        second = outgoing.begin_lineage(connection)

    with database.read() as connection:
        assert outgoing.lineage_of(connection) == second != first


def test_only_what_people_said_here_is_counted_as_waiting(database: Database, other: Database):
    rate(other, consented(other), shipped(other, "Um")[0])
    taken(database, told(other))
    with database.read() as connection:
        before = outgoing.last_change(connection)
    person = consented(database)
    rate(database, person, fresh(database, person))

    with database.read() as connection:
        assert outgoing.waiting(connection, 0) == outgoing.waiting(connection, before) == 1
        assert outgoing.waiting(connection, outgoing.last_change(connection)) == 0
