"""The order of examples depends on the seed and the epoch alone."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from aac.prompts import PromptTemplate
from aac.training.config import TrainConfig
from aac.training.examples import CardSetExamples, Example
from aac.training.order import EpochOrder, batch_lengths

LENGTHS = [10 + (37 * i) % 90 for i in range(100)]


@pytest.fixture
def examples() -> CardSetExamples:
    further = [Example([1] * length, [1] * length) for length in LENGTHS]
    return CardSetExamples((), None, PromptTemplate(), 512, further=further)


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


def test_the_last_epochs_read_the_focus_alone_each_of_it_as_often():
    focus = list(range(0, 100, 4))
    order = EpochOrder(LENGTHS, 4, seed=1, focus=focus, focus_from=2)

    assert sorted(epoch(order, 1)) == list(range(100))
    assert Counter(epoch(order, 2)) == dict.fromkeys(focus, 4)
    assert epoch(order, 2) != epoch(order, 3)


def test_batches_are_of_like_lengths(examples: CardSetExamples):
    config = TrainConfig(batch_size=4, epochs=1)

    padding = sum(len(b) * max(b) - sum(b) for b in batch_lengths(config, examples))
    shuffled = sum(4 * max(LENGTHS[i : i + 4]) - sum(LENGTHS[i : i + 4]) for i in range(0, 100, 4))

    assert padding < shuffled / 4


def test_the_batches_of_a_cut_epoch_are_those_of_its_steps(examples: CardSetExamples):
    config = TrainConfig(batch_size=4, accumulation=2, epochs=3, max_steps=14)  # 25 batches are 13 steps

    assert len(list(batch_lengths(config, examples))) == 25 + 2
