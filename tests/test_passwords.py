"""Logins with a password."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from aac.errors import CorruptError, StoreError, WrongCall
from aac.passwords import FILE_NAME, Logins

PASSWORD = "uma senha comprida"


def test_a_login_is_checked_by_name_and_password(tmp_path: Path):
    Logins(tmp_path).add("ana", PASSWORD)
    logins = Logins(tmp_path)

    assert logins.check("ana", PASSWORD) is not None
    assert logins.check("ana", PASSWORD + "!") is None
    assert logins.check("bia", PASSWORD) is None
    assert logins.check("", "") is None


def test_a_name_is_the_same_however_it_is_typed(tmp_path: Path):
    assert Logins(tmp_path).add(" Ana ", PASSWORD) == "ana"
    assert Logins(tmp_path).check("ANA", PASSWORD) is not None


def test_a_maintainer_is_one_because_the_file_says_so(tmp_path: Path):
    logins = Logins(tmp_path)
    logins.add("ana", PASSWORD, is_maintainer=True)
    logins.add("bia", PASSWORD)

    assert {name: login.is_maintainer for name, login in logins.all().items()} == {"ana": True, "bia": False}


def test_a_new_password_replaces_the_old_one(tmp_path: Path):
    logins = Logins(tmp_path)
    logins.add("ana", PASSWORD)
    logins.add("ana", "outra senha comprida")

    assert logins.check("ana", PASSWORD) is None
    assert logins.check("ana", "outra senha comprida") is not None


def test_a_login_that_is_taken_away_is_no_more(tmp_path: Path):
    logins = Logins(tmp_path)
    logins.add("ana", PASSWORD)

    logins.remove("Ana")

    assert logins.all() == {}
    with pytest.raises(WrongCall, match="ana"):
        logins.remove("ana")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "<b>", "a" * 65, "a\0b", "../ana"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str):
    with pytest.raises(WrongCall):
        Logins(tmp_path).add(name, PASSWORD)


@pytest.mark.parametrize("password", ["", "curta", "a" * 1_025])
def test_a_password_that_is_too_short_or_too_long_is_refused(tmp_path: Path, password: str):
    with pytest.raises(WrongCall):
        Logins(tmp_path).add("ana", password)


def test_the_file_holds_no_password_and_is_for_nobody_else(tmp_path: Path):
    logins = Logins(tmp_path)
    logins.add("ana", PASSWORD)
    file = tmp_path / FILE_NAME

    assert PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert logins.all()["ana"].digest not in repr(logins.all())


def test_two_people_of_one_password_have_two_digests(tmp_path: Path):
    logins = Logins(tmp_path)
    logins.add("ana", PASSWORD)
    logins.add("bia", PASSWORD)

    assert len({login.digest for login in logins.all().values()}) == 2


def test_a_damaged_file_is_said_to_be_one(tmp_path: Path):
    (tmp_path / FILE_NAME).write_text("{", encoding="utf-8")

    with pytest.raises(CorruptError, match=FILE_NAME):
        Logins(tmp_path).all()


def test_without_their_folder_nobody_can_say_that_there_is_no_such_login(tmp_path: Path):
    logins = Logins(tmp_path / "data")
    logins.add("ana", PASSWORD)
    logins.all()
    (tmp_path / "data").rename(tmp_path / "away")

    with pytest.raises(StoreError, match="is not there: nobody can be recognised now"):
        logins.all()
