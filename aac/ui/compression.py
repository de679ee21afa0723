"""What is sent compressed beside the files that Gradio compresses by their names' ends: what all get alike.

That holds nothing secret. What else answers an event is sent as it is, as it may hold signatures, names and rows of one
person beside what somebody else wrote: from the length of such an answer, compressed, the secret can be guessed
(BREACH). Streams go through untouched.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = ("/", "/config", "/gradio_api/run/emoji")
_LEAST_BYTES = 1_000
_LEVEL = 6
_WEIGHT = re.compile(r"q\s*=\s*(0(?:[.]\d{0,3})?|1(?:[.]0{0,3})?)")
# What Gradio compresses, parts of a file too, whose `Content-Range` then lies.
_GRADIOS = re.compile(r".+[.](html?|js|css|json|md|txt|[ct]sv|xml|svg)", re.IGNORECASE)


class Compressed:
    """ASGI middleware behind the gate."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress, or let through; who asks for a part of what Gradio compresses gets the whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in _OURS:
            asked = MutableHeaders(raw=list(scope["headers"]))
            asked["Accept-Encoding"] = "gzip" if accepts_gzip(Headers(scope=scope)) else "identity"
            await self._packing({**scope, "headers": asked.raw}, receive, send)
        elif _GRADIOS.fullmatch(scope["path"]):
            asked = MutableHeaders(raw=list(scope["headers"]))
            del asked["Range"]
            await self._app({**scope, "headers": asked.raw}, receive, send)
        else:
            await self._app(scope, receive, send)


def accepts_gzip(headers: Headers) -> bool:
    """Whether `Accept-Encoding` allows it and does not prefer what is not packed (RFC 9110, 12.5.3).

    Starlette only looks for the letters, and so does Gradio before its files: it stands in front of this.
    """
    weights: dict[str, float] = {}
    for part in ",".join(headers.getlist("Accept-Encoding")).lower().split(","):
        way, *more = (word.strip() for word in part.split(";"))
        weights[way.removeprefix("x-")] = min(map(_weight, more), default=1.0)
    weight = weights.get("gzip", weights.get("*", 0.0))
    return weight > 0 and weight >= weights.get("identity", 0.0)


def _weight(parameter: str) -> float:
    """0 where it cannot be read: what is sent as it is, everybody can read."""
    found = _WEIGHT.fullmatch(parameter)
    return float(found[1]) if found else 0.0
