"""Attacks by who tries to be somebody else, on a server with logins of its own or of a provider."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import httpx

from aac.access import EVENTS, Role
from aac.passwords import Logins
from benchmarks.attack_run.by_role import until_ready
from benchmarks.attack_run.findings import AttackRun
from tests import mini_openid
from tests.ui.attack_logins import PLANTED, lets_in, sent_back, used_again
from tests.ui.attack_requests import Answer
from tests.ui.roles import messages
from tests.workflow.apps import AppProcess

PASSWORD = "uma senha comprida"
HERE = "http://127.0.0.1:7860"  # the address that the provider sends back to; requests go to the server's own
_FOR_MAINTAINERS = "/gradio_api/file=/etc/hostname"


def with_logins(run: AttackRun, kind: str) -> None:
    """A stolen cookie after the logout, planted sessions, used and changed answers; and no secret in the log."""
    Logins(run.settings.data_dir).add("ana", PASSWORD, is_maintainer=True)
    with mini_openid.running() as provider:
        app = run.app(
            PRANCHA_LOGIN=kind, PRANCHA_MAINTAINERS="ana", PRANCHA_URL=HERE if kind == "hub" else "",
            OAUTH_CLIENT_ID=mini_openid.CLIENT_ID, OAUTH_CLIENT_SECRET=mini_openid.CLIENT_SECRET,
            OPENID_PROVIDER_URL=provider.url,
        )  # fmt: skip
        try:
            until_ready(app, {})
            secrets = [PASSWORD, mini_openid.CLIENT_SECRET, *stolen_cookie(run, app, kind)]
            run.watched("planted session", lambda: planted_sessions(run, app, kind), may_write=False)
            if kind == "hub":
                run.watched("used answer", lambda: secrets.extend(used_answers(run, app)), may_write=False)
        finally:
            run.end(app, secrets=tuple(secrets))


def _browser(app: AppProcess) -> httpx.Client:
    return httpx.Client(base_url=app.url, timeout=60, trust_env=False)


def _enter(browser: httpx.Client, kind: str, cookie: str = "") -> httpx.Response:
    headers = {"Cookie": cookie} if cookie else {}
    if kind == "password":
        return browser.post("/login", data={"name": "ana", "password": PASSWORD}, headers=headers)
    return browser.get(sent_back(browser, HERE))


def _ask(run: AttackRun, browser: httpx.Client, kind: str, method: str, path: str, **more: object) -> httpx.Response:
    """A request that has to be refused."""
    began_s = time.monotonic()
    found = browser.request(method, path, **more)  # type: ignore[arg-type]
    answer = Answer(found.status_code, found.text)
    run.note(kind, f"{method} {path}", answer, time.monotonic() - began_s, must_fail=True)
    return found


def stolen_cookie(run: AttackRun, app: AppProcess, kind: str) -> list[str]:
    """By every door that is not everybody's; the session, which is a secret."""
    with _browser(app) as ana, _browser(app) as thief:
        assert _enter(ana, kind).status_code == 303
        thief.cookies.set("prancha", ana.cookies["prancha"])
        assert thief.post("/gradio_api/upload", files={"files": ("a.csv", b"a")}).status_code == 200  # while it holds
        config = thief.get("/config").json()
        assert ana.post("/logout").status_code == 303
        run.watched("stolen cookie", lambda: _every_door(run, thief, config, kind), may_write=False)
        return [thief.cookies["prancha"], thief.cookies["prancha"].split(".")[0]]


def _every_door(run: AttackRun, thief: httpx.Client, config: dict, kind: str) -> None:
    session, let = f"stolen-{kind}", 0
    for one in config["dependencies"]:
        name = str(one["api_name"]).rstrip("0123456789").rstrip("_")
        if EVENTS.get(name, Role.VISITOR) <= Role.VISITOR or not one["backend_fn"]:
            continue
        call = {"data": [None] * len(one["inputs"]), "fn_index": one["id"], "session_hash": session}
        _ask(run, thief, "stolen cookie", "POST", f"/gradio_api/run/{one['api_name']}", json=call)
        joined = thief.post("/gradio_api/queue/join", json=call)
        run.note("stolen cookie", name, Answer(joined.status_code, joined.text), 0.0)
        let += joined.is_success
    for message in messages(thief, session, let) if let else []:
        if message["success"]:
            run.bad("stolen cookie", "not refused", str(message)[:300])
    _ask(run, thief, "stolen cookie", "POST", "/gradio_api/upload", files={"files": ("a.csv", b"a")})
    _ask(run, thief, "stolen cookie", "GET", _FOR_MAINTAINERS)
    _ask(run, thief, "stolen cookie", "GET", "/metrics")


def planted_sessions(run: AttackRun, app: AppProcess, kind: str) -> None:
    """A cookie that somebody else put there opens nothing, also once its browser has logged in."""
    for planted in PLANTED:
        cookie = f"prancha={planted}"
        with _browser(app) as ana, _browser(app) as attacker:
            entered = _enter(ana, kind, cookie)
            answer = Answer(entered.status_code, entered.text)
            run.note("planted session", planted[:40], answer, 0.0)
            if ana.cookies.get("prancha", "x").split(".")[0] == planted.split(".")[0]:
                run.bad("planted session", "not refused", f"{planted[:40]} is the session after the login")
            _ask(run, attacker, "planted session", "GET", _FOR_MAINTAINERS, headers={"Cookie": cookie})
            ana.post("/logout")


def used_answers(run: AttackRun, app: AppProcess) -> list[str]:
    """What the provider said once, said again and changed, to who was logged in with it and to somebody else."""
    with _browser(app) as ana, _browser(app) as attacker:
        used = sent_back(ana, HERE)
        cookies = dict(ana.cookies)
        assert ana.get(used).status_code == 303
        ana.post("/logout")
        for browser, path, header in used_again(ana, attacker, used, cookies):
            if lets_in(_ask(run, browser, "used answer", "GET", path, headers=header)):
                run.bad("used answer", "not refused", path)
        _ask(run, ana, "used answer", "GET", _FOR_MAINTAINERS)
    return [values[0] for name, values in parse_qs(urlsplit(used).query).items() if name in ("code", "state")]
