"""`python -m aac login`, and the start of a server that others can reach."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from aac.cli import main
from aac.passwords import Logins

PASSWORD = "uma senha comprida"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PRANCHA_LANGUAGE", "en")
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


def test_a_login_is_made_with_a_password_that_comes_in_and_is_never_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    typed(monkeypatch, PASSWORD + "\n")

    assert main(["login", "add", "Ana", "--maintainer"]) == 0

    said = capsys.readouterr()
    assert said.out == "ana: maintainer\n"
    assert PASSWORD not in said.out + said.err
    assert Logins(folder).check("ana", PASSWORD) is not None


def test_a_new_password_keeps_the_role_unless_another_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    Logins(folder).add("ana", PASSWORD, is_maintainer=True)

    for role in ([], ["--annotator"], []):
        typed(monkeypatch, PASSWORD + "!\n")
        assert main(["login", "add", "ANA", *role]) == 0

    assert capsys.readouterr().out.splitlines() == ["ana: maintainer", "ana: annotator", "ana: annotator"]


def test_logins_are_listed_and_taken_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in ("ana", "bia"):
        Logins(folder).add(name, PASSWORD)

    assert main(["login", "remove", "bia"]) == 0
    assert main(["login", "list", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["logins"] == {"ana": "annotator"}


@pytest.mark.parametrize(
    ("arguments", "words"), [(["add", "ana"], "short\n"), (["add", "a b"], PASSWORD), (["remove", "zoe"], "")]
)
def test_what_cannot_be_is_a_wrong_call(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
):
    typed(monkeypatch, words)

    assert main(["login", *arguments]) == 2
    assert Logins(folder).all() == {}


def test_a_server_for_others_without_a_login_does_not_start(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["app", "--host", "0.0.0.0"]) == 2

    assert "--without-login" in capsys.readouterr().err


def test_a_server_that_gradio_would_open_does_not_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", "/")

    assert main(["app"]) == 2

    assert "GRADIO_ALLOWED_PATHS" in capsys.readouterr().err
