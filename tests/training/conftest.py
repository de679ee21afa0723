"""A dozen sets and a tiny model to train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.training.config import TrainConfig
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen sets to train on, four to validate."""
    folder = tmp_path_factory.mktemp("data")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    write_card_sets(folder / "train.csv", sets[:12])
    write_card_sets(folder / "validation.csv", sets[12:16])
    return folder


@pytest.fixture(scope="session")
def tiny_config(tiny_llama: Path, data: Path) -> TrainConfig:
    """Three steps an epoch, two epochs."""
    return TrainConfig(base_model=str(tiny_llama), data=str(data), epochs=2, batch_size=4)
