"""What leaves the house by itself: annotations in the order stored, with what they are about, and what was erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select

from aac.store.schema import corrections, generations, prompts, queue_items, ratings, tombstones, votes

TABLES = {"ratings": ratings, "votes": votes, "corrections": corrections}
_TOLD = ("id", "contestant", "model", "revision", "adapter", "adapter_sha256", "request", "raw_text", "parser_version")
_AS_JSON = ("reasons", "cards", "columns", "request")
_LEFT_OUT = ("previous", "previous_card_count", "day", "theme", "prompt_id")  # the store's own bookkeeping


def rows_after(connection: Connection, table: str, seq: int, limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows of `table` that were stored after the one numbered `seq`, in order, as JSON has them."""
    found = TABLES[table]
    query = select(found, _prompt_id(found).label("about_prompt_id")).where(found.c.seq > seq)
    rows = [dict(row) for row in connection.execute(query.order_by(found.c.seq).limit(limit)).mappings()]
    answers = _generations(connection, {row[name] for row in rows for name in row if name.endswith("generation_id")})
    texts = _texts(connection, {row["about_prompt_id"] for row in rows})
    return [_told(row, texts, answers) for row in rows]


def waiting(connection: Connection, cursors: Mapping[str, int]) -> int:
    """How many rows were stored after those that the cursors name."""
    return sum(
        int(connection.scalar(select(func.count()).where(table.c.seq > cursors.get(name, 0))) or 0)
        for name, table in TABLES.items()
    )


def erased_ids(connection: Connection) -> dict[str, list[str]]:
    """The ids of erased annotations, sorted, by erasure."""
    found: dict[str, list[str]] = {}
    query = select(tombstones.c.erasure_id, tombstones.c.row_id).where(tombstones.c.table_name.in_(TABLES))
    for row in connection.execute(query.order_by(tombstones.c.erasure_id, tombstones.c.row_id)):
        found.setdefault(row.erasure_id, []).append(row.row_id)
    return found


def _prompt_id(table: Table) -> Any:
    if table is corrections:
        return table.c.prompt_id
    parent, key = (queue_items, votes.c.item_id) if table is votes else (generations, ratings.c.generation_id)
    return select(parent.c.prompt_id).where(parent.c.id == key).scalar_subquery()


def _texts(connection: Connection, ids: set[str]) -> dict[str, str]:
    return {row.id: row.text for row in connection.execute(select(prompts).where(prompts.c.id.in_(ids)))}


def _generations(connection: Connection, ids: set[str | None]) -> dict[str, dict[str, Any]]:
    columns = [generations.c[name] for name in _TOLD]
    query = select(*columns).where(generations.c.id.in_(ids - {None}))
    return {row["id"]: _parsed(dict(row)) for row in connection.execute(query).mappings()}


def _told(row: dict[str, Any], texts: dict[str, str], answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    told = {str(name): value for name, value in row.items() if name not in (*_LEFT_OUT, "about_prompt_id")}
    about = {
        name.removesuffix("_id"): answers.get(told.pop(name)) for name in list(told) if name.endswith("generation_id")
    }
    return {**_parsed(told), "prompt": texts.get(row["about_prompt_id"]), **about}


def _parsed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in _AS_JSON and isinstance(value, str) else value for name, value in row.items()
    }
