"""Kill the worker or its training child with SIGKILL at random moments, until runs are done; then count.

    python -m benchmarks.kill_training --kills 20 [--database-url postgresql://…] [--seed 0]

A new worker is started where one was killed, and a run whose child was killed is resumed, as the page offers it. Every
run must end done, with one adapter, evaluated once, and with the bytes of a run that nothing disturbed. The model is a
random one of two layers, so that a run takes seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aac.settings import Settings
from aac.store.schema import evaluations
from aac.training.config import TrainConfig
from aac.workflow import running
from aac.workflow.archive import Archive
from tests.tiny import make_tiny_llama
from tests.workflow.runs import (
    WorkerProcess,
    kill,
    small_version,
    start,
    state,
    tiny_config,
    wait_for_end,
    weights,
    working,
)

LONGEST_WAIT_S = 14.0  # about as long as an undisturbed run takes


def run(settings: Settings, config: TrainConfig, kills: int, seed: int = 0) -> dict[str, Any]:
    """The figures, for a data folder that is new."""
    archive = Archive(settings)
    folder = settings.data_dir
    version_id = small_version(archive, folder)
    with working(settings):
        unbroken = start(archive, version_id, config)
        wait_for_end(archive, unbroken)
    chance = random.Random(seed)
    runs: list[str] = []
    victims: Counter[str] = Counter()
    worker = WorkerProcess(settings).start()
    while sum(victims.values()) < kills:
        if not runs or state(archive, runs[-1]).state == "done":
            runs.append(start(archive, version_id, config))
        elif state(archive, runs[-1]).state == "failed":
            running.resume_run(archive, runs[-1])
        time.sleep(chance.uniform(0, LONGEST_WAIT_S))
        children = worker.children()
        if children and chance.random() < 0.5:
            victims["child"] += 1
            kill(children[0])
        else:
            victims["worker"] += 1
            worker.end(signal.SIGKILL)
            worker = WorkerProcess(settings).start()
    for run_id in runs:
        while wait_for_end(archive, run_id).state == "failed":
            running.resume_run(archive, run_id)
    worker.end()
    return {"kills": dict(victims), "runs": len(runs), **_counted(archive, runs, weights(archive, unbroken))}


def _counted(archive: Archive, runs: list[str], wanted: bytes) -> dict[str, Any]:
    states = Counter(state(archive, run_id).state for run_id in runs)
    with archive.database.read() as connection:
        query = select(func.count()).group_by(evaluations.c.adapter_id, evaluations.c.data_sha256)
        most = max(connection.scalars(query))
    return {
        "states": dict(states),
        "other_bytes": sum(weights(archive, run_id) != wanted for run_id in runs),
        "evaluated_more_than_once": most - 1,
        "attempts": [state(archive, run_id).attempt for run_id in runs],
        "left_behind": sorted(path.name for path in archive.settings.adapters_dir.glob(".*")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = make_tiny_llama(Path(folder) / "model", Settings.from_environment())
        settings = Settings(Path(folder) / "data", database_url=options.database_url, worker="off")
        settings.data_dir.mkdir()
        figures = run(settings, tiny_config(model), options.kills, options.seed)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
