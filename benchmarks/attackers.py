"""Attackers: thousands of generated requests, as everybody, to a real server: what came of them, and what got through.

    python -m benchmarks.attackers [--every 1] [--minutes 10]

A real `app.py` on loopback with a data folder, a home and a folder for temporary files of its own, first behind a
stand-in of a proxy that logs people in, then with passwords, then with a stand-in of an OpenID provider. The requests
are those of tests/ui/ (from a fixed seed, the same each time), each from one of a hundred people and addresses, so that
limits keep none away. In this server Gradio would fetch from loopback, where a canary listens. Prints a table: of each
kind of attack how many requests, the statuses (`hung up`: no answer), answers of 500 or with a trace, answers that
held a file of somewhere else, files written where none should be and rows changed by who may not, requests that
reached the canary, what should have been refused and was not, and the slowest answer. Exits with 1 if any of these is
not 0, and where the time is over before the end. --every: only every nth request, for a short form.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aac.settings import Settings
from benchmarks.attack_run.by_login import with_logins
from benchmarks.attack_run.by_role import behind_a_proxy
from benchmarks.attack_run.findings import BAD, AttackRun, Row
from benchmarks.crowd import put_tiny_model
from tests.canary import listening
from tests.ui.attack_requests import SECRET


@dataclass(frozen=True)
class Figures:
    """rows: by kind of attack. through: what got through, in words. is_whole: whether all was sent in time."""

    rows: dict[str, Row]
    through: list[str]
    is_whole: bool

    @property
    def requests(self) -> int:
        return sum(row.requests for row in self.rows.values())


def run(ours: Settings, folder: Path, every: int = 1, minutes: float = 10.0) -> Figures:
    """What came of it all. ours: where the tokenizer of the tiny model is taken from. folder: an empty one."""
    ends_s = time.monotonic() + 60 * minutes
    place = folder / "place"
    for path in (place / "secret.txt", place / "home" / ".ssh" / "id_rsa", place / "tmp" / "secret.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET, encoding="utf-8")
    with listening() as canary:
        attack_run = AttackRun(place, canary, every, ends_s)
        attack_run.settings.data_dir.mkdir()
        put_tiny_model(attack_run.settings, ours)
        behind_a_proxy(attack_run)
        for kind in ("password", "hub"):
            with_logins(attack_run, kind)
    return Figures(attack_run.rows, attack_run.through, not attack_run.is_cut_short)


def table(figures: Figures) -> str:
    """As the docs have it."""
    heads = ("attack", "requests", "answers", *BAD, "slowest, s")
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for kind, row in figures.rows.items():
        statuses = ", ".join(f"{status} {count:,}" for status, count in sorted(row.statuses.items()))
        bad = [str(row.bad[name]) for name in BAD]
        lines.append(f"| {' | '.join((kind, f'{row.requests:,}', statuses, *bad, f'{row.slowest_s:.2f}'))} |")
    return "\n".join([*lines, "", f"{figures.requests:,} requests"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Settings.from_environment(), Path(folder), options.every, options.minutes)
    print(table(figures))
    for what in figures.through:
        print(what)
    if not figures.is_whole:
        print(f"Not all was sent in {options.minutes} minutes.")
    return int(bool(figures.through) or not figures.is_whole)


if __name__ == "__main__":
    sys.exit(main())
