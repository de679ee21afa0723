"""A backup of everything that people said, as one file, and its way back into this or another installation.

Bringing a backup back only adds: what is here stays, and what was erased here, or had been erased there, stays away.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from aac import __version__
from aac.datasets.version_files import FILES, verify
from aac.errors import MissingError, WrongCall
from aac.files import no_room, whole_file
from aac.store.checking import check_plain, check_readable
from aac.store.copying import Copied, copy_rows
from aac.store.database import Database
from aac.store.erasures import all_tombstones, erase_again
from aac.store.people import has_annotators
from aac.store.versions import list_versions
from aac.workflow.archive import SALT_FILE, Archive
from aac.workflow.backup_files import DATABASE, FORMAT, MANIFEST, VERSIONS, copied, unpack
from aac.workflow.withdrawing import remove_withdrawn


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of bringing a backup back. erased: of how many rows it was known there alone that they were erased."""

    copied: Copied
    erased: int
    versions: tuple[str, ...]


def back_up(archive: Archive, out: Path, replace: bool = False) -> dict[str, Any]:
    """Write everything into one .zip, whole or not at all, and return its manifest; people may go on meanwhile.

    It holds what people wrote and the salt of their pseudonyms: keep it as you would keep the database. It holds no
    logins. replace: whether a file that is there already may go. Raises `WrongCall`, `MissingError`, `NoRoomError`.
    """
    if out.suffix.lower() != ".zip":
        raise WrongCall(f"{out} não termina em .zip. Escolha um nome .zip.", f"{out} does not end in .zip. Use .zip.")
    if not out.parent.exists():
        raise MissingError(
            f"Não há pasta {out.parent}. Crie-a, ou confira o caminho; nada foi escrito.",
            f"There is no folder {out.parent}. Make it, or check the path; nothing was written.",
        )
    if out.exists() and not replace:
        raise WrongCall(
            f"{out} já existe e pode ser a sua única cópia. Use outro nome, ou --replace para pôr a nova no lugar; "
            "nada foi escrito.",
            f"{out} is there already and may be your only backup. Use another name, or --replace to put the new one in "
            "its place; nothing was written.",
        )
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".prancha-backup-") as folder:
            rows, versions = _copy_database(archive, Path(folder))
            paths = {DATABASE: Path(folder) / DATABASE, **_version_files(archive, versions)}
            with whole_file(out) as file:
                os.fchmod(file.fileno(), 0o600)  # it holds the salt of people's pseudonyms
                return _write_zip(file, archive, paths, rows)
    except OSError as error:
        raise no_room(out, error) from error


def _copy_database(archive: Archive, folder: Path) -> tuple[dict[str, int], list[str]]:
    """A SQLite database with every row, whatever kind the archive's is; and the versions that have files."""
    copy = Database.open(folder)
    try:
        with archive.database.read() as source, copy.write() as target:
            rows = copy_rows(source, target).new
            versions = [version.id for version in list_versions(source) if version.state != "withdrawn"]
    finally:
        copy.close()
    return rows, versions


def _version_files(archive: Archive, versions: list[str]) -> dict[str, Path]:
    folders = [archive.settings.versions_dir / version_id for version_id in versions]
    paths = (folder / name for folder in folders for name in FILES)
    return {f"{VERSIONS}/{path.parent.name}/{path.name}": path for path in paths if path.is_file()}


def _write_zip(file: BinaryIO, archive: Archive, paths: Mapping[str, Path], rows: dict[str, int]) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        for name, path in paths.items():
            with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
                files[name] = copied(source, target)
        if not archive.settings.salt:
            packed.writestr(SALT_FILE, archive.salt)
            files[SALT_FILE] = {"size_bytes": len(archive.salt), "sha256": hashlib.sha256(archive.salt).hexdigest()}
        manifest = {
            "format": FORMAT,
            "prancha": __version__,
            "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
            "salt_sha256": hashlib.sha256(archive.salt).hexdigest(),
            "rows": rows,
            "files": files,
        }
        packed.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
    return manifest


def restore(archive: Archive, path: Path) -> Restored:
    """Add what a backup holds and this installation does not. Asked for again, it adds nothing more.

    Raises `MissingError` where there is no such file, `CorruptError` where it is damaged, no backup, or made to fill
    the disk, `NoRoomError` where there is no room for it, `WrongCall` where its people's pseudonyms are not this
    server's. Then nothing was changed.
    """
    settings = archive.settings
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".prancha-restore-") as name:
            folder = Path(name)
            manifest = unpack(path, folder)
            for version in _new_versions(archive, folder):
                verify(version)
            with _opened_database(folder) as found:
                _take_salt(archive, folder, manifest)
                copied, erased = _add_rows(archive, found)
            versions = _add_versions(archive, folder)
    except OSError as error:
        raise no_room(settings.data_dir, error) from error
    remove_withdrawn(archive)
    archive.keep_erased()
    kept = tuple(version for version in versions if (settings.versions_dir / version).exists())
    return Restored(copied, erased, kept)


def _take_salt(archive: Archive, folder: Path, manifest: Mapping[str, Any]) -> None:
    """See to it that people find what is theirs again: their pseudonyms are made with the backup's salt."""
    mine = archive.known_salt()
    if mine and hashlib.sha256(mine).hexdigest() == manifest["salt_sha256"]:
        return
    theirs = folder / SALT_FILE
    if archive.settings.salt or not theirs.is_file():
        raise WrongCall(
            "Os pseudônimos da cópia foram feitos com outro PRANCHA_SALT. Use o mesmo de quando ela foi feita (ou "
            "nenhum, se não havia); nada foi mudado.",
            "The backup's pseudonyms were made with another PRANCHA_SALT. Use that of when it was made (or none, if "
            "there was none); nothing was changed.",
        )
    with archive.database.read() as connection:
        if mine and has_annotators(connection):
            raise WrongCall(
                "Já há pessoas neste banco de dados, com pseudônimos de outro sal: as da cópia não se reencontrariam. "
                "Restaure em uma pasta de dados nova; nada foi mudado.",
                "There are people in this database already, under pseudonyms of another salt: those of the backup "
                "would not find themselves again. Restore into a new data folder; nothing was changed.",
            )
    archive.take_salt(theirs.read_bytes())


@contextmanager
def _opened_database(folder: Path) -> Iterator[Database]:
    """The backup's rows, in this program's schema, once they are known to be readable."""
    check_plain(folder)
    found = Database.open(folder)  # moves an older schema forward
    try:
        with found.read() as source:
            check_readable(source)
        yield found
    finally:
        found.close()


def _add_rows(archive: Archive, found: Database) -> tuple[Copied, int]:
    with found.read() as source:
        stones = all_tombstones(source)
    erased = erase_again(archive.database, stones)
    with found.read() as source, archive.database.write() as target:
        return copy_rows(source, target), erased


def _new_versions(archive: Archive, folder: Path) -> list[Path]:
    found = sorted((folder / VERSIONS).glob("*/"))
    return [source for source in found if not (archive.settings.versions_dir / source.name).exists()]


def _add_versions(archive: Archive, folder: Path) -> tuple[str, ...]:
    added = []
    for source in _new_versions(archive, folder):
        target = archive.settings.versions_dir / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        added.append(source.name)
    return tuple(added)
