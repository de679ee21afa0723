"""Sessions of who is logged in: found by an id that only the browser has, and ended for good."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aac.errors import StoreError
from aac.store.sessions import FILE_NAME, IDLE_S, LONGEST_S, Session, Sessions

ANA = Session("password", "digest-of-ana", "mark")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    return Sessions(tmp_path, clock)


def test_a_session_is_found_by_its_id_also_after_a_restart(sessions: Sessions, tmp_path: Path, clock: Clock):
    session_id = sessions.begin(ANA)

    assert len(session_id) == 43
    assert sessions.find(session_id) == ANA
    assert Sessions(tmp_path, clock).find(session_id) == ANA


def test_an_id_that_nobody_was_given_finds_nothing(sessions: Sessions):
    sessions.begin(ANA)

    assert [sessions.find(wrong) for wrong in ("", "a" * 43, "' OR 1=1 --", "\ud800")] == [None] * 4


def test_looking_makes_no_file(sessions: Sessions, tmp_path: Path):
    assert sessions.find("a" * 43) is None
    sessions.end("a" * 43)

    assert list(tmp_path.iterdir()) == []


def test_looking_makes_no_table(sessions: Sessions, tmp_path: Path):
    (tmp_path / FILE_NAME).touch()  # as the first login does before it makes the table

    assert sessions.find("a" * 43) is None
    sessions.end("a" * 43)

    assert (tmp_path / FILE_NAME).read_bytes() == b""


def test_an_ended_session_is_found_no_more(sessions: Sessions):
    kept, ended = sessions.begin(ANA), sessions.begin(ANA)

    sessions.end(ended)

    assert (sessions.find(kept), sessions.find(ended)) == (ANA, None)


def test_a_session_ends_when_it_is_not_used(sessions: Sessions, clock: Clock):
    session_id = sessions.begin(ANA)

    clock.now += IDLE_S - 1
    assert sessions.find(session_id) == ANA
    clock.now += IDLE_S - 1
    assert sessions.find(session_id) == ANA
    clock.now += IDLE_S + 1
    assert sessions.find(session_id) is None


def test_a_session_ends_after_a_week_however_much_it_is_used(sessions: Sessions, clock: Clock):
    session_id, begun_s = sessions.begin(ANA), clock.now

    while clock.now - begun_s <= LONGEST_S:
        assert sessions.find(session_id) == ANA
        clock.now += IDLE_S / 2

    assert sessions.find(session_id) is None


def test_a_clock_that_steps_back_ends_no_session(sessions: Sessions, clock: Clock):
    session_id = sessions.begin(ANA)

    clock.now -= 3600

    assert sessions.find(session_id) == ANA


def test_the_file_holds_no_id_and_is_for_nobody_else(sessions: Sessions, tmp_path: Path):
    session_id = sessions.begin(ANA)
    file = tmp_path / FILE_NAME

    assert session_id.encode() not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_ended_is_deleted_at_the_next_login(sessions: Sessions, tmp_path: Path, clock: Clock):
    sessions.begin(ANA)
    clock.now += IDLE_S + 1

    sessions.begin(ANA)

    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_a_file_that_is_damaged_is_an_error_of_ours(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"this is no database" * 100)

    with pytest.raises(StoreError, match=FILE_NAME):
        Sessions(tmp_path).begin(ANA)


def test_without_its_folder_nobody_can_say_that_there_is_no_such_session(tmp_path: Path):
    sessions = Sessions(tmp_path / "gone")

    with pytest.raises(StoreError, match="is not there"):
        sessions.find("an id")


def test_where_nothing_can_be_written_who_is_logged_in_still_is(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    session_id = sessions.begin(ANA)
    clock.now += 3_600

    def read_only(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA query_only = ON")
        return connection

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", read_only)

    assert sessions.find(session_id) == ANA


def test_who_is_logged_in_is_found_while_another_program_is_about_to_write(
    sessions: Sessions, tmp_path: Path, clock: Clock
):
    session_id = sessions.begin(ANA)
    clock.now += 3_600
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert sessions.find(session_id) == ANA
    other.rollback()
    other.close()


def test_a_file_that_another_program_holds_is_an_error_of_ours(sessions: Sessions, tmp_path: Path):
    session_id = sessions.begin(ANA)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    for look in (lambda: sessions.find(session_id), sessions.check_writable, lambda: sessions.end(session_id)):
        with pytest.raises(StoreError, match="end the program that holds it"):
            look()
    other.rollback()
    other.close()
    assert sessions.find(session_id) == ANA


def test_many_threads_look_at_once(sessions: Sessions, clock: Clock):
    ids = [sessions.begin(ANA) for _ in range(20)]
    clock.now += 3_600  # each look writes, too

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(sessions.find, ids * 5))

    assert found == [ANA] * 100


def test_what_takes_the_files_place_holds_at_once(sessions: Sessions, tmp_path: Path):
    session_id = sessions.begin(ANA)

    (tmp_path / FILE_NAME).unlink()

    assert sessions.find(session_id) is None
    assert sessions.find(sessions.begin(ANA)) == ANA


def test_logging_out_while_the_folder_is_gone_does_not_seem_to_work(sessions: Sessions, tmp_path: Path):
    session_id = sessions.begin(ANA)
    away = tmp_path.with_name("away")
    tmp_path.rename(away)

    with pytest.raises(StoreError, match="is not there"):
        sessions.end(session_id)
    away.rename(tmp_path)
