"""What the owner looks through: one page of rows at a time, counts, and what the charts show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select

from aac.errors import WrongCall
from aac.store.history import is_current
from aac.store.schema import corrections, generations, prompts, queue_items, ratings, votes

TABLES = {"ratings": ratings, "corrections": corrections, "votes": votes}
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows to show: of one table, and, where given, of one contestant, verdict or choice, text, and days."""

    table: str = "ratings"
    contestant: str = ""
    verdict: str = ""
    text: str = ""
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows, the latest first. before: what to ask with for older ones; None when there are none."""

    rows: tuple[dict[str, Any], ...]
    before: int | None


def browse(connection: Connection, wanted: Filter, before: int | None = None, limit: int = PAGE_ROWS) -> RowPage:
    """The latest rows that pass the filter, older than `before`."""
    table = TABLES.get(wanted.table)
    if table is None:
        raise WrongCall(
            f"Não há tabela {wanted.table!r}; há {', '.join(TABLES)}.",
            f"There is no table {wanted.table!r}; there are {', '.join(TABLES)}.",
        )
    query = select(
        *table.c, prompts.c.text.label("prompt"), is_current(table).label("is_current"), *_extra(table)
    ).order_by(table.c.seq.desc())
    query = _joined(query, table).where(*_conditions(table, wanted)).limit(limit + 1)
    if before is not None:
        query = query.where(table.c.seq < before)
    found = [dict(row) for row in connection.execute(query).mappings()]
    more = found[limit - 1]["seq"] if len(found) > limit else None
    return RowPage(tuple(found[:limit]), more)


def _extra(table: Table) -> list[Any]:
    if table is corrections:
        return [generations.c.contestant.label("contestant")]
    return [generations.c.raw_text.label("raw_text")] if table is ratings else []


def _joined(query: Any, table: Table) -> Any:
    if table is votes:
        return query.join(queue_items, queue_items.c.id == votes.c.item_id).join(
            prompts, prompts.c.id == queue_items.c.prompt_id
        )
    if table is corrections:
        return query.outerjoin(generations, generations.c.id == corrections.c.generation_id).join(
            prompts, prompts.c.id == corrections.c.prompt_id
        )
    return query.join(generations, generations.c.id == ratings.c.generation_id).join(
        prompts, prompts.c.id == generations.c.prompt_id
    )


def _conditions(table: Table, wanted: Filter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.first_day:
        conditions.append(table.c.day >= wanted.first_day)
    if wanted.last_day:
        conditions.append(table.c.day <= wanted.last_day)
    if wanted.text:
        pattern = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(prompts.c.text.ilike(pattern, escape="\\"))
    if wanted.contestant:
        name = wanted.contestant
        if table is votes:
            conditions.append(or_(votes.c.left_contestant == name, votes.c.right_contestant == name))
        else:
            conditions.append((generations if table is corrections else ratings).c.contestant == name)
    if wanted.verdict and table is ratings:
        conditions.append(ratings.c.verdict == wanted.verdict)
    if wanted.verdict and table is votes:
        conditions.append(votes.c.choice == wanted.verdict)
    return conditions


def totals(connection: Connection) -> dict[str, int]:
    """How many rows each table has, superseded ones included."""
    return {
        name: int(connection.scalar(select(func.count()).select_from(table)) or 0) for name, table in TABLES.items()
    }


def contestants(connection: Connection) -> list[str]:
    """Everybody who ever wrote a stored answer."""
    return list(connection.scalars(select(generations.c.contestant).distinct().order_by(generations.c.contestant)))


def per_day(connection: Connection) -> list[tuple[str, str, int]]:
    """(day, table, rows written that day), days in order."""
    found = [
        (row.day, name, int(row.n))
        for name, table in TABLES.items()
        for row in connection.execute(select(table.c.day, func.count().label("n")).group_by(table.c.day))
    ]
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many cards of one contestant people would keep, mend or throw away, as it holds now."""

    contestant: str
    keep: int
    fix: int
    wrong: int

    @property
    def total(self) -> int:
        """All that were judged."""
        return self.keep + self.fix + self.wrong

    @property
    def accepted(self) -> float | None:
        """The share kept as they are, 0–1; None where nothing was judged."""
        return self.keep / self.total if self.total else None


def verdicts(connection: Connection) -> tuple[list[Verdicts], dict[str, int]]:
    """The verdicts that hold, by contestant; and how often each reason is given by those.

    Each row counts for its own verdict and against the one that it superseded: one pass over an index, no search but
    for the reasons of superseded rows.
    """
    counts: dict[str, dict[str, int]] = {}
    given: dict[str, int] = {}
    columns = (ratings.c.contestant, ratings.c.verdict, ratings.c.previous, ratings.c.reasons)
    for row in connection.execute(select(*columns, func.count().label("n")).group_by(*columns)):
        mine = counts.setdefault(row.contestant, {"keep": 0, "fix": 0, "wrong": 0})
        if row.verdict:
            mine[row.verdict] += int(row.n)
        if row.previous:
            mine[row.previous] -= int(row.n)
        _count_reasons(given, row.reasons, int(row.n))
    later = ratings.alias("later")
    superseded = (
        select(ratings.c.reasons, func.count().label("n"))
        .join(later, later.c.supersedes == ratings.c.id)
        .where(ratings.c.reasons != "[]")
        .group_by(ratings.c.reasons)
    )
    for row in connection.execute(superseded):
        _count_reasons(given, row.reasons, -int(row.n))
    given = {reason: count for reason, count in given.items() if count}
    found = [Verdicts(name, **mine) for name, mine in sorted(counts.items()) if any(mine.values())]
    return found, dict(sorted(given.items(), key=lambda item: -item[1]))


def _count_reasons(given: dict[str, int], reasons: str, times: int) -> None:
    for reason in json.loads(reasons):
        given[reason] = given.get(reason, 0) + times


def cards_by_theme(connection: Connection, limit: int = 15) -> list[tuple[str, int]]:
    """How many cards the corrections and imports hold by theme, the most first; "" is those without one."""
    held = func.sum(corrections.c.card_count - corrections.c.previous_card_count)
    query = (
        select(corrections.c.theme, held.label("n"))
        .group_by(corrections.c.theme)
        .having(held > 0)
        .order_by(held.desc(), corrections.c.theme)
        .limit(limit)
    )
    return [(row.theme, int(row.n)) for row in connection.execute(query)]
