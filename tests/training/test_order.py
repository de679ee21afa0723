"""The order of examples depends on the seed and the epoch alone."""

from __future__ import annotations

import torch

from aac.training.config import TrainConfig
from aac.training.order import EpochOrder, batch_lengths

LENGTHS = [10 + (37 * i) % 90 for i in range(100)]


def epoch(order: EpochOrder, number: int) -> list[int]:
    order.epoch = number
    return list(order)


def test_an_epoch_s_order_does_not_depend_on_what_was_drawn_before():
    read_through = EpochOrder(LENGTHS, 4, seed=1)
    epoch(read_through, 0)
    torch.rand(5)

    assert epoch(read_through, 1) == epoch(EpochOrder(LENGTHS, 4, seed=1), 1)


def test_every_example_comes_once_an_epoch_and_epochs_differ():
    order = EpochOrder(LENGTHS, 4, seed=1)

    assert sorted(epoch(order, 0)) == list(range(100))
    assert epoch(order, 0) != epoch(order, 1)


def test_batches_are_of_like_lengths():
    config = TrainConfig(batch_size=4, epochs=1)

    padding = sum(len(b) * max(b) - sum(b) for b in batch_lengths(config, LENGTHS))
    shuffled = sum(4 * max(LENGTHS[i : i + 4]) - sum(LENGTHS[i : i + 4]) for i in range(0, 100, 4))

    assert padding < shuffled / 4


def test_the_batches_of_a_cut_epoch_are_those_of_its_steps():
    config = TrainConfig(batch_size=4, accumulation=2, epochs=3, max_steps=14)  # 25 batches are 13 steps

    assert len(list(batch_lengths(config, LENGTHS))) == 25 + 2
