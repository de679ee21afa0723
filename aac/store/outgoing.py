"""What leaves the house by itself: every row, in the order stored, as the tables have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Table, func, insert, select

from aac.store.database import Database, now_utc
from aac.store.schema import BOOKKEEPING, changes, lineages, metadata, taken_in

ANNOTATIONS = ("ratings", "votes", "corrections")
# Links that go with the rows that they belong to, in which they are stored: by the column that names those.
GO_WITH = {
    "dataset_versions": (("dataset_version_rows", "version_id"), ("prompt_splits", "version_id")),
    "imports": (("import_rows", "import_id"),),
}
# Rows that are found by something else than their id or their number.
_KEYS = {"tombstones": "row_id", "queue_generations": "item_id", "run_claims": "run_id"}
_KEYS_AT_ONCE = 500

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row was stored: it was the `seq`th."""

    seq: int
    table: str
    key: str


def told_tables() -> dict[str, str]:
    """The tables whose rows are noted in `changes`, and the column by which they are found again."""
    linked = {name for links in GO_WITH.values() for name, _ in links}
    found = {}
    for table in metadata.sorted_tables:
        if table not in BOOKKEEPING and table.name not in linked:
            found[table.name] = _KEYS.get(table.name) or ("id" if "id" in table.columns else "seq")
    return found


def lineage_of(connection: Connection) -> str | None:
    """This database's own name among those that write into the same log; None before it has one."""
    return connection.scalar(select(lineages.c.id).order_by(lineages.c.seq.desc()).limit(1))


def begin_lineage(connection: Connection) -> str:
    """Give this database a name that no other has; it is told all over again under it."""
    lineage = uuid4().hex
    connection.execute(insert(lineages), {"id": lineage, "created_utc": now_utc()})
    return lineage


def last_change(connection: Connection) -> int:
    """How many rows were ever stored: the number of the last one."""
    return int(connection.scalar(select(func.max(changes.c.seq))) or 0)


def note_taken_in(connection: Connection, after: int) -> None:
    """What was stored in this transaction after change number `after` came out of the log, and need not go there."""
    last = last_change(connection)
    if last > after:
        connection.execute(insert(taken_in), {"first_seq": after + 1, "last_seq": last})


def changes_after(connection: Connection, seq: int, limit: int, *, with_taken_in: bool = False) -> list[Change]:
    """At most `limit` changes after the one numbered `seq`, in order."""
    query = select(changes).where(changes.c.seq > seq).order_by(changes.c.seq).limit(limit)
    if not with_taken_in:
        query = query.where(_is_ours())
    return [Change(row.seq, row.table_name, row.row_key) for row in connection.execute(query)]


def waiting(connection: Connection, seq: int) -> int:
    """How many ratings, votes and corrections were stored here after the change numbered `seq`."""
    wanted = changes.c.table_name.in_(ANNOTATIONS)
    query = select(func.count()).select_from(changes).where(changes.c.seq > seq, wanted, _is_ours())
    return int(connection.scalar(query) or 0)


def annotation_ids(connection: Connection) -> set[str]:
    """The ids of all ratings, votes and corrections."""
    tables = (metadata.tables[name] for name in ANNOTATIONS)
    return {row_id for table in tables for row_id in connection.scalars(select(table.c.id))}


def change_of(database: Database, table: str, row_id: str) -> int:
    """The number of the change that stored this row; 0 where it came out of the log, or is not there."""
    key = changes.c.table_name == table, changes.c.row_key == row_id
    with database.read() as connection:
        return int(connection.scalar(select(func.max(changes.c.seq)).where(*key, _is_ours())) or 0)


def only_here(connection: Connection, seq: int, row_ids: Collection[str]) -> set[str]:
    """Those of these ratings, votes and corrections that were stored here after the change numbered `seq`."""
    wanted = changes.c.table_name.in_(ANNOTATIONS), changes.c.row_key.in_(row_ids)
    return set(connection.scalars(select(changes.c.row_key).where(changes.c.seq > seq, *wanted, _is_ours())))


def _is_ours() -> ColumnElement[bool]:
    within = changes.c.seq.between(taken_in.c.first_seq, taken_in.c.last_seq)
    return ~select(taken_in.c.first_seq).where(within).exists()


def rows_of(connection: Connection, wanted: Sequence[Change]) -> Iterator[tuple[str, Row]]:
    """The rows that these changes stored, each with its table's name; what was erased since is left out.

    Rows that are found together (the answers of a queue item) come together, where the last of them was stored.
    """
    keys: dict[str, set[str]] = {}
    for change in wanted:
        keys.setdefault(change.table, set()).add(change.key)
    found = {table: _by_key(connection, table, some) for table, some in keys.items()}
    last = {(change.table, change.key): change.seq for change in wanted}
    for change in wanted:
        rows = found[change.table].get(change.key, ())
        if last[change.table, change.key] == change.seq:
            for row in rows:
                yield change.table, row
                yield from _linked(connection, change.table, row)


def _by_key(connection: Connection, name: str, keys: Iterable[str]) -> dict[str, list[Row]]:
    table, key = metadata.tables[name], told_tables()[name]
    values: list[Any] = sorted(int(one) for one in keys) if key == "seq" else sorted(keys)
    found: dict[str, list[Row]] = {}
    for start in range(0, len(values), _KEYS_AT_ONCE):
        some = table.c[key].in_(values[start : start + _KEYS_AT_ONCE])
        for row in _rows(connection, table, some):
            found.setdefault(str(row[key]), []).append(row)
    return {key: [_without_number(row) for row in rows] for key, rows in found.items()}


def _linked(connection: Connection, name: str, row: Row) -> Iterator[tuple[str, Row]]:
    for link, column in GO_WITH.get(name, ()):
        table = metadata.tables[link]
        for found in _rows(connection, table, table.c[column] == row["id"]):
            yield link, found


def _rows(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[Row]:
    query = select(table).where(where).order_by(*table.primary_key.columns)
    return [{str(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]


def _without_number(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "seq"}
