"""The app as a Hugging Face Space, in one go: made or brought up to date, and waited for."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aac import __version__
from aac.errors import AacError
from aac.files import scratch_folder, whole_folder
from aac.hub.access import HubAccess
from aac.hub.pushing import PushOrder, push_folder, repository_url
from aac.hub.spaces import (
    NewSpace,
    SpaceSettings,
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
from aac.workflow.deploy_checks import NEW, Known, of_access, of_order, of_what_is_there, public_target, refuse
from aac.workflow.deploy_order import FREE, SALT, SYNC, TOKEN, DeployOrder, wanted_variables
from aac.workflow.space_files import README, REQUIREMENTS, SpaceFile, assemble
from aac.workflow.space_waiting import Awaited, Patience, Waited, wait_until_it_runs

_STARTED_AGAIN = ("RUNTIME_ERROR", "STOPPED")
# All that lies there and is not ours any more goes, but for what the Hub put there: .gitattributes.
_REPLACED = ("[!.]*",)

Report = Callable[[str, str], None]


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


def plan(order: DeployOrder, out: Path | None = None, access: HubAccess | None = None) -> Plan:
    """Assemble and tell, without a network or a token. out: a new folder to keep the files in. access: as `deploy`'s.

    Raises what `deploy` would refuse of a new Space, all of it at once.
    """
    hardware = order.hardware or FREE[0]
    if out is not None:
        with whole_folder(out) as made:
            return _plan(order, hardware, made, access)
    with scratch_folder() as temporary:
        return _plan(order, hardware, temporary, access)


def deploy(
    access: HubAccess, order: DeployOrder, patience: Patience | None = None, report: Report = untold
) -> Deployed:
    """Make the Space, or write what differs; commit the files once, where they differ; wait until it runs.

    The token of `access` never goes to the Space. Raises `HubError`, `WrongCall`, `MissingError`, `CorruptError`; what
    is refused is refused before anything is sent.
    """
    with scratch_folder() as temporary:
        _refuse_at_once(order, order.hardware or FREE[0], temporary, access, needs_token=True)
    salt = order.secrets.get(SALT) or random_secrets.token_urlsafe(32)
    order = replace(order, secrets={**order.secrets, SALT: salt})
    access = replace(access, others=(*access.others, *order.secrets.values()))
    before = find_space(access, order.repository)
    known = Known(before.hardware, read_settings(access, order.repository)) if before else NEW
    hardware = order.hardware or known.hardware or FREE[0]
    refuse([*of_what_is_there(order, hardware, known), *_of_target(access, order)])
    with scratch_folder() as folder:
        assemble(folder, hardware, order.checkout, _datasets(order, known))
        if before is None:
            report(f"Criando {order.repository} em {hardware}", f"Making {order.repository} on {hardware}")
            _create(access, order, hardware)
            known = Known("", read_settings(access, order.repository))
        changed = _set_up(access, order, hardware, known.settings, is_new=before is None)
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


def _refuse_at_once(
    order: DeployOrder, hardware: str, folder: Path, access: HubAccess | None, *, needs_token: bool
) -> tuple[SpaceFile, ...]:
    """The files, put into `folder`; or all that can be refused without asking the Hub, in one error."""
    found = [*of_order(order), *(of_access(access, needs_token=needs_token) if access else ())]
    files: tuple[SpaceFile, ...] = ()
    try:
        files = assemble(folder, hardware, order.checkout, _datasets(order, NEW))
    except AacError as error:
        found.append(error)
    # A real deployment looks first what the Space has; but who is sent back anyway is told of this too.
    if found or not needs_token:
        found.extend(of_what_is_there(order, hardware, None))
    refuse(found)
    return files


def _of_target(access: HubAccess, order: DeployOrder) -> list[AacError]:
    target, token = order.sync_repository, order.secrets.get(TOKEN, "")
    is_public = target and is_public_dataset(replace(access, token=token or access.token), target)
    return [public_target(order)] if is_public else []


def _datasets(order: DeployOrder, known: Known) -> tuple[str, ...]:
    """What the Space's card names: where annotations go, unless a secret says that. Everybody sees the variable too."""
    named = order.variables.get(SYNC, known.settings.variables.get(SYNC, ""))
    return (named,) if named else ()


def _plan(order: DeployOrder, hardware: str, folder: Path, access: HubAccess | None) -> Plan:
    files = _refuse_at_once(order, hardware, folder, access, needs_token=False)
    readme, requirements = ((folder / name).read_text(encoding="utf-8") for name in (README, REQUIREMENTS))
    names = (*order.secrets, *(name for name in (SALT,) if name not in order.secrets))
    return Plan(hardware, files, readme, requirements, _set_ones(wanted_variables(order, hardware)), names)


def _set_ones(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value}


def _create(access: HubAccess, order: DeployOrder, hardware: str) -> None:
    variables = _set_ones(wanted_variables(order, hardware))
    create_space(access, NewSpace(order.repository, hardware, order.is_public, variables, order.secrets))


def _set_up(
    access: HubAccess, order: DeployOrder, hardware: str, there: SpaceSettings, *, is_new: bool
) -> tuple[str, ...]:
    """Write what differs, as each write starts the Space again; what the owner set besides stays. The names."""
    wanted = wanted_variables(order, hardware)
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
