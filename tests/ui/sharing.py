"""A server that several people reach, with a small model beside the embedded one that really writes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
from starlette.middleware import Middleware
from starlette.requests import Request

from aac.access import Asker, Role
from aac.access_settings import AccessSettings
from aac.models import registry
from aac.models.registry import BaseModel
from aac.ui.gate import Gate
from aac.ui.limits import Addresses
from aac.ui.meters import Meters
from aac.ui.pace import Pace
from aac.ui.page import build_page, launch_options
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.ui.roles import ROLE

NAME, ADDRESS = "x-test-name", "x-forwarded-for"
PATIENCE_S = 60.0


class Named:
    """Who asks is who a request says: a role, and for who is logged in a name."""

    entrance = "/login"

    async def asker(self, request: Request) -> Asker:
        role = Role[request.headers.get(ROLE, "VISITOR")]
        name = request.headers.get(NAME, "")
        return Asker(role, name, name)

    async def answer(self, request: Request) -> None:
        return None


@dataclass
class Shared:
    """A running page behind one proxy. meters: what it counts."""

    page: gr.Blocks
    url: str
    meters: Meters

    def client(self, role: Role = Role.VISITOR, name: str = "", address: str = "192.0.2.1") -> httpx.Client:
        headers = {ROLE: role.name, ADDRESS: address, **({NAME: name} if name else {})}
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S, trust_env=False, headers=headers)

    def person(self, name: str) -> httpx.Client:
        return self.client(Role.ANNOTATOR, name)

    def count(self, series: str, **labels: str) -> float:
        return self.meters.registry.get_sample_value(series, labels) or 0.0

    def wait_for(self, series: str, value: float) -> None:
        """Until the server counts so many."""
        end_s = time.monotonic() + PATIENCE_S
        while self.count(series) != value:
            assert time.monotonic() < end_s, series
            time.sleep(0.02)

    def ask(self, client: httpx.Client, session: str, **chosen: Any) -> None:
        """Stand in the line; chosen: as of `make_cards`."""
        (number,) = (number for number, fn in self.page.fns.items() if fn.api_name == "make_cards")
        data = [chosen.get(str(one.elem_id), getattr(one, "value", None)) for one in self.page.fns[number].inputs]
        asked = {"data": data, "fn_index": number, "session_hash": session}
        assert client.post("/gradio_api/queue/join", json=asked).is_success


def begin(client: httpx.Client, session: str) -> list[Any]:
    """What pressing the button gives: two buttons, the message, two columns, and more."""
    answer = client.post("/gradio_api/run/begin", json={"data": [], "session_hash": session})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


def said(client: httpx.Client, session: str) -> Iterator[dict[str, Any]]:
    """What the queue says to a tab; closed, the tab's connection is."""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
        for line in answer.iter_lines():
            if line.startswith("data:"):
                yield json.loads(line[5:])


def add_model(monkeypatch: Any, name: str, folder: Path, parameters: int = 500_000) -> None:
    """Let the page offer one more base model, which is on this computer."""
    entry = BaseModel(name, "", "local", "", "plain", parameters, 0, folder=folder)
    monkeypatch.setattr(registry, "_ENTRIES", (*registry._ENTRIES, entry))


@contextmanager
def shared(speakers: Speakers, archive: Archive, login: Any = None) -> Iterator[Shared]:
    meters = Meters()
    page = build_page(speakers, archive, meters=meters)
    access = AccessSettings(proxies=1)
    gate = Middleware(Gate, login=login or Named(), protection=Protection(access), pace=Pace(Addresses(1)))
    options = {**launch_options(), "app_kwargs": {"middleware": [gate]}}
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    try:
        yield Shared(page, url, meters)
    finally:
        page.close()
        archive.close()
