"""What was erased leaves no files behind: none of withdrawn versions, none of any whose making was cut off."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from aac.datasets.version_files import read_rows
from aac.errors import CorruptError
from aac.store.people import is_erased
from aac.store.versions import list_versions
from aac.workflow.archive import Archive


def remove_withdrawn(archive: Archive) -> None:
    """See to it, after an erasure and at every start, that no version's files hold what was erased.

    A published version stays: whoever has it, has it, and its owner is told.
    """
    with archive.database.read() as connection:
        states = {version.id: version.state for version in list_versions(connection)}
        for folder in archive.settings.versions_dir.glob("*/"):
            # Where the server was killed, or a person was faster, files lie that the database knows nothing of.
            if states.get(folder.name) == "withdrawn" or (
                folder.name not in states and _holds_erased(connection, folder)
            ):
                shutil.rmtree(folder, ignore_errors=True)


def _holds_erased(connection: Any, folder: Path) -> bool:
    try:
        return any(is_erased(connection, row.id) for row, _ in read_rows(folder))
    except CorruptError:  # half of a version: whoever freezes next clears it away
        return False
