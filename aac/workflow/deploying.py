"""The app as a Hugging Face Space, in one go: made or brought up to date, and waited for."""

from __future__ import annotations

import re
import secrets as random_secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aac import __version__
from aac.errors import WrongCall
from aac.files import scratch_folder, whole_folder
from aac.hub.access import HubAccess, need_token
from aac.hub.pushing import PushOrder, push_folder, repository_url
from aac.hub.spaces import (
    NewSpace,
    SpaceState,
    create_space,
    find_space,
    is_public_dataset,
    read_settings,
    request_hardware,
    restart_space,
    set_secret,
    set_variable,
    space_state,
)
from aac.settings import is_secret_name
from aac.workflow.space_files import README, REQUIREMENTS, ROOT, SpaceFile, assemble
from aac.workflow.space_waiting import Awaited, Patience, Waited, wait_until_it_runs

FREE = ("cpu-basic", "zero-a10g")
SALT, TOKEN, SYNC = "PRANCHA_SALT", "HF_TOKEN", "PRANCHA_SYNC_REPO"
_CORES = {"cpu-basic": "2", "cpu-upgrade": "8"}  # else PyTorch may count those of the whole machine
_REPOSITORY = re.compile(r"[^/\s]+/[^/\s]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_TEXT = re.compile(r"hf_[A-Za-z0-9]{8,}|://[^/\s]*:[^/\s]*@")
_STARTED_AGAIN = ("RUNTIME_ERROR", "STOPPED")
# All that lies there and is not ours any more goes, but for what the Hub put there: .gitattributes.
_REPLACED = ("[!.]*",)

Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class DeployOrder:
    """What to deploy, and how.

    hardware: a flavor; empty for what the Space has, cpu-basic for a new one. is_public: a new Space is for all to see.
    variables: beside our own, for all to see; an empty value removes one. secrets: by their names there. is_paid: what
    costs money may be asked for. checkout: where the files are taken from.
    """

    repository: str
    hardware: str = ""
    is_public: bool = False
    is_paid: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    checkout: Path = ROOT


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deployment would send. secrets: their names."""

    hardware: str
    files: tuple[SpaceFile, ...]
    readme: str
    requirements: str
    variables: Mapping[str, str]
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deployed:
    """What stands on the Hub now. changed: names of variables and secrets, and "hardware". commit: of the files."""

    url: str
    commit: str
    is_new: bool
    is_private: bool
    has_new_commit: bool
    changed: tuple[str, ...]
    waited: Waited


def untold(pt: str, en: str) -> None:
    """Nobody to tell what is being done."""


def plan(order: DeployOrder, out: Path | None = None) -> Plan:
    """Assemble and tell, without a network or a token. out: a new folder to keep the files in."""
    _check(order)
    hardware = order.hardware or FREE[0]
    if out is not None:
        with whole_folder(out) as made:
            return _plan(order, hardware, made)
    with scratch_folder() as temporary:
        return _plan(order, hardware, temporary)


def deploy(
    access: HubAccess, order: DeployOrder, patience: Patience | None = None, report: Report = untold
) -> Deployed:
    """Make the Space, or write what differs; commit the files once, where they differ; wait until it runs.

    The token of `access` never goes to the Space. Raises `HubError`, `WrongCall`, `MissingError`, `CorruptError`.
    """
    _check(order)
    need_token(access)
    salt = order.secrets.get(SALT) or random_secrets.token_urlsafe(32)
    order = replace(order, secrets={**order.secrets, SALT: salt})
    access = replace(access, others=(*access.others, *order.secrets.values()))
    before = find_space(access, order.repository)
    _check_costs(order, before)
    hardware = order.hardware or (before.hardware if before else "") or FREE[0]
    with scratch_folder() as folder:
        assemble(folder, hardware, order.checkout)
        if before is None:
            report(f"Criando {order.repository} em {hardware}", f"Making {order.repository} on {hardware}")
            _create(access, order, hardware)
        changed = _set_up(access, order, hardware, is_new=before is None)
        stale = find_space(access, order.repository) or SpaceState("", "", "")
        report("Enviando os arquivos", "Sending the files")
        push = PushOrder(order.repository, "space", private=False, message=f"Prancha {__version__}", replaces=_REPLACED)
        commit = push_folder(access, push, folder).commit
    is_pushed = commit != stale.head  # also where the answer was lost and a second try found nothing to do
    is_restarted = not is_pushed and stale.stage in _STARTED_AGAIN
    if is_restarted:
        restart_space(access, order.repository)
    is_moving = is_pushed or is_restarted or bool(changed)
    awaited = Awaited(order.repository, stale.stage, commit if is_pushed else "", is_moving)
    waited = wait_until_it_runs(access, awaited, patience or Patience(), report)
    url = repository_url(access, push)
    return Deployed(url, commit, before is None, stale.is_private, is_pushed, changed, waited)


def our_variables(hardware: str) -> dict[str, str]:
    """The environment of the app on a Space, for all to see and taken along by whoever duplicates it; empty: none.

    The home there may not be writable, and a visitor should not train on its two cores.
    """
    return {
        "PRANCHA_DATA_DIR": "/tmp/prancha",  # noqa: S108 - a Space's disk is one program's, and lost at each restart
        "PRANCHA_EMBEDDED_FROM": "hub",
        "PRANCHA_LANGUAGE": "pt",
        "PRANCHA_WORKER": "off",
        "HF_XET_CACHE": "/tmp/prancha/xet",  # noqa: S108
        "OMP_NUM_THREADS": _CORES.get(hardware, ""),
    }


def _plan(order: DeployOrder, hardware: str, folder: Path) -> Plan:
    files = assemble(folder, hardware, order.checkout)
    readme, requirements = ((folder / name).read_text(encoding="utf-8") for name in (README, REQUIREMENTS))
    names = (*order.secrets, *(name for name in (SALT,) if name not in order.secrets))
    return Plan(hardware, files, readme, requirements, _set_ones(_variables(order, hardware)), names)


def _variables(order: DeployOrder, hardware: str) -> dict[str, str]:
    return {**our_variables(hardware), **order.variables}


def _set_ones(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value}


def _create(access: HubAccess, order: DeployOrder, hardware: str) -> None:
    _check_durable(access, order, frozenset())
    variables = _set_ones(_variables(order, hardware))
    create_space(access, NewSpace(order.repository, hardware, order.is_public, variables, order.secrets))


def _set_up(access: HubAccess, order: DeployOrder, hardware: str, *, is_new: bool) -> tuple[str, ...]:
    """Write what differs, as each write starts the Space again; what the owner set besides stays. The names."""
    there = read_settings(access, order.repository)
    _check_durable(access, order, there.secrets)
    wanted = _variables(order, hardware)
    variables = [name for name, value in wanted.items() if there.variables.get(name, "") != value]
    # What is there cannot be read. A salt is never set anew: people would not find again what is theirs.
    secrets = [name for name in order.secrets if name not in there.secrets or not (is_new or name == SALT)]
    for name in variables:
        set_variable(access, order.repository, name, wanted[name])
    for name in secrets:
        set_secret(access, order.repository, name, order.secrets[name])
    if order.hardware and space_state(access, order.repository).hardware != order.hardware:
        request_hardware(access, order.repository, order.hardware)
        return (*variables, *secrets, "hardware")
    return (*variables, *secrets)


def _check(order: DeployOrder) -> None:
    """`WrongCall` where the order is none, or would show a secret to everybody."""
    if not _REPOSITORY.fullmatch(order.repository):
        raise WrongCall(
            f"{order.repository!r} não é o nome de um Space. Escreva DONO/NOME.",
            f"{order.repository!r} is no name of a Space. Write OWNER/NAME.",
        )
    for name in (*order.variables, *order.secrets):
        if not _NAME.fullmatch(name):
            raise WrongCall(
                f"{name!r} não é o nome de uma variável. Use letras sem acento, números e _.",
                f"{name!r} is no name of a variable. Use letters a–z, digits and _.",
            )
    shown = [name for name, value in order.variables.items() if is_secret_name(name) or _SECRET_TEXT.search(value)]
    if shown:
        raise WrongCall(
            f"{shown[0]} parece um segredo, e as variáveis de um Space todos veem. Use --secret {shown[0]}=VARIÁVEL.",
            f"{shown[0]} looks like a secret, and everybody sees a Space's variables. Use --secret "
            f"{shown[0]}=VARIABLE.",
        )
    empty = [name for name, value in order.secrets.items() if not value]
    if empty:
        raise WrongCall(
            f"Não há valor para o segredo {empty[0]}: a variável de ambiente de onde vem está vazia ou não existe.",
            f"There is no value for the secret {empty[0]}: the environment variable that it comes from is empty or "
            "missing.",
        )


def _check_costs(order: DeployOrder, before: SpaceState | None) -> None:
    """`WrongCall` where a machine would be asked for that is billed by the hour, and nobody said that it may be."""
    has_it = before is not None and before.hardware == order.hardware
    if not order.hardware or order.hardware in FREE or has_it or order.is_paid:
        return
    raise WrongCall(
        f"{order.hardware} é cobrado por hora (https://huggingface.co/pricing). Se é isso mesmo, diga --yes; sem custo "
        f"há {' e '.join(FREE)}.",
        f"{order.hardware} is billed by the hour (https://huggingface.co/pricing). If that is meant, say --yes; free "
        f"of charge are {' and '.join(FREE)}.",
    )


def _check_durable(access: HubAccess, order: DeployOrder, there: frozenset[str]) -> None:
    """`WrongCall` where annotations are to be sent to a dataset repository without a token, or to a public one."""
    target, token = order.variables.get(SYNC, ""), order.secrets.get(TOKEN, "")
    if not target:
        return
    if not token and TOKEN not in there:
        raise WrongCall(
            f"{SYNC} pede um token que possa escrever em {target}: --secret {TOKEN}=VARIÁVEL, com um só para isso.",
            f"{SYNC} needs a token that may write to {target}: --secret {TOKEN}=VARIABLE, with a token for that alone.",
        )
    if is_public_dataset(replace(access, token=token or access.token), target):
        raise WrongCall(
            f"{target} é público: o que as pessoas anotam não vai para lá. Torne-o privado, ou escolha outro.",
            f"{target} is public: what people annotate does not go there. Make it private, or choose another.",
        )
