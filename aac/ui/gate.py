"""In front of every route: who asks, and whether there is such a route for them. It reads no body."""

from __future__ import annotations

import logging
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aac.access import Asker, route_of
from aac.ui.access_texts import NOT_ALLOWED, NOT_THERE, NOT_UNDERSTOOD
from aac.ui.answers import Refusal, answer
from aac.ui.logins.kind import Login

_log = logging.getLogger(__name__)


class Gate:
    """ASGI middleware. What it found stands in the request's state as `asker`, where events look for it."""

    def __init__(self, app: ASGIApp, login: Login) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by itself, or let through."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            asker = self._login.asker(request)
            response = await self._login.answer(request)
            if response is None:
                _check_route(request, asker)
        except Refusal as refusal:
            response = answer(refusal, request)
        if response is not None:
            await response(scope, receive, send)
            return
        scope.setdefault("state", {})["asker"] = asker
        await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page's own answer; 403 where an event was refused, 400 where Gradio finds no such event."""
        is_begun = is_replaced = False

        async def forward(message: Message) -> None:
            nonlocal is_begun, is_replaced
            if message["type"] == "http.response.start":
                is_replaced = bool(message["status"] == 500 and scope["state"].get("refused"))
                is_begun = not is_replaced
            if not is_replaced:
                await send(message)

        try:
            await self._app(scope, receive, forward)
        except Exception as error:  # such as a name that is none: no trace for who asks, a line for who looks
            if is_begun:
                raise
            _log.warning("%s %s: %s", scope["method"], scope["path"][:80], type(error).__name__)
            await _refuse(400, scope, receive, send)
            return
        if is_replaced:
            await _refuse(403, scope, receive, send)


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    text: Any = {400: NOT_UNDERSTOOD, 403: NOT_ALLOWED}[status]
    await answer(Refusal(status, text), Request(scope))(scope, receive, send)


def _check_route(request: Request, asker: Asker) -> None:
    route = route_of(request.method, request.scope["path"])
    if route is None or route.least is None:
        raise Refusal(404, NOT_THERE)
    if asker.role < route.least:
        raise Refusal(403, NOT_ALLOWED)
