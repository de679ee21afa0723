"""Where a training stands, and what it said last: read from the run's folder, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.training.progress import read_lines

_TAIL_BYTES = 8_000


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Where a training stands; None where not known. Points are (step, loss); answers are the evaluation's."""

    step: int = 0
    steps: int = 0
    tokens_per_s: float | None = None
    left_s: float | None = None
    memory_bytes: int | None = None
    losses: tuple[tuple[int, float], ...] = ()
    validation_losses: tuple[tuple[int, float], ...] = ()
    substitutions: tuple[Mapping[str, str], ...] = ()
    answers: int = 0
    answers_wanted: int = 0


def read_progress(path: Path) -> RunProgress:
    """What a training wrote of itself; a line that a killed writer tore is passed over."""
    known: dict[str, Any] = {}
    furthest = 0
    losses: dict[int, float] = {}
    validation: dict[int, float] = {}
    for line in read_lines(path):
        step = int(line.get("step") or 0)
        if line.get("loss") is not None:
            losses[step] = float(line["loss"])
        if line.get("eval_loss") is not None:
            validation[step] = float(line["eval_loss"])
        known |= {name: line[name] for name in ("steps", "tokens_per_s", "left_s", "memory_bytes") if line.get(name)}
        if line.get("kind") == "measure":
            known |= {"answers": int(line["answers"]), "answers_wanted": int(line["answers_wanted"])}
        if line.get("kind") == "start":
            known["substitutions"] = tuple(line.get("substitutions") or ())
        furthest = max(step, furthest)
    known |= {"losses": tuple(sorted(losses.items())), "validation_losses": tuple(sorted(validation.items()))}
    return RunProgress(step=furthest, **known)


def read_error(path: Path, before: int = 0) -> tuple[str, str] | None:
    """Why a training ended, in Portuguese and English, where it said so as its last word after `before` lines."""
    lines = list(read_lines(path))[before:]
    if not lines or lines[-1].get("kind") != "error":
        return None
    return str(lines[-1].get("pt", "")), str(lines[-1].get("en", ""))


def read_tail(path: Path) -> str:
    """The end of a log; empty where there is none yet."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode("utf-8", errors="replace")
