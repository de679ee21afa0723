"""The kind "header": a proxy in front logs people in, names them in a header, and proves itself with a secret."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from aac.access import Asker, Role
from aac.access_settings import AccessSettings
from aac.passwords import normal_name
from aac.ui.access_texts import NOT_BY_THE_PROXY, NOT_UNDERSTOOD
from aac.ui.answers import Refusal
from aac.ui.logins.with_session import LoginContext

_PROOF = "x-prancha-proxy"
# The start itself asks these, and who watches the server.
_OPEN = {("HEAD", "/"), ("GET", "/gradio_api/startup-events"), ("GET", "/health")}


class HeaderLogin:
    """Logging in and out is the proxy's."""

    entrance = ""

    def __init__(self, context: LoginContext, settings: AccessSettings) -> None:
        self._context = context
        self._header = settings.login_header
        self._secret = settings.proxy_secret.encode()
        self._maintainers = {normal_name(name) for name in settings.maintainers}

    async def asker(self, request: Request) -> Asker:
        """Whom the proxy names; nobody comes past it, whatever header they write themselves."""
        proofs, names = (request.headers.getlist(header) for header in (_PROOF, self._header))
        if len(proofs) != 1 or not secrets.compare_digest(proofs[0].encode(), self._secret):
            if not proofs and (request.method, request.scope["path"]) in _OPEN:
                return Asker(self._context.stranger, "")
            raise Refusal(403, NOT_BY_THE_PROXY)
        if len(names) > 1:
            raise Refusal(400, NOT_UNDERSTOOD)
        name = _as_written(names[0]).strip() if names else ""
        if not name:
            return Asker(self._context.stranger, "")
        login = self._context.digest("header", normal_name(name))
        role = Role.MAINTAINER if normal_name(name) in self._maintainers else Role.ANNOTATOR
        return Asker(role, login, login, name[:64])

    async def answer(self, request: Request) -> Response | None:
        """Nothing: the proxy has the form."""
        return None


def _as_written(value: str) -> str:
    """A header's text: proxies send UTF-8, of which the server gives each byte as a letter; some send Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
