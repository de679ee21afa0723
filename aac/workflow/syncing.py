"""New annotations on their way to a private dataset repository: batch after batch, only ever added, resumed by itself.

What has arrived is known by the names of the files there (`data/ratings/1-40.jsonl`), so that neither a restart nor a
lost answer sends a row twice or leaves one out. One repository is for one database.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from aac.errors import AacError
from aac.hub.access import HubAccess
from aac.hub.syncing import append_files
from aac.store.database import now_utc
from aac.store.outgoing import TABLES, erased_ids, rows_after, waiting
from aac.workflow.archive import Archive
from aac.workflow.sync_card import SYNC_CARD

EVERY_S = 300.0
_ROWS_A_FILE = 2000
_STOP_S = 60.0
_ROWS_FILE = re.compile(r"data/([a-z]+)/\d+-(\d+)\.jsonl")
_log = logging.getLogger(__name__)


def send_new(archive: Archive, access: HubAccess, repository: str, rows_a_file: int = _ROWS_A_FILE) -> dict[str, int]:
    """Send all that is not there yet, a commit a batch; the last row that is there, by table.

    Raises `HubError` and `StoreError`.
    """
    before: dict[str, int] = {}
    while True:
        batch = _Batch(archive, rows_a_file)
        append_files(access, repository, "New annotations", batch.files)
        if not batch.is_full or batch.reached == before:  # a Hub that shows old names is asked again next time
            return batch.reached
        before = batch.reached


@dataclass
class _Batch:
    """The files of one commit, made of what is stored and of the names that are there."""

    archive: Archive
    rows_a_file: int
    is_full: bool = False
    reached: dict[str, int] = field(default_factory=dict)

    def files(self, names: frozenset[str]) -> Mapping[str, bytes]:
        """New files for a repository that holds `names`."""
        found: dict[str, bytes] = {}
        self.is_full = False
        self.reached = cursors(names)
        with self.archive.database.read() as connection:
            for table, seq in cursors(names).items():
                rows = rows_after(connection, table, seq, self.rows_a_file)
                if rows:
                    self.reached[table] = rows[-1]["seq"]
                    found[f"data/{table}/{rows[0]['seq']}-{rows[-1]['seq']}.jsonl"] = _lines(rows)
                self.is_full |= len(rows) == self.rows_a_file
            for erasure_id, ids in erased_ids(connection).items():
                # An erasure may go on after an interruption: then it has more rows, and another name.
                path = f"data/tombstones/{erasure_id}-{len(ids)}.jsonl"
                if path not in names:
                    found[path] = _lines({"row_id": row_id} for row_id in ids)
        if found and "README.md" not in names:
            found["README.md"] = SYNC_CARD.encode()
        return found


def cursors(names: Iterable[str]) -> dict[str, int]:
    """The number of the last row that is there, table by table."""
    found = dict.fromkeys(TABLES, 0)
    for name in names:
        match = _ROWS_FILE.fullmatch(name)
        if match and match[1] in found:
            found[match[1]] = max(found[match[1]], int(match[2]))
    return found


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@dataclass(frozen=True, slots=True)
class SyncState:
    """How it goes. waiting: rows not sent yet, None where that is not known: no round has succeeded in this process.

    error: why, where the last try failed, and failed_utc: when.
    """

    repository: str
    last_success_utc: str | None = None
    waiting: int | None = None
    error: AacError | None = None
    failed_utc: str | None = None


@dataclass
class AnnotationSync:
    """A thread that sends what is new every `every_s` seconds, and once more when it is stopped."""

    archive: Archive
    access: HubAccess
    repository: str
    every_s: float = EVERY_S
    _state: SyncState = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _reached: dict[str, int] | None = None

    def __post_init__(self) -> None:
        self._state = SyncState(self.repository)

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
        if self._reached is not None:
            with suppress(AacError), self.archive.database.read() as connection:
                left = waiting(connection, self._reached)
        return replace(self._state, waiting=left)

    def send(self, tries: int = 1) -> None:
        """One round. It never raises: what went wrong stands in `state()` and, without secrets, in the log."""
        try:
            self._reached = send_new(self.archive, replace(self.access, tries=tries), self.repository)
            self._state = SyncState(self.repository, now_utc())
        except AacError as error:
            self._failed(error)
        except Exception as error:  # a thread that dies of what nobody thought of would send nothing more
            said = type(error).__name__
            self._failed(
                AacError(f"O envio falhou ({said}); ele tenta de novo.", f"Sending failed ({said}); it tries again.")
            )

    def _failed(self, error: AacError) -> None:
        _log.warning("annotations were not sent: %s", error)
        self._state = replace(self._state, error=error, failed_utc=now_utc())

    def _run(self) -> None:
        self.send()
        while not self._stop.wait(self.every_s):
            self.send()
        self.send(self.access.tries)


def sync_of(archive: Archive) -> AnnotationSync | None:
    """The sending that the settings ask for, not begun yet; None where they ask for none."""
    settings = archive.settings
    if not settings.sync_repository:
        return None
    return AnnotationSync(archive, HubAccess.of(settings), settings.sync_repository)


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
