"""Checkpoints of one run: complete or absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from aac.errors import DataError
from aac.files import sync_folder, sync_tree, whole_file
from aac.models.adapters import WEIGHTS

_MARKER = "complete.json"  # written last: without it a folder is what a killed process left behind
_BEST = "best.safetensors"
_PREFIX = "checkpoint-"  # the trainer's


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands in a complete checkpoint. run: which run it is of; is_finished: no step is left."""

    run: str
    step: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete checkpoint on disk."""

    folder: Path
    marker: Marker

    @property
    def best(self) -> dict[str, torch.Tensor] | None:
        """The weights with the least validation loss so far, where they are kept."""
        path = self.folder / _BEST
        return load_file(path) if path.is_file() else None

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """The weights after its step."""
        return load_file(self.folder / WEIGHTS)


def last_checkpoint(folder: Path, run: str) -> Checkpoint | None:
    """The newest complete checkpoint; what is not complete is deleted. `DataError` where it is another run's."""
    found = []
    for path in folder.glob(f"{_PREFIX}*"):
        if (path / _MARKER).is_file():
            found.append(Checkpoint(path, Marker(**json.loads((path / _MARKER).read_text(encoding="utf-8")))))
        else:
            shutil.rmtree(path)
    last = max(found, key=lambda checkpoint: checkpoint.marker.step, default=None)
    if last and last.marker.run != run:
        raise DataError(
            f"O ponto de retomada em {last.folder} é de outra configuração ou de outros dados. Use outra pasta, ou "
            "apague essa para começar de novo.",
            f"The checkpoint in {last.folder} is of another configuration or of other data. Use another folder, or "
            "delete that one to start anew.",
        )
    return last


def checkpoint_folder(folder: Path, step: int) -> Path:
    """Where the trainer writes the checkpoint of a step."""
    return folder / f"{_PREFIX}{step}"


def complete(written: Path, marker: Marker, best: Mapping[str, torch.Tensor] | None) -> None:
    """Mark what the trainer wrote as complete, once it is on the disk, and only then delete the older ones."""
    if best is not None:
        save_file(dict(best), written / _BEST)
    sync_tree(written)
    with whole_file(written / _MARKER) as file:
        file.write(json.dumps(asdict(marker)).encode())
    sync_folder(written.parent)
    for path in written.parent.glob(f"{_PREFIX}*"):
        if path != written:
            (path / _MARKER).unlink(missing_ok=True)  # first, so that half a deletion leaves no complete one
            shutil.rmtree(path)
