"""Backups: what an archive that was lived in holds, as hashes; and backups that an earlier Prancha made."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import select

from aac.settings import Settings
from aac.store.copying import record_tables
from aac.store.database import FILE_NAME, Database
from aac.store.schema_version import revisions
from aac.workflow.annotating import Desk, erase
from aac.workflow.archive import SALT_FILE, Archive
from aac.workflow.backup_files import MANIFEST
from aac.workflow.backups import restore
from aac.workflow.generating import Speakers
from tests.store.make_schema_files import FOLDER
from tests.store.sample import fresh, new_id, rate, say_everything, shipped
from tests.workflow.cards import bring_in, card_file, contents, frozen

SALT = b"s" * 32
EARLIER = revisions()[:-1]
_OBJECTS = ("manifest", "request", "columns", "config", "options", "scores")
_LISTS = ("reasons", "cards", "contestants", "answers")


def hashes(database: Database) -> dict[str, str]:
    """The sha256 of each table's rows, in whatever order and under whatever running numbers they are stored."""
    with database.read() as connection:
        return {
            table.name: hashlib.sha256(
                "\n".join(
                    sorted(
                        json.dumps({name: value for name, value in row.items() if name != "seq"}, sort_keys=True)
                        for row in connection.execute(select(table)).mappings()
                    )
                ).encode()
            ).hexdigest()
            for table in record_tables()
        }


def live_in(archive: Archive, folder: Path, ana: str, bia: str) -> None:
    """People do everything there is to do, and one of them takes everything back. folder: for a file."""
    database = archive.database
    for person in (ana, bia):
        say_everything(database, person, fresh(database, person, f"Pedido de {person[:4]} \u2028 ação 👩🏽‍🦽"))
        rate(database, person, shipped(database, f"Pronto {person[:4]}")[0], verdict="fix", reasons=("image",))
    bring_in(archive, card_file(folder / "cards.csv", "Na praia", "No parque"))
    frozen(archive)
    erase(Desk(archive, Speakers(archive.settings)), bia, new_id())
    frozen(archive, "w")


@contextmanager
def restored(path: Path, folder: Path) -> Iterator[Archive]:
    """An empty machine on which this backup was brought back."""
    assert not folder.exists()
    opened = Archive(Settings(folder))
    restore(opened, path)
    yield opened
    opened.close()


@contextmanager
def packed_database(path: Path, folder: Path) -> Iterator[Database]:
    """The database in a backup, taken out into an empty folder."""
    folder.mkdir()
    with zipfile.ZipFile(path) as packed:
        (folder / FILE_NAME).write_bytes(packed.read(FILE_NAME))
    database = Database.open(folder)
    yield database
    database.close()


def version_files(archive: Archive) -> dict[str, str]:
    found = contents(archive.settings.versions_dir)
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items() if not name.startswith(".")}


def with_json(sql: str) -> str:
    """The rows of `tests/store/schemas` with JSON in the columns that hold JSON: there they hold any text.

    Without this a restore refuses them, as it refuses every database that this program could not read afterwards.
    """
    sql = re.sub(r"'note, (“ação” nº \d)'", r"""'{"pt": "\1", "en": "\1"}'""", sql)
    sql = re.sub(rf"'({'|'.join(_OBJECTS)}), (“ação” nº \d)'", r"""'{"\1": "\2"}'""", sql)
    return re.sub(rf"'({'|'.join(_LISTS)}), (“ação” nº \d)'", r"""'[["\1", "\2"]]'""", sql)


def database_of(revision: str, folder: Path) -> Path:
    """The kept database of this schema, as a file."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.executescript(with_json((FOLDER / f"{revision}.sql").read_text(encoding="utf-8")))
    return folder / FILE_NAME


def tables_of(revision: str) -> set[str]:
    """The tables of this schema that hold rows."""
    sql = (FOLDER / f"{revision}.sql").read_text(encoding="utf-8")
    return set(re.findall(r'^INSERT INTO "(\w+)"', sql, re.MULTILINE)) - {"alembic_version", "sqlite_sequence"}


def backup_of(revision: str, path: Path) -> Path:
    """A backup as a Prancha of that schema made it."""
    files = {FILE_NAME: database_of(revision, path.with_name("made")).read_bytes(), SALT_FILE: SALT}
    said = {name: {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    manifest = {"format": 1, "salt_sha256": hashlib.sha256(SALT).hexdigest(), "files": said}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
        packed.writestr(MANIFEST, json.dumps(manifest))
    return path
