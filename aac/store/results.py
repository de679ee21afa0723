"""What all people's votes and overlapping ratings are, for statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, select

from aac.records import Choice
from aac.store.annotations import WHOLE_SET
from aac.store.history import is_current
from aac.store.schema import ratings, votes

_RATINGS_READ = 200_000
_JUDGEMENTS_MAX = 20_000
V = TypeVar("V", str, int)


def ballots(connection: Connection) -> list[tuple[str, str, Choice]]:
    """The blind votes that hold, as (left contestant, right contestant, choice).

    A vote shows the names. Who takes it back and votes again knows them: the second vote is kept, but not counted.
    """
    query = select(votes.c.left_contestant, votes.c.right_contestant, votes.c.choice).where(
        votes.c.choice.is_not(None), votes.c.supersedes.is_(None), is_current(votes)
    )
    return [(row.left_contestant, row.right_contestant, row.choice) for row in connection.execute(query)]


def overlapping_verdicts(connection: Connection) -> list[tuple[str, str, str]]:
    """(annotator, card, verdict) for the cards that at least two people rated, among the latest ratings."""
    rows = connection.execute(_latest(ratings.c.verdict, ratings.c.card_index != WHOLE_SET))
    return _overlapping((row.annotator_id, f"{row.generation_id}:{row.card_index}", row.verdict) for row in rows)


def overlapping_usefulness(connection: Connection) -> list[tuple[str, str, int]]:
    """(annotator, set, 1–5) for the sets that at least two people rated, among the latest ratings."""
    rows = connection.execute(_latest(ratings.c.usefulness, ratings.c.card_index == WHOLE_SET))
    return _overlapping((row.annotator_id, row.generation_id, row.usefulness) for row in rows)


def _latest(value: Any, where: Any) -> Select[Any]:
    """The latest ratings that hold. What overlaps is found outside the database: with joins PostgreSQL took minutes."""
    return (
        select(ratings.c.annotator_id, ratings.c.generation_id, ratings.c.card_index, value)
        .where(where, value.is_not(None), is_current(ratings))
        .order_by(ratings.c.seq.desc())
        .limit(_RATINGS_READ)
    )


def _overlapping(judgements: Iterable[tuple[str, str, V]]) -> list[tuple[str, str, V]]:
    """Those on items that at least two people judged, the latest first, not more than statistics take in a second."""
    found = list(judgements)
    judges = Counter(item for item, _ in {(item, annotator) for annotator, item, _ in found})
    return [judgement for judgement in found if judges[judgement[1]] > 1][:_JUDGEMENTS_MAX]
