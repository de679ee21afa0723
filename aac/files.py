"""Files that are whole and on the disk, or not there at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from aac.errors import NoRoomError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that stands at `path` once it is whole and on the disk, or not at all. Raises `NoRoomError`."""
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            yield file
            sync_file(file)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise no_room(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def sync_file(file: BinaryIO) -> None:
    """Wait until what was written to `file` is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def no_room(path: Path, error: OSError) -> NoRoomError:
    """What to say when `path` cannot be written."""
    return NoRoomError(
        f"Não foi possível escrever em {path} ({error}). Libere espaço ou escolha outra pasta.",
        f"Could not write to {path} ({error}). Free some space or choose another folder.",
    )
