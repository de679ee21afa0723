"""Programs that mean harm, at the address of the tools: no failure, nothing fetched, read or given away."""

from __future__ import annotations

import http.client
import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gradio import processing_utils
from gradio.utils import get_upload_folder

from aac.access import TOOLS, TOOLS_PATH, Role
from aac.access_settings import AccessSettings
from aac.ui.logins.alone import Alone, Nobody
from tests.canary import Canary, listening
from tests.ui.attack_requests import Answer
from tests.ui.attacks import GIANT, NUMBERS, SEED, TEXTS, WRONG, files, nested
from tests.ui.doors import app_behind, client
from tests.ui.programs import ACCEPTED, Program, message, said
from tests.ui.roles import ROLE, AsTold, Served, served

SECRET = "the words of the file that nobody may read"
MAKE, CHECK = "make_communication_cards", "check_communication_cards"
each_role = pytest.mark.parametrize("role", Role, ids=[role.name.lower() for role in Role])


@dataclass
class World:
    """A page with tools, what it must not touch, and what was asked of it."""

    server: Served
    canary: Canary
    secret: Path
    asked: Counter[str] = field(default_factory=Counter)

    def send(self, role: Role, body: bytes, kind: str, **headers: str) -> Answer:
        """Over plain HTTP, what no client would send. No answer is a failure, or holds what it should not."""
        answer = whole(self.server.url, body, {ROLE: role.name, **ACCEPTED, **headers})
        self.asked[kind] += 1
        assert answer.status < 500, (kind, answer)
        assert "Traceback" not in answer.text, (kind, answer)
        assert SECRET not in answer.text, (kind, answer)
        return answer


def whole(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The answer to its end: those of tools come as a stream of one message."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.putrequest("POST", TOOLS_PATH, skip_accept_encoding=True, skip_host="Host" in headers)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    found = connection.getresponse()
    text = found.read().decode("utf-8", "replace")
    connection.close()
    return Answer(found.status, text, found.headers.get("Content-Type", ""))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("attacked")
    secret = folder / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, listening() as canary:
        patch.setattr(processing_utils, "PUBLIC_HOSTNAME_WHITELIST", ["127.0.0.1"])  # what is fetched can be seen
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing may be looked for elsewhere
        server = served(folder / "data", AsTold(), tools=True)
        yield World(server, canary, secret)
        server.page.close()
        server.archive.close()


@pytest.fixture(autouse=True)
def nothing_unforeseen(world: World, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: the canary was not called, no file came, and nothing failed that nobody foresaw."""
    caplog.set_level(logging.WARNING)
    uploads = Path(get_upload_folder())
    before = files_of(uploads)
    yield
    assert world.canary.asked == []
    assert [(one.name, one.getMessage()[:300]) for one in caplog.records if one.exc_info] == []
    assert not any("Quero" in one.getMessage() for one in caplog.records)  # what is asked for is not logged
    assert files_of(uploads) == before
    assert list(Path.cwd().glob("pwned*")) == []


def files_of(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def call(name: Any, arguments: Any, **beside: Any) -> bytes:
    return json.dumps(message("tools/call", name=name, arguments=arguments, **beside)).encode()


FIELDS = ("prompt", "cards_wanted", "context", "follows", "level", "given", "well_formed", "temperature", "seed",
          "without_lora")  # fmt: skip


@each_role
def test_no_value_of_any_field_makes_the_server_fail(world: World, role: Role):
    made = random.Random(f"{SEED}-{role.name}")
    for name in TOOLS:
        names = FIELDS if name == MAKE else ("cards",)
        for _ in range(40):
            values = (*TEXTS, *NUMBERS, *WRONG, GIANT[:19_000], nested(made.choice((10, 100, 300))), None, True)
            arguments = {one: made.choice(values) for one in made.sample(names, made.randint(1, len(names)))}
            world.send(role, call(name, {"prompt": "Quero", **arguments}), f"value: {name}")


@each_role
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (MAKE, {"prompt": 7}),
        (MAKE, {"prompt": None}),
        (MAKE, {}),
        (MAKE, {"prompt": ["a"]}),
        (MAKE, {"prompt": "a\0b"}),
        (MAKE, {"prompt": "á" * 25_000}),
        (MAKE, {"prompt": "a", "cards_wanted": "5"}),
        (MAKE, {"prompt": "a", "cards_wanted": 2.5}),
        (MAKE, {"prompt": "a", "cards_wanted": True}),
        (MAKE, {"prompt": "a", "cards_wanted": 2**70}),
        (MAKE, {"prompt": "a", "temperature": "0"}),
        (MAKE, {"prompt": "a", "temperature": 1e300}),
        (MAKE, {"prompt": "a", "well_formed": "yes"}),
        (MAKE, {"prompt": "a", "given": "Quero"}),
        (MAKE, {"prompt": "a", "given": [1]}),
        (MAKE, {"prompt": "a", "level": "x"}),
        (MAKE, {"prompt": "a", "model": "tinyllama-1.1b"}),
        (MAKE, {"prompt": "a", "max_new_tokens": 10**6}),
        (CHECK, {"cards": []}),
        (CHECK, {"cards": [{}]}),
        (CHECK, {"cards": {"a": 1}}),
        (CHECK, {"cards": [{"written_text": "a", "spoken_text": "b", "image_id": 1}]}),
        (CHECK, {"cards": [{"written_text": "a", "spoken_text": "b", "image_id": "x", "origin": 1}]}),
        (CHECK, {"cards": [{"written_text": "a", "spoken_text": "b", "image_id": "💧"}] * 61}),
        ("list_training_runs", {"x": 1}),
        ("read_quality_report", {"folder": "/etc"}),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_wrong_value_is_an_error_in_both_languages(world: World, role: Role, name: str, wrong: dict[str, Any]):
    result = Program.of(world.server.url, role).call(name, **wrong)

    english, portuguese = said(result).split("\n\n")
    assert result.isError
    assert portuguese not in ("", english)
    assert world.server.archive.settings.data_dir.name not in said(result)


@each_role
def test_what_looks_like_a_file_is_neither_read_nor_fetched(world: World, role: Role):
    for file in files(world.canary.url, str(world.secret)):
        for name in TOOLS:
            for arguments in ({"prompt": file}, {"given": [file]}, {"cards": [file]}, {"cards": file}, file):
                answer = world.send(role, call(name, arguments), "file")
                assert '"isError":true' in answer.text or '"error"' in answer.text, (name, answer)


@each_role
def test_an_address_or_a_path_in_a_text_stays_a_text(world: World, role: Role):
    places = (f"{world.canary.url}/x", f"file://{world.secret}", str(world.secret), "data:text/plain;base64,c2VjcmV0")
    for place in places:
        card = {"written_text": place, "spoken_text": place, "image_id": place}
        world.send(role, call(MAKE, {"prompt": place, "context": place, "given": [place]}), "address")
        world.send(role, call(CHECK, {"cards": [card]}), "address")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "{host}"},
        {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "{host}"},
        {"X-Gradio-User": "mcp"},
        {"X-Gradio-Server": "{url}"},
        {"Host": "{host}"},
        {"Referer": "{url}/"},
        {"Last-Event-ID": "1"},
        {"Mcp-Session-Id": "../../x"},
    ],
    ids=str,
)
def test_no_header_makes_the_server_call_another(world: World, headers: dict[str, str]):
    host = world.canary.url.removeprefix("http://")
    filled = {name: value.format(host=host, url=world.canary.url) for name, value in headers.items()}

    for method in ("tools/list", "resources/read", "prompts/get", "tools/call"):
        asked = message(method, name=MAKE, uri=world.canary.url, arguments={"prompt": "Quero"})
        world.send(Role.MAINTAINER, json.dumps(asked).encode(), "header", **filled)


METHODS = ("resources/list", "resources/read", "resources/templates/list", "resources/subscribe", "prompts/list",
           "prompts/get", "logging/setLevel", "completion/complete", "tasks/list", "tasks/get",
           "sampling/createMessage", "elicitation/create", "roots/list", "x" * 10_000, "", "__init__")  # fmt: skip


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one[:30])
def test_there_is_nothing_but_tools(world: World, method: str):
    asked = message(method, uri=f"file://{world.secret}", name="x", level="debug")

    answer = world.send(Role.MAINTAINER, json.dumps(asked).encode(), "method")

    assert json.loads(answer.text)["error"] == {"code": -32601, "message": "Method not found"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b"\xff\xfe",
        b"\0",
        b"{" * 60_000,
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"jsonrpc": "2.0"}',
        b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": null, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": true, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 1e999, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": ' + b"9" * 5_000 + b', "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "\\udfff"}',
        b'{"jsonrpc": "2.0", "id": 1, "method": 7}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "arguments": {"a": NaN}}}',
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
    ],
    ids=lambda one: repr(one[:50]),
)
def test_what_is_no_message_is_refused_in_both_languages(world: World, body: bytes):
    answer = world.send(Role.MAINTAINER, body, "body")

    refusal = json.loads(answer.text)["refusal"]
    assert (answer.status, set(refusal)) == (400, {"kind", "pt", "en"})


@pytest.mark.parametrize(
    "params",
    [
        {"name": 7},
        {"name": ["x"]},
        {"name": "x" * 10_000},
        {"name": MAKE, "arguments": []},
        {"name": MAKE, "arguments": "x"},
        {"arguments": {}},
        {},
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_call_of_no_tool_is_an_error_of_the_protocol(world: World, params: dict[str, Any]):
    answer = world.send(Role.MAINTAINER, json.dumps(message("tools/call", **params)).encode(), "call")

    assert json.loads(answer.text)["error"]["code"] == -32602


@pytest.mark.parametrize("name", ["../promote", "promote", "who", "\r\nX: y", "__class__", "make_cards", "", "run/x"])
def test_a_tool_that_there_is_not_is_an_error(world: World, name: str):
    result = Program.of(world.server.url, Role.MAINTAINER).call(name)

    assert result.isError
    assert "Não há ferramenta" in said(result)


def test_what_else_a_message_holds_is_passed_on_to_nobody(world: World):
    beside = {"_meta": {"progressToken": [1]}, "task": {"ttl": 10**9}, "x": {"path": str(world.secret)}}

    answer = world.send(Role.VISITOR, call("read_quality_report", {}, **beside), "beside")

    assert '"isError":false' in answer.text


def test_a_body_that_is_too_large_is_not_read(world: World):
    answer = world.send(Role.MAINTAINER, b" " * 64_001, "size")

    assert answer.status == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "{own}"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
    ],
    ids=str,
)
def test_no_browser_calls_tools_whatever_page_it_is_on(world: World, headers: dict[str, str]):
    filled = {name: value.format(own=world.server.url.rstrip("/")) for name, value in headers.items()}

    answer = world.send(Role.MAINTAINER, call("list_training_runs", {}), "browser", **filled)

    assert answer.status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "0.0.0.0:7860", "127.0.0.1.evil.example", ""])
def test_a_name_that_was_made_to_point_here_calls_no_tools(host: str, tmp_path: Path):
    alone = served(tmp_path, tools=True)
    names = (host, alone.url.removeprefix("http://").rstrip("/"))
    listed = json.dumps(message("tools/list")).encode()
    answers = [whole(alone.url, listed, {**ACCEPTED, "Host": name}) for name in names]
    alone.page.close()

    assert [answer.status for answer in answers] == [403, 200]


def test_answers_of_tools_carry_what_every_answer_does(world: World):
    with world.server.client() as visitor:
        headers = visitor.post(TOOLS_PATH, json=message("tools/list"), headers=ACCEPTED).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert "no-cache" in headers["Cache-Control"]


@pytest.mark.parametrize("login", [Alone(), Nobody(Role.VISITOR)], ids=["alone", "nobody"])
def test_where_there_are_no_tools_the_gate_says_that_there_is_nothing(login: Any):
    answer = client(app_behind(login, AccessSettings())).post(TOOLS_PATH, json=message("tools/list"))

    assert answer.status_code == 404


def test_there_were_hundreds_of_requests(world: World):
    assert sum(world.asked.values()) > 800
