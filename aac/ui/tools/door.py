"""Where programs knock: one JSON-RPC message a request, read and written anew before the MCP library sees any of it.

What is not of the few methods that there are is answered here, as that library writes what it does not understand into
the log, and fails at JSON that no other program writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aac.ui.access_texts import NOT_FROM_HERE, NOT_UNDERSTOOD
from aac.ui.answers import Refusal
from aac.ui.bodies import read_again

_NO_SUCH_METHOD, _WRONG_PARAMETERS = -32601, -32602
_VERSION = re.compile(r"\d{4}-\d\d-\d\d")
_NAME_MAX_CHARS = 200
Message = dict[str, Any]


class Door:
    """An ASGI app before that of the MCP library. It raises `Refusal`, which the gate answers."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by itself, or let a message through that holds nothing but what is known."""
        request = Request(scope, receive)
        _check_no_browser(request)
        message = _message(await request.body())
        response = _own_answer(message)
        if response is not None:
            await response(scope, receive, send)
            return
        body = json.dumps(_known(message)).encode()
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        scope = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        await self._inner(scope, read_again(body, receive), send)


def _check_no_browser(request: Request) -> None:
    """No page calls tools, this one's neither: so no name that was made to point here (DNS rebinding) can."""
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        raise Refusal(403, NOT_FROM_HERE)


def _message(body: bytes) -> Message:
    """One message. Raises `Refusal` 400 for anything else: many in a list, NaN, halves of characters, no JSON."""
    try:
        found = json.loads(body, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, NOT_UNDERSTOOD) from error
    if not isinstance(found, dict) or found.get("jsonrpc") != "2.0" or not isinstance(found.get("method"), str):
        raise Refusal(400, NOT_UNDERSTOOD)
    if "id" in found and not _is_id(found["id"]):
        raise Refusal(400, NOT_UNDERSTOOD)
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _NAME_MAX_CHARS
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _own_answer(message: Message) -> Response | None:
    """To what needs no answer (each request stands by itself: there is nothing to tell), and to what there is not."""
    if "id" not in message:
        return Response(status_code=202)
    if message["method"] not in _KNOWN:
        return _failed(message, _NO_SUCH_METHOD, "Method not found")
    if _KNOWN[message["method"]](_parameters(message)) is None:
        return _failed(message, _WRONG_PARAMETERS, "Invalid params")
    return None


def _failed(message: Message, code: int, text: str) -> Response:
    return JSONResponse({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": text}})


def _parameters(message: Message) -> Mapping[str, Any]:
    found = message.get("params")
    return found if isinstance(found, dict) else {}


def _initialize(given: Mapping[str, Any]) -> Message | None:
    """Who the program says that it is is nobody's business: it is kept nowhere."""
    version = given.get("protocolVersion")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return None
    return {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "program", "version": "0"}}


def _nothing(given: Mapping[str, Any]) -> Message | None:
    return {}


def _call(given: Mapping[str, Any]) -> Message | None:
    name, arguments = given.get("name"), given.get("arguments")
    arguments = {} if arguments is None else arguments
    if not isinstance(name, str) or len(name) > _NAME_MAX_CHARS or not isinstance(arguments, dict):
        return None
    return {"name": name, "arguments": arguments}


_KNOWN = {"initialize": _initialize, "ping": _nothing, "tools/list": _nothing, "tools/call": _call}


def _known(message: Message) -> Message:
    found = {"jsonrpc": "2.0", "id": message["id"], "method": message["method"]}
    parameters = _KNOWN[message["method"]](_parameters(message))
    return {**found, "params": parameters} if parameters else found
