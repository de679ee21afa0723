"""What doctor finds when something is missing."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from aac import doctor
from aac.access_settings import AccessSettings
from aac.passwords import Logins
from aac.settings import Settings
from aac.store.database import FILE_NAME
from aac.store.sessions import FILE_NAME as SESSIONS
from aac.store.sessions import Session, Sessions

OFFLINE = "http://127.0.0.1:9"


def finding(name: str, tmp_path: Path) -> doctor.Finding:
    return next(f for f in doctor.examine(Settings(tmp_path, hub_endpoint=OFFLINE)) if f.name == name)


def login(folder: Path, space_id: str = "", **access: Any) -> doctor.Finding:
    settings = Settings(folder, hub_endpoint=OFFLINE, space_id=space_id, access=AccessSettings(**access))
    return doctor._login(settings)


def test_an_address_that_is_none_is_told_apart_from_a_network_in_trouble(tmp_path: Path):
    found = doctor.examine(Settings(tmp_path, hub_endpoint="junk"))

    hub = next(one for one in found if one.name == "hub")
    assert (hub.is_ok, "needs https://" in repr(hub), "network" in repr(hub)) == (False, True, False)


def test_a_hub_out_of_reach_is_no_failure(tmp_path: Path):
    hub = finding("hub", tmp_path)

    assert (hub.is_ok, hub.is_needed) == (False, False)


def test_too_little_memory_says_how_much_is_needed(monkeypatch, tmp_path: Path):
    memory = namedtuple("memory", "available")
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: memory(10**8))

    assert "2 GB" in finding("memory", tmp_path).todo_en


def test_a_missing_package_says_how_to_install_it(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "_PACKAGES", ("no-such-package",))

    missing = finding("no-such-package", tmp_path)

    assert (missing.is_ok, missing.todo_en) == (False, "python -m pip install -r requirements.txt")


def test_a_damaged_adapter_is_named(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(doctor, "DEFAULT_FOLDER", tmp_path)

    assert "provenance.json" in finding("adapter", tmp_path).todo_en


def test_a_database_yet_to_be_made_is_well_and_not_made(tmp_path: Path):
    database = finding("database", tmp_path)

    assert (database.is_ok, "first annotation" in database.found, list(tmp_path.iterdir())) == (True, True, [])


def test_a_damaged_database_says_what_to_do(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"no database at all " * 100)

    database = finding("database", tmp_path)

    assert (database.is_ok, "backup" in database.todo_en) == (False, True)


def test_a_base_model_of_the_hub_needs_no_package(tmp_path: Path):
    found = doctor.examine(Settings(tmp_path, hub_endpoint=OFFLINE, embedded_from_hub=True))

    model = next(one for one in found if one.name == "smollm2-135m")
    assert (model.is_ok, model.is_needed, model.found) == (False, True, "not downloaded")


# --- the salt ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("salt", "is_ok"), [("", True), ("s" * 19, False), ("s" * 20, True)])
def test_a_salt_that_could_be_guessed_is_told_of_and_stays_in_use(salt: str, is_ok: bool, tmp_path: Path):
    found = doctor._salt(Settings(tmp_path, salt=salt))

    assert (found.is_ok, found.is_needed) == (is_ok, False)
    assert ("nobody would find what is theirs" in found.todo_en) is not is_ok
    assert ("ninguém reencontraria o que é seu" in found.todo_pt) is not is_ok
    assert "sss" not in repr(found)


# --- the login --------------------------------------------------------------------------------------------------------


def test_without_a_login_the_page_is_this_computers_only(tmp_path: Path):
    found = finding("login", tmp_path)

    assert (found.is_ok, found.todo_en) == (True, "")
    assert found.found == "none, this computer only (another --host is refused); no sessions"


def test_a_password_s_sessions_can_be_written_and_looking_writes_none(tmp_path: Path):
    found = login(tmp_path / "data", login="password")

    reach = "this computer only (unless --host says otherwise)"
    assert found.found == f"password, {reach}; sessions can be written; no maintainer can log in"
    assert list(tmp_path.iterdir()) == []


def test_passwords_without_a_maintainer_s_are_told_with_what_makes_one(tmp_path: Path):
    Logins(tmp_path).add("bia", "uma senha comprida")
    found = login(tmp_path, login="password")

    assert not found.is_ok
    assert "login add NAME --maintainer" in found.todo_en

    Logins(tmp_path).add("ana", "uma senha comprida", is_maintainer=True)
    assert login(tmp_path, login="password").is_ok


def test_looking_at_sessions_leaves_them_as_they_are(tmp_path: Path):
    sessions = Sessions(tmp_path)
    session_id = sessions.begin(Session("password", "digest", "mark"))

    assert "sessions can be written" in login(tmp_path, login="password").found
    assert sessions.find(session_id) is not None


@pytest.mark.parametrize(
    ("access", "space_id", "reach"),
    [
        (
            {"login": "password", "public_url": "https://prancha.example"},
            "",
            "through a proxy (https://prancha.example)",
        ),
        ({"login": "password", "proxies": 1}, "", "through a proxy (PRANCHA_PROXIES)"),
        ({"space_hosts": ("a.hf.space",)}, "alice/prancha", "hub, open to others"),
        (
            {"space_hosts": ("a.hf.space",), "login": "none"},
            "alice/prancha",
            "open to others; no sessions, everybody is a",
        ),
    ],
    ids=["address", "proxy", "space", "space-without"],
)
def test_an_address_that_others_open_is_told(tmp_path: Path, access: dict[str, Any], space_id: str, reach: str):
    assert reach in login(tmp_path, space_id, **access).found


def test_a_space_on_which_nobody_can_log_in_says_what_is_missing(tmp_path: Path):
    found = login(tmp_path, "alice/prancha", space_hosts=("a.hf.space",))

    assert (found.is_ok, found.is_needed) == (False, False)
    assert "hf_oauth: true" in found.todo_pt
    assert "hf_oauth: true" in found.todo_en


@pytest.mark.parametrize(
    ("access", "word"),
    [
        ({"login": "hub"}, "OAUTH_CLIENT_ID"),
        ({"login": "header", "login_header": "X-User", "proxy_secret": "short"}, "PRANCHA_PROXY_SECRET"),
        ({"metrics_token": "short"}, "PRANCHA_METRICS_TOKEN"),
        ({"opened_by_gradio": ("GRADIO_SHARE",)}, "GRADIO_SHARE"),
    ],
    ids=["hub", "header", "metrics", "gradio"],
)
def test_a_login_that_does_not_start_is_a_failure(tmp_path: Path, access: dict[str, Any], word: str):
    found = login(tmp_path, **access)

    assert (found.is_ok, found.is_needed) == (False, True)
    assert "does not start" in found.found
    assert word in found.todo_pt
    assert word in found.todo_en


def test_sessions_that_cannot_be_written_are_told_with_what_to_do(tmp_path: Path):
    (tmp_path / SESSIONS).write_bytes(b"no database at all " * 100)

    found = login(tmp_path, login="password")

    assert (found.is_ok, found.found.endswith("sessions cannot be written")) == (False, True)
    assert SESSIONS in found.todo_en


def test_a_data_folder_that_is_a_file_holds_no_sessions(tmp_path: Path):
    (tmp_path / "data").write_text("", encoding="utf-8")

    assert "sessions cannot be written" in login(tmp_path / "data", login="password").found


# --- tools for programs -----------------------------------------------------------------------------------------------


def test_tools_that_nobody_asked_for_need_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("aac.mcp_package.mcp_version", lambda: None)

    found = finding("mcp", tmp_path)

    assert (found.is_ok, found.found) == (True, "off (PRANCHA_MCP=1 asks for it)")


def test_tools_that_are_on_are_told_with_their_address(tmp_path: Path):
    found = doctor._mcp(Settings(tmp_path, mcp=True))

    assert found.is_ok
    assert found.found.startswith("on, at /gradio_api/mcp, package 1.")


def test_tools_without_their_package_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("aac.mcp_package.mcp_version", lambda: None)

    found = doctor._mcp(Settings(tmp_path, mcp=True))

    assert (found.is_ok, found.is_needed) == (False, True)
    assert "pip install -r requirements-mcp.txt" in found.todo_pt
    assert "pip install -r requirements-mcp.txt" in found.todo_en
