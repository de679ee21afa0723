"""A server whose login believes what a test says, and the page's events with something harmless in their place."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
from starlette.middleware import Middleware
from starlette.requests import Request

from aac.access import Asker, Role
from aac.access_settings import AccessSettings
from aac.settings import Settings
from aac.ui.gate import Gate
from aac.ui.logins.kind import Login
from aac.ui.pace import Pace
from aac.ui.page import build_page, launch_options
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from tests.ui.conftest import NoModel

ROLE = "x-test-role"
PROBED = "the probe ran"


class AsTold:
    """Every request is of the role in its header."""

    entrance = "/login"

    async def asker(self, request: Request) -> Asker:
        role = Role[request.headers.get(ROLE, "VISITOR")]
        return Asker(role, f"test:{role.name}")

    async def answer(self, request: Request) -> None:
        return None


@dataclass
class Served:
    """A running page. ran: the ids of the events that got through, in order."""

    page: gr.Blocks
    app: Any
    url: str
    archive: Archive
    ran: list[int] = field(default_factory=list)

    def client(self, role: Role = Role.VISITOR) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, headers={ROLE: role.name})

    def put_probes(self) -> None:
        """Let every event only note that it ran: nothing trains, pulls or writes."""
        for number, fn in self.page.fns.items():
            if fn.fn:
                fn.fn, fn.preprocess, fn.inputs_as_dict = self._probe(number), False, False

    def _probe(self, number: int) -> Any:
        def probe(*values: Any) -> None:
            self.ran.append(number)
            raise gr.Error(PROBED, print_exception=False)

        return probe


def served(
    folder: Path,
    login: Login | None = None,
    access: AccessSettings | None = None,
    *,
    tools: bool = False,
    pace: Pace | None = None,
    **options: Any,
) -> Served:
    """A page of its own, launched as ours are; close its `page` afterwards. tools: as PRANCHA_MCP asks for them.

    pace: the limits; none by default where there is a login, for a test asks more in a second than people may.
    """
    archive = Archive(Settings(folder, worker="off", mcp=tools))
    page = build_page(NoModel(archive.settings), archive)
    launched = {**launch_options(login, access, tools=tools), **options}
    if login is not None:
        gate = Middleware(Gate, login=login, protection=Protection(access or AccessSettings()), pace=pace)
        launched["app_kwargs"] = {"middleware": [gate]}
    app, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launched)
    return Served(page, app, url, archive)


def routes_of(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and path of each route, those of included routers and mounted apps too."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from routes_of(route.effective_candidates())
        elif getattr(route, "routes", None):
            yield from (("MOUNT", route.path), *routes_of(route.routes))
        else:
            yield from ((method, route.path) for method in route.methods)


def messages(client: httpx.Client, session: str, wanted: int, patience_s: float = 300.0) -> list[dict[str, Any]]:
    """What the queue says to a session, until that many events are over. Raises `TimeoutError` where it takes long."""
    over: list[dict[str, Any]] = []
    ends_s = time.monotonic() + patience_s
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
        for line in answer.iter_lines():
            message = json.loads(line[5:]) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                over.append(message)
            if len(over) == wanted:
                break
            if time.monotonic() > ends_s:
                raise TimeoutError(f"{len(over)} of {wanted} events of {session} were over after {patience_s} s")
    return over
