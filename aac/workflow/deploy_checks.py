"""All that a deployment refuses, looked for before anything is sent, and told at once.

A dry run asks no Hub: it goes through the same checks, and takes the Space for one that is yet to be made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aac.errors import AacError, HubError, WrongCall, WrongSetting, wrong_setting
from aac.hub.access import HubAccess
from aac.hub.faults import holds_token, is_address, is_repository, is_token, no_token, unusable_address, unusable_token
from aac.hub.spaces import SpaceSettings
from aac.settings import Settings, is_secret_name
from aac.workflow.deploy_on_space import of_database, of_filter, of_hardware, of_names, of_salt
from aac.workflow.deploy_order import FREE, LOGIN, SALT, SYNC, TOKEN, DeployOrder, wanted_variables

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What a Space whose README.md says `hf_oauth: true` tells its app besides.
_PLATFORM = {
    **{"SYSTEM": "spaces", "SPACE_ID": "owner/name", "SPACE_HOST": "owner-name.hf.space"},
    **{"OAUTH_CLIENT_ID": "-", "OAUTH_CLIENT_SECRET": "-", "OPENID_PROVIDER_URL": "https://huggingface.co"},
}
# Stands for a secret that is there, of which the Hub tells the name alone, where it counts that there is one.
_NOT_SHOWN = "-" * 64
_PASSWORD = re.compile(r"://[^/\s]*:[^/\s]*@")  # in an address


@dataclass(frozen=True, slots=True)
class Known:
    """What the Hub has of the Space. hardware: empty where there is none yet."""

    hardware: str
    settings: SpaceSettings


NEW = Known("", SpaceSettings({}, frozenset()))


def refuse(found: Sequence[AacError]) -> None:
    """Raise what was found, all of it in one error, of the kind that all of it is; nothing where nothing was.

    Where asking differently helps with a part of it, that is the kind.
    """
    if len(found) == 1:
        raise found[0]
    if found:
        raise _kind_of(found)(
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
        if is_secret_name(name) or holds_token(value) or _PASSWORD.search(value):
            yield WrongCall(
                f"{name} parece um segredo, e as variáveis de um Space todos veem. Use --secret {name}=VARIÁVEL.",
                f"{name} looks like a secret, and everybody sees a Space's variables. Use --secret {name}=VARIABLE.",
            )
    yield from _of_secrets(order)
    yield from of_names(order)
    yield from of_filter(order)
    if order.sync_repository and not is_repository(order.sync_repository):
        pt, en = "esperava-se um conjunto de dados, DONO/NOME", "a dataset repository was expected, OWNER/NAME"
        yield (
            _of_secret(SYNC, (pt, en)) if _is_sync_secret(order) else wrong_setting(SYNC, order.sync_repository, pt, en)
        )


def of_what_is_there(order: DeployOrder, hardware: str, known: Known | None) -> Iterator[AacError]:
    """What depends on the Space. known: None where nobody asked the Hub; then as for a new one, which is said."""
    there = known or NEW
    unless = (
        ("", "") if known else (" Se o Space já o tem, não é preciso dizê-lo.", " Leave it out if the Space has it.")
    )
    unknown = tuple(of_hardware(order, there.hardware))
    yield from unknown
    if order.hardware and not (unknown or order.hardware in (*FREE, there.hardware) or order.is_paid):
        yield WrongCall(
            f"{order.hardware} é cobrado por hora (https://huggingface.co/pricing). Se é isso mesmo, diga --yes; sem "
            f"custo há {' e '.join(FREE)}.{unless[0]}",
            f"{order.hardware} is billed by the hour (https://huggingface.co/pricing). If that is meant, say --yes; "
            f"free of charge are {' and '.join(FREE)}.{unless[1]}",
        )
    if order.sync_repository and TOKEN not in order.secrets and TOKEN not in there.settings.secrets:
        target = _target(order)
        yield WrongCall(
            f"{SYNC} pede um token que possa escrever em {target[0]}: --secret {TOKEN}=VARIÁVEL, com um só "
            f"para isso.{unless[0]}",
            f"{SYNC} needs a token that may write to {target[1]}: --secret {TOKEN}=VARIABLE, with a token "
            f"for that alone.{unless[1]}",
        )
    yield from of_salt(order, has_salt=SALT in there.settings.secrets, unless=unless)
    variables = {**there.settings.variables, **wanted_variables(order, hardware)}
    variables = {name: value for name, value in variables.items() if value}
    kept = there.settings.secrets - order.secrets.keys()
    for name in sorted(variables.keys() & {SALT, *kept, *order.secrets}):
        yield WrongCall(
            f"{name} é variável e segredo ao mesmo tempo, e com isso um Space não inicia. Fique com um: --variable "
            f"{name}= tira a variável.",
            f"{name} is both a variable and a secret, and with that a Space does not start. Keep one: --variable "
            f"{name}= removes the variable.",
        )
    yield from of_database(variables, order.secrets)
    yield from _of_settings(variables, order.secrets, kept)


def public_target(order: DeployOrder) -> WrongCall:
    """Everybody may read what people annotate."""
    pt, en = _target(order)
    return WrongCall(
        f"{pt} é público: o que as pessoas anotam não vai para lá. Torne-o privado, ou escolha outro.",
        f"{en} is public: what people annotate does not go there. Make it private, or choose another.",
    )


def _kind_of(found: Sequence[AacError]) -> type[AacError]:
    if any(isinstance(error, WrongCall) for error in found):
        return WrongCall
    return HubError if all(isinstance(error, HubError) for error in found) else AacError


def _is_sync_secret(order: DeployOrder) -> bool:
    return not order.variables.get(SYNC)


def _target(order: DeployOrder) -> tuple[str, str]:
    """What an error calls the repository that annotations go to."""
    if _is_sync_secret(order):
        return f"o repositório do segredo {SYNC}", f"the repository of the secret {SYNC}"
    return order.sync_repository, order.sync_repository


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


def _of_secret(name: str, expected: tuple[str, str]) -> WrongCall:
    """Of a secret nobody repeats a word."""
    return WrongCall(
        f"O segredo {name} tem um valor que o app não aceita; {expected[0]}.",
        f"The secret {name} holds a value that the app does not take; {expected[1]}.",
    )


def _of_settings(variables: Mapping[str, str], secrets: Mapping[str, str], kept: Iterable[str]) -> Iterator[AacError]:
    """What the app itself would refuse to start with, once it is built and nobody looks.

    kept: secrets that are there and stay. What they hold nobody knows here, so they are only looked for.
    """
    understood = {**_PLATFORM, **{name: _NOT_SHOWN for name in kept if _fault_of(name, _NOT_SHOWN) is None}}
    for name, value in {**variables, **secrets}.items():
        fault = _fault_of(name, value)
        if fault is None:
            understood[name] = value
        else:
            yield _of_secret(name, fault.expected) if name in secrets else fault
    access = Settings.from_environment(understood).access
    for found in access.faults():
        # The kind of login is one of a few words, which may be a secret all the same.
        pt, en = (text.replace(f"{LOGIN}={access.kind}", LOGIN) for text in (found.pt, found.en))
        yield WrongCall(pt, en) if LOGIN in secrets else found


def _fault_of(name: str, value: str) -> WrongSetting | None:
    try:
        Settings.from_environment({name: value})
    except WrongSetting as fault:
        return fault
    return None


def _numbered(texts: Iterator[str]) -> str:
    return " ".join(f"({number}) {text}" for number, text in enumerate(texts, 1))
