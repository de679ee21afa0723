"""A checkout of Prancha in small: what a deployment looks at, and what must not go with it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

GOES = (
    *("LICENSE", "aac/__init__.py", "aac/adapters/default/adapter_model.safetensors"),
    *("aac/adapters/default/training.json", "aac/ui/page.css", "annotations/GUIDELINE.md"),
    *("annotations/taught/train.csv", "annotations/taught/validation.csv", "app.py", "docs/quality/report.json"),
    *("annotations/of_pictures/train.csv", "docs/quality/learning_curve.json", "docs/quality/learning_curve.svg"),
)
STAYS = (
    *(".env", "aac/.env", "aac/notes.md", "aac/__pycache__/x.py", "annotations/taught/test.csv", "docs/quality.md"),
    *("docs/quality/answers/a.csv", "tests/test_x.py", "prancha.db", "scripts/x.py"),
)
MADE = '{"data": "annotations/taught", "pictures": "annotations/taught, annotations/of_pictures"}\n'


def small_checkout(folder: Path) -> Path:
    """Files of both kinds, the real template and pins."""
    for name in (*GOES, *STAYS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    (folder / "aac/adapters/default/training.json").write_text(MADE, encoding="utf-8")
    shutil.copytree(ROOT / "space", folder / "space")
    shutil.copyfile(ROOT / "requirements.txt", folder / "requirements.txt")
    return folder


def tracked(folder: Path, *names: str) -> None:
    """Let git know of these files alone."""
    for command in (["init", "-q"], ["add", "-f", *names]):
        subprocess.run(["git", *command], cwd=folder, check=True)
