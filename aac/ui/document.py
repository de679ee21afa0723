"""The page's document as it is sent: whose it is, our script in front of Gradio's, and which scripts may run in it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aac.access import Asker
from aac.ui.scripts import first_script

PATHS = ("/",)
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HEAD = b"<head>"
# Of so many documents it is kept what was found in them: whose it is aside, all get the same from the same address.
_KEPT = 4


class Document:
    """ASGI middleware behind the gate, which puts the hashes into the Content-Security-Policy.

    Gradio writes some scripts into the document, where nothing stands that anybody sent: these may run. It puts `head`
    into the page later: its scripts may, too. What comes into the page by any other way may not.
    """

    def __init__(self, app: ASGIApp, head: str = "") -> None:
        self._app = app
        self._first = b"<script>" + first_script().encode() + b"</script>"
        self._of_head = hashes(head.encode())
        self._known_hashes = lru_cache(_KEPT)(hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only the document itself is looked at, and only where it is one."""
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def forward(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._send(scope, start, b"".join(parts), send)

        await self._app(scope, receive, forward)

    async def _send(self, scope: Scope, start: Message, body: bytes, send: Send) -> None:
        if Headers(raw=start["headers"]).get("content-type", "").startswith("text/html"):
            body = body.replace(_HEAD, _HEAD + self._first, 1)
            state = scope.setdefault("state", {})
            state["scripts"] = (*self._known_hashes(body), *self._of_head)
            body = body.replace(_HEAD, _HEAD + _whose(state.get("asker")), 1)
            MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _whose(asker: Asker | None) -> bytes:
    """The tag is hexadecimal digits, or nothing."""
    return f'<meta name="prancha-person" content="{asker.tag if asker else ""}">'.encode()


def hashes(html: bytes) -> tuple[str, ...]:
    """Of each inline script in it, as a Content-Security-Policy names them."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE.findall(html))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
