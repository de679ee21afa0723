"""Databases of earlier schemas are moved forward with every row; a new one is what the code thinks it is."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, MetaData, create_engine, insert, inspect, select, text

from aac.errors import StoreError
from aac.store.database import FILE_NAME, Database
from aac.store.schema import metadata
from aac.store.schema_version import check_not_newer, revisions, upgrade
from tests.conftest import ROOT
from tests.store.make_schema_files import FOLDER, ROWS
from tests.store.sample import consented, fresh, rate, rows_of

EARLIER = revisions()[:-1]
Rows = dict[str, list[dict[str, Any]]]

OPEN_WHEN_TOLD = """
import sys
from pathlib import Path
from aac.store.database import Database
print("ready", flush=True)
sys.stdin.readline()
Database.open(Path(sys.argv[1]), sys.argv[2]).close()
"""

# Everything of a schema that a query can see, as text.
POSTGRESQL_SCHEMA = """
SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) FROM information_schema.columns
 WHERE table_schema = 'public'
UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def stored_file(revision: str, folder: Path) -> Path:
    """A SQLite database of that schema, from the file that keeps it."""
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.executescript((FOLDER / f"{revision}.sql").read_text(encoding="utf-8"))
    return folder / FILE_NAME


def read_rows(path: Path) -> Rows:
    """Every row of a SQLite file, table by table; parents before children, in the order stored."""
    engine = create_engine(f"sqlite:///{path}")
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            table.name: [
                {name: value for name, value in row.items() if name != "seq"}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }
    engine.dispose()
    return found


def rows_now(database: Database, wanted: Rows) -> Rows:
    """The same columns of the same tables, as they are in the database now."""
    with database.read() as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(
                    select(*(metadata.tables[name].c[column] for column in rows[0])).order_by(
                        *metadata.tables[name].primary_key.columns
                    )
                ).mappings()
            ]
            for name, rows in wanted.items()
        }


def schema_of(database: Database) -> list[str]:
    query = "SELECT sql FROM sqlite_master WHERE sql <> ''" if database.is_sqlite else POSTGRESQL_SCHEMA
    with database.read() as connection:
        return sorted(connection.scalars(text(query)))


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(
    request: pytest.FixtureRequest, earlier: str, tmp_path: Path, empty_postgresql_url: str
) -> Iterator[tuple[Database, Rows]]:
    """A database that was of an earlier schema, with rows, and its rows as they were then."""
    path = stored_file(earlier, tmp_path / "old")
    rows = read_rows(path)
    url = ""
    if request.param == "postgresql":
        url = empty_postgresql_url
        _fill_postgresql(url, earlier, rows)
    database = Database.open(tmp_path / "old", url)
    yield database, rows
    database.close()


def _fill_postgresql(url: str, revision: str, rows: Rows) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        upgrade(connection, revision)
        tables = MetaData()
        tables.reflect(connection)
        for name, some in rows.items():
            connection.execute(insert(tables.tables[name]), some)
    engine.dispose()


each_earlier = pytest.mark.parametrize("earlier", EARLIER)


def test_every_schema_but_the_last_is_kept_with_rows_in_every_table(tmp_path):
    assert EARLIER
    for revision in EARLIER:
        rows = read_rows(stored_file(revision, tmp_path / revision))
        assert {name: len(some) for name, some in rows.items()} == dict.fromkeys(rows, ROWS)


@each_earlier
def test_an_earlier_database_keeps_every_row(upgraded):
    database, rows = upgraded

    assert rows_now(database, rows) == rows


@each_earlier
def test_an_earlier_database_gets_the_schema_of_a_new_one_with_its_triggers(upgraded, tmp_path, postgresql_url):
    database, _ = upgraded
    new = Database.open(tmp_path / "new", "" if database.is_sqlite else postgresql_url)

    assert schema_of(database) == schema_of(new)
    assert [line for line in schema_of(new) if "CREATE TRIGGER ratings_no_update" in line]
    new.close()


@each_earlier
def test_an_earlier_database_takes_new_rows(upgraded):
    database, rows = upgraded

    annotator_id = consented(database)
    rate(database, annotator_id, fresh(database, annotator_id))

    with database.read() as connection:
        assert rows_of(connection, metadata.tables["ratings"]) == len(rows["ratings"]) + 1


@each_earlier
def test_moving_forward_twice_changes_nothing(upgraded):
    database, rows = upgraded
    before = schema_of(database)

    with database.write() as connection:
        upgrade(connection)

    assert schema_of(database) == before
    assert rows_now(database, rows) == rows


def test_a_new_database_is_what_the_code_thinks_it_is(database):
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert check_not_newer(connection)
        checks = {
            str(check["name"])
            for table in metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    assert checks == {
        str(constraint.name)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


@each_earlier
def test_a_migration_that_fails_leaves_the_database_as_it_was(earlier, tmp_path):
    path = stored_file(earlier, tmp_path)
    # The last migration makes one of this name.
    in_the_way = "CREATE TRIGGER ratings_tell BEFORE INSERT ON ratings BEGIN SELECT 1; END"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(in_the_way)
        connection.commit()
        before = list(connection.iterdump())

    with pytest.raises(StoreError, match="ratings_tell already exists"):
        Database.open(tmp_path)

    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_programs_that_open_a_new_database_at_once_all_succeed(kind, tmp_path, empty_postgresql_url):
    url = "" if kind == "sqlite" else empty_postgresql_url
    command = [sys.executable, "-c", OPEN_WHEN_TOLD, str(tmp_path), url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    programs = [subprocess.Popen(command, cwd=ROOT, text=True, **pipes) for _ in range(3)]
    for program in programs:
        assert program.stdout.readline() == "ready\n"

    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()

    said = [program.communicate(timeout=60)[1] for program in programs]
    assert [program.returncode for program in programs] == [0, 0, 0], said
