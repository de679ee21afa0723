"""What one person did: how much of it holds, and all of it in order."""

from __future__ import annotations

import heapq
import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from aac.store.annotations import WHOLE_SET
from aac.store.schema import corrections, generations, prompts, queue_items, ratings, votes


def counts(connection: Connection, annotator_id: str) -> dict[str, int]:
    """How many ratings, corrections and votes of this person hold now."""
    rated = ratings.c.verdict.is_not(None) | ratings.c.usefulness.is_not(None)
    return {
        "ratings": _count(connection, ratings, annotator_id, rated),
        "corrections": _count(connection, corrections, annotator_id, corrections.c.cards.is_not(None)),
        "votes": _count(connection, votes, annotator_id, votes.c.choice.is_not(None)),
    }


def _count(connection: Connection, table: Table, annotator_id: str, says_something: ColumnElement[bool]) -> int:
    query = select(func.count()).where(table.c.annotator_id == annotator_id, says_something, is_current(table))
    return int(connection.scalar(query) or 0)


def is_current(table: Table) -> ColumnElement[bool]:
    """Whether a row of `table` has not been superseded."""
    later = table.alias("later")
    return ~select(later.c.id).where(later.c.supersedes == table.c.id).exists()


def history(connection: Connection, annotator_id: str, offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many rows this person ever wrote, and `limit` of them from `offset`, the latest first."""
    total = 0
    found: list[list[dict[str, Any]]] = []
    for kind, table in (("rating", ratings), ("vote", votes), ("correction", corrections)):
        total += int(
            connection.scalar(select(func.count()).select_from(table).where(table.c.annotator_id == annotator_id)) or 0
        )
        rows = connection.execute(
            _with_prompt(table)
            .where(table.c.annotator_id == annotator_id)
            .order_by(table.c.seq.desc())
            .limit(offset + limit)
        ).mappings()
        found.append([_entry(kind, dict(row)) for row in rows])
    # Merged, not sorted: within a table `seq` is the order, also where the clock was set back between two pages.
    merged = heapq.merge(*found, key=lambda entry: entry["created_utc"], reverse=True)
    return total, list(merged)[offset : offset + limit]


def _with_prompt(table: Table) -> Select[Any]:
    columns = (*table.c, prompts.c.text.label("prompt"), is_current(table).label("is_current"))
    if table is votes:
        return (
            select(*columns)
            .join(queue_items, queue_items.c.id == table.c.item_id)
            .join(prompts, prompts.c.id == queue_items.c.prompt_id)
        )
    return (
        select(*columns)
        .join(generations, generations.c.id == table.c.generation_id)
        .join(prompts, prompts.c.id == generations.c.prompt_id)
    )


def _entry(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    index = row.get("card_index", WHOLE_SET)
    return {
        "id": row["id"],
        "created_utc": row["created_utc"],
        "kind": kind,
        "prompt": row["prompt"],
        "generation_id": row.get("generation_id") or row.get("left_generation_id"),
        "item_id": row["item_id"],
        "card_index": None if index == WHOLE_SET else index,
        "what": _what(kind, row),
        "is_current": bool(row["is_current"]),
    }


def _what(kind: str, row: dict[str, Any]) -> str | None:
    if kind == "vote":
        return str(row["choice"]) if row["choice"] else None
    if kind == "correction":
        return str(row["card_count"]) if row["cards"] else None
    if row["verdict"]:
        return " ".join([row["verdict"], *json.loads(row["reasons"])])
    return str(row["usefulness"]) if row["usefulness"] else None
