"""A list of what was erased beside the database: who puts an older copy of the database back gets none of it back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from aac.files import no_room, sync_file
from aac.store.database import Database
from aac.store.erasures import Tombstone, all_tombstones, erase_again

FILE_NAME = "tombstones.jsonl"


def keep_erased(database: Database, folder: Path) -> int:
    """Make the database and the list in `folder` hold the same tombstones; how many the database did not have.

    To be called when a database is opened and after each erasure. Only ids are listed, never words. Raises
    `NoRoomError` where the list cannot be written.
    """
    listed = _read(folder / FILE_NAME)
    with database.read() as connection:
        stored = {stone.row_id: stone for stone in all_tombstones(connection)}
    came_back = [stone for row_id, stone in listed.items() if row_id not in stored]
    _append(folder / FILE_NAME, [stone for row_id, stone in stored.items() if row_id not in listed])
    return erase_again(database, came_back) if came_back else 0


def _read(path: Path) -> dict[str, Tombstone]:
    found: dict[str, Tombstone] = {}
    try:
        for line in path.read_bytes().splitlines():
            try:
                stone = Tombstone(**json.loads(line))
                found[stone.row_id] = stone
            except (ValueError, TypeError):  # cut off in the middle: the database still has it, and lists it again
                continue
    except FileNotFoundError:
        pass
    except OSError as error:
        raise no_room(path, error) from error
    return found


def _append(path: Path, stones: Iterable[Tombstone]) -> None:
    lines = [json.dumps(asdict(stone)) + "\n" for stone in stones]
    if not lines:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("ab") as file:
            file.write(("\n" + "".join(lines)).encode())  # the line before may have been cut off
            sync_file(file)
    except OSError as error:
        raise no_room(path, error) from error
