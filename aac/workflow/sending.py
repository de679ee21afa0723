"""New rows on their way into the log on the Hub: batch after batch, only ever added, resumed by itself.

What has arrived is known by the names of the files there, so that neither a restart nor a lost answer sends a row twice
or leaves one out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aac.hub.access import HubAccess
from aac.hub.syncing import CARD, append_files
from aac.store.outgoing import begin_lineage, changes_after, last_change, lineage_of, rows_of
from aac.workflow.archive import Archive
from aac.workflow.log_files import cursors, file_name, to_bytes
from aac.workflow.sync_card import SYNC_CARD

_ROWS_A_FILE = 2000


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a round has come to. reached: the last change of `lineage` that is there. names: the files that are."""

    lineage: str
    reached: int
    names: frozenset[str]


def send_new(archive: Archive, access: HubAccess, repository: str, rows_a_file: int = _ROWS_A_FILE) -> Sent:
    """Send all that is not there yet, a commit a batch. Raises `HubError` and `StoreError`."""
    before = -1
    while True:
        batch = _Batch(archive, _own_lineage(archive), rows_a_file)
        added = append_files(access, repository, "New annotations", batch.files)
        if batch.is_behind:  # an older copy of the database was put back: its new rows have numbers that were used
            _own_lineage(archive, is_new=True)
        elif not batch.is_full or batch.reached == before:  # a Hub that shows old names is asked again next time
            return Sent(batch.lineage, batch.reached, batch.names | set(added))
        before = batch.reached


def _own_lineage(archive: Archive, *, is_new: bool = False) -> str:
    with archive.database.read() as connection:
        found = lineage_of(connection)
    if found and not is_new:
        return found
    with archive.database.write() as connection:
        return (None if is_new else lineage_of(connection)) or begin_lineage(connection)


@dataclass
class _Batch:
    """The files of one commit, made of what is stored and of the names that are there."""

    archive: Archive
    lineage: str
    rows_a_file: int
    is_full: bool = False
    is_behind: bool = False
    reached: int = 0
    names: frozenset[str] = field(default_factory=frozenset)

    def files(self, names: frozenset[str]) -> Mapping[str, bytes]:
        """New files for a repository that holds `names`."""
        self.names = names
        there = cursors(names)
        with self.archive.database.read() as connection:
            cursor = self.reached = there.get(self.lineage, 0)
            self.is_behind = cursor > last_change(connection)
            if self.is_behind:
                return {}
            # Where nothing is there that came from elsewhere, the repository was made anew, and is told all of it.
            found = self._next_rows(connection, cursor, is_whole=not set(there) - {self.lineage})
        if found and (cursor == 0 or CARD not in names):
            found[CARD] = SYNC_CARD.encode()
        return found

    def _next_rows(self, connection: Any, cursor: int, *, is_whole: bool) -> dict[str, bytes]:
        while True:
            some = changes_after(connection, self.reached, self.rows_a_file, with_taken_in=is_whole)
            self.is_full = len(some) == self.rows_a_file
            rows = list(rows_of(connection, some))
            self.reached = some[-1].seq if some else self.reached
            if rows:
                return {file_name(self.lineage, cursor + 1, self.reached): to_bytes(rows)}
            if not self.is_full:  # all of these were erased before they were sent
                return {}
