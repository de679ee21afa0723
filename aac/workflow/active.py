"""Which adapter speaks: the one promoted last, where its folder is whole; else the one that ships."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.errors import AacError, CorruptError, MissingError, WrongCall
from aac.models.adapters import DEFAULT_FOLDER, PEFT_CONFIG, Adapter, read_adapter, weights_sha256
from aac.models.registry import find_base_model, local_folder
from aac.settings import Settings
from aac.store.adapters import StoredAdapter, active, list_adapters
from aac.store.runs import Run, find_run
from aac.store.versions import find_version
from aac.workflow.archive import Archive

ACTIVE = "active"
DEFAULT = "default"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Active:
    """What speaks for a base model: "default", an adapter's folder, or "none" where nothing ships or was promoted.

    promoted_id: the stored adapter that was promoted last, None for the shipped one. fallback: why that one does not
    speak, where it does not.
    """

    name: str
    promoted_id: str | None = None
    fallback: AacError | None = None


def active_adapter(archive: Archive, base_model: str) -> str:
    """The adapter that speaks, by the name that generating takes; no database is made to find that out."""
    return look_up_active(archive, base_model).name


def real_adapter(archive: Archive, name: str, model: str) -> str:
    """What generating takes for a name: for "active" what speaks now, for a name among the adapters its folder."""
    if name == ACTIVE:
        return active_adapter(archive, find_base_model(model).id)
    is_a_name = name not in (NONE, DEFAULT) and (archive.settings.adapters_dir / name).is_dir()
    return str(archive.settings.adapters_dir / name) if is_a_name else name


def look_up_active(archive: Archive, base_model: str) -> Active:
    """The adapter that speaks, and why the promoted one does not where that is so."""
    shipped = shipped_name(base_model)
    if not archive.has_database:
        return Active(shipped)
    try:
        with archive.database.read() as connection:
            promotion = active(connection, base_model)
            known = {adapter.id: adapter for adapter in list_adapters(connection, base_model)}
            chosen = known.get(promotion.adapter_id or "") if promotion else None
            is_withdrawn = chosen is not None and _is_withdrawn(connection, chosen)
    except AacError as error:  # cards can be made without the database
        return Active(shipped, None, error)
    if promotion is None or promotion.adapter_id is None or chosen is None:
        return Active(shipped)
    if is_withdrawn:
        return Active(shipped, promotion.adapter_id, _withdrawn(chosen))
    try:
        return Active(name_of(archive.settings, chosen), promotion.adapter_id)
    except AacError as error:
        return Active(shipped, promotion.adapter_id, error)


def _is_withdrawn(connection: Any, adapter: StoredAdapter) -> bool:
    """Whether the adapter, or one behind it, learned from words that a person took back since."""
    versions = [run.version_id for run in runs_behind(connection, adapter) if run.version_id]
    return any(find_version(connection, version_id).state == "withdrawn" for version_id in versions)


def runs_behind(connection: Any, adapter: StoredAdapter) -> list[Run]:
    """The runs that made an adapter: its own, that of the adapter which that one started from, and so on."""
    known = {one.id: one for one in list_adapters(connection, adapter.base_model)}
    runs: list[Run] = []
    behind: StoredAdapter | None = adapter
    while behind and behind.run_id and all(run.id != behind.run_id for run in runs):
        runs.append(find_run(connection, behind.run_id))
        behind = known.get(str(runs[-1].options.get("start_adapter_id") or ""))
    return runs


def _withdrawn(adapter: StoredAdapter) -> AacError:
    return WrongCall(
        f"{adapter.name} aprendeu de palavras que uma pessoa apagou depois: não fala mais. Promova outro.",
        f"{adapter.name} learned from words that a person erased since: it speaks no more. Promote another.",
    )


def shipped_name(base_model: str) -> str:
    """ "default" where the shipped adapter is of that base model, else "none"."""
    try:
        return DEFAULT if read_adapter(DEFAULT_FOLDER, DEFAULT).base_model == base_model else NONE
    except AacError:  # `doctor` says what is wrong with it
        return NONE


def name_of(settings: Settings, stored: StoredAdapter, preferred: str = "") -> str:
    """The name by which generating finds a stored adapter: "default", or its folder among the adapters.

    preferred: of several folders with these weights, the one to take; else the one that the adapter is called by.
    Raises `MissingError` where no folder holds its weights, `CorruptError` where the folder is not whole.
    """
    called = settings.adapters_dir / stored.name
    places = [settings.adapters_dir / (preferred or stored.name), called]
    for folder in (*places, *sorted(settings.adapters_dir.glob("*/")), DEFAULT_FOLDER):
        if _weights_of(folder) == stored.weights_sha256:
            name = DEFAULT if folder == DEFAULT_FOLDER else str(folder)
            adapter = read_adapter(folder, name)
            if adapter.base_model == stored.base_model:
                return name
    if _weights_of(called):
        raise CorruptError(
            f"Os pesos na pasta do adaptador {stored.name} não são os que foram avaliados. Traga a pasta da última "
            "cópia.",
            f"The weights in the folder of the adapter {stored.name} are not those that were evaluated. Bring the "
            "folder back from the last backup.",
        )
    raise MissingError(
        f"Falta a pasta {stored.name} entre os adaptadores. Traga-a da última cópia, ou treine outra vez.",
        f"The folder {stored.name} is missing from among the adapters. Bring it back from the last backup, or train "
        "anew.",
    )


def _weights_of(folder: Path) -> str:
    try:
        return weights_sha256(folder)
    except OSError:
        return ""


def read_named(settings: Settings, name: str) -> tuple[str, Adapter]:
    """An adapter as a person names it: "default", a folder among the adapters, or a path; with its name in the store.

    Raises `WrongCall` where there is none, `CorruptError` where it is not whole.
    """
    folder = DEFAULT_FOLDER if name == DEFAULT else _folder(settings, name)
    if not (folder / PEFT_CONFIG).is_file():
        raise WrongCall(
            f"Não há adaptador {folder.name!r}. Use default, o nome de uma pasta entre os adaptadores, ou um caminho.",
            f"There is no adapter {folder.name!r}. Use default, the name of a folder among the adapters, or a path.",
        )
    if folder.resolve() == DEFAULT_FOLDER.resolve():
        return DEFAULT, read_adapter(DEFAULT_FOLDER, DEFAULT)
    return folder.resolve().name, read_adapter(folder, str(folder))


def _folder(settings: Settings, name: str) -> Path:
    among = settings.adapters_dir / name
    return among if among.is_dir() else local_folder(name)
