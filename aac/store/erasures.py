"""Erasing what is a person's: the rows go, tombstones stay, and versions that hold the rows are withdrawn or named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from aac.store.database import Database, now_utc
from aac.store.outgoing import last_change, note_taken_in
from aac.store.people import PERSONAL, is_own
from aac.store.schema import (
    annotators,
    corrections,
    dataset_version_events,
    dataset_version_rows,
    evaluations,
    prompt_splits,
    prompts,
    tombstones,
)

_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure took: how many rows, and which dataset versions hold the text in their files."""

    rows: int
    withdrawn: tuple[str, ...]
    published: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of an erased row. Its words are the table's columns."""

    row_id: str
    table_name: str
    erasure_id: str
    created_utc: str


def erase(database: Database, annotator_id: str, erasure_id: str) -> Erasure:
    """Take a person's rows away, leaving tombstones; unpublished versions that hold them are marked withdrawn.

    A published version cannot be called back: it is named, for the owner. Asked for again with the same erasure id, it
    does nothing more and says the same.
    """
    with database.write() as connection:
        for table in PERSONAL:
            # Ids come from browsers: one may stand in two tables, and then has its tombstone already.
            own = select(table.c.id).where(is_own(table, annotator_id), table.c.id.not_in(select(tombstones.c.row_id)))
            stones = [
                {"row_id": row_id, "table_name": table.name, "erasure_id": erasure_id, "created_utc": now_utc()}
                for row_id in connection.scalars(own)
            ]
            if stones:
                connection.execute(insert(tombstones), stones)
        _forget_answers(connection, _answers_to(connection, annotator_id), erasure_id)
        _delete_rows(connection, annotator_id)
        of_this = select(tombstones.c.row_id).where(
            tombstones.c.erasure_id == erasure_id, tombstones.c.table_name != evaluations.name
        )
        rows = len(connection.scalars(of_this).all())
        withdrawn, published = _withdraw_versions(connection, erasure_id)
    _overwrite(database)
    return Erasure(rows, withdrawn, published)


def erase_again(database: Database, stones: Iterable[Tombstone], *, from_log: bool = False) -> int:
    """Take away what was erased before and came back, with an older copy of the database; how many tombstones are new.

    The triggers then keep it away. from_log: the tombstones came out of the log, and need not be told there again.
    """
    with database.write() as connection:
        known = set(connection.scalars(select(tombstones.c.row_id)))
        new = list({stone.row_id: stone for stone in stones if stone.row_id not in known}.values())
        before = last_change(connection)
        for start in range(0, len(new), _IDS_AT_ONCE):
            some = new[start : start + _IDS_AT_ONCE]
            connection.execute(
                insert(tombstones), [{name: getattr(stone, name) for name in stone.__slots__} for stone in some]
            )
        if from_log:
            note_taken_in(connection, before)
        for stone in new:
            if stone.table_name == annotators.name:
                _forget_answers(connection, _answers_to(connection, stone.row_id), stone.erasure_id)
                _delete_rows(connection, stone.row_id)
        for erasure_id in sorted({stone.erasure_id for stone in new}):
            _withdraw_versions(connection, erasure_id)
    if new:
        _overwrite(database)
    return len(new)


def all_tombstones(connection: Connection) -> list[Tombstone]:
    """What is left of everything that was ever erased."""
    columns = (tombstones.c.row_id, tombstones.c.table_name, tombstones.c.erasure_id, tombstones.c.created_utc)
    return [Tombstone(*row) for row in connection.execute(select(*columns).order_by(tombstones.c.row_id))]


def _delete_rows(connection: Connection, annotator_id: str) -> None:
    """Delete what is this person's; every row of it has its tombstone."""
    texts = set(connection.scalars(select(prompts.c.text).where(is_own(prompts, annotator_id))))
    for table in PERSONAL:
        connection.execute(delete(table).where(is_own(table, annotator_id)))  # rows that supersede each other at once
    for text in sorted(texts):
        if not connection.scalar(select(prompts.c.id).where(prompts.c.text == text).limit(1)):
            connection.execute(delete(prompt_splits).where(prompt_splits.c.text == text))


def _answers_to(connection: Connection, annotator_id: str) -> list[str]:
    """The evaluations with answers to test prompts that stand in no row but this person's."""
    own = is_own(prompts, annotator_id)
    others = select(prompts.c.text).where(prompts.c.annotator_id.is_distinct_from(annotator_id))
    tested = select(prompt_splits.c.text).where(prompt_splits.c.split == "test")
    of_those = select(prompts.c.id).where(own, prompts.c.text.in_(tested), prompts.c.text.not_in(others))
    rows = select(corrections.c.id).where(corrections.c.prompt_id.in_(of_those))
    holding = select(dataset_version_rows.c.version_id).where(dataset_version_rows.c.row_id.in_(rows))
    query = select(evaluations.c.id).where(evaluations.c.version_id.in_(holding), evaluations.c.answers.is_not(None))
    return list(connection.scalars(query.order_by(evaluations.c.seq)))


def _forget_answers(connection: Connection, evaluation_ids: Iterable[str], erasure_id: str) -> None:
    """The scores stay, with a tombstone that says why the answers are gone."""
    for evaluation_id in evaluation_ids:
        if not connection.scalar(select(tombstones.c.row_id).where(tombstones.c.row_id == evaluation_id)):
            stone = {"row_id": evaluation_id, "table_name": evaluations.name, "erasure_id": erasure_id}
            connection.execute(insert(tombstones), {**stone, "created_utc": now_utc()})
        connection.execute(update(evaluations).where(evaluations.c.id == evaluation_id).values(answers=None))


def _overwrite(database: Database) -> None:
    database.overwrite_deleted(table.name for table in (*PERSONAL, prompt_splits, evaluations))


def _withdraw_versions(connection: Connection, erasure_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mark the versions that hold erased corrections withdrawn, published ones for the owner to see; the ids of both.

    Only corrections: other rows' ids come from browsers, and one that is like a shipped set's is no reason.
    """
    erased = select(tombstones.c.row_id).where(
        tombstones.c.erasure_id == erasure_id, tombstones.c.table_name == corrections.name
    )
    rows = dataset_version_rows
    holding = set(connection.scalars(select(rows.c.version_id).where(rows.c.row_id.in_(erased)).distinct()))
    events: dict[str, set[str]] = {version_id: set() for version_id in holding}
    for row in connection.execute(
        select(dataset_version_events).where(dataset_version_events.c.version_id.in_(holding))
    ):
        events[row.version_id] |= {row.event, row.note}
    published = {version_id for version_id, found in events.items() if "published" in found}
    note = f"erasure {erasure_id}"
    for version_id in sorted(holding):
        event, known = ("erased", note) if version_id in published else ("withdrawn", "withdrawn")
        if known not in events[version_id]:
            values = {"version_id": version_id, "event": event, "note": note, "created_utc": now_utc()}
            connection.execute(insert(dataset_version_events), values)
    return tuple(sorted(holding - published)), tuple(sorted(published))
