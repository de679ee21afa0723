"""The kind "hub": log in at an OpenID provider, on a Space at Hugging Face; its names say who maintains."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.store.sessions import Session
from aac.ui import login_texts as words
from aac.ui.answers import Refusal
from aac.ui.limits import Allowance
from aac.ui.logins.openid import Entering, OpenId, Person, ProviderFailed
from aac.ui.logins.with_session import LoginContext, WithSession, too_many_tries

_log = logging.getLogger(__name__)
_ENTERING_S = 600
_ENTERING_KEPT = 10_000
_PER_ADDRESS = Allowance(20, 20 / 60)
_ID = "id:"  # before an entry of the list that is an id and no name
_HUB_ID = re.compile(r"[0-9a-f]{24}")


def _is_id(entry: str) -> bool:
    return entry.startswith(_ID) or _HUB_ID.fullmatch(entry) is not None


class HubLogin(WithSession):
    """clock: seconds that never go back. A login under way lives in memory, for one browser, once, for ten minutes."""

    kind = "hub"

    def __init__(
        self, context: LoginContext, settings: AccessSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(context)
        self._settings = settings
        self._provider = OpenId(settings.provider_url, settings.client_id, settings.client_secret)
        self._clock = clock
        self._under_way: OrderedDict[str, tuple[Entering, float]] = OrderedDict()
        ids = {settings.space_owner_id, *(one.removeprefix(_ID) for one in settings.maintainers)}
        names = {settings.space_owner, *(one for one in settings.maintainers if not _is_id(one))}
        self._ids = tuple(context.digest(self.kind, one) for one in sorted(ids) if one)
        self._names = tuple(context.digest("hub-name", one) for one in sorted(names) if one)

    def role_of(self, session: Session) -> Role:
        """A maintainer while the list says so, by id or user name; else an annotator.

        What looks like an id is compared with ids alone: who may choose a name could choose another's id for one.
        """
        is_maintainer = session.login in self._ids or session.mark in self._names
        return Role.MAINTAINER if is_maintainer else Role.ANNOTATOR

    async def enter(self, request: Request) -> Response | None:
        """The way to the provider, and the way back."""
        if request.method != "GET":
            return None
        try:
            if request.scope["path"] == "/login":
                return await self._go(request)
            if request.scope["path"] == "/login/callback":
                return await self._come_back(request)
        except ProviderFailed as failure:
            _log.warning("login: %s", failure)
            raise Refusal(502, words.PROVIDER_FAILED) from failure
        return None

    async def _go(self, request: Request) -> Response:
        wait_s = self.context.buckets.wait_s(f"login-address:{self.context.addresses.key(request)}", _PER_ADDRESS)
        if wait_s:
            raise too_many_tries(wait_s)
        entering, flow_id = Entering(), secrets.token_urlsafe(32)
        response = RedirectResponse(await self._provider.authorize_url(entering, self._redirect_uri(request)), 303)
        self._under_way[flow_id] = entering, self._clock()
        if len(self._under_way) > _ENTERING_KEPT:
            self._under_way.popitem(last=False)
        self.context.cookies.put_entering(response, request, flow_id, _ENTERING_S)
        return response

    async def _come_back(self, request: Request) -> Response:
        """What was begun is over before anything is asked: a second try with the same code or state finds nothing."""
        flow_id, _ = self.context.cookies.read(request, "entering")
        entering, begun_s = self._under_way.pop(flow_id, (None, 0.0))
        given = request.query_params
        state = given.get("state", "").encode("utf-8", "surrogatepass")
        if entering is None or self._clock() - begun_s > _ENTERING_S:
            raise Refusal(400, words.BEGIN_AGAIN)
        if not secrets.compare_digest(state, entering.state.encode()):
            raise Refusal(400, words.BEGIN_AGAIN)
        if "code" not in given:  # the provider's own words may be anything: they are not shown
            raise Refusal(403, words.PROVIDER_REFUSED)
        redirect_uri = self._redirect_uri(request)
        person = await self._provider.person(given["code"], given.get("iss"), entering, redirect_uri)
        response = await self.begin(request, self._session(person), person.name)
        self.context.cookies.clear(response, request, "entering")
        return response

    def _session(self, person: Person) -> Session:
        digest = self.context.digest
        return Session(self.kind, digest(self.kind, person.id), digest("hub-name", person.username))

    def _redirect_uri(self, request: Request) -> str:
        """Of the address that people open: never one that the request alone names, where the settings know."""
        addresses = self._settings.addresses
        return f"{addresses[0] if addresses else str(request.base_url).rstrip('/')}/login/callback"
