"""Kill the app, its worker or the training child with SIGKILL at random moments, until runs are done; then count.

    python -m benchmarks.kill_training --kills 20 [--database-url postgresql://…] [--seed 0]

A real `app.py` serves and starts its own worker; a killed app is started again, a killed worker is left to the app to
replace, and a run whose child was killed is resumed, as the page offers it. Every run must end done, with one adapter,
evaluated once, and with the bytes of a run that nothing disturbed. The trained model is a random one of two layers, so
that a run takes seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aac.settings import Settings
from aac.store.schema import evaluations
from aac.training.config import TrainConfig
from aac.workflow import running
from aac.workflow.archive import Archive
from tests.tiny import make_tiny_llama
from tests.workflow.apps import AppProcess, trainers, workers
from tests.workflow.runs import kill, small_version, start, state, tiny_config, wait_for, wait_for_end, weights

LONGEST_WAIT_S = 30.0  # about as long as an undisturbed run takes, with the start of its worker
VICTIMS = ("app", "worker", "child")


def run(
    settings: Settings, config: TrainConfig, kills: int, seed: int = 0, longest_wait_s: float = LONGEST_WAIT_S
) -> dict[str, Any]:
    """The figures, for a data folder that is new."""
    started_s = time.monotonic()
    archive = Archive(settings)
    version_id = small_version(archive, settings.data_dir)
    app = AppProcess(settings)
    try:
        app.start()
        unbroken = start(archive, version_id, config)
        wait_for_end(archive, unbroken)
        plan = _Plan(kills, seed, longest_wait_s)
        runs, victims = _disturbed(archive, app, lambda: start(archive, version_id, config), plan)
        for run_id in runs:
            while wait_for_end(archive, run_id).state == "failed":
                running.resume_run(archive, run_id)
        return {
            "kills": dict(victims),
            "seconds": round(time.monotonic() - started_s),
            "runs": len(runs),
            **_counted(archive, runs, weights(archive, unbroken)),
        }
    finally:
        app.end()
        archive.close()


@dataclass(frozen=True, slots=True)
class _Plan:
    kills: int
    seed: int
    longest_wait_s: float


def _disturbed(
    archive: Archive, app: AppProcess, new: Callable[[], str], plan: _Plan
) -> tuple[list[str], Counter[str]]:
    """Runs one after the other while processes are killed; the runs, and how often each kind of process was."""
    chance = random.Random(plan.seed)
    runs: list[str] = []
    victims: Counter[str] = Counter()
    while sum(victims.values()) < plan.kills:
        if not runs or state(archive, runs[-1]).state == "done":
            runs.append(new())
        elif state(archive, runs[-1]).state == "failed":
            running.resume_run(archive, runs[-1])
        time.sleep(chance.uniform(0, plan.longest_wait_s))
        victim = chance.choice(VICTIMS)
        if victim == "app":
            app.kill()
            app.start()
        else:
            find = workers if victim == "worker" else trainers
            wait_for(lambda: find(archive.settings) or state(archive, runs[-1]).has_ended, f"no {victim}")  # noqa: B023
            found = find(archive.settings)
            if not found:
                continue  # the run ended first
            kill(found[0])
        victims[victim] += 1
    return runs, victims


def _counted(archive: Archive, runs: list[str], wanted: bytes) -> dict[str, Any]:
    states = Counter(state(archive, run_id).state for run_id in runs)
    with archive.database.read() as connection:
        query = select(func.count(evaluations.c.id)).group_by(evaluations.c.adapter_id, evaluations.c.data_sha256)
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
    ours = Settings.from_environment()
    with tempfile.TemporaryDirectory() as folder:
        model = make_tiny_llama(Path(folder) / "model", ours)
        settings = Settings(Path(folder) / "data", database_url=options.database_url)
        settings.data_dir.mkdir()
        settings.models_dir.symlink_to(ours.models_dir)  # the app's own model, converted once
        figures = run(settings, tiny_config(model), options.kills, options.seed)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
