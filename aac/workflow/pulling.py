"""Adapters from the Hub or from a folder of other people's, checked before they may speak."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aac.errors import AacError, CorruptError, HubError, NoRoomError, WrongCall
from aac.files import no_room, without_place
from aac.hub.access import HubAccess
from aac.hub.pulling import Pulled, Wanted, pull_folder
from aac.models.adapters import (
    FILES,
    PEFT_CONFIG,
    PROVENANCE,
    TEMPLATE,
    WEIGHTS,
    Adapter,
    read_adapter,
    read_json,
    write_json,
)
from aac.models.registry import BaseModel, base_models
from aac.settings import Settings
from aac.workflow.active import active_adapter
from aac.workflow.archive import Archive

_SIZE_MAX_BYTES = 2_000_000_000


def pull_adapter(
    settings: Settings, repository: str, revision: str | None, token: str, access: HubAccess | None = None
) -> Adapter:
    """Pull an adapter of the Hub into the data folder, where the page and the command line offer it.

    It is checked first: its base model must be one of ours, and its template readable; an adapter of other people's
    without a template is asked in its base model's own words. What is refused is not kept. Raises `HubError`,
    `WrongCall`, `CorruptError`, `DataError`, `NoRoomError`, whose words tell no folder of this machine.
    """
    if repository.count("/") != 1:
        raise HubError(
            f"{repository!r} não é um nome de repositório. Escreva DONO/NOME.",
            f"{repository!r} is no name of a repository. Write OWNER/NAME.",
        )
    folder = settings.adapters_dir / repository.replace("/", "--")
    way = replace(access or HubAccess.of(settings, token), token=token.strip())

    def check(pulled: Pulled) -> None:
        _complete(pulled.folder, repository, {"hub_repository": repository, "hub_commit": pulled.commit})

    try:
        pull_folder(way, Wanted(repository, "model", revision, FILES, _SIZE_MAX_BYTES), folder, check)
    except NoRoomError as error:
        said = without_place(error.__cause__ if isinstance(error.__cause__, OSError) else error, folder)
        raise NoRoomError(
            f"Não foi possível guardar {repository} na pasta de dados ({said}). Libere espaço ali.",
            f"Could not keep {repository} in the data folder ({said}). Free some space there.",
        ) from error
    return read_adapter(folder, str(folder))


def pull_to_try(archive: Archive, repository: str) -> Adapter:
    """The same for the page, with the server's token; what speaks now is not put out by it (`WrongCall`)."""
    called = repository.replace("/", "--")
    known = archive.settings.adapters_dir / called
    if (known / PEFT_CONFIG).is_file():
        base_model = str(read_json(known, PROVENANCE).get("base_model") or "")
        if active_adapter(archive, base_model) == str(known):
            raise WrongCall(
                f"{called} já está aqui e é o adaptador em uso: trazê-lo de novo poderia trocar os seus pesos. "
                "Escolha-o na lista, ou promova outro antes.",
                f"{called} is here already and is the active adapter: pulling it again might change its weights. "
                "Choose it from the list, or promote another first.",
            )
    return pull_adapter(archive.settings, repository, None, archive.settings.hub_token)


def adopt_adapter(settings: Settings, source: Path) -> Adapter:
    """The same with an adapter in a folder: its files are copied into the data folder, checked and completed."""
    if not (source / PEFT_CONFIG).is_file():
        raise WrongCall(
            f"Não há adaptador em {source}: falta {PEFT_CONFIG}.", f"There is no adapter in {source}: no {PEFT_CONFIG}."
        )
    folder = settings.adapters_dir / source.resolve().name
    if folder.exists():
        raise WrongCall(
            f"Já há um adaptador {folder.name}. Dê outro nome à pasta.",
            f"There is an adapter {folder.name} already. Give the folder another name.",
        )
    _in_place(source, folder, lambda made: _complete(made, str(source), {}))
    return read_adapter(folder, str(folder))


def _in_place(source: Path, folder: Path, check: Callable[[Path], None]) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adopt-", dir=folder.parent) as temporary:
            made = Path(temporary) / "files"
            made.mkdir()
            for name in FILES:
                if (source / name).is_file():
                    shutil.copyfile(source / name, made / name)
            check(made)
            made.replace(folder)
    except OSError as error:
        raise no_room(folder, error) from error


def _complete(folder: Path, name: str, origin: dict[str, str]) -> None:
    """Write beside the weights what is missing, and read it all as a generation will."""
    try:
        config, provenance = read_json(folder, PEFT_CONFIG), read_json(folder, PROVENANCE)
    except ValueError as error:
        raise _refused(name, f"arquivo ilegível ({error})", f"unreadable file ({error})") from error
    if not config or not (folder / WEIGHTS).is_file():
        raise _refused(name, f"falta {PEFT_CONFIG} ou {WEIGHTS}", f"{PEFT_CONFIG} or {WEIGHTS} is missing")
    if config.get("peft_type") != "LORA":
        found = config.get("peft_type")
        raise _refused(name, f"é do tipo {found}, não LoRA", f"it is of the kind {found}, not LoRA")
    base = _base_of(name, config, provenance)
    if not (folder / TEMPLATE).is_file():
        base.template.save(folder / TEMPLATE)
    known = {"base_model": base.id, "base_repository": base.repository}
    write_json(folder, PROVENANCE, {**provenance, **known, **origin})
    read_adapter(folder, name)


def _base_of(name: str, config: dict[str, Any], provenance: dict[str, Any]) -> BaseModel:
    """The base model by the name that PEFT wrote down, which what we wrote must not contradict."""
    repository = str(config.get("base_model_name_or_path") or "")
    for entry in base_models():
        if entry.repository == repository:
            if provenance.get("base_model", entry.id) != entry.id:
                told = provenance["base_model"]
                raise _refused(
                    name, f"{PROVENANCE} diz {told}", f"{PROVENANCE} says {told}, {PEFT_CONFIG} {repository}"
                )
            return entry
    known = ", ".join(entry.repository for entry in base_models())
    raise WrongCall(
        f"O adaptador {name} é para o modelo de base {repository!r}, que a Prancha não conhece. Ela conhece {known}.",
        f"The adapter {name} is for the base model {repository!r}, which Prancha does not know. It knows {known}.",
    )


def _refused(name: str, pt: str, en: str) -> AacError:
    return CorruptError(
        f"O adaptador {name} não pode ser usado: {pt}. Nada foi guardado.",
        f"The adapter {name} cannot be used: {en}. Nothing was kept.",
    )
