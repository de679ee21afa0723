"""What a training says while it runs: one JSON object a line, the same in the file and to who listens."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROGRESS = "progress.jsonl"
Line = dict[str, Any]
Report = Callable[[Line], None]


def line(kind: str, step: int, steps: int, epoch: float, **numbers: Any) -> Line:
    """One line. kind: "start", "train", "validation", "checkpoint" or "end"; further numbers as they are known."""
    from aac.training.memory import used_memory_bytes  # takes torch along, which a reader does without

    return {
        "utc": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "kind": kind,
        "step": step,
        "steps": steps,
        "epoch": round(epoch, 4),
        **numbers,
        "memory_bytes": used_memory_bytes(),
    }


class Pace:
    """Tokens a second and the time left, from what this process itself has done."""

    def __init__(self, step: int, tokens: int) -> None:
        self._started_s = time.monotonic()
        self._step = step
        self._tokens = tokens

    def numbers(self, step: int, steps: int, tokens: int) -> dict[str, float]:
        """tokens, and where a step was made tokens_per_s and left_s."""
        passed_s = time.monotonic() - self._started_s
        numbers: dict[str, float] = {"tokens": tokens}
        if step > self._step and passed_s > 0:
            numbers["tokens_per_s"] = round((tokens - self._tokens) / passed_s, 1)
            numbers["left_s"] = round((steps - step) * passed_s / (step - self._step), 1)
        return numbers


def append_line(path: Path, content: Line) -> None:
    """Add one line at the end. A line that a killed writer left torn is ended first, so that it spoils no other."""
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(content, ensure_ascii=False).encode() + b"\n")
        file.flush()


def read_lines(path: Path) -> list[Line]:
    """All whole lines, torn ones left out; none where there is no file yet."""
    if not path.is_file():
        return []
    lines = []
    for text in path.read_bytes().splitlines():
        try:
            content = json.loads(text)
        except ValueError:
            continue
        if isinstance(content, dict) and "kind" in content:
            lines.append(content)
    return lines
