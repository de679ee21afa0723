"""Rows out of the log that several databases write into: each once, whole, and nothing that was erased.

A row that hangs on one that is not there is left out. Where two databases let a person judge the same thing, neither
knowing of the other, the later judgement takes the earlier one's place; one that is older than what holds here is left
out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select

from aac.store.copying import JUDGED, Copied, key_of, known_keys, record_tables
from aac.store.outgoing import last_change, note_taken_in
from aac.store.schema import (
    adapters,
    evaluations,
    prompt_splits,
    prompts,
    queue_generations,
    queue_items,
    setting_changes,
    tombstones,
)

_AT_ONCE = 500
_PREVIOUS = {"ratings": ("verdict", "previous", None), "corrections": ("card_count", "previous_card_count", 0)}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row of some database. time: when it was stored, never before one that the same database stored earlier."""

    table: str
    row: Row
    time: str


def take_in(connection: Connection, rows: Iterable[LogRow], spared: Collection[str]) -> Copied:
    """Store the rows that are new, in the order of their times; none of them needs to be told again.

    spared: prompts that are nobody's, whose splits stay though no row has their words. Tombstones are not taken in
    here: `erase_again` comes first.
    """
    before = last_change(connection)
    taker = _Taker(connection, frozenset(spared))
    found: dict[str, list[LogRow]] = {}
    for row in sorted(rows, key=lambda row: row.time):
        found.setdefault(row.table, []).append(row)
    for table in record_tables():
        if table is not tombstones and table.name in found:
            taker.add(table, found[table.name])
    note_taken_in(connection, before)
    return Copied(dict(taker.new), taker.left_out)


@dataclass
class _Taker:
    connection: Connection
    spared: frozenset[str]
    new: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    _erased: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._erased = set(self.connection.scalars(select(tombstones.c.row_id)))

    def add(self, table: Table, given: Sequence[LogRow]) -> None:
        unknown = list(self._unknown(table, given))
        wanted = [row for row in unknown if table is evaluations or row.row.get("id") not in self._erased]
        if table is evaluations:  # its scores come, answers that were erased do not
            wanted = [_without_answers(row) if row.row["id"] in self._erased else row for row in wanted]
        rows = list(self._fitting(table, self._with_parents(table, wanted)))
        self.left_out += len(unknown) - len(rows)
        for some in _pieces(rows):
            self.connection.execute(insert(table), some)
        if rows:
            self.new[table.name] += len(rows)

    def _unknown(self, table: Table, given: Sequence[LogRow]) -> Iterator[LogRow]:
        """Those that are not here, each once, with every column."""
        names = key_of(table)
        seen = known_keys(self.connection, table, [tuple(row.row.get(name) for name in names) for row in given])
        columns = [column.name for column in table.columns if column.name != "seq"]
        for row in given:
            key = tuple(row.row.get(name) for name in names)
            if key not in seen:
                seen.add(key)
                yield LogRow(row.table, {name: row.row.get(name) for name in columns}, row.time)

    def _with_parents(self, table: Table, rows: Sequence[LogRow]) -> list[LogRow]:
        kept = list(rows)
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column.table is not table:  # what supersedes what is seen to where judgements are placed
                    there = self._there(key.column, {row.row[column.name] for row in kept} - {None})
                    kept = [row for row in kept if row.row[column.name] is None or row.row[column.name] in there]
        return kept

    def _there(self, column: Column[Any], values: Iterable[str]) -> set[str]:
        some = _pieces(sorted(values))
        return {value for piece in some for value in self.connection.scalars(select(column).where(column.in_(piece)))}

    def _fitting(self, table: Table, rows: Sequence[LogRow]) -> Iterable[Row]:
        if table.name in JUDGED:
            return _Judgements(self.connection, table).placed(rows)
        if table is prompt_splits:
            texts = self.spared | self._there(prompts.c.text, {row.row["text"] for row in rows})
            return [row.row for row in rows if row.row["text"] in texts]
        if table is adapters:
            return self._only_first(rows)
        if table is setting_changes:
            return self._later_settings(rows)
        return self._whole_items(rows) if table is queue_generations else [row.row for row in rows]

    def _only_first(self, rows: Sequence[LogRow]) -> Iterator[Row]:
        """Weights that came out the same in two databases are one adapter."""
        names = ("base_model", "weights_sha256")
        seen = {tuple(row) for row in self.connection.execute(select(*(adapters.c[name] for name in names)))}
        for row in rows:
            key = tuple(row.row[name] for name in names)
            if key not in seen:
                seen.add(key)
                yield row.row

    def _later_settings(self, rows: Sequence[LogRow]) -> list[Row]:
        query = select(setting_changes.c.name, setting_changes.c.created_utc).order_by(setting_changes.c.seq)
        here = {row.name: row.created_utc for row in self.connection.execute(query)}
        return [row.row for row in rows if row.time >= here.get(row.row["name"], "")]

    def _whole_items(self, rows: Sequence[LogRow]) -> list[Row]:
        """A queue item with some of its answers would wait for the others for ever; with none it gets new ones."""
        ids = sorted({row.row["item_id"] for row in rows})
        wanted: dict[str, int] = {}
        for some in _pieces(ids):
            query = select(queue_items.c.id, queue_items.c.contestants).where(queue_items.c.id.in_(some))
            for item_id, contestants in self.connection.execute(query):
                wanted[item_id] = max(1, len(json.loads(contestants)))
        had = self._there(queue_generations.c.item_id, ids)
        given = Counter(row.row["item_id"] for row in rows)
        return [row.row for row in rows if (item := row.row["item_id"]) not in had and given[item] >= wanted[item]]


def _without_answers(row: LogRow) -> LogRow:
    return LogRow(row.table, {**row.row, "answers": None}, row.time)


def _pieces(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield list(items[start : start + _AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Head:
    """The judgement that holds. said: what a later one repeats of it."""

    row_id: str
    time: str
    said: Any


@dataclass
class _Judgements:
    """Judgements of one table, put in their place: each supersedes the one before it."""

    connection: Connection
    table: Table

    def placed(self, rows: Sequence[LogRow]) -> Iterator[Row]:
        """Those that have a place, in the order to store them."""
        heads = self._heads({row.row["annotator_id"] for row in rows} - {None})
        said, previous, nothing = _PREVIOUS.get(self.table.name, ("id", "", None))
        for time, row in _after_what_they_supersede(rows):
            if row["annotator_id"] is None:  # imported: it supersedes nothing
                yield row
                continue
            key = self._key(row)
            head = heads.get(key)
            if head and row["supersedes"] != head.row_id and time < head.time:
                continue
            repeated = {previous: head.said if head else nothing} if previous else {}
            heads[key] = _Head(row["id"], time, row[said])
            yield {**row, "supersedes": head.row_id if head else None, **repeated}

    def _heads(self, annotator_ids: Iterable[str]) -> dict[tuple[Any, ...], _Head]:
        said, *_ = _PREVIOUS.get(self.table.name, ("id",))
        found: dict[tuple[Any, ...], _Head] = {}
        for some in _pieces(sorted(annotator_ids)):
            query = select(self.table).where(self.table.c.annotator_id.in_(some)).order_by(self.table.c.seq)
            for row in self.connection.execute(query).mappings():
                found[self._key(row)] = _Head(row["id"], row["created_utc"], row[said])
        return found

    def _key(self, row: Mapping[Any, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in JUDGED[self.table.name])


def _after_what_they_supersede(rows: Sequence[LogRow]) -> list[tuple[str, Row]]:
    """By time, but never before what a row supersedes: the clocks of two servers need not agree."""
    by_id = {row.row["id"]: row for row in rows}
    places: dict[str, tuple[str, int]] = {}
    for row in rows:
        chain: list[LogRow] = []
        before: LogRow | None = row
        while before is not None and before.row["id"] not in places:
            chain.append(before)
            before = by_id.get(before.row["supersedes"])
        time, depth = places[before.row["id"]] if before is not None else ("", 0)
        for later in reversed(chain):
            time, depth = max(time, later.time), depth + 1
            places[later.row["id"]] = (time, depth)
    order = sorted(rows, key=lambda row: places[row.row["id"]])
    return [(places[row.row["id"]][0], row.row) for row in order]
