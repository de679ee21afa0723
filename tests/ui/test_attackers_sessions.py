"""The real page and real logins: a stolen cookie, a used state, a planted session open nothing; no secret is logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from aac.access import EVENTS, Role
from aac.access_settings import AccessSettings
from aac.passwords import Logins
from tests import mini_openid
from tests.mini_openid import Provider
from tests.ui.attack_logins import PLANTED, lets_in, sent_back, used_again
from tests.ui.doors import login_of
from tests.ui.roles import Served, messages, served

PASSWORD = "uma senha comprida"
HERE = "http://127.0.0.1:7860"  # the address that the provider sends back to; the test goes to the server's own


@pytest.fixture
def provider() -> Iterator[Provider]:
    with mini_openid.running() as running:
        yield running


@pytest.fixture(params=["password", "hub"])
def access(request: pytest.FixtureRequest, provider: Provider) -> AccessSettings:
    if request.param == "password":
        return AccessSettings(login="password")
    return AccessSettings(
        login="hub",
        public_url=HERE,
        client_id=mini_openid.CLIENT_ID,
        client_secret=mini_openid.CLIENT_SECRET,
        provider_url=provider.url,
        maintainers=("ana",),
    )


@pytest.fixture
def server(tmp_path: Path, access: AccessSettings) -> Iterator[Served]:
    """The page behind that login, with probes in the place of its events."""
    Logins(tmp_path).add("ana", PASSWORD, is_maintainer=True)
    found = served(tmp_path, login_of(tmp_path, access, "127.0.0.1"), access)
    found.put_probes()
    yield found
    found.page.close()
    found.archive.close()


def browser_of(server: Served) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=60, trust_env=False)


def enter(browser: httpx.Client, access: AccessSettings) -> httpx.Response:
    if access.login == "password":
        return browser.post("/login", data={"name": "ana", "password": PASSWORD})
    return browser.get(sent_back(browser, HERE))


def ran_at_least(server: Served, role: Role) -> list[str]:
    names = [str(server.page.fns[number].api_name).rstrip("0123456789").rstrip("_") for number in server.ran]
    return [name for name in names if EVENTS[name] >= role]


def call_everything(server: Served, browser: httpx.Client, session: str) -> None:
    """Every event by both doors."""
    joined = 0
    for number in (number for number, fn in server.page.fns.items() if fn.fn):
        call = {"data": [None] * len(server.page.fns[number].inputs), "fn_index": number}
        browser.post("/gradio_api/run/emoji", json=call)
        joined += browser.post("/gradio_api/queue/join", json={**call, "session_hash": session}).is_success
    assert joined
    messages(browser, session, joined)


def test_a_stolen_cookie_opens_nothing_after_the_logout_by_any_door(server: Served, access: AccessSettings):
    with browser_of(server) as ana, browser_of(server) as thief:
        assert enter(ana, access).status_code == 303
        thief.cookies.set("prancha", ana.cookies["prancha"])
        call_everything(server, thief, "while-it-holds")
        assert ran_at_least(server, Role.MAINTAINER)
        server.ran.clear()

        assert ana.post("/logout").status_code == 303
        call_everything(server, thief, "afterwards")

        assert ran_at_least(server, Role.GUEST) == []
        assert thief.post("/gradio_api/upload", files={"files": ("a.csv", b"a")}).status_code == 403
        assert thief.get("/gradio_api/file=/etc/hostname").status_code == 403
        assert thief.get("/gradio_api/queue/data", params={"session_hash": "while-it-holds"}).status_code == 403


@pytest.mark.parametrize("planted", PLANTED)
def test_a_session_that_was_planted_before_the_login_is_not_the_one_after_it(
    server: Served, access: AccessSettings, planted: str
):
    cookie = {"Cookie": f"prancha={planted}"}
    with browser_of(server) as ana, browser_of(server) as attacker:
        if access.login == "password":
            entered = ana.post("/login", data={"name": "ana", "password": PASSWORD}, headers=cookie)
        else:
            entered = enter(ana, access)
        assert entered.status_code == 303
        assert ana.cookies["prancha"].split(".")[0] != planted.split(".")[0]

        answer = attacker.get("/gradio_api/file=/etc/hostname", headers=cookie)

    assert answer.status_code == 403


def test_no_reused_or_changed_answer_of_a_provider_logs_anybody_in(server: Served, access: AccessSettings):
    if access.login != "hub":
        with browser_of(server) as browser:  # there is no such address
            assert browser.get("/login/callback?code=a&state=b").status_code == 404
        return
    with browser_of(server) as ana, browser_of(server) as attacker:
        used = sent_back(ana, HERE)
        cookies = dict(ana.cookies)
        assert ana.get(used).status_code == 303
        ana.post("/logout")
        for browser, path, header in used_again(ana, attacker, used, cookies):
            answer = browser.get(path, headers=header)
            assert not lets_in(answer), (path, answer.status_code)

        assert ana.get("/gradio_api/file=/etc/hostname").status_code == 403


def test_no_secret_is_in_the_log(server: Served, access: AccessSettings, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with browser_of(server) as ana:
        back = sent_back(ana, HERE) if access.login == "hub" else ""
        entered = ana.get(back) if back else enter(ana, access)
        session = ana.cookies["prancha"]
        call_everything(server, ana, "a-tab")
        ana.post("/login", data={"name": "ana", "password": "uma senha errada"})
        ana.post("/logout")
    given = [values[0] for name, values in parse_qs(urlsplit(back).query).items() if name in ("code", "state")]
    secrets = [PASSWORD, "uma senha errada", session, session.split(".")[0], mini_openid.CLIENT_SECRET, *given]

    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]  # the test's own

    assert entered.status_code == 303
    assert [record for record in ours for secret in secrets if secret in record.getMessage()] == []
