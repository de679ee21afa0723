"""The cookies of logins: for this host only, never read by scripts, never sent from another page's frame or form."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

_NAME_MAX_CHARS = 64
Purpose = Literal["session", "entering"]
_VALUES: dict[Purpose, re.Pattern[str]] = {
    "session": re.compile(r"(?P<id>[A-Za-z0-9_-]{43})[.](?P<seal>[0-9a-f]{64})[.](?P<name>[A-Za-z0-9_-]{0,200})"),
    "entering": re.compile(r"(?P<id>[A-Za-z0-9_-]{43})"),
}
_NAMES: dict[Purpose, str] = {"session": "prancha", "entering": "prancha-entering"}


class Cookies:
    """addresses: those of the settings; where there are none, the request tells whether it came by https.

    seal: 64 hexadecimal digits for a session's id, which only this server can give: a made-up id is known for one at
    once, and nothing is looked up for it.

    With https the name begins with `__Host-`: no page of a neighbouring host can plant one (RFC 6265bis 4.1.3.2).
    """

    def __init__(self, addresses: tuple[str, ...], seal: Callable[[str], str]) -> None:
        self._addresses = addresses
        self._seal = seal

    def read(self, request: Request, purpose: Purpose = "session") -> tuple[str, str]:
        """The id, and the name to show; empty where there is no such cookie, or one that is not ours."""
        found = _VALUES[purpose].fullmatch(request.cookies.get(self._name(request, purpose), ""))
        if not found:
            return "", ""
        if purpose == "entering":
            return found["id"], ""
        is_ours = hmac.compare_digest(found["seal"], self._seal(found["id"]))
        return (found["id"], _decoded(found["name"])) if is_ours else ("", "")

    def put(self, response: Response, request: Request, session_id: str, name: str = "") -> None:
        """The session's, until the browser closes. The name is the browser's to keep: the server stores none."""
        shown = base64.urlsafe_b64encode(name[:_NAME_MAX_CHARS].encode()).decode().rstrip("=")[:200]
        self._set(response, request, "session", f"{session_id}.{self._seal(session_id)}.{shown}", None)

    def put_entering(self, response: Response, request: Request, flow_id: str, age_s: int) -> None:
        """That of a login under way."""
        self._set(response, request, "entering", flow_id, age_s)

    def clear(self, response: Response, request: Request, purpose: Purpose = "session") -> None:
        """Take it away."""
        self._set(response, request, purpose, "", 0)

    def is_secure(self, request: Request) -> bool:
        """Whether people come by https."""
        if self._addresses:
            return all(address.startswith("https://") for address in self._addresses)
        return request.url.scheme == "https"

    def _name(self, request: Request, purpose: Purpose) -> str:
        return f"__Host-{_NAMES[purpose]}" if self.is_secure(request) else _NAMES[purpose]

    def _set(self, response: Response, request: Request, purpose: Purpose, value: str, age_s: int | None) -> None:
        is_secure = self.is_secure(request)
        name = self._name(request, purpose)
        response.set_cookie(name, value, max_age=age_s, path="/", secure=is_secure, httponly=True, samesite="lax")


def _decoded(shown: str) -> str:
    try:
        return base64.urlsafe_b64decode(shown + "=" * (-len(shown) % 4)).decode()[:_NAME_MAX_CHARS]
    except (binascii.Error, ValueError):
        return ""
