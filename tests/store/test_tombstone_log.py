"""Whoever puts an older copy of the database back gets nothing back that was erased since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aac.errors import NoRoomError
from aac.store.database import FILE_NAME, Database
from aac.store.erasures import erase
from aac.store.people import ConsentNeeded, export
from aac.store.schema import corrections, prompt_splits, prompts, ratings
from aac.store.tombstone_log import FILE_NAME as LIST
from aac.store.tombstone_log import keep_erased
from aac.store.versions import add_version_event, find_version
from tests.store.sample import consented, correct, freeze, fresh, new_id, rate, stored_rows

WORDS = "Segredo da Ana"


@pytest.fixture
def older(sqlite: Database, tmp_path: Path) -> Path:
    """A copy of a database in which Ana and Bia wrote; its folder's own database has lost Ana, and lists that."""
    ana, bia = consented(sqlite), consented(sqlite)
    for person, words in ((ana, WORDS), (bia, "Querer")):
        generation_id = fresh(sqlite, person, words)
        for verdict in ("keep", "wrong"):
            rate(sqlite, person, generation_id, verdict=verdict)
        correct(sqlite, person, generation_id)
    freeze(sqlite)
    sqlite.close()
    copy = tmp_path / "older.sqlite3"
    shutil.copy(tmp_path / FILE_NAME, copy)
    erase(sqlite, ana, new_id())
    keep_erased(sqlite, tmp_path)
    return copy


def brought_back(older: Path, tmp_path: Path) -> Database:
    for path in tmp_path.glob(f"{FILE_NAME}*"):
        path.unlink()
    shutil.copy(older, tmp_path / FILE_NAME)
    return Database.open(tmp_path)


def test_an_older_copy_loses_what_was_erased_and_nothing_else(older: Path, sqlite: Database, tmp_path: Path):
    sqlite.close()
    database = brought_back(older, tmp_path)
    assert stored_rows(database, ratings) == 4

    came_back = keep_erased(database, tmp_path)

    assert came_back == 7  # a prompt, its answer, two ratings, a correction, the consent and the person
    assert [stored_rows(database, table) for table in (ratings, corrections, prompts, prompt_splits)] == [2, 1, 1, 1]
    database.close()
    assert WORDS.encode() not in (tmp_path / FILE_NAME).read_bytes()


def test_what_came_back_cannot_come_again(older: Path, sqlite: Database, tmp_path: Path):
    with sqlite.read() as connection:
        gone = export(connection, json.loads((tmp_path / LIST).read_text().splitlines()[-1])["row_id"])
    sqlite.close()
    database = brought_back(older, tmp_path)
    keep_erased(database, tmp_path)

    assert keep_erased(database, tmp_path) == 0
    assert not any(gone.values())
    database.close()


def test_versions_of_an_older_copy_are_withdrawn_or_named(older: Path, sqlite: Database, tmp_path: Path):
    sqlite.close()
    database = brought_back(older, tmp_path)
    published = freeze(database, name="publicada")
    add_version_event(database, published, "published", "hub")

    keep_erased(database, tmp_path)

    with database.read() as connection:
        assert find_version(connection, "v1").state == "withdrawn"
        found = find_version(connection, published)
    assert (found.state, found.erasures) == ("published", 1)
    database.close()


def test_the_list_holds_ids_and_no_words(older: Path, tmp_path: Path):
    lines = [json.loads(line) for line in (tmp_path / LIST).read_text().splitlines() if line]

    assert {frozenset(line) for line in lines} == {frozenset(("row_id", "table_name", "erasure_id", "created_utc"))}
    assert WORDS not in (tmp_path / LIST).read_text()


def test_each_erasure_is_listed_once(older: Path, sqlite: Database, tmp_path: Path):
    before = (tmp_path / LIST).read_bytes()

    keep_erased(sqlite, tmp_path)

    assert (tmp_path / LIST).read_bytes() == before


def test_a_line_that_was_cut_off_is_listed_again(older: Path, sqlite: Database, tmp_path: Path):
    path = tmp_path / LIST
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])

    keep_erased(sqlite, tmp_path)

    known = {json.loads(line)["row_id"] for line in whole.splitlines() if line}
    readable = [line for line in path.read_bytes().splitlines() if line.endswith(b"}")]
    assert {json.loads(line)["row_id"] for line in readable} == known


def test_a_list_that_cannot_be_written_says_so(database: Database, ana: str, tmp_path: Path):
    erase(database, ana, new_id())
    (tmp_path / "file").write_text("")

    with pytest.raises(NoRoomError, match="Choose another folder"):
        keep_erased(database, tmp_path / "file")


def test_both_databases_lose_what_a_list_names(database: Database, ana: str, bia: str, tmp_path: Path):
    generation_id = fresh(database, ana, WORDS)
    line = {"row_id": ana, "table_name": "annotators", "erasure_id": new_id(), "created_utc": "2026-01-01"}
    rows = [line]
    with database.read() as connection:
        for table, found in export(connection, ana).items():
            rows += [{**line, "row_id": row["id"], "table_name": table} for row in found if table != "annotators"]
    (tmp_path / LIST).write_text("".join(json.dumps(row) + "\n" for row in rows))

    keep_erased(database, tmp_path)

    with database.read() as connection:
        assert not any(export(connection, ana).values())
        assert any(export(connection, bia).values())
    with pytest.raises(ConsentNeeded):
        correct(database, ana, generation_id)
