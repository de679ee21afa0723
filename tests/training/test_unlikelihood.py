"""The loss for saying a card again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from aac.models.adapters import weights_sha256
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.examples import IGNORED
from aac.training.unlikelihood import UnlikelihoodLoss, led_back
from aac.workflow.training import TrainOrder, train

END = 9


def loss(labels: list[int], likely: dict[int, int], weight: float = 1.0) -> float:
    """Of a model that is nearly sure of `likely[at]` as the token at a position, and of nothing elsewhere."""
    logits = torch.zeros(1, len(labels), 10)
    for at, token in likely.items():
        logits[0, at - 1, token] = 20
    made: torch.Tensor = UnlikelihoodLoss(weight, END)({"logits": logits}, torch.tensor([labels]))
    return made.item()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([1, 2, END, 3, 4], [(3, 1)]),
        ([1, 2, END, 1, 4], [(4, 2)]),
        ([1, 2, END, 1, 2, END], []),
        ([1, 2, END, 3, END, 5], [(3, 1), (5, 1), (5, 3)]),
        ([1, 2, END, 1, 2, 3], []),
        ([IGNORED, IGNORED, 1, END, 3, IGNORED], [(4, 1)]),
        ([IGNORED], []),
    ],
)
def test_what_would_turn_a_card_into_an_earlier_one_is_found(labels: list[int], expected: list[tuple[int, int]]):
    assert list(led_back(labels, END)) == expected


def test_being_sure_of_an_earlier_card_costs():
    labels = [1, 2, END, 1, 4]

    assert loss(labels, {4: 2}) > loss(labels, {4: 2}, weight=0.0) + 1


def test_being_sure_of_the_card_itself_costs_nothing_more():
    labels = [1, 2, END, 1, 4]

    assert loss(labels, {4: 4}) == pytest.approx(loss(labels, {4: 4}, weight=0.0), abs=1e-4)


def test_what_only_measures_is_measured_without_it():
    labels = [1, 2, END, 1, 4]

    with torch.no_grad():
        assert loss(labels, {4: 2}) == loss(labels, {4: 2}, weight=0.0)


def test_a_training_with_it_comes_to_other_weights(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    hashes = set()
    for weight in (0.0, 1.0):
        config = dataclasses.replace(tiny_config, unlikelihood=weight)
        hashes.add(weights_sha256(train(settings, TrainOrder(config, tmp_path / str(weight))).folder))

    assert len(hashes) == 2
