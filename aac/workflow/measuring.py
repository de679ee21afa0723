"""What a queued run would take, measured in a process of its own before it is queued."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from aac.errors import MissingError
from aac.training.config import TrainConfig
from aac.workflow.archive import Archive
from aac.workflow.children import run_quick_child
from aac.workflow.running import RunOrder, checked_order, write_inputs

_MEASURE_S = 300.0
_LEFT_S = 3600.0
_PREFIX = ".estimate-"
NOT_MEASURED = {"pt": "não foi medido: a máquina estava ocupada", "en": "not measured: the machine was busy"}


def estimate_run(archive: Archive, order: RunOrder, timeout_s: float = _MEASURE_S) -> dict[str, Any]:
    """What a run would take, measured by a short try in a process of its own (some ten seconds, minutes at the most).

    Keys: tokens, steps, duration_s, peak_memory_bytes, disk_bytes, free_memory_bytes, free_disk_bytes, and in both
    languages substitutions and obstacles; with obstacles it does not fit. Where the try does not end in time there is
    not_measured too, in both languages, and only what can be reckoned without it.
    """
    config, version = checked_order(archive, order)
    runs_dir = archive.settings.runs_dir
    runs_dir.mkdir(parents=True, exist_ok=True)
    remove_left_estimates(runs_dir)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{_owner()}-", dir=runs_dir) as folder:
        path = write_inputs(archive, version.id, config, Path(folder))
        try:
            done = run_quick_child(["estimate", str(path), "--json"], archive.settings, timeout_s)
        except subprocess.TimeoutExpired:
            return _reckoned(archive, path)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).split("\n")[-1][:400]
        raise MissingError(f"Não deu para medir: {reason}", f"Could not measure: {reason}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _reckoned(archive: Archive, config: Path) -> dict[str, Any]:
    from aac.workflow.estimating import reckon  # loads torch

    found = reckon(archive.settings, TrainConfig.load(str(config)))
    return {**found.as_json(), "not_measured": NOT_MEASURED}


def remove_left_estimates(runs_dir: Path) -> None:
    """Remove what a measuring that was killed has left: older than an hour, or of a process that is gone."""
    for folder in runs_dir.glob(f"{_PREFIX}*"):
        if _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    machine, _, pid = folder.name.removeprefix(_PREFIX).rpartition("-")[0].rpartition("-")
    if machine == platform.node() and pid.isdigit() and not psutil.pid_exists(int(pid)):
        return True
    try:
        return time.time() - folder.stat().st_mtime > _LEFT_S
    except OSError:  # its own process has just removed it
        return False


def _owner() -> str:
    """The machine is told too: several may share a data folder, and only the numbers of one's own processes say so."""
    return f"{platform.node()}-{os.getpid()}"
