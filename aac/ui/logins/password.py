"""The kind "password": a form that works without JavaScript, and logins in a file (`python -m aac login`)."""

from __future__ import annotations

import asyncio
import html
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aac.access import Role
from aac.passwords import PASSWORD_MAX_BYTES, Login, Logins, normal_name
from aac.store.sessions import Session
from aac.ui import login_texts as words
from aac.ui.answers import small_page
from aac.ui.limits import Allowance
from aac.ui.logins.with_session import LoginContext, WithSession, too_many_tries
from aac.ui.texts import Text

_PER_NAME_AND_ADDRESS = Allowance(5, 5 / 60)
_PER_NAME = Allowance(100, 100 / 60)  # so many that nobody is kept out of their own login by a stranger's few tries
_PER_ADDRESS = Allowance(20, 20 / 60)
_AT_ONCE = 2  # each try takes 32 MB and a core for 0.1 s


class PasswordLogin(WithSession):
    """Who knows the password of a name is that name."""

    kind = "password"

    def __init__(self, context: LoginContext) -> None:
        super().__init__(context)
        self._logins = Logins(context.archive.settings.data_dir)
        self._trying = asyncio.Semaphore(_AT_ONCE)
        self._roles: tuple[dict[str, Login], dict[tuple[str, str], Role]] = ({}, {})

    def role_of(self, session: Session) -> Role | None:
        """As the file says now; None where the login is gone or has another password."""
        logins = self._logins.all()
        known = self._roles
        if known[0] is not logins:
            known = logins, {self._stored(name, one): _role(one) for name, one in logins.items()}
            self._roles = known
        return known[1].get((session.login, session.mark))

    async def enter(self, request: Request) -> Response | None:
        """The form, and what is sent with it."""
        if request.scope["path"] != "/login":
            return None
        if request.method == "GET":
            return HTMLResponse(form())
        if request.method != "POST":
            return None
        name, password = _fields(await request.body())
        self._check_pace(request, name)
        async with self._trying:
            found = await asyncio.to_thread(self._logins.check, name, password)
        if found is None:
            return HTMLResponse(form(words.WRONG, name), 401)
        login, mark = self._stored(normal_name(name), found)
        return await self.begin(request, Session(self.kind, login, mark), normal_name(name))

    def _stored(self, name: str, login: Login) -> tuple[str, str]:
        return self.context.digest(self.kind, name), self.context.digest("password-of", login.digest)

    def _check_pace(self, request: Request, name: str) -> None:
        """Names are counted whether they exist or not."""
        named, address = self.context.digest(normal_name(name)[:200]), self.context.addresses.key(request)
        keys = (
            (f"login-name:{named}:{address}", _PER_NAME_AND_ADDRESS),
            (f"login-address:{address}", _PER_ADDRESS),
            (f"login-name:{named}", _PER_NAME),
        )
        for key, allowance in keys:
            wait_s = self.context.buckets.wait_s(key, allowance)
            if wait_s:
                raise too_many_tries(wait_s)


def form(wrong: Text | None = None, name: str = "") -> str:
    """The form as a page; with what was wrong, and the name as it was typed."""
    said = f'<p class="bad" role="alert">{wrong.both()}</p>' if wrong else ""
    focus = ("", " autofocus") if wrong else (" autofocus", "")
    return small_page(
        words.LOG_IN,
        f'{said}<form method="post" action="/login">'
        f'<label for="name">{words.NAME.both()}</label>'
        f'<input id="name" name="name" autocomplete="username" required maxlength="64"{focus[0]} '
        f'value="{html.escape(name[:64], quote=True)}">'
        f'<label for="password">{words.PASSWORD.both()}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required'
        f'{focus[1]}><button type="submit">{words.LOG_IN.both()}</button></form><p>{words.NO_ACCOUNT.both()}</p>',
    )


def _role(login: Login) -> Role:
    return Role.MAINTAINER if login.is_maintainer else Role.ANNOTATOR


def _fields(body: bytes) -> tuple[str, str]:
    """Name and password of a form's body; anything else is a name and a password that are none."""
    try:
        values = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        values = {}
    name, password = (values.get(field, [""])[0] for field in ("name", "password"))
    is_too_long = len(password.encode("utf-8", "replace")) > PASSWORD_MAX_BYTES
    return name, "" if is_too_long else password
