"""Many small files of the log made into one a lineage, without the rows that were erased since."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.files import no_room
from aac.hub.access import HubAccess
from aac.hub.pulling import Wanted, pull_folder
from aac.hub.syncing import There, list_files, replace_files
from aac.workflow.log_files import LogFile, file_name, log_files, read_lines, to_bytes
from aac.workflow.shipped import shipped_prompts

_MANY_FILES = 500  # a folder of the Hub takes 10,000; a restore asks for each
_FILES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many files of rows there were, and how many there are."""

    before: int
    after: int


def is_worth_it(names: Collection[str], *, is_due: bool) -> bool:
    """Whether some lineage has many files, or, where it is due again, more than one."""
    counts: dict[str, int] = {}
    for file in log_files(names):
        counts[file.lineage] = counts.get(file.lineage, 0) + 1
    return max(counts.values(), default=0) > (1 if is_due else _MANY_FILES)


def compact(access: HubAccess, repository: str, scratch: Path) -> Compacted:
    """Put one file in the place of a lineage's many, in one commit; rows that were erased are not in it.

    The repository's earlier commits keep them. scratch: a folder to work in. Raises `HubError`, also where a server has
    added something meanwhile: then nothing was changed.
    """
    there = list_files(access, repository) or There("", frozenset())
    files = log_files(there.names)
    if not files:
        return Compacted(0, 0)
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=scratch, prefix=".prancha-compact-") as temporary:
            folder = Path(temporary) / "files"
            wanted = Wanted(repository, "dataset", there.commit, ("log/*",), found_max=_FILES_MAX)
            pull_folder(access, wanted, folder)
            made = _made(folder, files)
            changed = {path: data for path, data in made.items() if _bytes_of(folder / path) != data}
    except OSError as error:
        raise no_room(scratch, error) from error
    removed = {file.path for file in files} - set(made)
    if changed or removed:
        replace_files(access, repository, there.commit, changed, removed)
    return Compacted(len(files), len(made))


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _made(folder: Path, files: Iterable[LogFile]) -> dict[str, bytes]:
    """The files that there should be, by path."""
    lineages: dict[str, list[LogFile]] = {}
    for file in files:
        lineages.setdefault(file.lineage, []).append(file)
    gone = _Gone.of(line for file in files for line in read_lines(folder / file.path))
    made = {}
    for lineage, some in lineages.items():
        lines = (line for file in some for line in read_lines(folder / file.path))
        made[file_name(lineage, 0, max(file.last for file in some))] = to_bytes(gone.without(lines))
    return made


@dataclass(frozen=True, slots=True)
class _Gone:
    """What was erased: the ids, and the words that no prompt has any more. texts: those that some prompt has."""

    ids: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, lines: Iterable[tuple[str, dict[str, Any]]]) -> _Gone:
        ids, prompts = set(), {}
        for table, row in lines:
            if table == "tombstones":
                ids.add(row["row_id"])
            elif table == "prompts":
                prompts[row["id"]] = row["text"]
        kept = {text for row_id, text in prompts.items() if row_id not in ids}
        return cls(frozenset(ids), frozenset(kept | set(shipped_prompts())))

    def without(self, lines: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The lines that stay, each once."""
        seen = set()
        for table, row in lines:
            if row.get("id") in self.ids and table == "evaluations":  # its scores stay
                row = {**row, "answers": None}
            elif row.get("id") in self.ids or (table == "prompt_splits" and row["text"] not in self.texts):
                continue
            key = (table, json.dumps(row, sort_keys=True))
            if key not in seen:
                seen.add(key)
                yield table, row
