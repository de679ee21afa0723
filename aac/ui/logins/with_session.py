"""What logins with a session of ours share: who a cookie is of, a new session at each login, and the way out."""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aac.access import Asker, Role
from aac.errors import AacError, StoreError
from aac.store.sessions import Session, Sessions
from aac.ui import login_texts as words
from aac.ui.answers import Refusal, answer
from aac.ui.limits import Addresses, Buckets
from aac.ui.logins.cookies import Cookies
from aac.ui.numbers import fill
from aac.workflow.archive import Archive

# Of who has a session: where another program holds the file, so many wait for it at once, in threads that do nothing
# else. Whoever waits behind them for longer than this is told that nobody can be recognised now.
_LOOK_AT_ONCE, _IN_LINE_S = 32, 5.0
Found = TypeVar("Found")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoginContext:
    """What every kind needs. stranger: the role of who is not logged in."""

    archive: Archive
    sessions: Sessions
    cookies: Cookies
    buckets: Buckets
    addresses: Addresses
    stranger: Role

    def digest(self, *parts: str) -> str:
        """A login as it is stored and compared: nobody reads it back without this installation's salt."""
        return login_digest(self.archive, *parts)


def _is_logout(request: Request) -> bool:
    return bool(request.method == "POST" and request.scope["path"] == "/logout")


def login_digest(archive: Archive, *parts: str) -> str:
    """64 hexadecimal digits that only who has the installation's salt can tell for these words."""
    words = "\0".join(("login", *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(archive.salt, words, hashlib.sha256).hexdigest()


def too_many_tries(wait_s: float) -> Refusal:
    """A try to log in that comes too early, with how long to wait."""
    wait = str(math.ceil(wait_s))
    return Refusal(429, fill(words.TOO_MANY_TRIES, s=wait), {"Retry-After": wait})


class WithSession(ABC):
    """kind: the word that its sessions carry; one of another kind is worth nothing here."""

    kind = ""
    entrance = "/login"

    def __init__(self, context: LoginContext) -> None:
        self.context = context
        self._looking = anyio.CapacityLimiter(_LOOK_AT_ONCE)

    async def asker(self, request: Request) -> Asker:
        """Who the cookie is of; a stranger where it is none, has ended, or its login is no more.

        Raises `AacError` where that cannot be found out now: as a stranger the person would be told to log in, and the
        page in their browser would be a stranger's from then on.
        """
        session_id, name = ("", "") if _is_logout(request) else self.context.cookies.read(request)
        found = await self.off_the_loop(self._look, session_id) if session_id else None
        if found is None:
            return Asker(self.context.stranger, "")
        role, login = found
        return Asker(role, login, login, name)

    def _look(self, session_id: str) -> tuple[Role, str] | None:
        """Nothing is remembered from one request to the next: what ended meanwhile has ended."""
        found = self.context.sessions.find(session_id)
        role = self.role_of(found) if found and found.kind == self.kind else None
        return (role, found.login) if found and role is not None else None

    async def off_the_loop(self, work: Callable[..., Found], *arguments: object) -> Found:
        """Do what may wait for a file in a thread, where nobody else waits with it."""
        try:
            with anyio.fail_after(_IN_LINE_S):  # a thread that has begun is waited for
                return await anyio.to_thread.run_sync(work, *arguments, limiter=self._looking)
        except TimeoutError as error:
            raise StoreError(
                "Gente demais espera para saber quem entrou: veja o que prende o arquivo das sessões.",
                "Too many wait to be recognised: see what holds the sessions' file.",
            ) from error

    async def answer(self, request: Request) -> Response | None:
        """Log out, by a form of the page only; the rest is the kind's."""
        if not _is_logout(request):
            return await self.enter(request) if request.scope["path"].startswith("/login") else None
        try:
            await self.end(request)
            response: Response = RedirectResponse("/", 303)
        except AacError as error:
            _log.error("logout: %s", error)
            response = answer(Refusal(503, words.OUT_HERE_ONLY), request)
        self.context.cookies.clear(response, request)  # who leaves a shared computer leaves it in any case
        return response

    @abstractmethod
    def role_of(self, session: Session) -> Role | None:
        """The role of a session's login now; None where that login is no more. Called in many threads."""

    @abstractmethod
    async def enter(self, request: Request) -> Response | None:
        """The answer to `/login` and what lies below it."""

    async def begin(self, request: Request, session: Session, name: str) -> Response:
        """A new session, whatever cookie came with the request, and back to the page."""
        await self.end(request)
        response = RedirectResponse("/", 303)
        session_id = await self.off_the_loop(self.context.sessions.begin, session)
        self.context.cookies.put(response, request, session_id, name)
        return response

    async def end(self, request: Request) -> None:
        """The session of the request's cookie, if any, is over."""
        session_id, _ = self.context.cookies.read(request)
        if session_id:
            await self.off_the_loop(self.context.sessions.end, session_id)
