"""What was erased leaves no files behind: of withdrawn versions, of their runs, of any whose making was cut off."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from aac.datasets.version_files import PART, read_rows
from aac.errors import CorruptError
from aac.store.people import is_erased
from aac.store.runs import list_runs
from aac.store.versions import list_versions
from aac.workflow.archive import Archive

FREEZE_LOCK = ".freeze.lock"
_RUNS_LOOKED_AT = 10_000
_log = logging.getLogger(__name__)


def remove_withdrawn(archive: Archive) -> None:
    """See to it, after an erasure, at every start and now and then, that no version's files hold what was erased, nor a
    run's copy of them.

    A published version stays: whoever has it, has it, and its owner is told. What cannot be removed is logged, and
    tried again the next time.
    """
    with archive.database.read() as connection:
        states = {version.id: version.state for version in list_versions(connection)}
        for folder in archive.settings.versions_dir.glob("*/"):
            # Where the server was killed, or a person was faster, files lie that the database knows nothing of.
            if states.get(folder.name) == "withdrawn" or (
                folder.name not in states and _holds_erased(connection, folder)
            ):
                _remove(folder)
        for run in list_runs(connection, limit=_RUNS_LOOKED_AT):
            if states.get(run.version_id or "") == "withdrawn":
                for name in ("data", "checkpoints"):  # weights that were fitted to the words
                    _remove(archive.settings.runs_dir / run.id / name)
    _remove_part(archive.settings.versions_dir)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        _log.error("%s holds what somebody erased and cannot be removed: remove it by hand", folder)


def _remove_part(folder: Path) -> None:
    """What a freeze that was cut off left half-written, unless one is under way."""
    if not (folder / PART).exists():
        return
    try:
        with FileLock(folder / FREEZE_LOCK).acquire(blocking=False):
            _remove(folder / PART)
    except (Timeout, OSError):  # the one under way sees to it itself
        pass


def _holds_erased(connection: Any, folder: Path) -> bool:
    try:
        return folder.name != PART and any(is_erased(connection, row.id) for row, _ in read_rows(folder))
    except CorruptError:  # half of a version: whoever freezes next clears it away
        return False
