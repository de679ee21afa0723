"""How much a request may bring."""

from __future__ import annotations

from starlette.types import Message, Receive

from aac.access import Route
from aac.ui.access_texts import TOO_LARGE
from aac.ui.answers import Refusal

UPLOAD_MAX_BYTES = 20_000_000
CALL_MAX_BYTES = 4_000_000
TOOL_MAX_BYTES = 64_000
_MAX_BYTES = {"upload": UPLOAD_MAX_BYTES + 100_000, "call": CALL_MAX_BYTES, "tool": TOOL_MAX_BYTES}
_OTHERS_MAX_BYTES = 4_096  # a form of two fields


def check_length(given: str | None, max_bytes: int) -> None:
    """Raise for a `Content-Length` that is too much; one that is no number is the server's to refuse."""
    if given and given.isdigit() and (len(given) > 15 or int(given) > max_bytes):
        raise Refusal(413, TOO_LARGE)


def most_bytes(route: Route | None) -> int:
    """How much a request to this route may bring."""
    return _MAX_BYTES.get(route.use, _OTHERS_MAX_BYTES) if route else _OTHERS_MAX_BYTES


def limited(receive: Receive, max_bytes: int) -> Receive:
    """The same body, ended by `Refusal` once it is more; it may come in pieces and without its length."""
    seen_bytes = 0

    async def receive_some() -> Message:
        nonlocal seen_bytes
        message = await receive()
        seen_bytes += len(message.get("body", b""))
        if seen_bytes > max_bytes:
            raise Refusal(413, TOO_LARGE)
        return message

    return receive_some


def read_again(body: bytes, receive: Receive) -> Receive:
    """A body that was read whole, for who reads it next; after it, what comes then."""
    is_told = False

    async def receive_again() -> Message:
        nonlocal is_told
        if is_told:
            return await receive()
        is_told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
