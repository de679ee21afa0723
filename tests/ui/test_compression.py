"""What is sent compressed and what is not: the document is, answers of events and streams are not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.middleware.gzip import GZipResponder
from starlette.responses import PlainTextResponse
from starlette.types import Message

from aac.ui import compression
from tests.loops import run
from tests.ui.roles import Served, served

PACKED = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = served(tmp_path_factory.mktemp("compressed"))
    yield found
    found.page.close()
    found.archive.close()


@pytest.fixture
def browser(page: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.url, timeout=60, trust_env=False) as client:
        yield client


def sent_bytes(client: httpx.Client, path: str, **headers: str) -> tuple[int, httpx.Response]:
    """How many bytes the body has on its way, and the answer."""
    with client.stream("GET", path, headers=headers) as answer:
        return len(b"".join(answer.iter_raw())), answer


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css"])
def test_what_is_the_same_for_everybody_is_a_third_or_less_on_its_way(browser: httpx.Client, path: str):
    plain, _ = sent_bytes(browser, path, **{"Accept-Encoding": "identity"})

    packed, answer = sent_bytes(browser, path, **PACKED)

    assert packed < plain / 3
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == packed
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_list_of_emoji_is_a_third_or_less_on_its_way(browser: httpx.Client):
    answer = browser.post("/gradio_api/run/emoji", json={"data": [{}]}, headers=PACKED)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < len(answer.content) / 3


def test_who_does_not_ask_for_it_gets_the_document_as_it_is(browser: httpx.Client):
    answer = browser.get("/", headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("asked", ["GZIP", "*", "br;q=0, gzip", "deflate, gzip;q=0.5", "x-gzip", "gzip;q=1.000"])
def test_who_accepts_gzip_in_any_spelling_gets_it(browser: httpx.Client, asked: str):
    assert browser.get("/", headers={"Accept-Encoding": asked}).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "asked", ["gzip;q=0", "gzip; Q=0.0", "*;q=0", "*, gzip;q=0", "gzip;q=0.5, identity", "gzip;q=x", "notgzip", ""]
)
def test_who_does_not_want_gzip_gets_the_document_as_it_is(browser: httpx.Client, asked: str):
    assert "Content-Encoding" not in browser.get("/", headers={"Accept-Encoding": asked}).headers


@pytest.mark.parametrize("path", ["/", "/config"])
def test_a_head_tells_the_length_that_a_get_would_have(browser: httpx.Client, path: str):
    got, head = browser.get(path, headers=PACKED), browser.head(path, headers=PACKED)

    same = ("Content-Encoding", "Content-Length", "Content-Type", "Vary")
    assert {name: head.headers[name] for name in same} == {name: got.headers[name] for name in same}
    assert head.content == b""


def test_the_answer_of_an_event_is_not_compressed(browser: httpx.Client):
    said = {"text": " ".join(f"Ligue para (11) 9{n:04}-4321." for n in range(60))}

    answer = browser.post("/gradio_api/run/prompt_warnings", json={"data": [said]}, headers=PACKED)

    assert answer.status_code == 200
    assert len(answer.content) > 1_000
    assert "Content-Encoding" not in answer.headers


def test_files_of_gradio_are_compressed_once_and_kept_for_a_year(browser: httpx.Client):
    script = browser.get("/").text.partition('src="./assets/')[2].partition('"')[0]

    answer = browser.get(f"/assets/{script}", headers=PACKED)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_not_there_is_not_kept(browser: httpx.Client):
    assert "immutable" not in browser.get("/assets/nothing-12345678.js").headers.get("Cache-Control", "")


@pytest.mark.parametrize("accepted", ["gzip", "br", "identity"])
def test_who_asks_for_a_part_of_what_may_be_compressed_gets_the_whole(browser: httpx.Client, accepted: str):
    script = browser.get("/").text.partition('src="./assets/')[2].partition('"')[0]
    whole = browser.get(f"/assets/{script}").content

    part = browser.get(f"/assets/{script}", headers={"Range": "bytes=100-5000", "Accept-Encoding": accepted})

    assert (part.status_code, part.content) == (200, whole)
    assert "Content-Range" not in part.headers


def test_the_pages_own_stream_comes_piece_by_piece(browser: httpx.Client):
    with browser.stream("GET", "/gradio_api/heartbeat/abc", headers=PACKED) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in answer.headers
        assert "ALIVE" in next(answer.iter_text())  # the stream has no end


def test_an_events_stream_is_not_compressed(browser: httpx.Client, page: Served):
    (number,) = (number for number, fn in page.page.fns.items() if fn.api_name == "emoji")
    browser.post("/gradio_api/queue/join", json={"data": [{}], "fn_index": number, "session_hash": "abc"})

    with browser.stream("GET", "/gradio_api/queue/data", params={"session_hash": "abc"}, headers=PACKED) as answer:
        told = [line for line in answer.iter_lines() if "process_completed" in line]

    assert len(told) == 1
    assert "Content-Encoding" not in answer.headers


@pytest.fixture
def packings(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was packed, each time."""
    found: list[bytes] = []
    plain = GZipResponder.apply_compression

    async def counted(responder: GZipResponder, body: bytes, *, more_body: bool) -> bytes:
        found.append(body)
        return await plain(responder, body, more_body=more_body)

    monkeypatch.setattr(GZipResponder, "apply_compression", counted)
    return found


def test_a_document_that_is_sent_again_is_not_packed_again(browser: httpx.Client, packings: list[bytes]):
    texts = {browser.get("/", headers=PACKED).text for _ in range(5)}

    assert len(texts) == 1
    assert len(packings) <= 1


def test_of_packed_bodies_only_a_few_are_kept(packings: list[bytes]):
    kept: OrderedDict[bytes, bytes] = OrderedDict()

    async def send(_: Any) -> None: ...

    async def answers() -> None:
        for number in range(50):
            app = PlainTextResponse(f"{number} " * 1_000)
            await compression._Packing(app, kept)({"type": "http", "method": "GET"}, _nothing, send)

    run(answers())

    assert len(packings) == 50
    assert len(kept) == compression._KEPT


async def _nothing() -> Message:
    return {"type": "http.request"}
