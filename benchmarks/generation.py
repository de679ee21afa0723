"""Ratios of two ways to do the same, run in turn: one mixed batch against two passes, and the constraint against none.

    python -m benchmarks.generation [--runs 5]

Prints the median of the pairwise ratios with the least and the greatest; absolute figures are of this machine alone.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from aac.models.adapters import find_adapter
from aac.models.generation import Row, Speaker
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.workflow.generating import Speakers

PROMPTS = ("Querer", "Na farmácia", "Comida", "Dor", "Caiu a luz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    speaker = Speakers(Settings.from_environment()).get(EMBEDDED_ID)
    adapter = find_adapter("default", find_base_model(EMBEDDED_ID))
    assert adapter is not None

    def rows(prompt: str, well_formed: bool) -> list[Row]:
        request = GenerationRequest(prompt, 5, well_formed=well_formed, max_new_tokens=64)
        return [Row(request, chosen, adapter.template) for chosen in (None, adapter)]

    speaker.generate(rows("Querer", True))  # warm up

    def batch(prompt: str) -> float:
        return seconds(lambda: speaker.generate(rows(prompt, False)))

    def two_passes(prompt: str) -> float:
        return seconds(lambda: [speaker.generate([row]) for row in rows(prompt, False)])

    def seconds_a_step(prompt: str, well_formed: bool, columns: slice) -> float:
        """Of the row that wrote longest: a batch steps until its last row has ended."""
        generations = speaker.generate(rows(prompt, well_formed)[columns])
        longest = max(generations, key=lambda g: g.tokens)
        return longest.duration_s / longest.tokens

    show("one mixed batch / two passes, time", pairs(runs, batch, two_passes))
    for name, columns in (("with LoRA alone", slice(1, 2)), ("both columns", slice(0, 2))):
        ratios = pairs(
            runs,
            lambda p, c=columns: seconds_a_step(p, True, c),
            lambda p, c=columns: seconds_a_step(p, False, c),
        )
        show(f"well-formed / free, time a token ({name})", ratios)
    show_speed(speaker, rows)


def pairs(runs: int, one: Callable[[str], float], other: Callable[[str], float]) -> list[float]:
    return [one(PROMPTS[i % len(PROMPTS)]) / other(PROMPTS[i % len(PROMPTS)]) for i in range(runs)]


def seconds(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def show(name: str, ratios: Sequence[float]) -> None:
    print(f"{name}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} pairs)")


def show_speed(speaker: Speaker, rows: Callable[[str, bool], list[Row]]) -> None:
    generations = speaker.generate(rows("Querer", False))
    print("both columns at once: " + ", ".join(f"{g.tokens_per_s:.1f} tokens/s" for g in generations) + " each")


if __name__ == "__main__":
    main()
