"""Annotators: their consent, everything that is theirs, and its erasure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select

from aac.errors import AacError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import (
    annotators,
    consents,
    corrections,
    dataset_version_events,
    dataset_version_rows,
    generations,
    prompt_splits,
    prompts,
    queue_progress,
    ratings,
    tombstones,
    votes,
)


class ConsentNeeded(AacError):
    """Nothing of a person is stored before they agreed to it."""


def add_consent(database: Database, consent_id: str, annotator_id: str, version: str, language: str) -> None:
    """Store that a person agreed to the consent text of this version, shown in this language."""

    def work(connection: Connection) -> None:
        known = connection.execute(select(consents.c.annotator_id).where(consents.c.id == consent_id)).first()
        if known:
            if known.annotator_id != annotator_id:
                raise id_taken(consent_id)
            return
        if not connection.scalar(select(annotators.c.id).where(annotators.c.id == annotator_id)):
            connection.execute(insert(annotators), {"id": annotator_id, "created_utc": now_utc()})
        connection.execute(
            insert(consents),
            {
                "id": consent_id,
                "annotator_id": annotator_id,
                "version": version,
                "language": language,
                "created_utc": now_utc(),
            },
        )

    database.write_once(work)


def id_taken(row_id: str) -> WrongCall:
    """For an id that a browser made and that stands for something else already."""
    return WrongCall(
        f"O id {row_id} já é de outra resposta. Recarregue a página e responda de novo.",
        f"The id {row_id} belongs to another answer. Reload the page and answer again.",
    )


def consent_version(connection: Connection, annotator_id: str) -> str | None:
    """The version of the text that this person last agreed to."""
    return connection.scalar(
        select(consents.c.version)
        .where(consents.c.annotator_id == annotator_id)
        .order_by(consents.c.seq.desc())
        .limit(1)
    )


def check_consent(connection: Connection, annotator_id: str) -> str:
    """The version agreed to; `ConsentNeeded` where there is none."""
    version = consent_version(connection, annotator_id)
    if version is None:
        raise ConsentNeeded(
            "Antes da primeira resposta é preciso concordar com o termo. Abra a aba “Avaliar”.",
            "Before the first answer the consent text must be agreed to. Open the “Rate” tab.",
        )
    return version


def is_erased(connection: Connection, row_id: str) -> bool:
    """Whether this id was erased and cannot come back."""
    return connection.scalar(select(tombstones.c.row_id).where(tombstones.c.row_id == row_id)) is not None


def _is_own(table: Table, annotator_id: str) -> ColumnElement[bool]:
    """Whether a row of `table` is this person's."""
    if table is generations:
        return table.c.prompt_id.in_(select(prompts.c.id).where(prompts.c.annotator_id == annotator_id))
    if table is annotators:
        return table.c.id == annotator_id
    return table.c.annotator_id == annotator_id


# Children before parents, as foreign keys want it.
_PERSONAL = (ratings, votes, corrections, queue_progress, generations, prompts, consents, annotators)


def export(connection: Connection, annotator_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored of one person, table by table."""
    return {
        str(table.name): [
            {str(name): value for name, value in row.items()}  # the library's own kind of name is no JSON
            for row in connection.execute(select(table).where(_is_own(table, annotator_id))).mappings()
        ]
        for table in _PERSONAL
    }


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure took: how many rows, and which dataset versions hold the text in their files."""

    rows: int
    withdrawn: tuple[str, ...]
    published: tuple[str, ...]


def erase(database: Database, annotator_id: str, erasure_id: str) -> Erasure:
    """Take a person's rows away, leaving tombstones; unpublished versions that hold them are marked withdrawn.

    A published version cannot be called back: it is named, for the owner. Asked for again with the same erasure id, it
    does nothing more and says the same.
    """
    with database.write() as connection:
        _erase_rows(connection, annotator_id, erasure_id)
        of_this = select(tombstones.c.row_id).where(tombstones.c.erasure_id == erasure_id)
        erased = connection.scalars(of_this).all()
        in_versions = connection.scalars(of_this.where(tombstones.c.table_name == corrections.name)).all()
        withdrawn, published = _withdraw_versions(connection, in_versions, erasure_id)
    database.overwrite_deleted(table.name for table in (*_PERSONAL, prompt_splits))
    return Erasure(len(erased), withdrawn, published)


def _erase_rows(connection: Connection, annotator_id: str, erasure_id: str) -> None:
    texts = select(prompts.c.text).where(prompts.c.annotator_id == annotator_id)
    shared = select(prompts.c.text).where(or_(prompts.c.annotator_id.is_(None), prompts.c.annotator_id != annotator_id))
    connection.execute(
        delete(prompt_splits).where(prompt_splits.c.text.in_(texts), prompt_splits.c.text.not_in(shared))
    )
    for table in _PERSONAL:
        is_own = _is_own(table, annotator_id)
        # Ids come from browsers: one may stand in two tables, and then has its tombstone already.
        new = select(table.c.id).where(is_own, table.c.id.not_in(select(tombstones.c.row_id)))
        stones = [
            {"row_id": row_id, "table_name": table.name, "erasure_id": erasure_id, "created_utc": now_utc()}
            for row_id in connection.scalars(new)
        ]
        if stones:
            connection.execute(insert(tombstones), stones)
        connection.execute(delete(table).where(is_own))  # at once: rows that supersede each other go together


def _withdraw_versions(
    connection: Connection, row_ids: Sequence[str], erasure_id: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mark the versions that hold these rows withdrawn, and published ones for the owner to see; the ids of both."""
    holding: set[str] = set()
    for start in range(0, len(row_ids), 500):
        some = row_ids[start : start + 500]
        holding |= set(
            connection.scalars(
                select(dataset_version_rows.c.version_id).where(dataset_version_rows.c.row_id.in_(some)).distinct()
            )
        )
    events: dict[str, set[str]] = {version_id: set() for version_id in holding}
    for row in connection.execute(
        select(dataset_version_events).where(dataset_version_events.c.version_id.in_(holding))
    ):
        events[row.version_id] |= {row.event, row.note}
    published = {version_id for version_id, found in events.items() if "published" in found}
    note = f"erasure {erasure_id}"
    for version_id in sorted(holding):
        event = "erased" if version_id in published else "withdrawn"
        if event not in events[version_id] or (event == "erased" and note not in events[version_id]):
            values = {"version_id": version_id, "event": event, "note": note, "created_utc": now_utc()}
            connection.execute(insert(dataset_version_events), values)
    return tuple(sorted(holding - published)), tuple(sorted(published))
