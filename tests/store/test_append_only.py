"""The database itself keeps every row as it was written, whatever a program asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Executable, Table, delete, insert, text, update

from aac.errors import AacError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import import_rows, metadata, prompt_splits, queue_generations, tombstones
from tests.store.sample import stored_rows

LINKS = {queue_generations, import_rows, prompt_splits}  # between rows: nothing that a person wrote
GUARDED = [table for table in metadata.sorted_tables if table not in LINKS]
ERASABLE = {
    *("annotators", "consents", "prompts", "generations"),
    *("ratings", "votes", "corrections", "queue_progress"),
}


@pytest.fixture
def full(database: Database) -> Database:
    """A database with one row in every table; its id, where it has one, is the table's name."""
    with database.write() as connection:
        for table in metadata.sorted_tables:
            connection.execute(insert(table), a_row(table))
    return database


def a_row(table: Table) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "id":
            values["id"] = table.name
        elif column.foreign_keys and not column.nullable:
            (key,) = column.foreign_keys
            values[column.name] = key.column.table.name
        elif column.name != "seq" and not column.nullable:
            values[column.name] = "x" if column.type.python_type is str else 1
    return values


def accepted(database: Database, attempt: Executable) -> bool:
    """Whether the database does it; where it does not, it says that the table is append-only."""
    try:
        with database.write() as connection:
            connection.execute(attempt)
    except AacError as error:
        assert "append-only" in error.en
        return False
    return True


def bury(database: Database, table: Table) -> None:
    values = {"row_id": table.name, "table_name": table.name, "erasure_id": "e", "created_utc": now_utc()}
    with database.write() as connection:
        connection.execute(insert(tombstones), values)


def test_no_row_can_be_edited(full):
    for table in GUARDED:
        *_, last = table.columns
        assert not accepted(full, update(table).values({last: last})), table.name


def test_no_row_can_be_deleted(full):
    assert [table.name for table in GUARDED if accepted(full, delete(table))] == []
    assert {stored_rows(full, table) for table in GUARDED} == {1}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has no TRUNCATE
def test_no_table_can_be_emptied_at_once(full):
    assert [table.name for table in GUARDED if accepted(full, text(f"TRUNCATE {table.name} CASCADE"))] == []


def test_a_tombstone_frees_nothing_but_what_a_person_wrote(full):
    for table in GUARDED:
        if table is not tombstones and table.name not in ERASABLE:
            bury(full, table)
            assert not accepted(full, delete(table)), table.name


@pytest.mark.parametrize("name", sorted(ERASABLE))
def test_an_erased_id_never_returns(database, name):
    table = metadata.tables[name]
    bury(database, table)

    with pytest.raises(WrongCall) as refused, database.write() as connection:
        connection.execute(insert(table), a_row(table))

    assert "was erased" in refused.value.en
    assert "apagada" in refused.value.pt
