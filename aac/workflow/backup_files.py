"""The file that a backup is: unpacked as its manifest says it is, or not at all, whoever made it.

What it says of itself is checked before anything is written: an archive of a few kilobytes can hold a full disk.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from aac.datasets.version_files import FILES
from aac.errors import CorruptError, MissingError, NoRoomError
from aac.store.database import FILE_NAME as DATABASE
from aac.workflow.archive import SALT_FILE

FORMAT = 1
MANIFEST = "manifest.json"
VERSIONS = "versions"
_VERSION_FILE = re.compile(rf"{VERSIONS}/[a-z0-9][a-z0-9._-]{{0,200}}/({'|'.join(map(re.escape, FILES))})")
_PIECE_BYTES = 1 << 20
_MANIFEST_MAX_BYTES = 16_000_000
_SALT_MAX_BYTES = 4_096
# An empty database of ours packs to a thirtieth; nothing but zeros, to a thousandth.
_RATIO_MAX = 200
_SMALL_BYTES = 16_000_000
# It lies here for a while, once more in the database, and once more in that one's log until it is whole.
_TIMES_ON_DISK = 3
_KEPT_FREE_BYTES = 10_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,  # it is encrypted, or its manifest is nested without end
)


def copied(source: Any, target: Any, most_bytes: int | None = None) -> dict[str, Any]:
    """Copy, and say what: `size_bytes` and `sha256`. Raises `ValueError` once there is more than `most_bytes`."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
        if most_bytes is not None and size > most_bytes:
            raise ValueError(f"more than the {most_bytes} bytes it says")
        target.write(piece)
    return {"size_bytes": size, "sha256": digest.hexdigest()}


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Write every file of the backup below `folder`, each as its manifest says it is; gives the manifest.

    Raises `MissingError`, `CorruptError` and `NoRoomError`.
    """
    with _opened(path) as packed:
        manifest = _manifest(packed)
        sizes = _sizes(packed, manifest["files"])
        _check_sizes(path, folder, sum(sizes.values()))
        for name, size_bytes in sizes.items():
            target = folder / PurePosixPath(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(name) as source, target.open("xb") as file:
                if copied(source, file, size_bytes) != manifest["files"][name]:
                    raise ValueError(f"{name} is not what it was")
        _check_salt(folder / SALT_FILE, manifest)
        return manifest


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    with packed.open(MANIFEST) as file:
        content = file.read(_MANIFEST_MAX_BYTES + 1)
    if len(content) > _MANIFEST_MAX_BYTES:
        raise ValueError(f"{MANIFEST} is too large")
    manifest = json.loads(content)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"format {manifest.get('format')!r}" if isinstance(manifest, dict) else "no manifest")
    if not isinstance(manifest["salt_sha256"], str):
        raise ValueError("no salt")
    if DATABASE not in manifest["files"]:
        raise ValueError(f"no {DATABASE}")
    return manifest


def _sizes(packed: zipfile.ZipFile, files: Mapping[str, Any]) -> dict[str, int]:
    """How large each file will be: what the manifest says, where the archive says the same."""
    found = {}
    for name, said in files.items():
        if name not in (DATABASE, SALT_FILE) and not _VERSION_FILE.fullmatch(name):
            raise ValueError(f"unknown file {name[:100]!r}")
        entry, size_bytes = packed.getinfo(name), said["size_bytes"]
        if type(size_bytes) is not int or size_bytes != entry.file_size or entry.compress_type not in _METHODS:
            raise ValueError(f"{name} is not what it was")
        found[name] = size_bytes
    if found.get(SALT_FILE, 0) > _SALT_MAX_BYTES:
        raise ValueError(f"{SALT_FILE} is too large")
    return found


def _check_sizes(path: Path, folder: Path, size_bytes: int) -> None:
    """Raise before anything is written."""
    if size_bytes > _SMALL_BYTES + _RATIO_MAX * path.stat().st_size:
        raise ValueError(f"{size_bytes} bytes in so small a file")
    needed, free = _TIMES_ON_DISK * size_bytes + _KEPT_FREE_BYTES, shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoomError(
            f"Restaurar {path} pede {needed // 10**6} MB livres em {folder.parent}; há {free // 10**6} MB. Libere "
            "espaço ou use outra pasta de dados; nada foi mudado.",
            f"To restore {path} takes {needed // 10**6} MB free in {folder.parent}; there are {free // 10**6} MB. Free "
            "some space, or use another data folder; nothing was changed.",
        )


def _check_salt(file: Path, manifest: Mapping[str, Any]) -> None:
    if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() != manifest["salt_sha256"]:
        raise ValueError(f"{SALT_FILE} is not what it was")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingError(
            f"Não há arquivo {path}. Confira o caminho.", f"There is no file {path}. Check the path."
        ) from error
    except _DAMAGES as error:
        raise CorruptError(
            f"{path} não é uma cópia de segurança inteira da Prancha ({error}). Use outra cópia; nada foi mudado.",
            f"{path} is no whole backup of Prancha ({error}). Use another one; nothing was changed.",
        ) from error
