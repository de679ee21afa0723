"""What is sent compressed beside the files that Gradio compresses by their names' ends: what all get alike.

That holds nothing secret: in the document only whose it is differs, by a tag that opens nothing. What else answers an
event is sent as it is, as it may hold signatures, names and rows of one person beside what somebody else wrote: from
the length of such an answer, compressed, the secret can be guessed (BREACH). Streams go through untouched.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware, GZipResponder
from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = ("/", "/config", "/gradio_api/run/emoji")
_LEAST_BYTES = 1_000
_LEVEL = 6
# All get the same: so many bodies are kept as they were packed last, two of each path.
_KEPT = 2 * len(_OURS)
_WEIGHT = re.compile(r"q\s*=\s*(0(?:[.]\d{0,3})?|1(?:[.]0{0,3})?)")
# What Gradio compresses, parts of a file too, whose `Content-Range` then lies.
_GRADIOS = re.compile(r".+[.](html?|js|css|json|md|txt|[ct]sv|xml|svg)", re.IGNORECASE)


class Compressed:
    """ASGI middleware behind the gate."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._plain = GZipMiddleware(app, minimum_size=_LEAST_BYTES)
        self._packed: OrderedDict[bytes, bytes] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress, or let through; who asks for a part of what Gradio compresses gets the whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in _OURS:
            if accepts_gzip(Headers(scope=scope)):
                await _Packing(self._app, self._packed)(scope, receive, send)
            else:
                asked = MutableHeaders(raw=list(scope["headers"]))
                asked["Accept-Encoding"] = "identity"
                await self._plain({**scope, "headers": asked.raw}, receive, send)
        elif _GRADIOS.fullmatch(scope["path"]):
            asked = MutableHeaders(raw=list(scope["headers"]))
            del asked["Range"]
            await self._app({**scope, "headers": asked.raw}, receive, send)
        else:
            await self._app(scope, receive, send)


class _Packing(GZipResponder):
    """One answer. packed: what is known already, by the body, the oldest first."""

    def __init__(self, app: ASGIApp, packed: OrderedDict[bytes, bytes]) -> None:
        super().__init__(app, _LEAST_BYTES, compresslevel=_LEVEL)
        self._packed = packed
        self._is_in_parts = False

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        """As Starlette has it; a body that comes whole is looked for among those that are known."""
        self._is_in_parts = self._is_in_parts or more_body
        if self._is_in_parts:
            return await super().apply_compression(body, more_body=more_body)
        found = self._packed.get(body)
        if found is None:
            found = self._packed[body] = await super().apply_compression(body, more_body=False)
            if len(self._packed) > _KEPT:
                self._packed.popitem(last=False)
        return found


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
