"""Another program holds the file of sessions: who has none does not wait with who does, and nothing is remembered."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from aac.access_settings import AccessSettings
from aac.passwords import Logins
from aac.store import sessions
from aac.ui.limits import Addresses, Buckets
from aac.ui.login_texts import OUT_HERE_ONLY
from aac.ui.logins import with_session
from aac.ui.pace import Pace
from tests.ui.doors import Clock, login_of
from tests.ui.roles import Served, served

PASSWORD = "uma senha comprida"
BY_PASSWORD = AccessSettings(login="password")
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    Logins(tmp_path).add("ana", PASSWORD, is_maintainer=True)
    found = served(tmp_path, login_of(tmp_path, BY_PASSWORD), BY_PASSWORD)
    yield found
    found.page.close()
    found.archive.close()


@pytest.fixture
def ana(server: Served) -> Iterator[httpx.Client]:
    with browser_of(server) as browser:
        assert browser.post("/login", data={"name": "ana", "password": PASSWORD}).status_code == 303
        yield browser


def browser_of(server: Served) -> httpx.Client:
    limits = httpx.Limits(max_connections=None)
    return httpx.Client(base_url=server.url, timeout=60, trust_env=False, limits=limits)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """While another process has the file for itself."""
    command = [sys.executable, "-c", HOLD, str(folder / sessions.FILE_NAME)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        yield
        other.stdin.close()


def status(browser: httpx.Client, path: str = "/gradio_api/app_id") -> int:
    return browser.get(path).status_code


def upload(browser: httpx.Client, cookie: str) -> int:
    """What a cookie gets where an address may ask the least often."""
    return browser.post("/gradio_api/upload", headers={"Cookie": f"prancha={cookie}"}).status_code


def test_who_has_no_session_is_served_while_those_who_have_one_wait(
    server: Served, ana: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sessions, "_PATIENCE_S", 60)  # so that they wait until the file is free, however long that is
    monkeypatch.setattr(with_session, "_IN_LINE_S", 60)
    many = 2 * with_session._LOOK_AT_ONCE
    begun = threading.Barrier(many + 1)

    def ask() -> int:
        begun.wait()
        return status(ana)

    with ThreadPoolExecutor(many) as pool, browser_of(server) as stranger:
        with held(tmp_path):
            waiting = [pool.submit(ask) for _ in range(many)]
            begun.wait()
            served_to_strangers = [status(stranger) for _ in range(20)]
            over = [one for one in waiting if one.done()]
        found = [one.result() for one in waiting]

    assert served_to_strangers == [200] * 20
    assert over == []
    assert found == [200] * many


def test_who_has_a_session_is_told_that_nobody_can_be_recognised_and_goes_on_afterwards(
    ana: httpx.Client, tmp_path: Path
):
    with held(tmp_path):
        answer = ana.get("/gradio_api/app_id")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json()["refusal"]["kind"] == "away"
    assert status(ana) == 200


def test_who_waits_behind_too_many_others_is_told_the_same(
    ana: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(with_session, "_IN_LINE_S", 0.05)
    many = 4 * with_session._LOOK_AT_ONCE

    with ThreadPoolExecutor(many) as pool, held(tmp_path):
        found = list(pool.map(lambda _: status(ana), range(many)))

    assert found == [503] * many
    assert status(ana) == 200


def test_a_logout_while_others_look_holds_at_once(server: Served, ana: httpx.Client):
    with browser_of(server) as copy:
        copy.cookies.set("prancha", ana.cookies["prancha"])
        assert status(copy, "/metrics") == 404  # let through: this server has none
        assert ana.post("/logout").status_code == 303

        assert status(copy, "/metrics") == 403


@pytest.mark.parametrize("change", ["remove", "add"])
def test_a_login_that_is_taken_away_or_gets_a_new_password_is_out_at_once(
    ana: httpx.Client, tmp_path: Path, change: str
):
    assert status(ana, "/metrics") == 404
    if change == "remove":
        Logins(tmp_path).remove("ana")
    else:
        Logins(tmp_path).add("ana", PASSWORD + "!", is_maintainer=True)

    assert status(ana, "/metrics") == 403


def test_made_up_cookies_wait_for_nothing_while_the_file_is_held(
    server: Served, ana: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sessions, "_PATIENCE_S", 60)  # a look-up would wait for as long as the file is held
    session_id, seal, name = ana.cookies["prancha"].split(".")
    other_id = secrets.token_urlsafe(32)
    ids = [other_id, session_id[::-1], session_id, session_id]
    seals = [seal, seal, "0" * 64, seal[::-1]]
    cookies = [f"{one}.{sealed}.{name}" for one, sealed in zip(ids, seals, strict=True)]

    with browser_of(server) as stranger, held(tmp_path):
        found = [stranger.get("/metrics", headers={"Cookie": f"prancha={cookie}"}).status_code for cookie in cookies]

    assert found == [403] * len(cookies)
    assert status(ana, "/metrics") == 404  # known, and let through: this server has none


def test_a_cookie_whose_session_is_over_costs_no_look_up_past_the_limit_of_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sessions, "_PATIENCE_S", 60)  # a look-up would wait for as long as the file is held
    Logins(tmp_path).add("ana", PASSWORD, is_maintainer=True)
    access = AccessSettings(login="password", proxies=1)
    server = served(tmp_path, login_of(tmp_path, access), access, pace=Pace(Addresses(1), Buckets(Clock())))
    with browser_of(server) as ana, browser_of(server) as stranger:
        ana.headers["X-Forwarded-For"] = "192.0.2.1"
        stranger.headers["X-Forwarded-For"] = "192.0.2.2"
        assert ana.post("/login", data={"name": "ana", "password": PASSWORD}).status_code == 303
        ended = ana.cookies["prancha"]
        assert ana.post("/logout").status_code == 303
        assert ana.post("/login", data={"name": "ana", "password": PASSWORD}).status_code == 303

        first = [upload(stranger, ended) for _ in range(60)]
        with held(tmp_path), ThreadPoolExecutor(2 * with_session._LOOK_AT_ONCE) as pool:
            flood = list(pool.map(lambda _: upload(stranger, ended), range(200)))
        of_ana = status(ana, "/metrics")

    server.page.close()
    server.archive.close()
    assert first == [403] * 60  # nobody's sessions, looked up
    assert flood == [429] * 200
    assert of_ana == 404  # known, and let through: this server has none


def test_who_logs_out_while_sessions_cannot_be_ended_is_out_in_this_browser_and_is_told_so(
    server: Served, ana: httpx.Client
):
    with held(server.archive.settings.data_dir):
        left = ana.post("/logout", headers={"Accept": "text/html"})

    assert left.status_code == 503
    assert OUT_HERE_ONLY.pt in left.text
    assert OUT_HERE_ONLY.en in left.text
    assert not ana.cookies
    assert ana.get("/metrics").status_code == 403
