"""Whole requests of somebody who means harm, for the tests' own page and for the real one of `benchmarks/`.

The values in them are those of `tests.ui.attacks`. Each kind of attack is a generator over a target and a role, whose
requests come out the same each time.
"""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from aac.access import Role
from tests.ui.attacks import SEED, some_bodies, traversals

ROLES = (Role.VISITOR, Role.ANNOTATOR, Role.MAINTAINER)
SECRET = "the words of the file that nobody may read"
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "BREW")
_PARAMETERS = ("..%2f..%2fetc%2fpasswd", "%00", "%ff%fe", "a" * 2_000, "-1", "{x}", "%0d%0aX: y", "'%22%3Cscript%3E")
_BESIDE: dict[str, tuple[Any, ...]] = {
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
_ADDRESSES = (
    *("http://{0}/x", "http:/{0}/x", "HTTP://{0}/x", "//{0}/x", "%68ttp://{0}", "http:%2f%2f{0}/x", "https://{0}"),
    *("http://127.0.0.1@{0}/x", "ftp://{0}", "gopher://{0}/_x", "http://{0}%23@example.org"),
)
_FETCHERS = ("/gradio_api/file=", "/gradio_api/file=/", "/gradio_api/proxy=", "/file=", "/proxy=", "/static/")
_NAMES = (
    *("../../../pwned.txt", "/tmp/pwned.txt", "..\\..\\pwned", "a" * 5_000, "\0", "", ".", "..", "a\0b.csv"),
    *("çã 👩🏽‍🦽.csv", "a/b/c.csv", 'a";x="b.csv', "%2e%2e%2fpwned", "con.csv", "\r\nX: y"),
)
_BOUNDARY = "multipart/form-data; boundary=b"
_KINDS_OF_BODY = (
    _BOUNDARY,
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain",
    "",
    "application/json",
)
_PARTS = (b"", b"--b", b"--b--", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: x\r\n\r\n", b"\xff" * 5_000)
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Target:
    """What is attacked.

    page: the page that is served, for its events and their fields; it need not be the one of the server's process.
    paths: of all routes. canary_url: of a server that nobody should call. files: none of them may be read, and the
    first holds `SECRET`. uploads: where the server keeps what is sent to it.
    """

    url: str
    page: gr.Blocks
    paths: tuple[str, ...]
    canary_url: str
    files: tuple[Path, ...]
    uploads: str

    @property
    def events(self) -> list[tuple[int, Any]]:
        return [(number, fn) for number, fn in self.page.fns.items() if fn.fn]


@dataclass(frozen=True)
class Attack:
    """One request. what: of its kind. must_fail: whether it has to be refused, whoever asks.

    session: of a call that waits in the queue, whose end is told there; empty for all others.
    """

    kind: str
    what: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)
    must_fail: bool = False
    session: str = ""


@dataclass(frozen=True)
class Answer:
    """status: 0 where the server hung up. kind: the content's type."""

    status: int
    text: str
    kind: str = ""

    def is_wrong(self) -> bool:
        """Whether this should not be, whatever was asked: the server's failure, a trace, another place's file."""
        shown = ("Traceback", SECRET, "root:x:0", "SQLite format")
        return self.status >= 500 or any(words in self.text for words in shown)


class Raw:
    """A client that sends a path as it is written, which others would tidy up first. headers: of who asks."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def send(self, attack: Attack, more: Mapping[str, str] | None = None) -> Answer:
        """The answer; of one that does not end, its head. Raises `ConnectionRefusedError` where nobody listens."""
        head = {**self._headers, **(more or {}), **attack.headers, "Content-Length": str(len(attack.body))}
        try:
            self._connection.putrequest(attack.method, attack.path, skip_accept_encoding=True)
            for name, value in head.items():
                self._connection.putheader(name, value)
            self._connection.endheaders(attack.body)
            answer = self._connection.getresponse()
            kind = answer.headers.get("Content-Type", "")
            if kind.startswith("text/event-stream"):
                self.close()
                return Answer(answer.status, "", kind)
            return Answer(answer.status, answer.read().decode("utf-8", "replace"), kind)
        except ConnectionRefusedError:
            raise
        except (http.client.HTTPException, ConnectionError):  # the server hung up on it
            self.close()
            return Answer(0, "")

    def close(self) -> None:
        self._connection.close()


def _made_for(number: int, role: Role) -> random.Random:
    return random.Random(f"{SEED}-{number}-{role.name}")


def direct(target: Target, role: Role) -> Iterator[Attack]:
    """Every event, called past the queue."""
    for number, fn in target.events:
        made = _made_for(number, role)
        for kind, body in some_bodies(fn, not fn.queue, target.canary_url, str(target.files[0]), made):
            path = f"/gradio_api/run/{fn.api_name}"
            yield Attack("direct", f"{fn.api_name}: {kind}", "POST", path, body, must_fail=kind.startswith("no "))


def queue(target: Target, role: Role) -> Iterator[Attack]:
    """Every event through the queue; those of one event stand together, in one session."""
    for number, fn in target.events:
        session, made = f"attack-{role.name}-{number}", _made_for(number, role)
        for kind, body in some_bodies(fn, fn.queue, target.canary_url, str(target.files[0]), made):
            call = body[:-1] + f', "fn_index": {number}, "session_hash": "{session}"}}'.encode()
            what, must_fail = f"{fn.api_name}: {kind}", kind.startswith("no ")
            yield Attack("queue", what, "POST", "/gradio_api/queue/join", call, must_fail=must_fail, session=session)


def beside(target: Target, role: Role) -> Iterator[Attack]:
    """What is said beside an event's values."""
    made = random.Random(SEED)
    for _, fn in target.events:
        if fn.queue:
            continue
        for name, values in made.sample(sorted(_BESIDE.items()), 5):
            asked = {"data": [None] * len(fn.inputs), name: made.choice(values)}
            path = f"/gradio_api/run/{fn.api_name}"
            yield Attack("beside", f"{fn.api_name}: {name}", "POST", path, json.dumps(asked).encode())


def route(target: Target, role: Role) -> Iterator[Attack]:
    """Every route with every method and wrong parameters."""
    made = random.Random(SEED)
    for path in target.paths:
        for method in _METHODS:
            filled = path
            while "{" in filled:
                start, _, rest = filled.partition("{")
                filled = f"{start}{made.choice(_PARAMETERS)}{rest.partition('}')[2]}"
            query = made.choice(("", "?session_hash=x%00", "?upload_id=../../x", "?x=" + "y" * 5_000, "?__theme=x"))
            body = made.choice((b"", b"{}", b'{"data": []}', b"\xff"))
            yield Attack("route", f"{method} {path}", method, filled.replace("{", "") + query, body)


def file(target: Target, role: Role) -> Iterator[Attack]:
    """Every way of writing a path, at every route that reads files; what: the file."""
    for path in target.files:
        yield from (Attack("file", str(path), "GET", way) for way in traversals(str(path), target.uploads))


def address(target: Target, role: Role) -> Iterator[Attack]:
    """Every way of writing an address that the server is to fetch."""
    place = target.canary_url.removeprefix("http://")
    for fetcher in _FETCHERS:
        for way in _ADDRESSES:
            yield from (Attack("address", way, method, fetcher + way.format(place)) for method in ("GET", "HEAD"))


def upload(target: Target, role: Role) -> Iterator[Attack]:
    """Files of any name, and bodies that are none; `must_fail` for those who may send none."""
    for name in _NAMES:
        body = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\nx\r\n--b--\r\n'.encode()
        path, headers = "/gradio_api/upload", {"Content-Type": _BOUNDARY}
        yield Attack("upload", f"a name: {name[:40]}", "POST", path, body, headers, role < Role.MAINTAINER)
    for kind in _KINDS_OF_BODY:
        for body in _PARTS:
            path, headers = "/gradio_api/upload?upload_id=../x", {"Content-Type": kind}
            yield Attack("upload", f"a body: {kind}", "POST", path, body, headers)


def other_page(target: Target, role: Role) -> Iterator[Attack]:
    """What another page makes a person's browser send."""
    forged: tuple[dict[str, str], ...] = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": target.url.rstrip("/")},
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},
    )
    for number, fn in target.events:
        call = {"data": [None] * len(fn.inputs), "fn_index": number, "session_hash": f"forged-{number}"}
        for headers in forged:
            for path in (f"/gradio_api/run/{fn.api_name}", "/gradio_api/queue/join"):
                yield _forged(path, json.dumps(call).encode(), headers)
    for path in ("/gradio_api/upload", "/gradio_api/cancel", "/gradio_api/reset", "/login", "/logout"):
        yield from (_forged(path, b"{}", headers) for headers in forged)


def _forged(path: str, body: bytes, headers: Mapping[str, str]) -> Attack:
    return Attack("other page", path, "POST", path, body, {**_JSON, **headers}, must_fail=True)


# What the docs and the figures call each kind.
KINDS: dict[str, Callable[[Target, Role], Iterator[Attack]]] = {
    "direct": direct,
    "queue": queue,
    "beside": beside,
    "route": route,
    "file": file,
    "address": address,
    "upload": upload,
    "other page": other_page,
}
