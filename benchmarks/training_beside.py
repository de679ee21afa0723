"""How much slower cards come while a training runs beside: the same prompts, alone and beside it, in turn.

    python -m benchmarks.training_beside [--rounds 3]

The training is the preset `cpu` on the shipped cards, at the low priority that a worker gives it, stopped (SIGSTOP)
while the model speaks alone. Prints the median of the pairwise ratios with the least and the greatest.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.training.config import PRESETS
from aac.workflow.children import NICE
from aac.workflow.generating import Speakers
from aac.workflow.running import read_progress

PROMPTS = ("Querer", "Na farmácia", "Comida", "Dor")
TOKENS = 48


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    settings = Settings.from_environment()
    speaker = Speakers(settings).get(EMBEDDED_ID)

    def seconds(prompt: str) -> float:
        started_s = time.perf_counter()
        request = GenerationRequest(prompt, 5, well_formed=False, max_new_tokens=TOKENS)
        speaker.generate([Row(request, None, speaker.base.entry.template)])
        return time.perf_counter() - started_s

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        dataclasses.replace(PRESETS["cpu"], log_every_steps=1).save(config)
        command = [sys.executable, "-m", "aac", "train", str(config), "--out", f"{folder}/out", "--run-folder", folder]
        training = subprocess.Popen(command, env=settings.child_environment(), stdout=subprocess.DEVNULL)
        process = psutil.Process(training.pid)
        process.nice(NICE)
        while read_progress(Path(folder) / "progress.jsonl").step < 1:
            time.sleep(0.5)
        ratios = []
        for _ in range(rounds):
            for prompt in PROMPTS:
                process.send_signal(signal.SIGSTOP)
                alone = seconds(prompt)
                process.send_signal(signal.SIGCONT)
                ratios.append(seconds(prompt) / alone)
        training.kill()
        training.wait()
    print(f"beside a training / alone, time: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
