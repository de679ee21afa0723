"""All that a deployment refuses, looked for before anything is sent, and told at once.

A dry run asks no Hub: it goes through the same checks, and takes the Space for one that is yet to be made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aac.errors import AacError, WrongCall
from aac.hub.access import HubAccess
from aac.hub.faults import is_address, is_repository, is_token, no_token, unusable_address, unusable_token
from aac.hub.spaces import SpaceSettings
from aac.settings import Settings, is_secret_name
from aac.workflow.deploy_order import FREE, SALT, SYNC, TOKEN, DeployOrder, wanted_variables

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What a Space whose README.md says `hf_oauth: true` tells its app besides.
_PLATFORM = {
    **{"SYSTEM": "spaces", "SPACE_ID": "owner/name", "SPACE_HOST": "owner-name.hf.space"},
    **{"OAUTH_CLIENT_ID": "-", "OAUTH_CLIENT_SECRET": "-", "OPENID_PROVIDER_URL": "https://huggingface.co"},
}
_NOT_SHOWN = "-" * 64  # stands for a secret that is there: the Hub tells its name alone
_SECRET_TEXT = re.compile(r"hf_[A-Za-z0-9]{8,}|://[^/\s]*:[^/\s]*@")


@dataclass(frozen=True, slots=True)
class Known:
    """What the Hub has of the Space. hardware: empty where there is none yet."""

    hardware: str
    settings: SpaceSettings


NEW = Known("", SpaceSettings({}, frozenset()))


def refuse(found: Sequence[AacError]) -> None:
    """Raise what was found, all of it in one error; nothing where nothing was."""
    if len(found) == 1:
        raise found[0]
    if found:
        kind = WrongCall if any(isinstance(error, WrongCall) for error in found) else AacError
        raise kind(
            f"{len(found)} problemas. {_numbered(error.pt for error in found)}",
            f"{len(found)} problems. {_numbered(error.en for error in found)}",
        )


def of_access(access: HubAccess, *, needs_token: bool) -> Iterator[AacError]:
    """What keeps anybody from asking this Hub with this token. needs_token: whether it is a fault to have none."""
    if not is_address(access.endpoint):
        yield unusable_address(access.endpoint)
    if access.token and not is_token(access.token):
        yield unusable_token()
    if needs_token and not access.token:
        yield no_token()


def of_order(order: DeployOrder) -> Iterator[AacError]:
    """What is wrong whatever the Hub has, or would show a secret to everybody."""
    yield from order.misread
    if not is_repository(order.repository):
        yield WrongCall(
            f"{order.repository!r} não é o nome de um Space. Escreva DONO/NOME, com letras sem acento, números, . _ -.",
            f"{order.repository!r} is no name of a Space. Write OWNER/NAME, in letters a–z, digits, . _ and -.",
        )
    for name in (*order.variables, *order.secrets):
        if not _NAME.fullmatch(name):
            yield WrongCall(
                f"{name!r} não é o nome de uma variável. Use letras sem acento, números e _.",
                f"{name!r} is no name of a variable. Use letters a–z, digits and _.",
            )
    for name, value in order.variables.items():
        if is_secret_name(name) or _SECRET_TEXT.search(value):
            yield WrongCall(
                f"{name} parece um segredo, e as variáveis de um Space todos veem. Use --secret {name}=VARIÁVEL.",
                f"{name} looks like a secret, and everybody sees a Space's variables. Use --secret {name}=VARIABLE.",
            )
    yield from _of_secrets(order)
    if order.sync_repository and not is_repository(order.sync_repository):
        yield WrongCall(
            f"{SYNC} é {order.sync_repository!r}; esperava-se um conjunto de dados, DONO/NOME.",
            f"{SYNC} is {order.sync_repository!r}; a dataset repository was expected, OWNER/NAME.",
        )


def of_what_is_there(order: DeployOrder, hardware: str, known: Known | None) -> Iterator[AacError]:
    """What depends on the Space. known: None where nobody asked the Hub; then as for a new one, which is said."""
    there = known or NEW
    unless = (
        ("", "") if known else (" Se o Space já o tem, não é preciso dizê-lo.", " Leave it out if the Space has it.")
    )
    if order.hardware and order.hardware not in (*FREE, there.hardware) and not order.is_paid:
        yield WrongCall(
            f"{order.hardware} é cobrado por hora (https://huggingface.co/pricing). Se é isso mesmo, diga --yes; sem "
            f"custo há {' e '.join(FREE)}.{unless[0]}",
            f"{order.hardware} is billed by the hour (https://huggingface.co/pricing). If that is meant, say --yes; "
            f"free of charge are {' and '.join(FREE)}.{unless[1]}",
        )
    if order.sync_repository and TOKEN not in order.secrets and TOKEN not in there.settings.secrets:
        yield WrongCall(
            f"{SYNC} pede um token que possa escrever em {order.sync_repository}: --secret {TOKEN}=VARIÁVEL, com um só "
            f"para isso.{unless[0]}",
            f"{SYNC} needs a token that may write to {order.sync_repository}: --secret {TOKEN}=VARIABLE, with a token "
            f"for that alone.{unless[1]}",
        )
    variables = {**there.settings.variables, **wanted_variables(order, hardware)}
    variables = {name: value for name, value in variables.items() if value}
    secrets = {**dict.fromkeys(there.settings.secrets, _NOT_SHOWN), **order.secrets}
    for name in sorted(variables.keys() & {SALT, *secrets}):
        yield WrongCall(
            f"{name} é variável e segredo ao mesmo tempo, e com isso um Space não inicia. Fique com um: --variable "
            f"{name}= tira a variável.",
            f"{name} is both a variable and a secret, and with that a Space does not start. Keep one: --variable "
            f"{name}= removes the variable.",
        )
    yield from _of_settings(variables, secrets)


def public_target(repository: str) -> WrongCall:
    """Everybody may read what people annotate."""
    return WrongCall(
        f"{repository} é público: o que as pessoas anotam não vai para lá. Torne-o privado, ou escolha outro.",
        f"{repository} is public: what people annotate does not go there. Make it private, or choose another.",
    )


def _of_secrets(order: DeployOrder) -> Iterator[AacError]:
    for name, value in order.secrets.items():
        if not value:
            yield WrongCall(
                f"Não há valor para o segredo {name}: a variável de ambiente de onde vem está vazia ou não existe.",
                f"There is no value for the secret {name}: the environment variable that it comes from is empty or "
                "missing.",
            )
        elif name == TOKEN and not is_token(value):
            yield WrongCall(
                f"O segredo {name} tem espaços ou letras que nenhum token tem. Copie-o de novo.",
                f"The secret {name} holds spaces or letters that no token has. Copy it again.",
            )


def _of_settings(variables: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[AacError]:
    """What the app itself would refuse to start with, once it is built and nobody looks."""
    understood = dict(_PLATFORM)
    for name, value in {**variables, **secrets}.items():
        try:
            Settings.from_environment({name: value})
        except AacError as error:
            shown = "***" if name in secrets else value
            yield WrongCall(error.pt.replace(value, shown), error.en.replace(value, shown))
        else:
            understood[name] = value
    yield from Settings.from_environment(understood).access.faults()


def _numbered(texts: Iterator[str]) -> str:
    return " ".join(f"({number}) {text}" for number, text in enumerate(texts, 1))
