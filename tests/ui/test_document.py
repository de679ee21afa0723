"""Which scripts the page may run: those that were written into it, by their hashes, and no string as a function."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import gradio as gr
import httpx
import pytest
from gradio.components import HTML
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from aac.access import Asker, Role
from aac.ui import document
from aac.ui.document import Document
from aac.ui.scripts import first_script, head
from tests.ui.roles import Served, served

# As compiled.js reads them.
EVENT, ON_LOAD = re.compile(r"window\.prancha\.\w+"), re.compile(r"window\.prancha\.\w+\(element, trigger\);")
BY_DEFAULT = gr.HTML().js_on_load


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    found = served(tmp_path_factory.mktemp("document"))
    yield found
    found.page.close()
    found.archive.close()


class InlineScripts(HTMLParser):
    """What a browser takes for the text of scripts that have no address."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_inside = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_inside = tag == "script" and "src" not in dict(attrs)
        if self._is_inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False


def script_sources(answer: httpx.Response) -> list[str]:
    (found,) = re.findall(r"script-src ([^;]*);", answer.headers["Content-Security-Policy"])
    return found.split()


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_the_document_may_run_its_own_scripts_and_the_heads_and_no_others(page: Served):
    answer = httpx.get(page.url, trust_env=False)

    own = InlineScripts(answer.text).found
    assert len(own) == 6  # ours, and five of Gradio's
    assert set(script_sources(answer)) == {"'self'", *map(hash_of, [*own, *InlineScripts(head()).found])}


def test_our_first_script_stands_before_gradios(page: Served):
    assert InlineScripts(httpx.get(page.url, trust_env=False).text).found[0] == first_script()


@pytest.mark.parametrize("path", ["config", "theme.css", "nowhere", "login", "gradio_api/run/emoji"])
def test_no_other_answer_may_run_a_script_of_its_own(page: Served, path: str):
    answer = httpx.get(page.url + path, trust_env=False)

    assert script_sources(answer) == ["'self'"]
    assert "script-src-attr 'none'" in answer.headers["Content-Security-Policy"]


def test_every_script_of_an_event_is_one_that_the_page_knows_by_its_name(page: Served):
    named = [fn.js for fn in page.page.fns.values() if fn.js is not None]

    assert len(named) > 10
    assert [js for js in named if not EVENT.fullmatch(str(js))] == []


def test_every_piece_of_html_has_templates_that_the_page_knows(page: Served):
    pieces = [block for block in page.page.blocks.values() if isinstance(block, HTML)]

    assert {(piece.html_template, piece.css_template) for piece in pieces} == {("${value}", "")}
    assert [
        piece.js_on_load
        for piece in pieces
        if piece.js_on_load != BY_DEFAULT and not ON_LOAD.fullmatch(str(piece.js_on_load))
    ] == []


def test_what_gradio_does_with_html_by_default_is_known_too():
    assert str(BY_DEFAULT) in first_script()


def test_a_document_that_is_sent_again_is_not_searched_again(page: Served, monkeypatch: pytest.MonkeyPatch):
    first = httpx.get(page.url, trust_env=False)
    monkeypatch.setattr(document, "_INLINE", None)  # searching would fail

    again = httpx.get(page.url, trust_env=False)

    assert again.text == first.text
    assert script_sources(again) == script_sources(first)


def test_the_document_says_whose_it_is_by_a_tag_that_names_nobody():
    askers = [Asker(Role.ANNOTATOR, "key", login) for login in ("1a2b", "3c4d", "")]

    ana, bia, nobody = [whose(asker) for asker in askers]

    assert re.fullmatch("[0-9a-f]{16}", ana)
    assert "1a2b" not in ana
    assert ana != bia
    assert nobody == ""


def whose(asker: Asker) -> str:
    """The tag in what this person is sent."""

    async def plain(request: Request) -> HTMLResponse:
        return HTMLResponse("<html><head></head></html>")

    def known(app: ASGIApp) -> ASGIApp:
        return lambda scope, receive, send: app({**scope, "state": {"asker": asker}}, receive, send)

    app = Starlette(routes=[Route("/", plain)], middleware=[Middleware(known), Middleware(Document)])
    (tag,) = re.findall(r'<meta name="prancha-person" content="(.*?)">', TestClient(app).get("/").text)
    return str(tag)
