"""Which kind of login stands in the gate, and what is refused before a server starts."""

from __future__ import annotations

import logging

from aac.access import Role
from aac.access_settings import AccessSettings
from aac.errors import WrongCall
from aac.passwords import NO_MAINTAINER, Logins
from aac.store.sessions import Sessions
from aac.ui.limits import Addresses, Buckets
from aac.ui.logins.alone import Alone, Nobody, is_loopback
from aac.ui.logins.cookies import Cookies
from aac.ui.logins.header import HeaderLogin
from aac.ui.logins.hub import HubLogin
from aac.ui.logins.kind import Login
from aac.ui.logins.password import PasswordLogin
from aac.ui.logins.with_session import LoginContext, login_digest
from aac.workflow.archive import Archive

_log = logging.getLogger(__name__)


def choose_login(archive: Archive, host: str, without_login: bool = False) -> Login:
    """The login of the settings for a server bound to `host`.

    without_login: serve others all the same; then everybody is a visitor. Raises `WrongCall` where anybody could come
    and nobody said who they are, or where a variable would make Gradio open more than the tables know.
    """
    access = archive.settings.access
    access.check()
    context = login_context(archive)
    if access.kind == "none":
        return _without(access, context, host, without_login)
    if access.is_space_without_oauth:
        _log.warning("Nobody can log in: the Space's README.md needs hf_oauth: true. Everybody is a visitor.")
        return Nobody(context.stranger)
    if access.kind == "password":
        if not Logins(archive.settings.data_dir).has_maintainer():
            _log.warning("No maintainer can log in: %s", NO_MAINTAINER[1])
        return PasswordLogin(context)
    return HubLogin(context, access) if access.kind == "hub" else HeaderLogin(context, access)


def login_context(archive: Archive) -> LoginContext:
    """What every kind needs, of these settings."""
    access = archive.settings.access
    stranger = Role.GUEST if access.open_to_all else Role.VISITOR
    sessions = Sessions(archive.settings.data_dir)
    cookies = Cookies(access.addresses, lambda session_id: login_digest(archive, "session", session_id))
    return LoginContext(archive, sessions, cookies, Buckets(), Addresses(access.proxies), stranger)


def _without(access: AccessSettings, context: LoginContext, host: str, without_login: bool) -> Login:
    if without_login or access.is_space:
        return Nobody(context.stranger)
    if is_loopback(host):
        return Alone()
    raise WrongCall(
        f"{host} pode ser aberto por outras pessoas, e não há login. Defina PRANCHA_LOGIN (password, hub ou header; "
        "veja docs/security.md), ou peça --without-login: aí todas são visitantes.",
        f"{host} can be opened by others, and there is no login. Set PRANCHA_LOGIN (password, hub or header; see "
        "docs/security.md), or ask for --without-login: then everybody is a visitor.",
    )
