"""What the environment says of who may enter, and from where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aac.errors import WrongCall, wrong_setting
from aac.setting_values import address, one_of, origins, yes_or_no

SECRET_MIN_CHARS = 20
KINDS = ("auto", "none", "password", "hub", "header")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OTHER_HEADERS = (
    *("x-prancha-proxy", "cookie", "authorization", "host", "origin", "referer", "user-agent", "connection"),
    *("accept", "accept-language", "accept-encoding", "content-type", "content-length"),
    *("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"),
)
# Gradio reads these itself, and each opens files, code or a tunnel to whoever calls.
_GRADIO_OPENS = (
    *("GRADIO_ALLOWED_PATHS", "GRADIO_VIBE_MODE", "GRADIO_WATCH_DIRS", "GRADIO_LOCAL_DEV_MODE", "GRADIO_SHARE"),
    *("GRADIO_PROFILING", "GRADIO_HISTORY_BUCKET"),
)


@dataclass(frozen=True)
class AccessSettings:
    """login: one of `KINDS`; "auto" is "hub" on a Space that has what it takes, else "none".

    maintainers: logins that may everything; of the Hub their names or, which nobody can take over, their ids.
    open_to_all: whether people rate and vote without a login.
    public_url: the address that people open, where the server cannot know it; empty for the request's own.
    embedders: the addresses whose pages may show this one in a frame, besides its own.
    proxies: how many proxies of ours stand in front; the address of who asks is before the last so many.
    login_header, proxy_secret: the header that a proxy names the login in, and what it proves itself with.
    space_hosts, space_owner, space_owner_id: of a Hugging Face Space; empty elsewhere.
    client_id, client_secret, provider_url: of the OpenID provider that "hub" asks.
    opened_by_gradio: variables that are set and would make Gradio open what no row of `aac.access` knows.
    metrics_token: with which a program that is no person may read `/metrics`; empty for none.
    """

    login: str = "auto"
    maintainers: tuple[str, ...] = ()
    open_to_all: bool = False
    public_url: str = ""
    embedders: tuple[str, ...] = ()
    proxies: int = 0
    login_header: str = ""
    proxy_secret: str = field(default="", repr=False)
    space_hosts: tuple[str, ...] = ()
    space_owner: str = ""
    space_owner_id: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    provider_url: str = ""
    opened_by_gradio: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AccessSettings:
        """Read PRANCHA_LOGIN, PRANCHA_MAINTAINERS, PRANCHA_OPEN_TO_ALL, PRANCHA_URL, PRANCHA_EMBEDDERS,
        PRANCHA_PROXIES, PRANCHA_LOGIN_HEADER, PRANCHA_PROXY_SECRET, PRANCHA_METRICS_TOKEN, and what a Space sets.
        """
        is_space = environment.get("SYSTEM") == "spaces"
        return cls(
            login=one_of("PRANCHA_LOGIN", environment.get("PRANCHA_LOGIN", ""), KINDS),
            maintainers=_listed(environment.get("PRANCHA_MAINTAINERS", "")),
            open_to_all=yes_or_no("PRANCHA_OPEN_TO_ALL", environment.get("PRANCHA_OPEN_TO_ALL", "")),
            public_url=address("PRANCHA_URL", environment.get("PRANCHA_URL", "")),
            embedders=origins("PRANCHA_EMBEDDERS", environment.get("PRANCHA_EMBEDDERS", "")),
            proxies=_number("PRANCHA_PROXIES", environment.get("PRANCHA_PROXIES") or ("1" if is_space else "0")),
            login_header=environment.get("PRANCHA_LOGIN_HEADER", "").strip(),
            proxy_secret=environment.get("PRANCHA_PROXY_SECRET", "").strip(),
            space_hosts=_listed(environment.get("SPACE_HOST", "")),
            space_owner=environment.get("SPACE_AUTHOR_NAME", "").strip(),
            space_owner_id=environment.get("SPACE_CREATOR_USER_ID", "").strip(),
            client_id=environment.get("OAUTH_CLIENT_ID", "").strip(),
            client_secret=environment.get("OAUTH_CLIENT_SECRET", "").strip(),
            provider_url=environment.get("OPENID_PROVIDER_URL", "").strip().rstrip("/"),
            opened_by_gradio=tuple(name for name in _GRADIO_OPENS if environment.get(name)),
            metrics_token=environment.get("PRANCHA_METRICS_TOKEN", "").strip(),
        )

    @property
    def is_space(self) -> bool:
        """Whether this is a Hugging Face Space, as far as the environment says."""
        return bool(self.space_hosts)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that people open this page at; empty where only the request knows."""
        return (self.public_url,) if self.public_url else tuple(f"https://{host}" for host in self.space_hosts)

    @property
    def kind(self) -> str:
        """The kind of login; what "auto" comes to here."""
        if self.login != "auto":
            return self.login
        return "hub" if self.is_space else "none"

    @property
    def is_space_without_oauth(self) -> bool:
        """Whether nobody can log in because the Space's configuration does not ask for it; it serves visitors then."""
        has_provider = self.client_id and self.client_secret and self.provider_url
        return self.kind == "hub" and self.is_space and not has_provider

    def check(self) -> None:
        """Before a server starts: `WrongCall` for what would be open to anybody, or could let nobody in."""
        for fault in self.faults():
            raise fault

    def faults(self) -> Iterator[WrongCall]:
        """All that `check` would raise, one after the other."""
        if self.opened_by_gradio:
            names = ", ".join(self.opened_by_gradio)
            yield WrongCall(
                f"{names}: com isto o Gradio abre arquivos, código ou um túnel a quem vier. Tire do ambiente.",
                f"{names}: with this Gradio opens files, code or a tunnel to whoever comes. Unset it.",
            )
        if self.metrics_token:
            yield from _too_short("PRANCHA_METRICS_TOKEN", self.metrics_token)
        if not self.is_space_without_oauth:
            yield from self._faults_of_login()

    def _faults_of_login(self) -> Iterator[WrongCall]:
        needed = {
            "hub": {
                "OAUTH_CLIENT_ID": self.client_id,
                "OAUTH_CLIENT_SECRET": self.client_secret,
                "OPENID_PROVIDER_URL": self.provider_url,
                "PRANCHA_URL": "".join(self.addresses),
            },
            "header": {"PRANCHA_LOGIN_HEADER": self.login_header, "PRANCHA_PROXY_SECRET": self.proxy_secret},
        }.get(self.kind, {})
        missing = ", ".join(name for name, value in needed.items() if not value)
        if missing:
            yield WrongCall(
                f"PRANCHA_LOGIN={self.kind} precisa também de {missing}.",
                f"PRANCHA_LOGIN={self.kind} also needs {missing}.",
            )
        if self.kind == "header" and self.proxy_secret:
            yield from _too_short("PRANCHA_PROXY_SECRET", self.proxy_secret)
        if self.kind == "header" and self.login_header and not _names_people(self.login_header):
            yield WrongCall(
                f"PRANCHA_LOGIN_HEADER={self.login_header} não serve: é o nome de um cabeçalho só para isto, como "
                "X-Forwarded-User, que o proxy escreve e tira do que vem de fora.",
                f"PRANCHA_LOGIN_HEADER={self.login_header} will not do: it is the name of a header for this alone, "
                "such as X-Forwarded-User, which the proxy writes, and takes out of what comes from outside.",
            )


def _names_people(header: str) -> bool:
    """Whether a login can stand in it: a name by RFC 9110, section 5.1, of a header that says nothing else."""
    return bool(_HEADER_NAME.fullmatch(header)) and header.lower() not in _OTHER_HEADERS


def _listed(given: str) -> tuple[str, ...]:
    return tuple(given.replace(",", " ").split())


def _number(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) > 9:
        raise wrong_setting(name, given, "esperava-se um número de 0 a 9", "a number from 0 to 9 was expected")
    return int(given)


def _too_short(name: str, secret: str) -> Iterator[WrongCall]:
    if len(secret) < SECRET_MIN_CHARS:
        yield WrongCall(
            f"{name} é curto demais: {SECRET_MIN_CHARS} letras ou mais, ao acaso.",
            f"{name} is too short: {SECRET_MIN_CHARS} characters or more, at random.",
        )
