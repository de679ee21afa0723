"""The queue: what waits to be judged, by whom it was seen, and what a person gets next.

Next is the item of greatest need: judged by the fewest people, then where the answers differ most, then the oldest.
Nobody gets an item again that they finished or skipped, and none goes to more people than the overlap says. An item
on somebody's screen counts as judged for a while, so that two people who come at once do not get the same one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Select, and_, func, insert, or_, select

from aac.errors import WrongCall
from aac.records import StoredGeneration
from aac.store.database import Database, now_utc
from aac.store.generations import add_generation, find_or_add_prompt
from aac.store.people import check_consent, is_repeat
from aac.store.schema import prompts, queue_generations, queue_items, queue_progress, setting_changes, votes

KINDS = ("rate", "review", "compare")
OVERLAP_DEFAULT = 2
OVERLAP_MAX = 20
_ON_SCREEN_MINUTES = 15

Contestant = tuple[str, str]  # base model's id, adapter's name or "none"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One thing to judge. generation_ids: those there already, by slot; contestants: who is to answer, by slot."""

    id: str
    kind: str
    prompt: str
    contestants: tuple[Contestant, ...]
    generation_ids: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether every answer is there."""
        return len(self.generation_ids) >= max(1, len(self.contestants))


def add_prompts(database: Database, kind: str, texts: Sequence[str], contestants: Sequence[Contestant]) -> int:
    """Queue prompts for these contestants to answer; those that wait in the same kind already are left out."""
    wanted = json.dumps([list(contestant) for contestant in contestants])

    def work(connection: Connection) -> int:
        queued = set(
            connection.scalars(
                select(prompts.c.text)
                .join(queue_items, queue_items.c.prompt_id == prompts.c.id)
                .where(queue_items.c.kind == kind, queue_items.c.contestants == wanted)
            )
        )
        new = [text for text in dict.fromkeys(texts) if text not in queued]
        for text in new:
            _add_item(connection, kind, find_or_add_prompt(connection, text, "list"), wanted)
        return len(new)

    return database.write_once(work)


def add_shipped(database: Database, sets: Sequence[StoredGeneration], parser_version: int) -> int:
    """Queue shipped sets for review, each as what a language model wrote; those queued already are left out."""

    def work(connection: Connection) -> int:
        ids = [stored.id for stored in sets]
        queued = set(
            connection.scalars(
                select(queue_generations.c.generation_id)
                .join(queue_items, queue_items.c.id == queue_generations.c.item_id)
                .where(queue_items.c.kind == "review", queue_generations.c.generation_id.in_(ids))
            )
        )
        new = [stored for stored in sets if stored.id not in queued]
        for stored in new:
            prompt_id = find_or_add_prompt(connection, stored.generation.request.prompt, "shipped")
            add_generation(connection, stored, prompt_id, parser_version)
            item_id = _add_item(connection, "review", prompt_id, "[]")
            connection.execute(insert(queue_generations), {"item_id": item_id, "slot": 0, "generation_id": stored.id})
        return len(new)

    return database.write_once(work)


def _add_item(connection: Connection, kind: str, prompt_id: str, contestants: str) -> str:
    item_id = str(uuid4())
    connection.execute(
        insert(queue_items),
        {
            "id": item_id,
            "kind": kind,
            "prompt_id": prompt_id,
            "contestants": contestants,
            "created_utc": now_utc(),
        },
    )
    return item_id


def attach_answers(
    database: Database,
    item_id: str,
    answers: Sequence[StoredGeneration],
    disagreement: float | None,
    parser_version: int,
) -> None:
    """Give an item its answers, one a slot. Where another server was faster, its answers stay."""

    def work(connection: Connection) -> None:
        if (
            connection.scalar(select(queue_generations.c.slot).where(queue_generations.c.item_id == item_id).limit(1))
            is not None
        ):
            return
        prompt_id = connection.scalar(select(queue_items.c.prompt_id).where(queue_items.c.id == item_id))
        for slot, stored in enumerate(answers):
            add_generation(connection, stored, str(prompt_id), parser_version)
            connection.execute(
                insert(queue_generations),
                {
                    "item_id": item_id,
                    "slot": slot,
                    "generation_id": stored.id,
                    "disagreement": disagreement if slot == len(answers) - 1 else None,
                },
            )

    database.write_once(work)


def next_item(database: Database, annotator_id: str, kind: str) -> QueueItem | None:
    """The item that this person should see now, noted as served; None when nothing is left for them.

    An item that they were served and have not finished comes again (after a reload, say).
    """
    if kind not in KINDS:
        raise WrongCall(
            f"Não há fila {kind!r}; há {', '.join(KINDS)}.",
            f"There is no queue {kind!r}; there are {', '.join(KINDS)}.",
        )

    def work(connection: Connection) -> QueueItem | None:
        check_consent(connection, annotator_id)
        unfinished = connection.scalar(_unfinished(annotator_id, kind).order_by(queue_progress.c.seq.desc()).limit(1))
        if unfinished:
            return read_item(connection, unfinished)
        chosen = connection.scalar(_by_need(annotator_id, kind, overlap(connection)).limit(1))
        if chosen is None:
            return None
        _note(connection, str(uuid4()), chosen, annotator_id, "served")
        return read_item(connection, chosen)

    return database.write_once(work)


def _finished_by(annotator_id: str) -> Select[str]:
    return select(queue_progress.c.item_id).where(
        queue_progress.c.annotator_id == annotator_id, queue_progress.c.outcome.in_(("done", "skipped"))
    )


def _unfinished(annotator_id: str, kind: str) -> Select[str]:
    return (
        select(queue_progress.c.item_id)
        .join(queue_items, queue_items.c.id == queue_progress.c.item_id)
        .where(
            queue_progress.c.annotator_id == annotator_id,
            queue_progress.c.outcome == "served",
            queue_items.c.kind == kind,
            queue_progress.c.item_id.not_in(_finished_by(annotator_id)),
        )
    )


def _by_need(annotator_id: str, kind: str, overlap: int) -> Select[str]:
    since = datetime.now(UTC) - timedelta(minutes=_ON_SCREEN_MINUTES)
    other = queue_progress.alias("other")
    was_skipped = (
        select(other.c.id)
        .where(
            other.c.item_id == queue_progress.c.item_id,
            other.c.outcome == "skipped",
            other.c.annotator_id == queue_progress.c.annotator_id,
        )
        .exists()
    )
    takes_a_place = or_(
        queue_progress.c.outcome == "done",
        and_(
            queue_progress.c.outcome == "served",
            queue_progress.c.created_utc > since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            queue_progress.c.annotator_id != annotator_id,
            ~was_skipped,
        ),
    )
    places = (
        select(queue_progress.c.item_id, func.count(queue_progress.c.annotator_id.distinct()).label("taken"))
        .where(takes_a_place)
        .group_by(queue_progress.c.item_id)
        .subquery()
    )
    disagreements = (
        select(queue_generations.c.item_id, func.max(queue_generations.c.disagreement).label("disagreement"))
        .group_by(queue_generations.c.item_id)
        .subquery()
    )
    taken = func.coalesce(places.c.taken, 0)
    return (
        select(queue_items.c.id)
        .outerjoin(places, places.c.item_id == queue_items.c.id)
        .outerjoin(disagreements, disagreements.c.item_id == queue_items.c.id)
        .where(
            queue_items.c.kind == kind,
            queue_items.c.id.not_in(_finished_by(annotator_id)),
            or_(taken < overlap, queue_items.c.id.in_(_unfinished(annotator_id, kind))),
        )
        .order_by(taken, func.coalesce(disagreements.c.disagreement, -1).desc(), queue_items.c.seq)
    )


def unanswered(connection: Connection, kind: str, ahead: int) -> str | None:
    """The oldest item of a kind that has no answers; None where `ahead` items wait answered, or all have theirs."""
    has_answers = queue_items.c.id.in_(select(queue_generations.c.item_id))
    is_finished = queue_items.c.id.in_(
        select(queue_progress.c.item_id).where(queue_progress.c.outcome.in_(("done", "skipped")))
    )
    of_kind = select(queue_items.c.id).where(queue_items.c.kind == kind)
    waiting = of_kind.where(has_answers, ~is_finished).limit(ahead)
    if len(connection.scalars(waiting).all()) >= ahead:
        return None
    return connection.scalar(of_kind.where(~has_answers).order_by(queue_items.c.seq).limit(1))


def left(connection: Connection, annotator_id: str, kinds: Sequence[str] = KINDS) -> dict[str, int]:
    """How many items of each of these kinds this person could still get."""
    limit = overlap(connection)
    return {
        kind: int(
            connection.scalar(
                select(func.count()).select_from(_by_need(annotator_id, kind, limit).order_by(None).subquery())
            )
            or 0
        )
        for kind in kinds
    }


def finish(database: Database, progress_id: str, item_id: str, annotator_id: str, outcome: str) -> None:
    """Note that a person is through with an item: "done" or "skipped"."""
    if outcome not in ("done", "skipped"):
        raise WrongCall(f"Não há desfecho {outcome!r}.", f"There is no outcome {outcome!r}: done or skipped.")

    def work(connection: Connection) -> None:
        check_consent(connection, annotator_id)
        read_item(connection, item_id)
        values = {"id": progress_id, "item_id": item_id, "annotator_id": annotator_id, "outcome": outcome}
        if not is_repeat(connection, queue_progress, values):
            _note(connection, progress_id, item_id, annotator_id, outcome)

    database.write_once(work)


def _note(connection: Connection, progress_id: str, item_id: str, annotator_id: str, outcome: str) -> None:
    connection.execute(
        insert(queue_progress),
        {
            "id": progress_id,
            "item_id": item_id,
            "annotator_id": annotator_id,
            "outcome": outcome,
            "created_utc": now_utc(),
        },
    )


def read_item(connection: Connection, item_id: str) -> QueueItem:
    """One item with what is there of its answers; `WrongCall` where there is no such item."""
    row = connection.execute(
        select(queue_items, prompts.c.text)
        .join(prompts, prompts.c.id == queue_items.c.prompt_id)
        .where(queue_items.c.id == item_id)
    ).first()
    if row is None:
        raise WrongCall(
            f"Não há item {item_id!r} na fila. Passe ao próximo.", f"There is no item {item_id!r} in the queue. Go on."
        )
    ids = connection.scalars(
        select(queue_generations.c.generation_id)
        .where(queue_generations.c.item_id == item_id)
        .order_by(queue_generations.c.slot)
    )
    contestants = tuple((model, adapter) for model, adapter in json.loads(row.contestants))
    return QueueItem(row.id, row.kind, row.text, contestants, tuple(ids))


def awaits_vote(connection: Connection, generation_id: str, annotator_id: str) -> bool:
    """Whether this answer stands in a comparison on which this person has not voted: nothing may say whose it is."""
    voted = select(votes.c.item_id).where(votes.c.annotator_id == annotator_id)
    waiting = (
        select(queue_items.c.id)
        .join(queue_generations, queue_generations.c.item_id == queue_items.c.id)
        .where(
            queue_generations.c.generation_id == generation_id,
            queue_items.c.kind == "compare",
            queue_items.c.id.not_in(voted),
        )
    )
    return connection.scalar(waiting.limit(1)) is not None


def awaits_comparison(connection: Connection, prompt: str, annotator_id: str) -> bool:
    """Whether answers to this prompt are to be compared, and this person has not voted on them yet."""
    voted = select(votes.c.item_id).where(votes.c.annotator_id == annotator_id)
    waiting = (
        select(queue_items.c.id)
        .join(prompts, prompts.c.id == queue_items.c.prompt_id)
        .where(prompts.c.text == prompt, queue_items.c.kind == "compare", queue_items.c.id.not_in(voted))
    )
    return connection.scalar(waiting.limit(1)) is not None


def overlap(connection: Connection) -> int:
    """How many people see each item."""
    value = connection.scalar(
        select(setting_changes.c.value)
        .where(setting_changes.c.name == "overlap")
        .order_by(setting_changes.c.seq.desc())
        .limit(1)
    )
    return OVERLAP_DEFAULT if value is None else int(value)


def set_overlap(database: Database, people: int) -> None:
    """Let each item be seen by this many people, 1 to 20."""
    if not 1 <= people <= OVERLAP_MAX:
        raise WrongCall(
            f"Cada item pode ser visto por 1 a {OVERLAP_MAX} pessoas, não por {people}.",
            f"Each item can be seen by 1 to {OVERLAP_MAX} people, not by {people}.",
        )
    with database.write() as connection:
        connection.execute(insert(setting_changes), {"name": "overlap", "value": str(people), "created_utc": now_utc()})


def queue_counts(connection: Connection) -> dict[str, tuple[int, int]]:
    """How many items there are of each kind, and how many of them were finished by as many people as wanted."""
    limit = overlap(connection)
    done = (
        select(queue_progress.c.item_id)
        .where(queue_progress.c.outcome == "done")
        .group_by(queue_progress.c.item_id)
        .having(func.count(queue_progress.c.annotator_id.distinct()) >= limit)
    )
    totals = select(queue_items.c.kind, func.count()).group_by(queue_items.c.kind)
    every = {kind: int(n) for kind, n in connection.execute(totals)}
    finished = {kind: int(n) for kind, n in connection.execute(totals.where(queue_items.c.id.in_(done)))}
    return {kind: (every.get(kind, 0), finished.get(kind, 0)) for kind in KINDS}
