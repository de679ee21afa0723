"""Adapters as the database knows them: their evaluations, promotions and pushes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from aac.errors import WrongCall
from aac.store.database import Database, now_utc
from aac.store.schema import adapters, dataset_version_events, evaluations, promotions, push_events

PromotionKind = Literal["rule", "override", "rollback"]
PushState = Literal["pushing", "done", "failed"]
_PUSH_NOTE = ("pt", "en", "run_id", "version_id", "is_public")  # older rows have the first two


@dataclass(frozen=True, slots=True)
class StoredAdapter:
    """An adapter that was evaluated, promoted or pushed. name: "default", or its folder's name among the adapters."""

    id: str
    name: str
    base_model: str
    weights_sha256: str
    run_id: str | None
    created_utc: str


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """Scores on a version's test split. adapter_id None: the base model without an adapter.

    scores: the fields of `aac.records.Evaluation`. answers: the raw texts, in the order of the split's prompts.
    """

    id: str
    adapter_id: str | None
    version_id: str | None
    run_id: str | None
    data_sha256: str
    scores: Mapping[str, Any]
    answers: tuple[str, ...]
    created_utc: str = ""

    def is_comparable(self, other: StoredEvaluation) -> bool:
        """Whether both are on the same prompts, of the same base model, by the same protocol."""
        facts = ("base_model", "base_revision", "protocol")
        is_same = all(self.scores.get(fact) == other.scores.get(fact) for fact in facts)
        return is_same and self.data_sha256 == other.data_sha256


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of what speaks. adapter_id None: the shipped adapter."""

    id: str
    base_model: str
    adapter_id: str | None
    evaluation_id: str | None
    reason: str
    kind: PromotionKind
    created_utc: str = ""


@dataclass(frozen=True, slots=True)
class PushEvent:
    """How a push of an adapter stands. pt, en: what is being done, why it failed, or empty.

    commit_id: of the Hub's commit, once done. run_id: of the run whose configuration and scores go with the weights;
    version_id: of the dataset version that goes too, None for none.
    """

    adapter_id: str
    repository: str
    state: PushState
    pt: str = ""
    en: str = ""
    commit_id: str | None = None
    created_utc: str = ""
    run_id: str | None = None
    version_id: str | None = None
    is_public: bool = False


def add_adapter(
    database: Database, name: str, base_model: str, weights_sha256: str, run_id: str | None = None
) -> StoredAdapter:
    """The adapter with these weights, stored where it is new: the same weights on the same base are one adapter."""

    def work(connection: Connection) -> StoredAdapter:
        same = (adapters.c.base_model == base_model) & (adapters.c.weights_sha256 == weights_sha256)
        found = connection.execute(select(adapters).where(same)).first()
        if not found:
            values = {"id": str(uuid4()), "name": name, "base_model": base_model, "weights_sha256": weights_sha256}
            connection.execute(insert(adapters), {**values, "run_id": run_id, "created_utc": now_utc()})
            found = connection.execute(select(adapters).where(same)).one()
        return StoredAdapter(*found)

    return database.write_once(work)


def list_adapters(connection: Connection, base_model: str | None = None) -> list[StoredAdapter]:
    """Every adapter, the latest first."""
    query = select(adapters).order_by(adapters.c.created_utc.desc(), adapters.c.id)
    if base_model:
        query = query.where(adapters.c.base_model == base_model)
    return [StoredAdapter(*row) for row in connection.execute(query)]


def adapter_of(connection: Connection, adapter_id: str | None) -> StoredAdapter | None:
    """The adapter with this very id, where there is one."""
    found = connection.execute(select(adapters).where(adapters.c.id == adapter_id)).first() if adapter_id else None
    return StoredAdapter(*found) if found else None


def find_adapter(connection: Connection, name: str) -> StoredAdapter:
    """The adapter with this id, name, run or beginning of an id; the latest of several. `WrongCall` for none."""
    known = list_adapters(connection)
    for is_it in (
        lambda a: name in (a.id, a.name, a.run_id),
        lambda a: len(name) >= 4 and any(k and k.startswith(name) for k in (a.id, a.run_id)),
    ):
        for adapter in known:
            if is_it(adapter):
                return adapter
    there = ", ".join(adapter.name for adapter in known[:10]) or "-"
    raise WrongCall(
        f"Não há adaptador {name!r} avaliado aqui. Há: {there}.",
        f"No adapter {name!r} was evaluated here. There are: {there}.",
    )


def add_evaluation(database: Database, evaluation: StoredEvaluation) -> None:
    """Store an evaluation; the same id again is the same one. Without answers on a version withdrawn by now."""

    def work(connection: Connection) -> None:
        if connection.execute(select(evaluations.c.id).where(evaluations.c.id == evaluation.id)).first():
            return
        events = select(dataset_version_events.c.seq).where(
            dataset_version_events.c.version_id == evaluation.version_id, dataset_version_events.c.event == "withdrawn"
        )
        is_late = connection.scalar(events.limit(1)) is not None
        values = {
            "id": evaluation.id,
            "adapter_id": evaluation.adapter_id,
            "version_id": evaluation.version_id,
            "run_id": evaluation.run_id,
            "data_sha256": evaluation.data_sha256,
            "scores": json.dumps(dict(evaluation.scores), ensure_ascii=False),
            "answers": None if is_late else json.dumps(evaluation.answers, ensure_ascii=False),
            "created_utc": now_utc(),
        }
        connection.execute(insert(evaluations), values)

    database.write_once(work)


def list_evaluations(
    connection: Connection,
    adapter_ids: Sequence[str | None] | None = None,
    version_id: str | None = None,
    *,
    with_answers: bool = False,
) -> list[StoredEvaluation]:
    """Evaluations of these adapters (None among them: of no adapter) on that version, the latest first.

    with_answers: read what the models wrote too, which is much.
    """
    columns = [column for column in evaluations.c if with_answers or column is not evaluations.c.answers]
    query = select(*columns).order_by(evaluations.c.seq.desc())
    if adapter_ids is not None:
        some = [adapter_id for adapter_id in adapter_ids if adapter_id]
        where = evaluations.c.adapter_id.in_(some)
        query = query.where(where | evaluations.c.adapter_id.is_(None) if None in adapter_ids else where)
    if version_id:
        query = query.where(evaluations.c.version_id == version_id)
    return [
        StoredEvaluation(
            row.id,
            row.adapter_id,
            row.version_id,
            row.run_id,
            row.data_sha256,
            json.loads(row.scores),
            tuple(json.loads(row.answers or "[]")) if with_answers else (),
            row.created_utc,
        )
        for row in connection.execute(query)
    ]


def without_answers(connection: Connection) -> frozenset[str]:
    """The evaluations whose answers a person's erasure took, or that never had any; their ids."""
    return frozenset(connection.scalars(select(evaluations.c.id).where(evaluations.c.answers.is_(None))))


def add_promotion(database: Database, promotion: Promotion, expected_active: str | None) -> None:
    """Make an adapter the one that speaks, if `expected_active` still is; `WrongCall` where another was faster."""

    def work(connection: Connection) -> None:
        if connection.execute(select(promotions.c.id).where(promotions.c.id == promotion.id)).first():
            return
        current = active(connection, promotion.base_model)
        if (current.adapter_id if current else None) != expected_active:
            raise WrongCall(
                "Outra pessoa mudou o adaptador ativo agora mesmo. Veja a lista e decida de novo.",
                "Somebody else changed the active adapter just now. Look at the list and decide again.",
            )
        values: dict[str, str | None] = {
            "id": promotion.id,
            "base_model": promotion.base_model,
            "adapter_id": promotion.adapter_id,
        }
        values |= {"evaluation_id": promotion.evaluation_id, "reason": promotion.reason, "kind": promotion.kind}
        connection.execute(insert(promotions), {**values, "created_utc": now_utc()})

    database.write_once(work)


def list_promotions(connection: Connection, base_model: str | None = None) -> list[Promotion]:
    """Every promotion, the latest first."""
    query = select(promotions).order_by(promotions.c.seq.desc())
    if base_model:
        query = query.where(promotions.c.base_model == base_model)
    return [
        Promotion(
            row.id, row.base_model, row.adapter_id, row.evaluation_id, row.reason, row.kind or "rule", row.created_utc
        )
        for row in connection.execute(query)
    ]


def active(connection: Connection, base_model: str) -> Promotion | None:
    """The promotion that holds for a base model; None where nothing was ever promoted."""
    return next(iter(list_promotions(connection, base_model)), None)


def add_push_event(database: Database, event: PushEvent) -> None:
    """Note how a push stands."""
    with database.write() as connection:
        values = {name: getattr(event, name) for name in ("adapter_id", "repository", "state", "commit_id")}
        note = json.dumps({name: getattr(event, name) for name in _PUSH_NOTE}, ensure_ascii=False)
        connection.execute(insert(push_events), {**values, "note": note, "created_utc": now_utc()})


def last_push(connection: Connection, adapter_id: str, run_id: str | None = None) -> PushEvent | None:
    """The latest push event of an adapter; with run_id, of that run's pushes and those that name no run."""
    query = select(push_events).where(push_events.c.adapter_id == adapter_id).order_by(push_events.c.seq.desc())
    for row in connection.execute(query):
        note = json.loads(row.note)
        if run_id is None or note.get("run_id") in (None, run_id):
            known = {name: note[name] for name in _PUSH_NOTE if name in note}
            return PushEvent(
                row.adapter_id,
                row.repository,
                row.state,
                commit_id=row.commit_id,
                created_utc=row.created_utc,
                **known,
            )
    return None


def adapter_with_push(
    connection: Connection, adapter_id: str | None, run_id: str
) -> tuple[StoredAdapter | None, PushEvent | None]:
    """The adapter with this very id and how its push by this run stands, as far as there are such."""
    adapter = adapter_of(connection, adapter_id)
    return adapter, last_push(connection, adapter.id, run_id) if adapter else None
