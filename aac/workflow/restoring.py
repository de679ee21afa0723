"""What other databases, and this one's earlier lives, put into the log on the Hub, taken in: erasures first."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from aac.files import no_room
from aac.hub.access import HubAccess
from aac.hub.pulling import Wanted, pull_folder
from aac.hub.syncing import There, list_files
from aac.store.copying import Copied
from aac.store.erasures import Tombstone, erase_again
from aac.store.incoming import LogRow, take_in
from aac.store.outgoing import ANNOTATIONS, annotation_ids, begin_lineage, lineage_of
from aac.workflow.archive import Archive
from aac.workflow.log_files import OLD_FORM, log_files, read_rows
from aac.workflow.old_log import read_old
from aac.workflow.shipped import shipped_prompts
from aac.workflow.withdrawing import remove_withdrawn

_FILES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came out of the log. erased: of how many rows it was told there alone that they were erased."""

    copied: Copied
    erased: int
    names: frozenset[str] = frozenset()


def restore_from_hub(archive: Archive, access: HubAccess, repository: str) -> TakenIn:
    """Take in all that the log holds, and give this database its own name in it; all or, of the rows, nothing.

    Raises `HubError`, and what the database and the disk raise.
    """
    there = list_files(access, repository, is_made=True) or There("", frozenset())
    return _taken_in(archive, access, Wanted(repository, revision=there.commit or None), there.names, is_first=True)


def take_in_files(archive: Archive, access: HubAccess, repository: str, names: Collection[str]) -> TakenIn:
    """Take in these files of the log. Raises what `restore_from_hub` does."""
    return _taken_in(archive, access, Wanted(repository), names, is_first=False)


def wanted_files(names: Collection[str]) -> list[str]:
    """Those of these files that hold rows or tombstones."""
    return [file.path for file in log_files(names)] + sorted(name for name in names if _is_old(name))


def _is_old(name: str) -> bool:
    return name.startswith(OLD_FORM) and name.endswith(".jsonl")


def _taken_in(
    archive: Archive, access: HubAccess, wanted: Wanted, names: Collection[str], *, is_first: bool
) -> TakenIn:
    paths = tuple(wanted_files(names))
    try:
        archive.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.settings.data_dir, prefix=".prancha-log-") as temporary:
            folder = Path(temporary) / "files"
            if paths:
                files = ("log/*", f"{OLD_FORM}*") if is_first else paths
                pull_folder(access, replace(wanted, kind="dataset", files=files, found_max=_FILES_MAX), folder)
            rows, stones = _read(archive, folder, paths)
    except OSError as error:
        raise no_room(archive.settings.data_dir, error) from error
    taken = _store(archive, rows, stones, is_first=is_first)
    remove_withdrawn(archive)
    archive.keep_erased()
    return replace(taken, names=frozenset(names))


def _read(archive: Archive, folder: Path, paths: Collection[str]) -> tuple[list[LogRow], list[Tombstone]]:
    found = read_rows(folder, log_files(paths))
    known = {row.row["id"] for row in found if row.table in ANNOTATIONS}
    if any(map(_is_old, paths)):
        with archive.database.read() as connection:
            known |= annotation_ids(connection)
    rows, stones = read_old(folder, paths, known)
    told = [Tombstone(**row.row) for row in found if row.table == "tombstones"]
    return [*found, *rows], [*told, *stones]


def _store(archive: Archive, rows: list[LogRow], stones: list[Tombstone], *, is_first: bool) -> TakenIn:
    erased = erase_again(archive.database, stones, from_log=True)
    with archive.database.write() as connection:
        copied = take_in(connection, rows, shipped_prompts())
        if is_first and lineage_of(connection) is None:
            begin_lineage(connection)
    return TakenIn(copied, erased)
