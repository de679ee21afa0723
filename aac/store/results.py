"""What all people's votes and overlapping ratings are, for statistics."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from aac.records import Choice
from aac.store.annotations import WHOLE_SET
from aac.store.history import is_current
from aac.store.schema import ratings, votes

_JUDGEMENTS_MAX = 100_000


def ballots(connection: Connection) -> list[tuple[str, str, Choice]]:
    """The blind votes that hold, as (left contestant, right contestant, choice).

    A vote shows the names. Who takes it back and votes again knows them: the second vote is kept, but not counted.
    """
    query = select(votes.c.left_contestant, votes.c.right_contestant, votes.c.choice).where(
        votes.c.choice.is_not(None), votes.c.supersedes.is_(None), is_current(votes)
    )
    return [(row.left_contestant, row.right_contestant, row.choice) for row in connection.execute(query)]


def overlapping_verdicts(connection: Connection) -> list[tuple[str, str, str]]:
    """(annotator, card, verdict) for the cards that at least two people rated; the latest 100,000 at most."""
    query = _overlapping(ratings.c.verdict, ratings.c.card_index != WHOLE_SET)
    return [
        (row.annotator_id, f"{row.generation_id}:{row.card_index}", row.verdict) for row in connection.execute(query)
    ]


def overlapping_usefulness(connection: Connection) -> list[tuple[str, str, int]]:
    """(annotator, set, 1–5) for the sets that at least two people rated; the latest 100,000 at most."""
    query = _overlapping(ratings.c.usefulness, ratings.c.card_index == WHOLE_SET)
    return [(row.annotator_id, row.generation_id, row.usefulness) for row in connection.execute(query)]


def _overlapping(value: Any, where: Any) -> Select[Any]:
    several = (
        select(ratings.c.generation_id, ratings.c.card_index)
        .where(where)
        .group_by(ratings.c.generation_id, ratings.c.card_index)
        .having(func.min(ratings.c.annotator_id) < func.max(ratings.c.annotator_id))
        .subquery()
    )
    return (
        select(ratings.c.annotator_id, ratings.c.generation_id, ratings.c.card_index, value)
        .join(
            several,
            (several.c.generation_id == ratings.c.generation_id) & (several.c.card_index == ratings.c.card_index),
        )
        .where(value.is_not(None), is_current(ratings))
        .order_by(ratings.c.seq.desc())
        .limit(_JUDGEMENTS_MAX)
    )
