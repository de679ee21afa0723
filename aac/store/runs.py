"""Runs: what was asked for, who works on each, and what became of it. Rows only come; the latest event holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Select, func, insert, select

from aac.errors import StoreError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import run_claims, run_events, runs

RunState = Literal["queued", "running", "evaluating", "pushing", "done", "failed", "cancelled"]
RUN_STATES: tuple[RunState, ...] = get_args(RunState)
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled"})
RESUMABLE: frozenset[str] = frozenset({"failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A state that a run took. pt, en: why, or empty. adapter_id: of what was made, if known."""

    state: RunState
    pt: str
    en: str
    created_utc: str
    adapter_id: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One fine-tune. config: the fields of its `TrainConfig`; options: `preset`, `place` and `push`, where given.

    attempt: how often it was put into the queue, from 1.
    """

    id: str
    version_id: str | None
    config: Mapping[str, Any]
    options: Mapping[str, Any]
    created_utc: str
    events: tuple[RunEvent, ...] = field(default=())

    @property
    def state(self) -> RunState:
        """The state that holds."""
        return self.events[-1].state

    @property
    def attempt(self) -> int:
        """How often it was queued."""
        return sum(event.state == "queued" for event in self.events)

    @property
    def adapter_id(self) -> str | None:
        """The adapter that it made, once it has; runs of the same weights made the same one."""
        return next((event.adapter_id for event in reversed(self.events) if event.adapter_id), None)

    @property
    def queued_utc(self) -> str:
        """When it was last put into the queue."""
        return [event.created_utc for event in self.events if event.state == "queued"][-1]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in ENDED


class LostClaim(StoreError):
    """Another worker has taken the run, or a person ended it: whoever meets this writes nothing more."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"O treino {run_id} já não é deste processo: outro o assumiu ou ele foi encerrado.",
            f"Run {run_id} is no longer this process's: another took it over, or it was ended.",
        )
        self.run_id = run_id

    def __reduce__(self) -> tuple[type[LostClaim], tuple[str]]:  # type: ignore[override]
        return type(self), (self.run_id,)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a run, until a later number is given out."""

    run_id: str
    number: int
    worker: str
    attempt: int


def add_run(
    database: Database, run_id: str, version_id: str | None, config: Mapping[str, Any], options: Mapping[str, Any]
) -> bool:
    """Store a run as queued; whether it is new. The same id again is the same run."""

    def work(connection: Connection) -> bool:
        if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first():
            return False
        values = {"id": run_id, "version_id": version_id, "created_utc": now_utc()}
        values |= {"config": json.dumps(dict(config)), "options": json.dumps(dict(options))}
        connection.execute(insert(runs), values)
        _add_event(connection, run_id, "queued")
        return True

    return database.write_once(work)


def find_run(connection: Connection, run_id: str) -> Run:
    """The run with this id, or with the only id that begins so; `WrongCall` where there is none."""
    found = _read(connection, select(runs).where(runs.c.id.startswith(run_id, autoescape=True)).limit(2))
    if len(found) != 1 or not run_id:
        raise WrongCall(
            f"Não há um treino {run_id!r}. Veja os que há com: python -m aac runs",
            f"There is no run {run_id!r}. See those that there are with: python -m aac runs",
        )
    return found[0]


def run_of(connection: Connection, run_id: str) -> Run | None:
    """The run with this very id, where there is one."""
    return next(iter(_read(connection, select(runs).where(runs.c.id == run_id))), None)


def list_runs(connection: Connection, limit: int = 200) -> list[Run]:
    """The latest runs, newest first."""
    return _read(connection, select(runs).order_by(runs.c.created_utc.desc(), runs.c.id).limit(limit))


def open_runs(connection: Connection) -> list[Run]:
    """The runs that have not ended, in the order in which they were queued."""
    latest = select(func.max(run_events.c.seq)).group_by(run_events.c.run_id)
    ids = select(run_events.c.run_id).where(run_events.c.seq.in_(latest), run_events.c.state.not_in(ENDED))
    return sorted(_read(connection, select(runs).where(runs.c.id.in_(ids))), key=lambda run: run.queued_utc)


def _read(connection: Connection, query: Select[Any]) -> list[Run]:
    """The runs of rows of `runs`, in their order, with what became of them."""
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    events: dict[str, list[RunEvent]] = {}
    for row in connection.execute(select(run_events).where(run_events.c.run_id.in_(ids)).order_by(run_events.c.seq)):
        note = json.loads(row.note)
        event = RunEvent(row.state, note["pt"], note["en"], row.created_utc, note.get("adapter_id"))
        events.setdefault(row.run_id, []).append(event)
    return [
        Run(
            row.id,
            row.version_id,
            json.loads(row.config),
            json.loads(row.options or "{}"),
            row.created_utc,
            tuple(events.get(row.id, [RunEvent("queued", "", "", row.created_utc)])),
        )
        for row in rows
    ]


def claim_run(database: Database, run_id: str, worker: str, attempt: int | None = None) -> Claim:
    """Take the run over, from whoever had it; `LostClaim` where it has ended meanwhile, or was queued anew since
    `attempt`.
    """

    def work(connection: Connection) -> Claim:
        run = find_run(connection, run_id)
        if run.has_ended or attempt not in (None, run.attempt):
            raise LostClaim(run_id)
        number = _latest_claim(connection, run_id) + 1
        values = {"run_id": run_id, "number": number, "worker": worker, "created_utc": now_utc()}
        connection.execute(insert(run_claims), values)
        return Claim(run_id, number, worker, run.attempt)

    return database.write_once(work)


def holds(connection: Connection, claim: Claim) -> bool:
    """Whether the claim is the latest, and the run is still to be worked on."""
    run = find_run(connection, claim.run_id)
    is_latest = (_latest_claim(connection, claim.run_id), run.attempt) == (claim.number, claim.attempt)
    return is_latest and not run.has_ended


def claimed_by(connection: Connection, run_id: str) -> str | None:
    """The worker that has the run; None where it was never taken."""
    query = select(run_claims.c.worker).where(run_claims.c.run_id == run_id).order_by(run_claims.c.number.desc())
    return connection.scalar(query.limit(1))


@dataclass(frozen=True, slots=True)
class Note:
    """What a worker tells with a state: why, in both languages, and the adapter that it made."""

    pt: str = ""
    en: str = ""
    adapter_id: str | None = None


def note_state(database: Database, claim: Claim, state: RunState, note: Note | None = None) -> None:
    """A worker tells how its run stands, each state once; `LostClaim` where the run is no longer its own."""

    def work(connection: Connection) -> None:
        if not holds(connection, claim):
            raise LostClaim(claim.run_id)
        if find_run(connection, claim.run_id).state != state:
            _add_event(connection, claim.run_id, state, note)

    database.write_once(work)


def cancel_run(database: Database, run_id: str) -> bool:
    """End a run at a person's wish; whether it had not ended by itself. Its worker sees that and stops."""

    def work(connection: Connection) -> bool:
        run = find_run(connection, run_id)
        if not run.has_ended:
            _add_event(connection, run.id, "cancelled")
        return not run.has_ended

    return database.write_once(work)


def requeue_run(database: Database, run_id: str) -> bool:
    """Put a failed or cancelled run back into the queue; whether it was one. `WrongCall` where it is done."""

    def work(connection: Connection) -> bool:
        run = find_run(connection, run_id)
        if run.state == "done":
            raise WrongCall(
                f"O treino {run.id} já terminou; não há o que continuar. Comece outro.",
                f"Run {run.id} is done; there is nothing to resume. Start another.",
            )
        if run.state in RESUMABLE:
            _add_event(connection, run.id, "queued")
        return run.state in RESUMABLE

    return database.write_once(work)


def _latest_claim(connection: Connection, run_id: str) -> int:
    return connection.scalar(select(func.max(run_claims.c.number)).where(run_claims.c.run_id == run_id)) or 0


def _add_event(connection: Connection, run_id: str, state: RunState, note: Note | None = None) -> None:
    said = json.dumps(asdict(note or Note()), ensure_ascii=False)
    values = {"run_id": run_id, "state": state, "note": said, "created_utc": now_utc()}
    connection.execute(insert(run_events), values)
