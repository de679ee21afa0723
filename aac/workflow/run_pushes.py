"""Pushes of adapters to the Hub: how each stands is a row of its own, and a failed one can be tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from aac.errors import AacError, WrongCall
from aac.store.adapters import PushEvent, StoredAdapter, add_push_event, list_adapters
from aac.store.runs import LostClaim, Run, find_run
from aac.workflow.active import name_of
from aac.workflow.archive import Archive
from aac.workflow.publishing import PublishOptions, nothing, publish_adapter

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Push:
    """What to push, and where to. version_id: of the dataset that goes with it, None for none."""

    adapter: StoredAdapter
    repository: str
    version_id: str | None = None


def push_of(archive: Archive, run: Run, repository: str = "") -> Push:
    """The push that a run asked for, or one to `repository`; `WrongCall` where there is nothing to push, or nowhere."""
    with archive.database.read() as connection:
        adapter = next((a for a in list_adapters(connection) if a.id == run.adapter_id), None)
    target = repository or str(run.options.get("push_to") or "")
    if adapter is None or not target:
        raise WrongCall(
            f"O treino {run.id} não tem o que enviar: espere o adaptador, e diga para onde (DONO/NOME).",
            f"Run {run.id} has nothing to push: wait for its adapter, and say where to (OWNER/NAME).",
        )
    return Push(adapter, target, run.version_id if run.options.get("push_dataset") else None)


def carry_out(archive: Archive, push: Push, token: str, guard: Callable[[], None] = nothing) -> PushEvent:
    """Push, and note how it went; the same again makes no second commit. The outcome is in what comes back.

    guard: raises where the caller may push no more, which is the one thing that passes through.
    """
    add_push_event(archive.database, PushEvent(push.adapter.id, push.repository, "pushing"))
    try:
        options = PublishOptions(dataset_version=push.version_id, guard=guard)
        name = name_of(archive.settings, push.adapter)
        published = publish_adapter(archive, name, push.repository, token, options)
        event = PushEvent(push.adapter.id, push.repository, "done", commit_id=published.adapter.commit)
    except AacError as error:
        event = PushEvent(push.adapter.id, push.repository, "failed", error.pt, error.en)
        if isinstance(error, LostClaim):
            add_push_event(archive.database, event)
            raise
    except Exception as error:  # the training is done, whatever the Hub's client does
        _log.exception("a push failed")
        name = type(error).__name__
        event = PushEvent(push.adapter.id, push.repository, "failed", f"Erro: {name}.", f"Error: {name}.")
    add_push_event(archive.database, event)
    return event


def push_again(archive: Archive, run_id: str, token: str = "", repository: str = "") -> PushEvent:
    """Push a run's adapter (again), here and now. token: the person's own; empty for the server's."""
    with archive.database.read() as connection:
        run = find_run(connection, run_id)
    return carry_out(archive, push_of(archive, run, repository), token or archive.settings.hub_token)
