"""What arrived in the repository of annotations, read behind the client's back."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from aac.hub.access import HubAccess
from aac.store.people import export
from aac.store.schema import corrections, ratings, votes
from aac.workflow.archive import Archive
from aac.workflow.log_files import LogFile, log_files
from aac.workflow.syncing import AnnotationSync
from tests.hub.reading import files

REPO = "alice/annotations"
SERVERS_SALT = "a long random text"
SAID = ("ratings", "votes", "corrections")
Row = dict[str, Any]


def there(server: Any) -> dict[LogFile, list[tuple[str, Row]]]:
    """The rows of each file of the log, each with its table's name, in a lineage's order."""
    found = files(server, REPO, "datasets")
    return {file: rows_in(found[file.path]) for file in log_files(found)}


def rows_in(data: bytes) -> list[tuple[str, Row]]:
    head, *lines = map(json.loads, data.splitlines())
    assert head == {"format": 2, "schema": "0006"}
    return [(line["table"], json.loads(line["row"])) for line in lines]


def rows_of(server: Any, *tables: str) -> list[Row]:
    """The rows of these tables, in the order sent."""
    return [row for rows in there(server).values() for table, row in rows if table in tables]


def ids(server: Any) -> list[str]:
    """The ids of what people said, in the order sent."""
    return [row["id"] for row in rows_of(server, *SAID)]


def all_bytes(server: Any) -> bytes:
    """Everything that the latest commit holds."""
    return b"".join(files(server, REPO, "datasets").values())


def synced(archive: Archive, access: HubAccess) -> AnnotationSync:
    """After one round that went well."""
    sync = AnnotationSync(archive, access, REPO)
    sync.send()
    assert sync.state().error is None
    return sync


def said_by(archive: Archive, person: str) -> dict[str, list[str]]:
    """The ids of all that is this person's, by table."""
    with archive.database.read() as connection:
        return {table: sorted(row["id"] for row in found) for table, found in export(connection, person).items()}


def said(archive: Archive) -> dict[str, list[str]]:
    """The ids of all that people said, by table."""
    with archive.database.read() as connection:
        return {table.name: sorted(connection.scalars(select(table.c.id))) for table in (ratings, votes, corrections)}
