"""What logins with a session of ours share: who a cookie is of, a new session at each login, and the way out."""

from __future__ import annotations

import hashlib
import hmac
from abc import ABC, abstractmethod
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aac.access import Asker, Role
from aac.store.sessions import Session, Sessions
from aac.ui.limits import Addresses, Buckets
from aac.ui.logins.cookies import Cookies
from aac.workflow.archive import Archive


@dataclass(frozen=True, slots=True)
class House:
    """What every kind needs. stranger: the role of who is not logged in."""

    archive: Archive
    sessions: Sessions
    cookies: Cookies
    buckets: Buckets
    addresses: Addresses
    stranger: Role

    def digest(self, *parts: str) -> str:
        """A login as it is stored and compared: nobody reads it back without this installation's salt."""
        words = "\0".join(("login", *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(self.archive.salt, words, hashlib.sha256).hexdigest()


class WithSession(ABC):
    """kind: the word that its sessions carry; one of another kind is worth nothing here."""

    kind = ""
    entrance = "/login"

    def __init__(self, house: House) -> None:
        self.house = house

    def asker(self, request: Request) -> Asker:
        """Who the cookie is of; a stranger where it is none, has ended, or its login is no more.

        Raises `AacError` where that cannot be found out now: as a stranger the person would be told to log in, and the
        page in their browser would be a stranger's from then on.
        """
        session_id, name = self.house.cookies.read(request)
        found = self.house.sessions.find(session_id) if session_id else None
        role = self.role_of(found) if found and found.kind == self.kind else None
        if found is None or role is None:
            return Asker(self.house.stranger, "")
        return Asker(role, found.login, found.login, name)

    async def answer(self, request: Request) -> Response | None:
        """Log out, by a form of the page only; the rest is the kind's."""
        method, path = request.method, request.scope["path"]
        if path == "/logout" and method == "POST":
            self.end(request)
            response = RedirectResponse("/", 303)
            self.house.cookies.clear(response, request)
            return response
        return await self.enter(request) if path.startswith("/login") else None

    @abstractmethod
    def role_of(self, session: Session) -> Role | None:
        """The role of a session's login now; None where that login is no more."""

    @abstractmethod
    async def enter(self, request: Request) -> Response | None:
        """The answer to `/login` and what lies below it."""

    def begin(self, request: Request, session: Session, name: str) -> Response:
        """A new session, whatever cookie came with the request, and back to the page."""
        self.end(request)
        response = RedirectResponse("/", 303)
        self.house.cookies.put(response, request, self.house.sessions.begin(session), name)
        return response

    def end(self, request: Request) -> None:
        """The session of the request's cookie, if any, is over."""
        session_id, _ = self.house.cookies.read(request)
        if session_id:
            self.house.sessions.end(session_id)
