"""Files that are whole and on the disk, or not there at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from aac.errors import DataError, NoRoomError, StoreError

_ROOM_TRIED_BYTES = 262_144
_FULL = (None, errno.ENOSPC, errno.EDQUOT)  # None: a library that writes files tells no number


def check_folder(folder: Path) -> None:
    """Raise `StoreError` where the data folder is gone: then nobody can say that there is no such thing in it."""
    if not folder.is_dir():
        raise StoreError(
            f"{folder} não está lá: ninguém pode ser reconhecido agora. Traga a pasta de volta.",
            f"{folder} is not there: nobody can be recognised now. Bring the folder back.",
        )


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


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder that stands at `path` when all went well, or not at all.

    Raises `DataError` where files are there already, `NoRoomError` where the disk takes nothing.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(
            f"{path} já existe e não está vazia. Escolha uma pasta nova.",
            f"{path} already holds files. Choose a new folder.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as temporary:
            made = Path(temporary) / path.name
            made.mkdir()
            yield made
            sync_tree(made)
            made.replace(path)
            sync_folder(path.parent)
    except BrokenPipeError:  # who listened to the progress went away
        raise
    except OSError as error:
        raise no_room(path, error) from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is there for a while only, among the system's temporary ones. Raises `NoRoomError`."""
    try:
        with tempfile.TemporaryDirectory(prefix="prancha-") as temporary:
            yield Path(temporary)
    except OSError as error:
        raise no_room(Path(tempfile.gettempdir()), error) from error


def check_room(folder: Path) -> None:
    """`NoRoomError` where `folder` takes nothing: its disk is full or failing, a quota is used up."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM_TRIED_BYTES))
            file.flush()
    except OSError as error:
        raise no_room(folder, error) from error


def sync_tree(folder: Path) -> None:
    """Wait until everything below `folder` is on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


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


def without_place(error: Exception, folder: Path) -> str:
    """What an error says, without telling where `folder` lies: people read it on a page."""
    said = (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
    return said.replace(str(folder), folder.name)


def no_room(path: Path, error: OSError) -> NoRoomError:
    """What to say when `path` cannot be written."""
    found_pt = found_en = str(error)
    what_pt, what_en = "Escolha outra pasta.", "Choose another folder."
    if error.errno in _FULL:
        what_pt, what_en = "Libere espaço ou escolha outra pasta.", "Free some space or choose another folder."
    if error.errno is None:  # the library's words alone, such as torch's “unexpected pos 64 vs 0”, tell nobody anything
        found_pt, found_en = f"o disco está cheio ou falha: {error}", f"the disk is full or failing: {error}"
    return NoRoomError(
        f"Não foi possível escrever em {path} ({found_pt}). {what_pt}",
        f"Could not write to {path} ({found_en}). {what_en}",
    )
