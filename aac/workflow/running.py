"""Fine-tunes in the background: asked for, watched, cancelled, resumed. The worker process does the work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from aac.datasets.card_files import write_card_sets
from aac.datasets.near_duplicates import SPLITS
from aac.errors import NoRoomError, WrongCall
from aac.files import check_room
from aac.models.adapters import weights_sha256
from aac.models.registry import find_base_model, local_folder
from aac.store import runs as stored_runs
from aac.store.adapters import PushEvent, StoredAdapter, adapter_with_push, list_adapters, list_evaluations
from aac.store.runs import Run
from aac.store.versions import Version
from aac.training.config import PRESETS, TrainConfig, check_config
from aac.training.progress import PROGRESS
from aac.workflow import versions
from aac.workflow.active import ACTIVE, DEFAULT, NONE, active_adapter
from aac.workflow.archive import Archive
from aac.workflow.places import check_trains_here
from aac.workflow.run_progress import RunProgress, read_progress, read_tail
from aac.workflow.version_sets import version_sets

CONFIG = "config.json"
LOG = "log.txt"
PLACES = ("here", "hub-job")
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What to train: a preset (or a configuration of one's own) on a dataset version, and what follows.

    push_to: the Hub repository that the adapter goes to when it is done, "" for none; push_dataset: and its version.
    place: where it runs, "here" (a process of this machine's worker) or "hub-job" (a Hugging Face Job).
    """

    version_id: str
    preset: str = "cpu"
    config: TrainConfig | None = None
    push_to: str = ""
    push_dataset: bool = False
    place: str = "here"


def start_run(archive: Archive, order: RunOrder, run_id: str = "") -> str:
    """Put a run into the queue and return its id. run_id: made by the caller, so that asking twice is one run."""
    run_id = run_id or str(uuid4())
    config, version = checked_order(archive, order)
    options = {name: getattr(order, name) for name in ("preset", "place", "push_to", "push_dataset")}
    if config.start_from:
        options["start_adapter_id"] = started_from(archive, config)
    stored_runs.add_run(archive.database, run_id, version.id, asdict(config), options)
    return run_id


def checked_order(archive: Archive, order: RunOrder) -> tuple[TrainConfig, Version]:
    """The configuration and the version of an order, where both can be had; raises what says why not."""
    _check_place(archive, order.place)
    config = check_config(_config(order))
    find_base_model(config.base_model)
    config = _started(archive, order, config)
    _check_push(archive, order)
    version = versions.find_version(archive, order.version_id)
    versions.version_folder(archive, version)
    counts = version.manifest["counts"]["by_split"]
    if not counts["train"]:
        raise WrongCall(
            f"A versão {version.id} não tem conjuntos de treino. Congele uma com mais pedidos, ou com os cartões que "
            "vêm com a Prancha.",
            f"Version {version.id} has no sets to train on. Freeze one with more prompts, or with the shipped cards.",
        )
    return config, version


def _check_place(archive: Archive, place: str) -> None:
    if place not in PLACES:
        raise WrongCall(
            f"Não há lugar {place!r}; há {', '.join(PLACES)}.",
            f"There is no place {place!r}; there are {', '.join(PLACES)}.",
        )
    if place == "here":
        check_trains_here(archive.settings)


def _config(order: RunOrder) -> TrainConfig:
    """The configuration; its data are the run folder's."""
    if order.config is None and order.preset not in PRESETS:
        raise WrongCall(
            f"Não há preset {order.preset!r}; há {', '.join(PRESETS)}.",
            f"There is no preset {order.preset!r}; there are {', '.join(PRESETS)}.",
        )
    return replace(order.config or PRESETS[order.preset], data="data")


def _started(archive: Archive, order: RunOrder, config: TrainConfig) -> TrainConfig:
    """`config` with the name of the adapter that it starts from, and its rank and layers."""
    if not config.start_from:
        return config
    if order.place != "here":
        raise WrongCall(
            "Um treino que segue de um adaptador só roda aqui (place: here). Escolha esse lugar, ou outro preset.",
            "A training that goes on from an adapter runs here only (place: here). Choose that place, or another "
            "preset.",
        )
    from aac.training.lora import continued  # loads torch

    config = resolved(archive, config)
    return continued(config, find_base_model(config.base_model))


def resolved(archive: Archive, config: TrainConfig) -> TrainConfig:
    """`config` with the adapter that speaks in the place of "active"; `WrongCall` where none does."""
    if config.start_from != ACTIVE:
        return config
    name = active_adapter(archive, config.base_model)
    if name == NONE:
        raise WrongCall(
            f"Nenhum adaptador fala com {config.base_model}: não há de onde seguir. Treine do começo (preset cpu).",
            f"No adapter speaks with {config.base_model}: there is none to go on from. Train from the start (preset "
            "cpu).",
        )
    return replace(config, start_from=name)


def started_from(archive: Archive, config: TrainConfig) -> str:
    """The id of the stored adapter that a resolved configuration starts from, "" for the shipped or an unknown one."""
    if config.start_from == DEFAULT:
        return ""
    weights = weights_sha256(local_folder(config.start_from))
    with archive.database.read() as connection:
        known = list_adapters(connection, config.base_model)
    return next((adapter.id for adapter in known if adapter.weights_sha256 == weights), "")


def _check_push(archive: Archive, order: RunOrder) -> None:
    """What is sure to fail after the training is said before it."""
    if order.push_to and not REPOSITORY.fullmatch(order.push_to):
        raise WrongCall(
            f"{order.push_to!r} não é um repositório do Hub: DONO/NOME, com letras sem acento, números, ponto, hífen.",
            f"{order.push_to!r} is no repository of the Hub: OWNER/NAME, of letters a–z, digits, dots and hyphens.",
        )
    if order.push_dataset and not order.push_to:
        raise WrongCall(
            "Diga para onde enviar o conjunto de dados: --push DONO/NOME.",
            "Say where to push the dataset: --push OWNER/NAME.",
        )
    if (order.push_to or order.place == "hub-job") and not archive.settings.hub_token:
        raise WrongCall(
            "Para o Hub falta um token com permissão de escrita em HF_TOKEN.",
            "For the Hub a token with write permission is missing from HF_TOKEN.",
        )


def write_inputs(archive: Archive, version_id: str, config: TrainConfig, folder: Path) -> Path:
    """A version's rows as a CSV a split in `folder`/data, and the configuration that reads them; its path."""
    version = versions.find_version(archive, version_id)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        sets = version_sets(archive, version, split)
        (data / f"{split}.csv").unlink(missing_ok=True)
        if sets:
            write_card_sets(data / f"{split}.csv", sets)
    replace(config, data=str(data)).save(folder / CONFIG)
    return folder / CONFIG


def cancel_run(archive: Archive, run_id: str) -> Run:
    """End a run; its worker stops the training within seconds and keeps the checkpoint."""
    run = _find(archive, run_id)
    stored_runs.cancel_run(archive.database, run.id)
    return _find(archive, run.id)


def resume_run(archive: Archive, run_id: str) -> Run:
    """Put a cancelled or failed run back into the queue: it goes on from its last checkpoint."""
    run = _find(archive, run_id)
    if run.options.get("place", "here") == "here":
        check_trains_here(archive.settings)
    stored_runs.requeue_run(archive.database, run.id)
    return _find(archive, run.id)


def _find(archive: Archive, run_id: str) -> Run:
    with archive.database.read() as connection:
        return stored_runs.find_run(connection, run_id)


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as a page shows it.

    scores: of the new adapter, by its name, where it was evaluated. obstacle: in Portuguese and English, why a run that
    has not ended cannot even say how it stands; None where it can.
    """

    run: Run
    progress: RunProgress
    log_tail: str
    adapter: StoredAdapter | None
    push: PushEvent | None
    scores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    obstacle: tuple[str, str] | None = None


def view_run(archive: Archive, run_id: str) -> RunView:
    """One run with its progress, the end of its log, its adapter with its scores and how the push of that stands."""
    with archive.database.read() as connection:
        run = stored_runs.find_run(connection, run_id)
        adapter, push = adapter_with_push(connection, run.adapter_id, run.id)
        found = list_evaluations(connection, [adapter.id], run.version_id) if adapter else []
    scores = {adapter.name: found[0].scores} if adapter and found else {}
    return replace(_view(archive, run, adapter, push), scores=scores)


def look(archive: Archive, run_id: str, most: int) -> tuple[list[Run], RunView | None]:
    """The latest runs, at most so many, and of all that there are the one with this very id, else the newest.

    For a page that asks every other second: the scores, which it does not show here, are left out.
    """
    with archive.database.read() as connection:
        runs = stored_runs.list_runs(connection, most)
        run = next((one for one in runs if one.id == run_id), None) or stored_runs.run_of(connection, run_id)
        run = run or next(iter(runs), None)
        if run is None:
            return [], None
        adapter, push = adapter_with_push(connection, run.adapter_id, run.id)
    return runs, _view(archive, run, adapter, push)


def _view(archive: Archive, run: Run, adapter: StoredAdapter | None, push: PushEvent | None) -> RunView:
    folder = run_folder(archive, run.id)
    obstacle = None if run.has_ended else _obstacle(archive)
    return RunView(run, read_progress(folder / PROGRESS), read_tail(folder / LOG), adapter, push, obstacle=obstacle)


def _obstacle(archive: Archive) -> tuple[str, str] | None:
    """A full disk, where the database is on it too: nobody can write there that a run stopped, and why."""
    settings = archive.settings
    if settings.database_url:
        return None
    try:
        check_room(settings.data_dir)
    except NoRoomError as error:
        found = getattr(error.__cause__, "strerror", None) or error.__cause__
        return (
            f"O disco de {settings.data_dir} está cheio ou com defeito ({found}): o treino espera. Libere espaço; "
            "depois ele continua, ou diz por que parou.",
            f"The disk of {settings.data_dir} is full or failing ({found}): the run waits. Free some space; then it "
            "goes on, or says why it stopped.",
        )
    return None


def list_runs(archive: Archive) -> list[Run]:
    """The latest runs, newest first."""
    with archive.database.read() as connection:
        return stored_runs.list_runs(connection)


def run_folder(archive: Archive, run_id: str) -> Path:
    """Where a run's configuration, data, checkpoints, progress and log lie."""
    return archive.settings.runs_dir / run_id


def adapter_name(run: Run) -> str:
    """What the adapter that a run leaves is called: its folder's name among the adapters."""
    return f"{run.options.get('preset') or 'run'}-{run.id[:8]}"
