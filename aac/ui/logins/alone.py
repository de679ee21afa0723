"""No login: one person, who is whoever opens the page on this computer, and owns everything."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from aac.access import Asker, Role
from aac.ui.access_texts import NO_PROXY, NOT_THIS_NAME
from aac.ui.answers import Refusal

_OF_PROXIES = ("forwarded", "via", "x-real-ip")


class Alone:
    """Bound to a loopback address: the one person there is the maintainer."""

    entrance = ""

    async def asker(self, request: Request) -> Asker:
        """The maintainer. A page of another name that points here, or a proxy, would be anybody: refused."""
        if any(name in _OF_PROXIES or name.startswith("x-forwarded-") for name in request.headers):
            raise Refusal(403, NO_PROXY)
        ends = request.scope.get("client"), request.scope.get("server")
        if not is_loopback(_host(request)) or not all(end and is_loopback(str(end[0])) for end in ends):
            raise Refusal(403, NOT_THIS_NAME)
        return Asker(Role.MAINTAINER, "alone")

    async def answer(self, request: Request) -> Response | None:
        """There is nothing to log in to."""
        return None


class Nobody:
    """Served to others without a login, as somebody asked by name: everybody is a visitor, or a guest."""

    entrance = ""

    def __init__(self, role: Role) -> None:
        self._role = role

    async def asker(self, request: Request) -> Asker:
        """A visitor."""
        return Asker(self._role, "")

    async def answer(self, request: Request) -> Response | None:
        """There is nothing to log in to."""
        return None


def is_loopback(host: str) -> bool:
    """Whether this name or address is of this computer and reached by nobody else. `0.0.0.0` and `::` are not."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(request: Request) -> str:
    """The host's name without its port; empty for what is none, or was sent twice."""
    given = request.headers.getlist("host")
    try:
        return (urlsplit(f"//{given[0]}").hostname or "") if len(given) == 1 else ""
    except ValueError:
        return ""
