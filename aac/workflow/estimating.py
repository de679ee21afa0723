"""What a training will take, said before it starts."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.errors import AacError, NoRoomError
from aac.models.free_memory import free_bytes
from aac.models.loading import check_memory, load_base, locate, missing_bytes, outline
from aac.models.registry import BaseModel, find_base_model
from aac.settings import Settings
from aac.training.config import TrainConfig, check_config
from aac.training.lora import continued, layers_to_adapt
from aac.training.memory import PeakMemory, clear_about_room, learned_numbers
from aac.training.prepare import examples_for, fitted_to_memory, read_splits, template_for
from aac.training.probe import probe, run_disk_bytes, work
from aac.training.substitutions import Substitution, for_this_machine
from aac.workflow.generating import Progress, silent


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a training will take, beside what is free. None: not measured, as an obstacle came before.

    tokens: read in all, without padding. disk_bytes: checkpoints, adapter, and a base model that is not there yet.
    obstacles: (pt, en), empty where the training fits.
    """

    tokens: int | None
    steps: int | None
    duration_s: float | None
    peak_memory_bytes: int | None
    disk_bytes: int | None
    free_memory_bytes: int
    free_disk_bytes: int
    substitutions: tuple[Substitution, ...]
    obstacles: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """As the command line gives it and the page reads it."""
        return {
            **{field.name: getattr(self, field.name) for field in dataclasses.fields(self)},
            "substitutions": [dataclasses.asdict(made) for made in self.substitutions],
            "obstacles": [{"pt": pt, "en": en} for pt, en in self.obstacles],
        }


def estimate(settings: Settings, config: TrainConfig, progress: Progress = silent) -> Estimate:
    """Load the base model and measure two batches: some seconds on the embedded one.

    What cannot be held in memory is said before anything is loaded or downloaded. Raises what reading the data and
    finding the model raise.
    """
    unmeasured = reckon(settings, config)
    if unmeasured.obstacles:
        return unmeasured
    try:
        found = _measure(settings, config, unmeasured, progress)
        _check_disk(found, settings)
    except NoRoomError as error:
        return dataclasses.replace(unmeasured, obstacles=_words(error))
    return found


def reckon(settings: Settings, config: TrainConfig) -> Estimate:
    """What can be said without loading or downloading weights, the obstacles before all; nothing is measured."""
    check_config(config)
    entry = find_base_model(config.base_model)
    read_splits(config)
    adjusted, substitutions = for_this_machine(config)
    free = free_bytes(), _free_disk_bytes(settings.data_dir)
    unmeasured = Estimate(*(None, None, None, None), missing_bytes(entry, settings), *free, substitutions, ())
    try:
        if entry.parameters:
            check_memory(entry, Path(), adjusted.precision)
        _check_disk(unmeasured, settings)
        if _is_here(entry, settings):
            unmeasured = _outlined(settings, config, unmeasured)
            _check_disk(unmeasured, settings)
    except NoRoomError as error:
        return dataclasses.replace(unmeasured, obstacles=_words(error))
    return unmeasured


def _is_here(entry: BaseModel, settings: Settings) -> bool:
    return missing_bytes(entry, settings) == 0 and (entry.folder is not None or entry.size_bytes > 0)


def _outlined(settings: Settings, config: TrainConfig, unmeasured: Estimate) -> Estimate:
    """With the disk that the adapter's checkpoints take; `NoRoomError` where a batch or the adapter is too big."""
    entry = find_base_model(config.base_model)
    base = outline(entry, locate(entry, settings))
    examples, _ = examples_for(config, read_splits(config), base.tokenizer, template_for(config, entry))
    config = continued(config, entry)
    _, substitutions = fitted_to_memory(config, base, examples)
    disk = run_disk_bytes(learned_numbers(layers_to_adapt(config, base.model), config.lora_r))
    return dataclasses.replace(unmeasured, disk_bytes=disk, substitutions=substitutions)


def _measure(settings: Settings, config: TrainConfig, unmeasured: Estimate, progress: Progress) -> Estimate:
    entry, splits = find_base_model(config.base_model), read_splits(config)
    missing = missing_bytes(entry, settings)
    located = locate(entry, settings, progress)
    with clear_about_room(settings.data_dir), PeakMemory() as peak:
        base = load_base(entry, settings, for_this_machine(config)[0].precision, progress, located)
        examples, held_out = examples_for(config, splits, base.tokenizer, template_for(config, entry))
        fitted, substitutions = fitted_to_memory(continued(config, entry), base, examples)
        progress("Medindo…", "Measuring…")
        measured = probe(fitted, base, examples)
    all_of_it = work(fitted, examples, held_out, measured)
    return dataclasses.replace(
        unmeasured,
        tokens=all_of_it.tokens,
        steps=all_of_it.steps,
        duration_s=round(all_of_it.duration_s, 1),
        peak_memory_bytes=peak.bytes,
        disk_bytes=measured.disk_bytes + missing,
        substitutions=substitutions,
    )


def _check_disk(found: Estimate, settings: Settings) -> None:
    needed, free = found.disk_bytes or 0, found.free_disk_bytes
    if needed > free:
        raise NoRoomError(
            f"O treino precisa de {needed / 1e6:.0f} MB de disco na pasta de dados; há {free / 1e6:.0f} MB. "
            "Libere espaço ou aponte PRANCHA_DATA_DIR para outra pasta.",
            f"The training needs {needed / 1e6:.0f} MB of disk in the data folder; {free / 1e6:.0f} MB are free. "
            "Free some space or point PRANCHA_DATA_DIR to another folder.",
        )


def _free_disk_bytes(folder: Path) -> int:
    """Of the disk that the folder is on, or will be on."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def _words(error: AacError) -> tuple[tuple[str, str], ...]:
    return ((error.pt, error.en),)
