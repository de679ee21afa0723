"""All rows of one database into another: for backups, for bringing them back, and for moving to PostgreSQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, insert, select, tuple_

from aac.store.schema import (
    BOOKKEEPING,
    adapters,
    evaluations,
    metadata,
    prompt_splits,
    prompts,
    setting_changes,
    tombstones,
)

_ROWS_AT_ONCE = 1000
_KEYS_AT_ONCE = 500
# The columns of what a person judged: a later judgement of the same takes an earlier one's place.
JUDGED = {
    "ratings": ("annotator_id", "generation_id", "card_index"),
    "votes": ("annotator_id", "item_id"),
    "corrections": ("annotator_id", "generation_id"),
}


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows were new, by table, and how many had no place."""

    new: dict[str, int]
    left_out: int


def copy_rows(source: Connection, target: Connection) -> Copied:
    """Add to `target` every row of `source` that it does not have.

    What `target` has stays as it is. Left out are rows that were erased there, settings that were made there, what a
    person has judged anew there since, and the rows that hang on those.
    """
    copier = _Copier(target)
    for table in record_tables():
        for rows in _chunks(source, table):
            copier.add(table, rows)
    return Copied(dict(copier.new), copier.left_out)


def record_tables() -> list[Table]:
    """The tables whose rows go from one database into another, parents first."""
    kept = [table for table in metadata.sorted_tables if table not in BOOKKEEPING]
    return sorted(kept, key=lambda table: table is prompt_splits)  # it holds erased words


def _chunks(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows in the order written, as values to insert: `seq` is given anew."""
    options = {"yield_per": _ROWS_AT_ONCE}
    result = source.execute(select(table).order_by(*table.primary_key.columns), execution_options=options)
    for rows in result.mappings().partitions():
        yield [{str(name): value for name, value in row.items() if name != "seq"} for row in rows]


@dataclass
class _Copier:
    target: Connection
    new: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    _without_place: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # ids, by table
    _erased_texts: set[str] = field(default_factory=set)
    _was_empty: dict[str, bool] = field(default_factory=dict)

    def add(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert those rows that are new and have a place."""
        for some in (table, tombstones):
            if some.name not in self._was_empty:
                self._was_empty[some.name] = self.target.execute(select(some).limit(1)).first() is None
        unknown = self._unknown(table, rows)
        wanted = [row for row in unknown if self._has_place(table, row)]
        self.left_out += len(unknown) - len(wanted)
        if table is evaluations:  # its scores come, answers that were erased do not
            wanted = [{**row, "answers": None} if self._is_buried(row) else row for row in wanted]
        if wanted:
            self.target.execute(insert(table), wanted)
            self.new[table.name] += len(wanted)

    def _unknown(self, table: Table, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        if self._was_empty[table.name]:
            return rows
        names = key_of(table)
        keys = [tuple(row[name] for name in names) for row in rows]
        known = known_keys(self.target, table, keys)
        return [row for row, key in zip(rows, keys, strict=True) if key not in known]

    def _has_place(self, table: Table, row: dict[str, Any]) -> bool:
        parents = ((key.column.table.name, row[column.name]) for column in table.columns for key in column.foreign_keys)
        if any(value in self._without_place[parent] for parent, value in parents) or self._is_refused(table, row):
            self._without_place[table.name].add(str(row.get("id")))
            if table is prompts:
                self._erased_texts.add(row["text"])
            return False
        return True

    def _is_refused(self, table: Table, row: dict[str, Any]) -> bool:
        """Whether the target would refuse the row, or holds something in its place."""
        if table is not evaluations and self._is_buried(row):
            return True
        if table is prompt_splits and row["text"] in self._erased_texts:
            return not self._has(prompts, text=row["text"])
        if self._was_empty[table.name]:
            return False
        if table is setting_changes:
            return self._has(table, name=row["name"])
        if table is adapters:
            return self._has(table, base_model=row["base_model"], weights_sha256=row["weights_sha256"])
        names = JUDGED.get(table.name)
        if names is None or row["annotator_id"] is None:
            return False
        if row["supersedes"]:
            return self._has(table, supersedes=row["supersedes"])
        return self._has(table, **{name: row[name] for name in names})

    def _is_buried(self, row: dict[str, Any]) -> bool:
        return not self._was_empty["tombstones"] and "id" in row and self._has(tombstones, row_id=row["id"])

    def _has(self, table: Table, **values: Any) -> bool:
        where = (table.c[name] == value for name, value in values.items())
        return self.target.execute(select(table).where(*where).limit(1)).first() is not None


def key_of(table: Table) -> list[str]:
    """The columns by which a row is known in both databases."""
    if "id" in table.columns:
        return ["id"]
    key = [column.name for column in table.primary_key.columns]
    return [column.name for column in table.columns if column.name != "seq"] if key == ["seq"] else key


def known_keys(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Those of these keys (`key_of`) that are there already, and perhaps more."""
    columns = [table.c[name] for name in key_of(table)]
    if any(column.nullable for column in columns):  # events, of which there are few: nothing equals NULL in SQL
        return {tuple(row) for row in connection.execute(select(*columns))}
    found: set[tuple[Any, ...]] = set()
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = tuple_(*columns).in_(keys[start : start + _KEYS_AT_ONCE])
        found.update(tuple(row) for row in connection.execute(select(*columns).where(some)))
    return found
