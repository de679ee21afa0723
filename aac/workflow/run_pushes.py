"""Pushes of runs' adapters to the Hub: how each stands is a row of its own, and any can be asked for again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from aac.errors import AacError, HubError, WrongCall
from aac.hub.access import HubAccess, need_token
from aac.store.adapters import PushEvent, StoredAdapter, adapter_of, add_push_event, last_push
from aac.store.runs import LostClaim, Run, find_run
from aac.workflow.active import name_of
from aac.workflow.archive import Archive
from aac.workflow.publishing import PublishOptions, nothing, publish_adapter
from aac.workflow.running import REPOSITORY, adapter_name

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushWish:
    """Where an adapter shall go (`OWNER/NAME`), whether its dataset version goes too, and whether all may see them."""

    repository: str
    with_dataset: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """What to push, and where to. run: whose configuration and scores go with the weights."""

    adapter: StoredAdapter
    run: Run
    wish: PushWish

    def event(self) -> PushEvent:
        """As it stands while it is under way."""
        version_id = self.run.version_id if self.wish.with_dataset else None
        return PushEvent(
            self.adapter.id,
            self.wish.repository,
            "pushing",
            run_id=self.run.id,
            version_id=version_id,
            is_public=self.wish.is_public,
        )


def ordered(run: Run) -> PushWish:
    """What was asked for together with the run; its repository is empty where nothing was."""
    return PushWish(str(run.options.get("push_to") or ""), bool(run.options.get("push_dataset")))


def as_before(archive: Archive, run: Run) -> PushWish:
    """What the run's last push was to do; where it was never pushed, what was asked for together with it."""
    with archive.database.read() as connection:
        last = last_push(connection, run.adapter_id, run.id) if run.adapter_id else None
    if last is None:
        return ordered(run)
    has_dataset = last.version_id is not None if last.run_id else bool(run.options.get("push_dataset"))
    return PushWish(last.repository, has_dataset, last.is_public)


def push_of(archive: Archive, run: Run, wish: PushWish) -> Push:
    """The push of a run's adapter; `WrongCall` where it has made none, or the repository's name is none."""
    with archive.database.read() as connection:
        adapter = adapter_of(connection, run.adapter_id)
    if adapter is None:
        raise WrongCall(
            f"O treino {run.id[:8]} não tem o que enviar: espere o adaptador.",
            f"Run {run.id[:8]} has nothing to push: wait for its adapter.",
        )
    wish = replace(wish, repository=wish.repository.strip())
    if not REPOSITORY.fullmatch(wish.repository):
        raise WrongCall(
            "Diga para onde enviar: DONO/NOME, só com letras sem acento, números, ponto, hífen e sublinhado.",
            "Say where to push it: OWNER/NAME, of letters a–z, digits, dots, hyphens and underscores only.",
        )
    return Push(adapter, run, wish)


def carry_out(archive: Archive, push: Push, token: str, guard: Callable[[], None] = nothing) -> PushEvent:
    """Push, and note how it goes; the same again makes no second commit. The outcome is in what comes back.

    guard: raises where the caller may push no more, which is the one thing that passes through.
    """
    begun = push.event()

    def report(pt: str, en: str) -> None:
        add_push_event(archive.database, replace(begun, pt=pt, en=en))

    add_push_event(archive.database, begun)
    try:
        event = _published(archive, push, token, PublishOptions(guard=guard, report=report))
    except AacError as error:
        event = replace(begun, state="failed", pt=error.pt, en=error.en)
        if isinstance(error, LostClaim):
            add_push_event(archive.database, event)
            raise
    except Exception as error:  # the training is done, whatever the Hub's client does
        _log.exception("a push failed")
        name = type(error).__name__
        event = replace(begun, state="failed", pt=f"Erro: {name}.", en=f"Error: {name}.")
    add_push_event(archive.database, event)
    return event


def _published(archive: Archive, push: Push, token: str, options: PublishOptions) -> PushEvent:
    if not token:
        raise _no_token()
    begun, own = push.event(), adapter_name(push.run)
    name = name_of(archive.settings, push.adapter, own)
    options = replace(options, is_public=push.wish.is_public, dataset_version=begun.version_id)
    published = publish_adapter(archive, name, push.wish.repository, token, options)
    pt, en = published.stayed_private() if push.wish.is_public else ("", "")
    event = replace(begun, state="done", commit_id=published.adapter.commit, pt=pt, en=en)
    if Path(name).name == own or push.adapter.run_id == push.run.id:
        return event
    # Runs of the same weights are one adapter; a folder that is gone is stood in for, but not in silence.
    gone = (
        f"a pasta deste treino não está mais aqui; foi a de {Path(name).name}, com os mesmos pesos",
        f"this run's folder is gone; that of {Path(name).name} was sent, whose weights are the same",
    )
    return replace(event, pt="; ".join(filter(None, (gone[0], pt))), en="; ".join(filter(None, (gone[1], en))))


def _no_token() -> HubError:
    """Of the process that pushed, which may be a worker elsewhere: the page may have a token all the same."""
    return HubError(
        "O processo que ia enviar não tem token do Hub. Ponha um, com permissão de escrita, em HF_TOKEN, onde ele e o "
        "app são iniciados, e inicie-os de novo (https://huggingface.co/settings/tokens). Depois, ou já, se o app tem "
        "token, use “Enviar de novo ao Hub”. O adaptador está guardado.",
        "The process that was to push has no Hub token. Put one with write permission into HF_TOKEN, where it and the "
        "app are started, and start them again (https://huggingface.co/settings/tokens). Then, or now if the app has "
        "a token, use “Push to the Hub again”. The adapter is kept.",
    )


@dataclass
class Pushes:
    """The pushes that people ask this process for, each in a thread: whoever asked may go away meanwhile."""

    archive: Archive
    _under_way: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, run_id: str, wish: PushWish | None = None) -> None:
        """Begin a push with the server's token; without a wish, the run's last one again.

        Raises `HubError` where there is no token, `WrongCall` where there is nothing to push or it is being done.
        """
        need_token(HubAccess.of(self.archive.settings))
        with self.archive.database.read() as connection:
            run = find_run(connection, run_id)
        push = push_of(self.archive, run, wish or as_before(self.archive, run))
        with self._lock:
            if run.id in self._under_way:
                raise WrongCall(
                    "Este adaptador já está sendo enviado. Espere que termine.",
                    "This adapter is being pushed already. Wait until that is done.",
                )
            self._under_way.add(run.id)
        try:
            add_push_event(self.archive.database, push.event())  # a page that looks at once finds it
            threading.Thread(target=self._carry_out, args=(push,), name="push", daemon=True).start()
        except BaseException:
            self._under_way.discard(run.id)
            raise

    def is_under_way(self, run_id: str) -> bool:
        """Whether this process is pushing a run's adapter now."""
        return run_id in self._under_way

    def _carry_out(self, push: Push) -> None:
        try:
            carry_out(self.archive, push, self.archive.settings.hub_token)
        except AacError as error:  # the database is away: how it went is not known, and it is offered again
            _log.warning("a push was not noted: %s", error)
        finally:
            self._under_way.discard(push.run.id)
