"""The database itself keeps every row as it was written, whatever a program asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Executable, Table, delete, insert, text, update

from aac.errors import AacError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import changes, metadata, prompt_splits, prompts, tombstones
from tests.store.sample import stored_rows

TABLES = metadata.sorted_tables
GUARDED = [table for table in TABLES if table is not prompt_splits]  # a split goes when its words are erased
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
        assert "append-only" in f"{error.en} {error.__cause__}"
        return False
    return True


def bury(database: Database, table: Table) -> None:
    values = {"row_id": table.name, "table_name": table.name, "erasure_id": "e", "created_utc": now_utc()}
    with database.write() as connection:
        connection.execute(insert(tombstones), values)


def test_no_row_can_be_edited(full):
    for table in TABLES:
        *_, last = table.columns
        assert not accepted(full, update(table).values({last: last})), table.name


def test_no_row_can_be_deleted(full):
    before = {table.name: stored_rows(full, table) for table in GUARDED}

    assert [table.name for table in GUARDED if accepted(full, delete(table))] == []
    assert {table.name: stored_rows(full, table) for table in GUARDED} == before
    assert {name: rows for name, rows in before.items() if name != "changes"} == dict.fromkeys(
        before.keys() - {"changes"}, 1
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL has no REPLACE
def test_no_row_can_be_replaced(full):
    for table in TABLES:
        again = insert(table).prefix_with("OR REPLACE").values({**a_row(table), **_key(table)})
        assert not accepted(full, again), table.name
    assert {stored_rows(full, table) for table in TABLES if table is not changes} == {1}


def _key(table: Table) -> dict[str, int]:
    return {"seq": 1} if "seq" in table.columns else {}


def test_a_split_stays_while_its_prompt_does_and_goes_after_it(full):
    with full.write() as connection:
        connection.execute(insert(prompts), {**a_row(prompts), "id": "other", "text": "y"})
        connection.execute(insert(prompt_splits), {**a_row(prompt_splits), "text": "gone"})

    assert not accepted(full, delete(prompt_splits).where(prompt_splits.c.text == "x"))
    assert accepted(full, delete(prompt_splits).where(prompt_splits.c.text == "gone"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has no TRUNCATE
def test_no_table_can_be_emptied_at_once(full):
    assert [table.name for table in TABLES if accepted(full, text(f"TRUNCATE {table.name} CASCADE"))] == []


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
