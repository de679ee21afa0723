"""How much slower answers come where two processes answer at once, by how OpenMP's idle threads wait.

    python -m benchmarks.sharing_cores [--rounds 3]

The embedded model answers for 15 s in one process alone, then in two at once, with GNU OpenMP's own long spin and with
the app's short one (`aac/settings.py`). Prints the median of the ratios of answers a second of one of two to one alone,
with the least and the greatest, and what one alone answers with the short spin to what it does with the long one.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID
from aac.records import GenerationRequest
from aac.settings import SPIN_COUNT, Settings
from aac.workflow.generating import Speakers

ANSWERING_S = 15
TOKENS = 24
LONG_SPIN = "300000"  # GNU OpenMP's own, where nothing else is said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--answer", action="store_true", help="be one of the processes: print answers a second")
    chosen = parser.parse_args()
    if chosen.answer:
        print(answers_per_s())
        return
    ratios: dict[str, list[float]] = {LONG_SPIN: [], SPIN_COUNT: []}
    alone_ratios = []
    for _ in range(chosen.rounds):
        alone = {spin: rates(1, spin)[0] for spin in ratios}
        alone_ratios.append(alone[SPIN_COUNT] / alone[LONG_SPIN])
        for spin, found in ratios.items():
            found += [rate / alone[spin] for rate in rates(2, spin)]
    print(f"one of two at once / alone, answers a second, long spin: {told(ratios[LONG_SPIN])}")
    print(f"one of two at once / alone, answers a second, short spin: {told(ratios[SPIN_COUNT])}")
    print(f"alone, answers a second, short spin / long spin: {told(alone_ratios)}")


def told(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def rates(count: int, spin: str) -> list[float]:
    """What each of `count` processes at once answers a second."""
    environment = {**Settings.from_environment().child_environment(), "GOMP_SPINCOUNT": spin}
    command = [sys.executable, "-m", "benchmarks.sharing_cores", "--answer"]
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    return [float(process.communicate()[0]) for process in processes]


def answers_per_s() -> float:
    """After a first answer, which loads the model."""
    speaker = Speakers(Settings.from_environment()).get(EMBEDDED_ID)
    request = GenerationRequest("Querer", 5, well_formed=False, max_new_tokens=TOKENS)
    rows = [Row(request, None, speaker.base.entry.template)]
    speaker.generate(rows)
    started_s, count = time.perf_counter(), 0
    while time.perf_counter() - started_s < ANSWERING_S:
        speaker.generate(rows)
        count += 1
    return count / (time.perf_counter() - started_s)


if __name__ == "__main__":
    main()
