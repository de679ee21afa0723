"""What more data would bring: the points that `python -m benchmarks.learning_curve` keeps, and its picture of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POINTS, PICTURE = "learning_curve.json", "learning_curve.svg"


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """points: one a share of the training prompts and seed. picture: SVG."""

    points: tuple[dict[str, Any], ...]
    picture: str


def read_learning_curve(folder: Path) -> LearningCurve | None:
    """The curve that is kept in a folder, if both its files are."""
    points, picture = folder / POINTS, folder / PICTURE
    if not (points.is_file() and picture.is_file()):
        return None
    return LearningCurve(tuple(json.loads(points.read_text(encoding="utf-8"))), picture.read_text(encoding="utf-8"))
