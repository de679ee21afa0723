"""Sessions of who is logged in: found by an id that only the browser has, and ended for good."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

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
def sessions(tmp_path: Path, clock: Clock) -> Iterator[Sessions]:
    made = Sessions(tmp_path, clock)
    yield made
    made.close()


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


def test_where_nothing_can_be_written_who_is_logged_in_still_is(sessions: Sessions, clock: Clock):
    session_id = sessions.begin(ANA)
    clock.now += 3_600
    sessions._opened().execute("PRAGMA query_only = ON")

    assert sessions.find(session_id) == ANA
