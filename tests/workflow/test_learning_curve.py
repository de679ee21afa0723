"""The learning curve that is kept: its points and its picture, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.workflow.learning_curve import PICTURE, POINTS, LearningCurve, read_learning_curve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / POINTS).write_text('[{"prompts": 231}]', encoding="utf-8")
    (tmp_path / PICTURE).write_text("<svg/>", encoding="utf-8")
    return tmp_path


def test_a_kept_curve_is_read(folder: Path):
    assert read_learning_curve(folder) == LearningCurve(({"prompts": 231},), "<svg/>")


@pytest.mark.parametrize("name", [POINTS, PICTURE])
def test_without_its_points_or_its_picture_there_is_none(folder: Path, name: str):
    (folder / name).unlink()

    assert read_learning_curve(folder) is None
