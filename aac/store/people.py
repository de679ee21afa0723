"""Annotators: their consent, everything that is theirs, and its erasure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, select

from aac.errors import AacError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import (
    annotators,
    consents,
    corrections,
    generations,
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
        if is_repeat(connection, consents, {"id": consent_id, "annotator_id": annotator_id}):
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


def is_repeat(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Whether this very row is there; `WrongCall` where its id, which a browser made, belongs to another."""
    found = connection.execute(select(*(table.c[name] for name in values)).where(table.c.id == values["id"])).first()
    if found is None:
        return False
    if dict(found._mapping) != values:
        raise WrongCall(
            f"O id {values['id']} já é de outra resposta. Recarregue a página e responda de novo.",
            f"The id {values['id']} belongs to another answer. Reload the page and answer again.",
        )
    return True


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


def has_annotators(connection: Connection) -> bool:
    """Whether anybody ever agreed to the consent text and is still here."""
    return connection.scalar(select(annotators.c.id).limit(1)) is not None


def is_erased(connection: Connection, row_id: str) -> bool:
    """Whether this id was erased and cannot come back."""
    return connection.scalar(select(tombstones.c.row_id).where(tombstones.c.row_id == row_id)) is not None


def is_own(table: Table, annotator_id: str) -> ColumnElement[bool]:
    """Whether a row of `table` is this person's."""
    if table is generations:
        return table.c.prompt_id.in_(select(prompts.c.id).where(prompts.c.annotator_id == annotator_id))
    if table is annotators:
        return table.c.id == annotator_id
    return table.c.annotator_id == annotator_id


# Children before parents, as foreign keys want it.
PERSONAL = (ratings, votes, corrections, queue_progress, generations, prompts, consents, annotators)


def export(connection: Connection, annotator_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored of one person, table by table."""
    return {
        str(table.name): [
            {str(name): value for name, value in row.items()}  # the library's own kind of name is no JSON
            for row in connection.execute(select(table).where(is_own(table, annotator_id))).mappings()
        ]
        for table in PERSONAL
    }
