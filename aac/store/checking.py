"""Whether a database that came from elsewhere holds what this program can read, before any of it is taken over.

One version whose manifest is no JSON, taken over, would make every list of versions fail for ever after.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from aac.errors import CorruptError
from aac.store.database import FILE_NAME, explained
from aac.store.runs import list_runs
from aac.store.schema import (
    corrections,
    dataset_versions,
    evaluations,
    generations,
    push_events,
    queue_items,
    ratings,
    run_events,
    runs,
)
from aac.store.versions import list_versions

_ROWS_AT_ONCE = 1000
_RUNS_LOOKED_AT = 10_000
_HEAD = b"SQLite format 3\0"
_JSON: tuple[tuple[Table, str, type], ...] = (
    (generations, "request", dict),
    (ratings, "reasons", list),
    (corrections, "columns", dict),
    (corrections, "cards", list),
    (queue_items, "contestants", list),
    (dataset_versions, "manifest", dict),
    (runs, "config", dict),
    (runs, "options", dict),
    (run_events, "note", dict),
    (push_events, "note", dict),
    (evaluations, "scores", dict),
    (evaluations, "answers", list),
)


def check_plain(data_dir: Path) -> None:
    """Raise `CorruptError` for no SQLite file, or one with views or virtual tables: their rows can be without end."""
    path = data_dir / FILE_NAME
    with path.open("rb") as file:
        if file.read(len(_HEAD)) != _HEAD:  # SQLite takes a very short file for an empty database
            raise _unreadable(path.name)
    with explained(path.name), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1"
        ).fetchone()
    if found is not None:
        raise _unreadable(str(found[0])[:100])


def check_readable(connection: Connection) -> None:
    """Raise `CorruptError` where a column that holds JSON holds anything else, or a list that every start reads fails.

    Reads every row once.
    """
    for table, name, kind in _JSON:
        values = connection.execute(select(table.c[name]), execution_options={"yield_per": _ROWS_AT_ONCE}).scalars()
        if any(value is not None and not _is_json(value, kind) for value in values):
            raise _unreadable(f"{table.name}.{name}")
    try:
        list_versions(connection)
        list_runs(connection, limit=_RUNS_LOOKED_AT)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}"[:100]) from error


def _is_json(value: Any, kind: type) -> bool:
    try:
        return isinstance(json.loads(value), kind)
    except (ValueError, TypeError, RecursionError):
        return False


def _unreadable(what: str) -> CorruptError:
    return CorruptError(
        f"O banco de dados tem o que esta Prancha não sabe ler ({what}). Use outra cópia; nada foi mudado.",
        f"The database holds what this Prancha cannot read ({what}). Use another one; nothing was changed.",
    )
