"""What a Space in particular cannot do with a value that would do elsewhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from aac.access_settings import SECRET_MIN_CHARS
from aac.errors import AacError, WrongCall
from aac.hub.spaces import hardware_names
from aac.setting_values import misspelt
from aac.store.database import server_port
from aac.workflow.deploy_order import SALT, DeployOrder

_DATABASE, _FILTER = "PRANCHA_DATABASE_URL", "PRANCHA_FILTER"
_CLOSED_PORT = 5432
# What the Hub tells every app of itself; with another value an app would take itself for another Space, or for none.
_OF_THE_HUB = frozenset(
    (
        *("SYSTEM", "SPACE_ID", "SPACE_HOST", "SPACE_TITLE", "SPACE_AUTHOR_NAME", "SPACE_REPO_NAME"),
        *("SPACE_CREATOR_USER_ID", "SPACES_ZERO_GPU", "CPU_CORES", "MEMORY", "ACCELERATOR"),
        *("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"),
    )
)


def of_names(order: DeployOrder) -> Iterator[AacError]:
    """Names that are not ours to set, or that nothing reads. One that was set may be removed."""
    names = sorted({*order.secrets, *(name for name, value in order.variables.items() if value)})
    yield from misspelt(names)
    for name in names:
        if name.upper() in _OF_THE_HUB:
            yield WrongCall(
                f"{name} quem define é o próprio Hub, em cada Space: com outro valor o app não saberia onde "
                "está. Tire-o.",
                f"{name} is set by the Hub itself, on each Space: with another value the app would not know where it "
                "is. Leave it out.",
            )


def of_filter(order: DeployOrder) -> Iterator[AacError]:
    """Whoever comes to a Space did not choose to see what the filter stops."""
    given = order.variables.get(_FILTER, "") or order.secrets.get(_FILTER, "")
    if given.strip().lower() == "off":
        yield WrongCall(
            f"{_FILTER} não tem efeito num Space: lá o filtro está sempre ligado, pois quem chega não escolheu "
            "desligá-lo. Tire-o; numa instalação particular ele vale.",
            f"{_FILTER} has no effect on a Space: the filter is always at work there, as whoever comes did not "
            "choose otherwise. Leave it out; on a private installation it holds.",
        )


def of_database(variables: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[AacError]:
    """A database that the Space would lose, or not reach. Its address may hold a password: it is not repeated."""
    url = secrets.get(_DATABASE, "") or variables.get(_DATABASE, "")
    if not url:
        return
    try:
        port = server_port(url)
    except AacError as fault:
        yield fault
        return
    if port is None:
        yield WrongCall(
            f"{_DATABASE} é um arquivo, e o disco de um Space se perde a cada reinício. Tire-o, e guarde as anotações "
            "com PRANCHA_SYNC_REPO (docs/space.md); ou dê um PostgreSQL.",
            f"{_DATABASE} is a file, and a Space's disk is lost at each restart. Leave it out, and keep annotations "
            "with PRANCHA_SYNC_REPO (docs/space.md); or give a PostgreSQL.",
        )
    elif port == _CLOSED_PORT:
        yield WrongCall(
            f"{_DATABASE} usa a porta {port} (a de costume, se o endereço não diz outra), que um Space não alcança. "
            "Escreva no endereço outra porta em que o banco atenda, como :443; ou use PRANCHA_SYNC_REPO "
            "(docs/space.md).",
            f"{_DATABASE} uses port {port} (the usual one, where the address names none), which a Space cannot reach. "
            "Write another port into the address that the database answers at, such as :443; or use "
            "PRANCHA_SYNC_REPO (docs/space.md).",
        )


def of_salt(order: DeployOrder, *, has_salt: bool, unless: tuple[str, str]) -> Iterator[AacError]:
    """A new salt that could be guessed. One that is there is never set anew, so what is given beside it does not count.

    unless: what to add, in Portuguese and English, where nobody asked the Hub.
    """
    salt = order.secrets.get(SALT, "")
    if salt and not has_salt and len(salt) < SECRET_MIN_CHARS:
        yield WrongCall(
            f"O segredo {SALT} é curto demais: {SECRET_MIN_CHARS} letras ou mais, ao acaso; sem ele, o deploy faz um. "
            f"Com um curto adivinha-se de quem é um pseudônimo. Se já há anotações feitas com este, ponha-o você em "
            f"Settings → Variables and secrets: com outro ninguém reencontraria o que é seu.{unless[0]}",
            f"The secret {SALT} is too short: {SECRET_MIN_CHARS} characters or more, at random; without it deploy "
            f"makes one. With a short one it can be guessed whose a pseudonym is. If annotations were made with this "
            f"one, set it yourself under Settings → Variables and secrets: with another nobody would find what is "
            f"theirs.{unless[1]}",
        )


def of_hardware(order: DeployOrder, there: str) -> Iterator[AacError]:
    """A name that the Hub has not, as far as its client knows. there: what the Space has already."""
    names = hardware_names()
    if order.hardware and order.hardware not in (*names, there):
        near = difflib.get_close_matches(order.hardware, names, n=3, cutoff=0.5)
        pt, en = (f" {said} {', '.join(near)}." if near else "" for said in ("Parecidos:", "Near:"))
        yield WrongCall(
            f"{order.hardware!r} não é nenhum dos equipamentos do Hub.{pt} Há: {', '.join(names)}.",
            f"{order.hardware!r} is none of the Hub's hardware.{en} There are: {', '.join(names)}.",
        )
