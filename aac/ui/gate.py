"""In front of every route: who asks, from where, how often, and whether there is such a route for them."""

from __future__ import annotations

import json
import logging
from contextlib import nullcontext
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aac.access import Asker, Route, route_of
from aac.errors import AacError
from aac.ui.access_texts import NOT_ALLOWED, NOT_KEPT, NOT_NOW, NOT_THERE, NOT_UNDERSTOOD, NOT_YOURS
from aac.ui.answers import Refusal, answer
from aac.ui.bodies import check_length, limited, most_bytes, read_again
from aac.ui.health import PATH, Health
from aac.ui.logins.kind import Login
from aac.ui.meters import kind_of
from aac.ui.metrics import PATH as METRICS_PATH
from aac.ui.metrics import Metrics
from aac.ui.pace import Pace
from aac.ui.protection import Protection

_log = logging.getLogger(__name__)
_HEARTBEAT, _CANCEL, _UPLOAD = "/gradio_api/heartbeat/", "/gradio_api/cancel", "/gradio_api/upload"
# Asked by HEAD, which Gradio and our own answers know of no other address than `/`.
_ASKED_BY_HEAD = (PATH, METRICS_PATH, "/login", "/config")


class Gate:
    """ASGI middleware. What it found stands in the request's state as `asker`, where events look for it.

    pace: the limits; None where there is one person only. health, metrics: what answers `/health` and `/metrics`.
    """

    def __init__(
        self,
        app: ASGIApp,
        login: Login,
        protection: Protection,
        pace: Pace | None = None,
        health: Health | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._app = app
        self._login = login
        self._protection = protection
        self._pace = pace
        self._health = health
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by itself, or let through."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":  # the page speaks no websockets
            send = self._protected(scope, send)
            if scope["method"] == "HEAD" and scope["path"] in _ASKED_BY_HEAD:
                scope, send = {**scope, "method": "GET"}, _without_body(send)
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_tools = bool(getattr(_page_of(scope), "mcp_server", False))
        route = route_of(scope["method"], scope["path"], with_tools=has_tools)
        if self._metrics is None:
            await self._serve(route, scope, receive, send)
            return
        meters, kind, is_begun = self._metrics.meters, kind_of(scope["path"], route), False
        scope.setdefault("state", {})["meters"] = meters

        async def forward(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                meters.answered(kind, message["status"])
            await send(message)

        try:
            await self._serve(route, scope, receive, forward)
        except Exception:
            if not is_begun:  # the server itself answers, past this gate
                meters.answered(kind, 500)
            raise

    def _protected(self, scope: Scope, send: Send) -> Send:
        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protection.add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        return forward

    async def _serve(self, route: Route | None, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, limited(receive, most_bytes(route)))
        try:
            response = await self._own_answer(request, route)
            if response is None and route is not None:
                await self._let_through(request, route, send)
                return
        except Refusal as refusal:
            response = answer(refusal, request)
        except AacError as error:  # its words name files of the server
            _log.error("login: %s", error)
            response = answer(Refusal(503, NOT_NOW, {"Retry-After": "30"}), request)
        if response is not None:
            await response(scope, receive, send)

    async def _own_answer(self, request: Request, route: Route | None) -> Response | None:
        """The login's answer, where it has one; else only checks, from the cheapest on."""
        self._protection.check_origin(request)
        check_length(request.headers.get("content-length"), most_bytes(route))
        if self._health and (request.method, request.scope["path"]) == ("GET", PATH):
            return await self._health.answer()
        is_metrics = self._metrics is not None and (request.method, request.scope["path"]) == ("GET", METRICS_PATH)
        if self._metrics and is_metrics and self._metrics.has_token(request):
            return await self._metrics.answer()
        if self._pace:  # what has no row, and the login's own addresses, count as pages
            self._pace.check_address(request, route.use if route else "read")
        asker = await self._login.asker(request)
        state = request.scope.setdefault("state", {})
        state.update(asker=asker, entrance=self._login.entrance)
        if self._pace:
            state.update(turns=self._pace.turns(request, asker), spender=self._pace.spender(request, asker))
        response = await self._login.answer(request)
        if response is None:
            if route is None or route.least is None:
                raise Refusal(404, NOT_THERE)
            if asker.role < route.least:
                raise Refusal(403, NOT_ALLOWED)
            if self._pace:
                self._pace.check_person(asker, route.use)
            if self._metrics and is_metrics:
                return await self._metrics.answer()
        return response

    async def _let_through(self, request: Request, route: Route, send: Send) -> None:
        asker = request.scope["state"]["asker"]
        receive = await _check_tab(request, asker)
        is_stream = self._pace is not None and route.use in ("stream", "tool")
        with self._pace.stream(request, asker) if self._pace and is_stream else nullcontext():
            await _pass_on(self._app, request, route, receive, send)


async def _check_tab(request: Request, asker: Asker) -> Receive:
    """Refuse what names somebody else's tab; gives the body to go on with. Events check theirs in `GuardedBlocks`."""
    path, receive = request.scope["path"], request.receive
    named: Any = request.query_params.get("session_hash")
    if path.startswith(_HEARTBEAT):
        named = path.removeprefix(_HEARTBEAT)
    elif path == _CANCEL:
        body = await request.body()
        receive = read_again(body, receive)
        named = _named_in(body)
    tabs = getattr(_page_of(request.scope), "tabs", None)
    if named and tabs is not None and not tabs.is_of(str(named), asker.key):
        raise Refusal(403, NOT_YOURS)
    return receive


def _without_body(send: Send) -> Send:
    async def forward(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return forward


def _page_of(scope: Scope) -> Any:
    app = scope.get("app")
    return app.get_blocks() if app is not None and hasattr(app, "get_blocks") else None


def _named_in(body: bytes) -> Any:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, NOT_UNDERSTOOD) from error
    return found.get("session_hash") if isinstance(found, dict) else None


async def _pass_on(app: ASGIApp, request: Request, route: Route, receive: Receive, send: Send) -> None:
    """The page's own answer; the refusal of an event where it was refused, 400 where Gradio finds no such event."""
    is_begun = is_replaced = False
    scope = request.scope

    async def forward(message: Message) -> None:
        nonlocal is_begun, is_replaced
        if message["type"] == "http.response.start":
            is_replaced = bool(message["status"] == 500 and scope["state"].get("refused"))
            is_begun = not is_replaced
        if not is_replaced:
            await send(message)

    try:
        await app(scope, receive, forward)
    except Exception as error:  # such as a name that is none: no trace for who asks, a line for who looks
        if is_begun or isinstance(error, Refusal):
            raise
        # Of the path only its row in the table: a whole one may name a file, or a tab, which is its owner's secret.
        _log.warning("%s %s: %s", scope["method"], route.path, type(error).__name__)
        if isinstance(error, OSError) and route.path == _UPLOAD:
            raise Refusal(503, NOT_KEPT, {"Retry-After": "60"}) from error
        raise Refusal(400, NOT_UNDERSTOOD) from error
    if is_replaced:
        raise scope["state"]["refused"]
