"""Keep a database of a schema for ever, once a later schema exists: `python -m tests.store.make_schema_files 0001`.

Files of schemas that were in use are never made again: they are what people's databases look like.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, insert

from aac.store.schema_version import upgrade

FOLDER = Path(__file__).parent / "schemas"
ROWS = 3


def main(revisions: Sequence[str]) -> None:
    for revision in revisions:
        (FOLDER / f"{revision}.sql").write_text(dump(revision), encoding="utf-8")


def dump(revision: str) -> str:
    """A SQLite database of this schema, with some rows in every table, as SQL."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            upgrade(connection, revision)
        with engine.begin() as connection:
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    connection.execute(insert(table), [some_row(table, n) for n in range(ROWS)])
        engine.dispose()
        with sqlite3.connect(path) as made:
            return "\n".join(made.iterdump()) + "\n"


def some_row(table: Table, n: int) -> dict[str, Any]:
    """The nth row; its id is the table's name with n, and so are references to such rows."""
    return {column.name: _value(table, column, n) for column in table.columns if column.name != "seq"}


def _value(table: Table, column: Any, n: int) -> Any:
    if column.foreign_keys:
        (key,) = column.foreign_keys
        if key.column.table is table:  # what it supersedes
            return f"{table.name}-{n - 1}" if n else None
        return f"{key.column.table.name}-{n}"
    if column.name == "id":
        return f"{table.name}-{n}"
    checked = {"verdict": "fix", "choice": "tie", "usefulness": 1 + n}
    if column.name in checked:
        return checked[column.name]
    if column.type.python_type is not str:
        return n
    return None if column.nullable and n == 0 else f"{column.name}, “ação” nº {n}"


if __name__ == "__main__":
    main(sys.argv[1:])
