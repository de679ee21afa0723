"""The thread that keeps this database and the log on the Hub level: what is there comes in, what is new goes out."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from aac.errors import AacError, HubError
from aac.hub.access import HubAccess
from aac.settings import Settings
from aac.store.database import now_utc
from aac.store.outgoing import lineage_of, waiting
from aac.store.people import has_annotators
from aac.workflow.archive import Archive
from aac.workflow.compacting import compact, is_worth_it
from aac.workflow.log_files import cursors, log_files
from aac.workflow.restoring import restore_from_hub, take_in_files
from aac.workflow.sending import Sent, send_new

EVERY_S = 300.0
SPACE_EVERY_S = 60.0  # a Space's disk goes with each restart; the Hub takes 128 commits an hour
_STOP_S = 60.0
_SPACE_STOP_S = 5.0  # how long a Space may take to end is written nowhere
_COMPACT_EVERY_S = 86_400.0
_FRESH_S = 600.0
_log = logging.getLogger(__name__)


def every_s(settings: Settings) -> float:
    """How often rows go to the Hub."""
    return SPACE_EVERY_S if settings.space_id else EVERY_S


@dataclass(frozen=True, slots=True)
class SyncState:
    """How it goes. waiting: rows not sent yet, None where that is not known: no round has succeeded in this process.

    error: why, where the last try failed, and failed_utc: when. every_s: how often it is tried.
    """

    repository: str
    last_success_utc: str | None = None
    waiting: int | None = None
    error: AacError | None = None
    failed_utc: str | None = None
    every_s: float = EVERY_S


@dataclass
class AnnotationSync:
    """A thread that sends what is new every `every_s` seconds, and once more when it is stopped.

    A database that has no name in the log yet takes in first what the log holds.
    """

    archive: Archive
    access: HubAccess
    repository: str
    every_s: float = EVERY_S
    _state: SyncState = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _round: threading.Lock = field(default_factory=threading.Lock)
    _sent: Sent | None = None
    _taken: dict[str, int] = field(default_factory=dict)  # the last row that came in, by lineage
    _succeeded_s: float | None = None
    _compacted_s: float | None = None
    _is_restored: bool = False

    def __post_init__(self) -> None:
        self._state = SyncState(self.repository, every_s=self.every_s)

    def start(self) -> None:
        """Begin with a round at once: an earlier process may have left something behind."""
        self._thread = threading.Thread(target=self._run, name="annotation-sync", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send what is left and end, within a minute; what the Hub does not take now goes at the next start."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_STOP_S)

    def state(self) -> SyncState:
        """How it goes, for a page; what waits is counted now."""
        left = None
        if self._sent is not None:
            with suppress(AacError), self.archive.database.read() as connection:
                left = waiting(connection, self._sent.reached)
        return replace(self._state, waiting=left)

    def place(self) -> tuple[str | None, int]:
        """This database's name in the log, and the last of its changes that is there, as far as it is known here.

        Raises `StoreError`.
        """
        if self._sent:
            return self._sent.lineage, self._sent.reached
        with self.archive.database.read() as connection:
            return lineage_of(connection), 0

    def is_restoring(self) -> bool:
        """Whether what the log holds must come in before anybody is asked for more: nobody has said anything here yet.

        Raises `StoreError`.
        """
        if not self._is_restored:
            with self.archive.database.read() as connection:
                self._is_restored = lineage_of(connection) is not None or has_annotators(connection)
        return not self._is_restored

    def is_level(self) -> bool:
        """Whether a round has succeeded in the last ten minutes, and nothing says that none will."""
        error = self._state.error
        is_final = isinstance(error, HubError) and not error.is_retryable
        return not is_final and self._succeeded_s is not None and time.monotonic() - self._succeeded_s < _FRESH_S

    def send(self, tries: int = 1) -> None:
        """One round. It never raises: what went wrong stands in `state()` and, without secrets, in the log."""
        try:
            with self._round:
                self._go_round(replace(self.access, tries=tries))
            self._succeeded_s = time.monotonic()
            self._state = SyncState(self.repository, now_utc(), every_s=self.every_s)
        except AacError as error:
            self._failed(error)
        except Exception as error:  # a thread that dies of what nobody thought of would send nothing more
            said = type(error).__name__
            self._failed(
                AacError(f"O envio falhou ({said}); ele tenta de novo.", f"Sending failed ({said}); it tries again.")
            )

    def _go_round(self, access: HubAccess) -> None:
        with self.archive.database.read() as connection:
            has_name = lineage_of(connection) is not None
        if not has_name:
            restored = restore_from_hub(self.archive, access, self.repository)
            self._taken = cursors(restored.names)
            _log.info("restored from the Hub: %s", restored.copied.new)
        self._sent = send_new(self.archive, access, self.repository)
        self._take_in_others(access, self._sent)
        self._compact(access, self._sent)

    def _take_in_others(self, access: HubAccess, sent: Sent) -> None:
        files = [file for file in log_files(sent.names) if file.lineage != sent.lineage]
        new = [file.path for file in files if file.last > self._taken.get(file.lineage, 0)]
        if new:
            take_in_files(self.archive, access, self.repository, new)
            self._taken |= cursors(new)

    def _compact(self, access: HubAccess, sent: Sent) -> None:
        is_due = self._compacted_s is None or time.monotonic() - self._compacted_s > _COMPACT_EVERY_S
        if is_worth_it(sent.names, is_due=is_due):
            self._compacted_s = time.monotonic()
            try:
                compact(access, self.repository, self.archive.settings.data_dir)
            except AacError as error:  # such as somebody having added something: nothing was changed, and it can wait
                _log.info("the files on the Hub stay as they are: %s", error)

    def _failed(self, error: AacError) -> None:
        _log.warning("annotations were not sent: %s", error)
        self._state = replace(self._state, error=error, failed_utc=now_utc())

    def _run(self) -> None:
        self.send()
        while not self._stop.wait(self.every_s):
            self.send()
        if self.archive.settings.space_id:
            self.access = replace(self.access, timeout_s=min(self.access.timeout_s, _SPACE_STOP_S))
            self.send()
        else:
            self.send(self.access.tries)


def sync_of(archive: Archive) -> AnnotationSync | None:
    """The sending that the settings ask for, not begun yet; None where they ask for none."""
    settings = archive.settings
    if not settings.sync_repository:
        return None
    return AnnotationSync(archive, HubAccess.of(settings), settings.sync_repository, every_s(settings))


@contextmanager
def syncing(sync: AnnotationSync | None) -> Iterator[None]:
    """Send new annotations meanwhile, and what is left at the end; also where a container is asked to end (SIGTERM)."""
    if sync is None:
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sync.start()
    try:
        yield
    finally:
        sync.stop()
        signal.signal(signal.SIGTERM, before)
