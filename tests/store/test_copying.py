"""One database's rows into another: all of them, once, on both kinds, and nothing that has no place there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from aac.store.adapters import PushEvent, add_adapter, add_push_event
from aac.store.copying import Copied, copy_rows, record_tables
from aac.store.database import Database
from aac.store.erasures import erase
from aac.store.queue import overlap, set_overlap
from aac.store.schema import annotators, consents, corrections, prompt_splits, ratings
from aac.store.versions import add_import
from tests.store.sample import (
    cast,
    compare_item,
    consented,
    correct,
    freeze,
    fresh,
    import_facts,
    new_id,
    rate,
    set_row,
    shipped,
    stored_rows,
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """Another database, a SQLite file."""
    opened = Database.open(tmp_path / "other")
    yield opened
    opened.close()


def worked(database: Database) -> str:
    """Somebody who did everything that can be done; their id."""
    person = consented(database)
    generation_id = fresh(database, person)
    for verdict in ("keep", "fix", "wrong"):
        rate(database, person, generation_id, verdict=verdict)
    correct(database, person, generation_id)
    compared = compare_item(database, person)
    for choice in ("left", None, "tie"):
        cast(database, person, compared, choice)
    add_import(database, import_facts(), [set_row("Um"), set_row("Dois", theme="casa")])
    set_overlap(database, 3)
    freeze(database)
    return person


def copy(source: Database, target: Database) -> Copied:
    with source.read() as rows, target.write() as connection:
        return copy_rows(rows, connection)


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but for its number."""
    with database.read() as connection:
        return {
            table.name: sorted(
                tuple(value for name, value in row.items() if name != "seq")
                for row in connection.execute(table.select()).mappings()
            )
            for table in record_tables()
        }


def test_a_copy_has_every_row_and_no_other(database: Database, other: Database):
    worked(database)

    copied = copy(database, other)

    assert rows(other) == rows(database)
    assert (sum(copied.new.values()), copied.left_out) == (sum(map(len, rows(database).values())), 0)


def test_rows_go_from_a_file_into_either_kind_of_database(database: Database, other: Database):
    worked(other)

    copy(other, database)

    assert rows(database) == rows(other)


def test_a_second_copy_adds_nothing(database: Database, other: Database):
    worked(database)
    copy(database, other)

    assert copy(database, other) == Copied({}, 0)


def test_a_push_that_has_no_commit_yet_is_copied_once(database: Database, other: Database):
    adapter = add_adapter(database, "mine", "a/base", "a" * 64)
    add_push_event(database, PushEvent(adapter.id, "alice/cards", "failed", "503", "503"))

    copied = [copy(database, other) for _ in range(2)]

    assert (copied[0].new["push_events"], copied[1]) == (1, Copied({}, 0))


def test_what_came_since_is_added(database: Database, other: Database):
    person = worked(database)
    copy(database, other)
    rate(database, person, shipped(database, "Mais")[0])

    copied = copy(database, other)

    assert copied.new["ratings"] == 1
    assert rows(other) == rows(database)


def test_both_databases_rows_stay(database: Database, other: Database):
    for each in (database, other):
        worked(each)

    copied = copy(database, other)

    assert stored_rows(other, ratings) == 2 * stored_rows(database, ratings)
    assert copied.left_out == 1  # the overlap, which is set


def test_a_later_judgement_of_the_same_stays_alone(database: Database, other: Database):
    person = consented(database)
    generation_id = shipped(database, "Um")[0]
    copy(database, other)
    rate(database, person, generation_id, verdict="keep")
    rate(database, person, generation_id, verdict="fix")
    rate(other, person, generation_id, verdict="wrong")

    copied = copy(database, other)

    assert (copied.new, copied.left_out, stored_rows(other, ratings)) == ({}, 2, 1)


def test_what_was_erased_there_does_not_come_back(database: Database, other: Database):
    person, bia = worked(database), consented(database)
    copy(database, other)
    erase(other, person, new_id())

    copied = copy(database, other)

    assert copied.left_out >= 8
    assert stored_rows(other, corrections) == 2  # the imported ones
    assert [row[0] for row in rows(other)["annotators"]] == [bia]
    assert {row[0] for row in rows(other)["prompt_splits"]} == {"Um", "Dois"}


def test_a_setting_that_was_made_there_stays(database: Database, other: Database):
    set_overlap(database, 5)
    set_overlap(other, 7)

    copy(database, other)

    with other.read() as connection:
        assert overlap(connection) == 7


def test_many_rows_go_in_pieces(database: Database, other: Database):
    people = [f"{n:032x}" for n in range(2500)]
    with database.write() as connection:
        connection.execute(insert(annotators), [{"id": person, "created_utc": "x"} for person in people])

    copy(database, other)

    assert stored_rows(other, annotators) == 2500
    assert stored_rows(other, consents) == stored_rows(other, prompt_splits) == 0
