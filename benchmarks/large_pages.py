"""How much quicker a training is where glibc keeps its memory in large pages, as the app's own processes do.

    python -m benchmarks.large_pages [--rounds 2]

The preset `cpu` on the shipped cards, the same 20 steps with and without `GLIBC_TUNABLES`, in turn. Prints the median
of the pairwise ratios of time with the least and the greatest. Linux with glibc alone has it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from aac.settings import GLIBC_TUNABLES, Settings
from aac.training.config import PRESETS
from aac.training.progress import PROGRESS

STEPS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    ratios = []
    for _ in range(rounds):
        plain, large = seconds(""), seconds(GLIBC_TUNABLES)
        print(f"{plain:.1f} s, {large:.1f} s with large pages", flush=True)
        ratios.append(large / plain)
    print(f"with large pages / without, time: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def seconds(tunables: str) -> float:
    """From the first step to the last."""
    environment = {**Settings.from_environment().child_environment(), "GLIBC_TUNABLES": tunables}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        changes = {"log_every_steps": 1, "max_steps": STEPS, "max_validation_sets": 1}
        dataclasses.replace(PRESETS["cpu"], **changes).save(config)
        command = [sys.executable, "-m", "aac", "train", str(config), "--out", f"{folder}/out", "--run-folder", folder]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        told = [json.loads(one) for one in (Path(folder) / PROGRESS).read_text(encoding="utf-8").splitlines()]
    times = [datetime.fromisoformat(one["utc"]) for one in told if one["kind"] == "train"]
    return (times[-1] - times[0]).total_seconds()


if __name__ == "__main__":
    main()
