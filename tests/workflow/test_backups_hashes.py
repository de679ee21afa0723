"""A backup comes back as it was: the same hash of every table, also of one made while people go on, or long ago."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from aac.errors import CorruptError
from aac.settings import Settings
from aac.store.copying import record_tables
from aac.store.database import Database
from aac.store.schema import corrections, ratings
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.backups import back_up, restore
from tests.store.make_schema_files import FOLDER, ROWS
from tests.store.sample import consented, correct, fresh, rate, stored_rows
from tests.workflow.backed_up import (
    EARLIER,
    SALT,
    backup_of,
    database_of,
    hashes,
    live_in,
    packed_database,
    restored,
    tables_of,
    version_files,
)


@pytest.fixture
def lived_in(archive: Archive, ana: str, bia: str, tmp_path: Path) -> Archive:
    """An archive in which people did everything there is to do, and one of them took everything back."""
    live_in(archive, tmp_path, ana, bia)
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

    with packed_database(tmp_path / "b.zip", tmp_path / "packed") as backed_up:
        expected = hashes(backed_up)
    with restored(tmp_path / "b.zip", tmp_path / "new") as found:
        assert hashes(found.database) == expected
        with found.database.read() as connection:
            came = set(connection.scalars(select(ratings.c.id))) & set(acknowledged)
    assert len(came) >= before
    assert came == set(acknowledged[: len(came)])


# --- of an earlier schema ---------------------------------------------------------------------------------------------


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
    monkeypatch.setattr("tests.workflow.backed_up.with_json", lambda sql: sql)
    path = backup_of("0005", tmp_path / "b.zip")
    opened = Archive(Settings(tmp_path / "new"))

    with pytest.raises(CorruptError, match="cannot read"):
        restore(opened, path)

    assert stored_rows(opened.database, corrections) == 0
    opened.close()
