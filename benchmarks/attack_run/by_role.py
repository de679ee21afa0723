"""Attacks as everybody, on a server behind a stand-in of a proxy that logs people in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx

from aac.access import Role
from aac.ui.annotation_api import ENDPOINTS
from aac.ui.payloads import TEXT_MAX_CHARS
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from benchmarks.attack_run.findings import FAILURE, AttackRun, sent_as
from tests.ui.attack_requests import KINDS, ROLES, Answer, Attack, Raw, Target
from tests.ui.attacks import UNITS
from tests.ui.cases import world
from tests.ui.hostile_names import SHOWING, elements_in, name_everything, shown
from tests.ui.hostile_payloads import WRONG, check_reply
from tests.ui.people import Person, sent
from tests.ui.roles import AsTold, messages, routes_of, served
from tests.workflow.apps import AppProcess

PROXY_SECRET = "the secret of a proxy that logs people in"
PEOPLE = 100
PATIENCE_S = 300.0
SLOW_CHARS = 19_000
_JSON = {"Content-Type": "application/json"}


def who(role: Role, n: int) -> dict[str, str]:
    """What the proxy adds for one of the hundred who have this role."""
    name = {"X-User": f"{role.name.lower()}-{n % PEOPLE}"} if role > Role.VISITOR else {}
    return {"X-Prancha-Proxy": PROXY_SECRET, "X-Forwarded-For": f"10.{role}.0.{n % PEOPLE}", **name}


def behind_a_proxy(run: AttackRun) -> None:
    """Every kind of `KINDS` as everybody; then what only who is logged in may try."""
    archive = Archive(run.settings)
    version_id = name_everything(archive, run.place)
    maintainers = " ".join(who(Role.MAINTAINER, n)["X-User"] for n in range(PEOPLE))
    app = run.app(
        PRANCHA_LOGIN="header", PRANCHA_LOGIN_HEADER="X-User", PRANCHA_PROXY_SECRET=PROXY_SECRET, PRANCHA_PROXIES="1",
        PRANCHA_MAINTAINERS=maintainers,
    )  # fmt: skip
    try:
        until_ready(app, who(Role.VISITOR, 0))
        target = _target(run, app)
        _must_be_the_same_page(target)
        for kind, attacks in KINDS.items():
            for role in ROLES:
                send = _queued if kind == "queue" else _sent
                may_write = role == Role.MAINTAINER and kind == "queue"
                run.watched(kind, lambda: send(run, target, attacks(target, role), role), may_write)  # noqa: B023
        run.watched("annotating", lambda: _annotating(run, app, archive))
        run.watched("stored words", lambda: _stored_words(run, target, version_id))
        run.watched("slow words", lambda: _slow_words(run, app))
    finally:
        run.end(app)
        archive.close()


def until_ready(app: AppProcess, headers: Mapping[str, str]) -> None:
    def is_ready() -> bool:
        try:
            return httpx.get(f"{app.url}health", timeout=20, trust_env=False).json()["model"] == "ready"
        except (httpx.HTTPError, ValueError):
            return False

    assert wait_until(is_ready, PATIENCE_S, 0.5), app.log.read_text(encoding="utf-8")
    assert httpx.get(app.url, headers=headers, timeout=60, trust_env=False).status_code == 200


def _target(run: AttackRun, app: AppProcess) -> Target:
    """The same page once more, in this process, tells what there is to attack."""
    known = served(run.place.parent / "known", AsTold())
    paths = tuple(sorted({path for _, path in routes_of(known.app.routes)}))
    known.page.close()
    known.archive.close()
    data = run.settings.data_dir
    secrets = (
        run.place / "secret.txt",
        run.place / "home" / ".ssh" / "id_rsa",
        run.place / "tmp" / "secret.txt",
    )
    files = (*secrets, data / "annotator-salt", data / "prancha.sqlite3", Path("/etc/passwd"))
    return Target(app.url, known.page, paths, run.canary.url, files, str(data / "gradio"))


def _must_be_the_same_page(target: Target) -> None:
    config = httpx.get(f"{target.url}config", headers=who(Role.MAINTAINER, 0), timeout=60, trust_env=False).json()
    there = {one["id"]: one["api_name"] for one in config["dependencies"]}
    assert all(there[number] == fn.api_name for number, fn in target.events)


def _sent(run: AttackRun, target: Target, attacks: Iterable[Attack], role: Role) -> None:
    raw = Raw(target.url, {})
    salt = (run.settings.data_dir / "annotator-salt").read_bytes().decode("utf-8", "replace")
    for n, attack in enumerate(run.chosen(attacks)):
        began_s = time.monotonic()
        answer = sent_as(raw, attack, who(role, n))
        run.note(attack.kind, attack.what, answer, time.monotonic() - began_s, attack.must_fail)
        if salt in answer.text:
            run.bad(attack.kind, "read", attack.what)


def _queued(run: AttackRun, target: Target, attacks: Iterable[Attack], role: Role) -> None:
    """Those of one event by one person, all of whose ends are waited for."""
    for n, (session, some) in enumerate(groupby(run.chosen(attacks), lambda attack: attack.session)):
        let: list[Attack] = []
        with httpx.Client(base_url=target.url, headers=who(role, n), timeout=60, trust_env=False) as client:
            for attack in some:
                began_s = time.monotonic()
                found = client.post(attack.path, content=attack.body, headers=dict(attack.headers))
                took_s = time.monotonic() - began_s
                run.note("queue", attack.what, Answer(found.status_code, found.text), took_s)
                let += [attack] if found.is_success else []
            over = messages(client, session, len(let)) if let else []
        for message in over:
            if Answer(200, json.dumps(message, ensure_ascii=False)).is_wrong():
                run.bad("queue", FAILURE, f"{session}: {message}"[:300])
        refused = sum(attack.must_fail for attack in let)
        if sum(not message["success"] for message in over) < refused:
            run.bad("queue", "not refused", f"{session}: {over}"[:300])


def _annotating(run: AttackRun, app: AppProcess, archive: Archive) -> None:
    """Every field of every endpoint of the page's scripts, by somebody who has something to judge; one each."""
    for n, name in enumerate(ENDPOINTS):
        person, cases = world_of(app, archive, n)
        good = {"annotator": person.token, **cases[name].fields}
        tries = [{**good, of: value} for of in good for value in WRONG]
        if name == "erase":  # which would succeed, and leave nothing to try on
            tries = [{**one, "annotator": "0" * 32} for one in tries]
        attacks = (Attack("annotating", name, "POST", f"/{name}", sent(one).encode()) for one in tries)
        for attack in run.chosen(attacks):
            began_s = time.monotonic()
            found = person.client.post(attack.path, content=attack.body, headers=_JSON)
            run.note("annotating", name, Answer(found.status_code, found.text), time.monotonic() - began_s)
            try:
                if found.is_success:
                    check_reply(found.json()["data"][0])
            except (AssertionError, KeyError):
                run.bad("annotating", FAILURE, f"{name}: not a reply of ours: {found.text[:200]}")


def world_of(app: AppProcess, archive: Archive, n: int) -> tuple[Person, dict[str, Any]]:
    """One of the people who are logged in, with something to do everything on."""
    url = f"{app.url}gradio_api/run"
    client = httpx.Client(base_url=url, headers=who(Role.ANNOTATOR, n), timeout=60, trust_env=False)
    person = Person(client, archive).agreed()
    return person, world(person, archive, f" {n}")


def _stored_words(run: AttackRun, target: Target, version_id: str) -> None:
    """Whether names that were stored become elements of a page."""
    for n, name in enumerate(SHOWING):
        began_s = time.monotonic()
        with httpx.Client(base_url=target.url, headers=who(Role.MAINTAINER, n), timeout=60, trust_env=False) as client:
            data = shown(target.page, client, name, version_id)
        answer = Answer(200, json.dumps(data, ensure_ascii=False))
        run.note("stored words", name, answer, time.monotonic() - began_s)
        for element in elements_in(data):
            run.bad("stored words", "not refused", f"{name}: {element}")


def _slow_words(run: AttackRun, app: AppProcess) -> None:
    """Texts that a careless pattern reads for long, to what reads texts."""

    def attacks() -> Iterator[Attack]:
        for unit in UNITS:
            text, card = ((unit * chars)[: chars - 1] + "!" for chars in (SLOW_CHARS, TEXT_MAX_CHARS))
            for name, values in (
                ("prompt_warnings", [{"annotator": "0" * 32, "text": card}]),
                ("asked_summary", [text, text, "", text]),
            ):
                path, body = f"/gradio_api/run/{name}", json.dumps({"data": values}).encode()
                yield Attack("slow words", f"{name}: {unit}", "POST", path, body)

    raw = Raw(app.url, {})
    for n, attack in enumerate(run.chosen(attacks())):
        began_s = time.monotonic()
        answer = sent_as(raw, attack, who(Role.ANNOTATOR, n))
        run.note("slow words", attack.what, answer, time.monotonic() - began_s)
