"""A backup comes back as it was: the same hash of every table, also of one made while people go on, or long ago."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from aac.errors import CorruptError
from aac.settings import Settings
from aac.store.copying import record_tables
from aac.store.database import FILE_NAME, Database
from aac.store.schema import corrections, ratings
from aac.store.schema_version import revisions
from aac.workflow import versions
from aac.workflow.annotating import Desk, erase
from aac.workflow.archive import SALT_FILE, Archive
from aac.workflow.backup_files import MANIFEST
from aac.workflow.backups import back_up, restore
from aac.workflow.generating import Speakers
from tests.store.make_schema_files import FOLDER, ROWS
from tests.store.sample import (
    cast,
    compare_item,
    consented,
    correct,
    fresh,
    new_id,
    rate,
    shipped,
    stored_rows,
)
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


@contextmanager
def restored(path: Path, folder: Path) -> Iterator[Archive]:
    """An empty machine on which this backup was brought back."""
    assert not folder.exists()
    opened = Archive(Settings(folder))
    restore(opened, path)
    yield opened
    opened.close()


def version_files(archive: Archive) -> dict[str, str]:
    found = contents(archive.settings.versions_dir)
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items() if not name.startswith(".")}


@pytest.fixture
def lived_in(archive: Archive, ana: str, bia: str, tmp_path: Path) -> Archive:
    """An archive in which people did everything there is to do, and one of them took everything back."""
    database = archive.database
    for person in (ana, bia):
        answer = fresh(database, person, f"Pedido de {person[:4]} \u2028 ação 👩🏽‍🦽")
        rate(database, person, answer, card_index=0)
        rate(database, person, shipped(database, f"Pronto {person[:4]}")[0], verdict="fix", reasons=("image",))
        correct(database, person, answer)
        cast(database, person, compare_item(database, person, f"Comparar {person[:4]}"))
    bring_in(archive, card_file(tmp_path / "cards.csv", "Na praia", "No parque"))
    frozen(archive)
    erase(Desk(archive, Speakers(archive.settings)), bia, new_id())
    frozen(archive, "w")
    return archive


def test_an_empty_machine_has_every_table_and_file_as_they_were(lived_in: Archive, tmp_path: Path):
    before = hashes(lived_in.database), version_files(lived_in), lived_in.annotator_id("a" * 32)
    back_up(lived_in, tmp_path / "b.zip")

    with restored(tmp_path / "b.zip", tmp_path / "new") as found:
        assert (hashes(found.database), version_files(found), found.annotator_id("a" * 32)) == before


def test_a_backup_of_what_was_restored_holds_the_same_again(lived_in: Archive, tmp_path: Path):
    before = hashes(lived_in.database)
    back_up(lived_in, tmp_path / "b.zip")

    with restored(tmp_path / "b.zip", tmp_path / "second") as second:
        back_up(second, tmp_path / "c.zip")
    with restored(tmp_path / "c.zip", tmp_path / "third") as third:
        assert hashes(third.database) == before


def test_one_changed_letter_is_another_hash(lived_in: Archive):
    before = hashes(lived_in.database)

    correct(lived_in.database, ana := consented(lived_in.database), fresh(lived_in.database, ana, "x"))

    assert {name for name, value in hashes(lived_in.database).items() if value != before[name]} == {
        "annotators",
        "consents",
        "prompts",
        "generations",
        "corrections",
    }


# --- while people go on -----------------------------------------------------------------------------------------------


@contextmanager
def somebody_rating(archive: Archive, annotator_id: str) -> Iterator[list[str]]:
    """Ratings come one after the other all the while; gives the ids of those that were acknowledged."""
    acknowledged: list[str] = []
    begun, enough = threading.Event(), threading.Event()

    def go_on() -> None:
        while not enough.is_set():
            answer = fresh(archive.database, annotator_id, f"Pedido {len(acknowledged)}")
            acknowledged.append(rate(archive.database, annotator_id, answer).id)
            if len(acknowledged) == 5:
                begun.set()

    thread = threading.Thread(target=go_on)
    thread.start()
    assert begun.wait(60)
    try:
        yield acknowledged
    finally:
        enough.set()
        thread.join()


def test_a_backup_made_while_people_go_on_is_one_moment_and_comes_back_with_its_hashes(
    lived_in: Archive, ana: str, tmp_path: Path
):
    with somebody_rating(lived_in, ana) as acknowledged:
        before = len(acknowledged)
        back_up(lived_in, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        (tmp_path / "packed").mkdir()
        (tmp_path / "packed" / FILE_NAME).write_bytes(packed.read(FILE_NAME))
    backed_up = Database.open(tmp_path / "packed")

    with restored(tmp_path / "b.zip", tmp_path / "new") as found:
        assert hashes(found.database) == hashes(backed_up)
        with found.database.read() as connection:
            came = set(connection.scalars(select(ratings.c.id))) & set(acknowledged)
    backed_up.close()
    assert len(came) >= before
    assert came == set(acknowledged[: len(came)])


# --- of an earlier schema ---------------------------------------------------------------------------------------------


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


def test_there_is_a_kept_database_of_every_earlier_schema():
    assert sorted(path.stem for path in FOLDER.glob("*.sql")) == EARLIER


@pytest.mark.parametrize("revision", EARLIER)
def test_a_backup_of_an_earlier_schema_is_on_an_empty_machine_what_the_upgraded_database_is(
    revision: str, tmp_path: Path
):
    upgraded = Database.open(database_of(revision, tmp_path / "upgraded").parent)
    expected = hashes(upgraded)

    with restored(backup_of(revision, tmp_path / "b.zip"), tmp_path / "new") as found:
        assert hashes(found.database) == expected
        counts = {table.name: stored_rows(found.database, table) for table in record_tables()}
    upgraded.close()

    assert {name: count for name, count in counts.items() if count} == dict.fromkeys(tables_of(revision), ROWS)


@pytest.mark.parametrize("revision", EARLIER)
def test_a_backup_of_an_earlier_schema_goes_beside_what_is_here_and_only_once(
    revision: str, lived_in: Archive, tmp_path: Path
):
    path = backup_of(revision, tmp_path / "b.zip")
    lived_in.take_salt(SALT)  # the same installation, later
    before = {table: stored_rows(lived_in.database, table) for table in record_tables()}

    restore(lived_in, path)
    once = {table: stored_rows(lived_in.database, table) for table in record_tables()}
    again = restore(lived_in, path)

    assert {table.name: once[table] - before[table] for table in once if table.name in tables_of(revision)} == (
        dict.fromkeys(tables_of(revision), ROWS)
    )
    assert (again.copied.new, again.copied.left_out) == ({}, 0)
    assert len(versions.list_versions(lived_in)) == 2 + ROWS


def test_rows_that_this_program_cannot_read_are_refused_and_not_half_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.workflow.test_backups_hashes.with_json", lambda sql: sql)
    path = backup_of("0005", tmp_path / "b.zip")
    opened = Archive(Settings(tmp_path / "new"))

    with pytest.raises(CorruptError, match="cannot read"):
        restore(opened, path)

    assert stored_rows(opened.database, corrections) == 0
    opened.close()
