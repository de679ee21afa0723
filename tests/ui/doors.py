"""The gate in front of the smallest of apps, which says who was let through: what a request meets, without the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from aac.access_settings import AccessSettings
from aac.settings import Settings
from aac.ui.gate import Gate
from aac.ui.limits import Addresses, Buckets
from aac.ui.logins.choosing import choose_login
from aac.ui.logins.kind import Login
from aac.ui.pace import Pace
from aac.ui.protection import Protection
from aac.workflow.archive import Archive

HERE = ("127.0.0.1", 50_000)


class Clock:
    """A time that goes on when a test says so."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


async def _who(request: Request) -> Response:
    asker = request.scope["state"]["asker"]
    length = len(await request.body())
    return JSONResponse({"role": asker.role.name, "login": asker.login, "name": asker.name, "bytes": length})


def app_behind(login: Login, access: AccessSettings | None = None, clock: Clock | None = None) -> Starlette:
    """Every address answers who asked."""
    access = access or AccessSettings()
    clock = clock or Clock()
    pace = Pace(Addresses(access.proxies, clock), Buckets(clock))
    gate = Middleware(Gate, login=login, protection=Protection(access), pace=pace)
    return Starlette(routes=[Route("/{path:path}", _who, methods=["GET", "POST", "HEAD"])], middleware=[gate])


def client(app: Any, url: str = "http://127.0.0.1:7860", address: tuple[str, int] = HERE) -> TestClient:
    """A browser of its own, with its own cookies, which follows nothing by itself."""
    return TestClient(app, base_url=url, client=address, follow_redirects=False)


def login_of(folder: Path, access: AccessSettings, host: str = "0.0.0.0", without_login: bool = False) -> Login:
    """What `aac app` would put into the gate."""
    return choose_login(Archive(replace(Settings(folder), access=access)), host, without_login)


def who(browser: TestClient, **headers: str) -> tuple[str, str]:
    """The role and the name that this browser has now."""
    found = browser.get("/config", headers=headers).json()
    return found["role"], found["name"]
