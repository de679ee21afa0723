"""Every event and every route of Gradio under attack, as everybody: no failure of the server, nothing given away.

Requests are made by `tests.ui.attacks` from a fixed seed. That there are a thousand and more is a test of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from gradio import processing_utils
from gradio.utils import get_upload_folder
from sqlalchemy import select

from aac.access import EVENTS, Role
from aac.store.copying import record_tables
from tests.canary import Canary, listening
from tests.ui.attacks import SEED, Answer, Raw, some_bodies, traversals
from tests.ui.roles import AsTold, Served, messages, routes_of, served

ROLES = (Role.VISITOR, Role.ANNOTATOR, Role.MAINTAINER)
SECRET = "the words of the file that nobody may read"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "BREW")
each_role = pytest.mark.parametrize("role", ROLES, ids=[role.name.lower() for role in ROLES])


@dataclass
class World:
    """A running page, what it must not touch, and how many requests it has had of which kind."""

    server: Served
    canary: Canary
    secret: Path
    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def check(self, answer: Answer, kind: str) -> Answer:
        """Note what should not be of any answer; `nothing_unforeseen` tells at the end of the test."""
        self.asked[kind] += 1
        if answer.status >= 500 or "Traceback" in answer.text or SECRET in answer.text:
            self.wrong.append(f"{kind}: {answer}"[:300])
        return answer

    def rows(self) -> dict[str, str]:
        """A hash of each table."""
        with self.server.archive.database.read() as connection:
            return {
                table.name: hashlib.sha256(repr(connection.execute(select(table)).all()).encode()).hexdigest()
                for table in record_tables()
            }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("attacked")
    secret = folder / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, listening() as canary:
        patch.setattr(processing_utils, "PUBLIC_HOSTNAME_WHITELIST", ["127.0.0.1"])  # what is fetched can be seen
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing may be looked for elsewhere
        server = served(folder / "data", AsTold())
        yield World(server, canary, secret)
        server.page.close()
        server.archive.close()


@pytest.fixture(autouse=True)
def nothing_unforeseen(world: World, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: nobody called the canary, and nothing of ours failed in a way that nobody foresaw."""
    caplog.set_level(logging.WARNING)
    world.wrong.clear()
    yield
    assert world.wrong == []
    assert world.canary.asked == []
    ours = [record for record in caplog.records if record.exc_info and record.name.startswith("aac")]
    assert [(record.name, record.getMessage(), str(record.exc_info and record.exc_info[1])) for record in ours] == []
    assert world.secret.read_text(encoding="utf-8") == SECRET
    assert list(Path.cwd().glob("pwned*")) == []


def events(world: World) -> list[tuple[int, Any]]:
    return [(number, fn) for number, fn in world.server.page.fns.items() if fn.fn]


def made_for(number: int, role: Role) -> random.Random:
    return random.Random(f"{SEED}-{number}-{role.name}")


# --- events -----------------------------------------------------------------------------------------------------------


@each_role
def test_no_direct_call_makes_the_server_fail(world: World, role: Role):
    raw, before = Raw(world.server.url, role), world.rows()

    for number, fn in events(world):
        made = made_for(number, role)
        for kind, body in some_bodies(fn, not fn.queue, world.canary.url, str(world.secret), made):
            answer = world.check(
                raw.ask("POST", f"/gradio_api/run/{fn.api_name}", body), f"direct: {fn.api_name}: {kind}"
            )
            if kind.startswith("no "):
                assert 400 <= answer.status < 500, (fn.api_name, kind, answer)

    assert world.rows() == before


@each_role
def test_no_call_through_the_queue_makes_it_fail(world: World, role: Role):
    before = world.rows()
    with world.server.client(role) as client:
        for number, fn in events(world):
            session = f"attack-{role.name}-{number}"
            kinds, made = [], made_for(number, role)
            for kind, body in some_bodies(fn, fn.queue, world.canary.url, str(world.secret), made):
                call = body[:-1] + f', "fn_index": {number}, "session_hash": "{session}"}}'.encode()
                headers = {"Content-Type": "application/json"}
                answer = client.post("/gradio_api/queue/join", content=call, headers=headers)
                world.check(Answer(answer.status_code, answer.text), f"queue: {fn.api_name}: {kind}")
                kinds += [kind] if answer.is_success else []
            over = messages(client, session, len(kinds)) if kinds else []
            assert not any("Traceback" in str(message) or SECRET in str(message) for message in over)
            refused = [kind for kind in kinds if kind.startswith("no ")]
            assert sum(not message["success"] for message in over) >= len(refused), (fn.api_name, over)

    if role < Role.MAINTAINER:
        assert world.rows() == before


@each_role
def test_what_is_said_beside_the_values_makes_no_failure_either(world: World, role: Role):
    raw, made = Raw(world.server.url, role), random.Random(SEED)
    others: dict[str, tuple[Any, ...]] = {
        "session_hash": (7, "", "a" * 10_000, "\0", "../../x", "\ud800", [], {"a": 1}),
        "event_id": (7, "x" * 10_000, [], "\0"),
        "event_data": ({"run": "../.."}, [1], "x", {"value": {"a": 1}}, {"_data": 1, "target": 2}, 10**400),
        "fn_index": (-1, 99_999, "1", 1.0, True, 2**70, [], "x"),
        "trigger_id": (-1, 99_999, "x", 2**70, [], True),
        "simple_format": (True, "x"),
        "batched": (True, "x"),
        "oauth_token": ("x", 7),
        "request": ({"scope": {}}, "x"),
    }
    for number, fn in events(world):
        if fn.queue:
            continue
        for name, values in made.sample(sorted(others.items()), 5):
            asked = {"data": [None] * len(fn.inputs), name: made.choice(values)}
            answer = raw.ask("POST", f"/gradio_api/run/{fn.api_name}", json.dumps(asked).encode())
            world.check(answer, f"beside: {fn.api_name}: {name}")
            assert number in world.server.page.fns


# --- routes -----------------------------------------------------------------------------------------------------------


@each_role
def test_every_route_with_every_method_and_wrong_parameters_makes_no_failure(world: World, role: Role):
    raw, made = Raw(world.server.url, role), random.Random(SEED)
    paths = sorted({path for _, path in routes_of(world.server.app.routes)})
    wrong = ("..%2f..%2fetc%2fpasswd", "%00", "%ff%fe", "a" * 2_000, "-1", "{x}", "%0d%0aX: y", "'%22%3Cscript%3E")

    for path in paths:
        for method in METHODS:
            filled = path
            while "{" in filled:
                start, _, rest = filled.partition("{")
                filled = f"{start}{made.choice(wrong)}{rest.partition('}')[2]}"
            query = made.choice(("", "?session_hash=x%00", "?upload_id=../../x", "?x=" + "y" * 5_000, "?__theme=x"))
            body = made.choice((b"", b"{}", b'{"data": []}', b"\xff"))
            world.check(raw.ask(method, filled.replace("{", "") + query, body), f"route: {method}")


@each_role
def test_no_way_of_writing_a_path_reads_a_file_that_lies_elsewhere(world: World, role: Role):
    raw = Raw(world.server.url, role)
    data = world.server.archive.settings.data_dir
    world.server.archive.salt  # noqa: B018 - made when first asked for
    files = [world.secret, data / "annotator-salt", data / "prancha.sqlite3", Path("/etc/passwd")]

    for file in files:
        for path in traversals(str(file), get_upload_folder()):
            answer = world.check(raw.ask("GET", path), "file")
            is_page = path.removeprefix("/").startswith(("?", "#")) or path in ("/", "//")
            assert answer.status != 200 or is_page or file.read_bytes() not in answer.text.encode(), path
            assert "root:x:0" not in answer.text
            assert "SQLite format" not in answer.text


@each_role
def test_no_way_of_writing_an_address_makes_the_server_fetch_it(world: World, role: Role):
    raw = Raw(world.server.url, role)
    address = world.canary.url.removeprefix("http://")
    ways = [f"http://{address}/x", f"http:/{address}/x", f"HTTP://{address}/x", f"//{address}/x", f"%68ttp://{address}",
            f"http:%2f%2f{address}/x", f"https://{address}", f"http://127.0.0.1@{address}/x", f"ftp://{address}",
            f"gopher://{address}/_x", f"http://{address}%23@example.org"]  # fmt: skip

    for reader in ("/gradio_api/file=", "/gradio_api/file=/", "/gradio_api/proxy=", "/file=", "/proxy=", "/static/"):
        for way in ways:
            world.check(raw.ask("GET", reader + way), "address")
            world.check(raw.ask("HEAD", reader + way), "address")


@each_role
def test_an_upload_of_anything_lies_where_uploads_lie_or_nowhere(world: World, role: Role):
    raw, kept = Raw(world.server.url, role), Path(get_upload_folder()).resolve()
    names = ["../../../pwned.txt", "/tmp/pwned.txt", "..\\..\\pwned", "a" * 5_000, "\0", "", ".", "..", "a\0b.csv",
             "çã 👩🏽‍🦽.csv", "a/b/c.csv", 'a";x="b.csv', "%2e%2e%2fpwned", "con.csv", "\r\nX: y"]  # fmt: skip
    boundary = "multipart/form-data; boundary=b"

    for name in names:
        body = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\nx\r\n--b--\r\n'.encode()
        answer = world.check(raw.ask("POST", "/gradio_api/upload", body, **{"Content-Type": boundary}), "upload")
        assert role == Role.MAINTAINER or answer.status == 403
        if answer.status == 200:
            paths = [Path(path).resolve() for path in json.loads(answer.text)]
            assert all(kept in path.parents for path in paths), (name, paths)
    for kind in (
        boundary,
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/plain",
        "",
        "application/json",
    ):
        for body in (b"", b"--b", b"--b--", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: x\r\n\r\n", b"\xff" * 5_000):
            world.check(raw.ask("POST", "/gradio_api/upload?upload_id=../x", body, **{"Content-Type": kind}), "upload")


# --- other pages ------------------------------------------------------------------------------------------------------


def test_no_other_page_can_make_a_maintainers_browser_do_anything(world: World):
    raw, before = Raw(world.server.url, Role.MAINTAINER), world.rows()
    forged: list[dict[str, str]] = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": world.server.url.rstrip("/")},
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},
    ]
    for number, fn in events(world):
        call = {"data": [None] * len(fn.inputs), "fn_index": number, "session_hash": f"forged-{number}"}
        for headers in forged:
            for path in (f"/gradio_api/run/{fn.api_name}", "/gradio_api/queue/join"):
                answer = world.check(raw.ask("POST", path, json.dumps(call).encode(), **headers), "other page")
                assert answer.status == 403
    for path in ("/gradio_api/upload", "/gradio_api/cancel", "/gradio_api/reset", "/login", "/logout"):
        for headers in forged:
            assert world.check(raw.ask("POST", path, b"{}", **headers), "other page").status == 403

    assert world.rows() == before


# --- all in all -------------------------------------------------------------------------------------------------------


def test_the_data_folder_holds_what_it_should_and_there_were_a_thousand_requests(world: World):
    names = {path.name.split("-wal")[0].split("-shm")[0] for path in world.server.archive.settings.data_dir.iterdir()}

    assert names <= {"prancha.sqlite3", ".prancha.sqlite3.lock", "annotator-salt", "jobs.sqlite3", "runs", "adapters",
                     "versions", ".jobs.sqlite3.lock"}  # fmt: skip
    assert sum(world.asked.values()) >= 1_000
    assert {kind.partition(":")[0] for kind in world.asked} == {"direct", "queue", "beside", "route", "file", "address",
                                                                "upload", "other page"}  # fmt: skip
    assert set(EVENTS) <= {str(fn.api_name).rstrip("0123456789").rstrip("_") for _, fn in events(world)}
