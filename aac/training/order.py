"""In which order examples are read: batches of like lengths, decided by the seed and the epoch alone.

Nothing of it depends on what was drawn before, so that a resumed run reads on exactly where the broken one was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from transformers.trainer_pt_utils import get_length_grouped_indices

from aac.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Schedule:
    """How many batches and steps a training has. A step is `accumulation` batches, the last of an epoch maybe fewer."""

    batches_per_epoch: int
    steps_per_epoch: int
    steps: int


def schedule(config: TrainConfig, examples: int) -> Schedule:
    """Epochs or max_steps, whichever comes first."""
    batches = math.ceil(examples / config.batch_size)
    per_epoch = math.ceil(batches / config.accumulation)
    steps = math.ceil(config.epochs * per_epoch)
    return Schedule(batches, per_epoch, min(steps, config.max_steps) if config.max_steps else steps)


class EpochOrder(torch.utils.data.Sampler[int]):
    """Indices of one epoch's examples; `epoch` is set before each."""

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths = list(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        """Shuffled, then sorted by length within stretches of some batches."""
        generator = torch.Generator().manual_seed(self._seed * 100_003 + self.epoch)
        return iter(get_length_grouped_indices(self._lengths, self._batch_size, generator=generator))


def batch_lengths(config: TrainConfig, lengths: Sequence[int]) -> Iterator[list[int]]:
    """The lengths in tokens of the examples of every batch that a training reads, in order."""
    plan = schedule(config, len(lengths))
    order = EpochOrder(lengths, config.batch_size, config.seed)
    for epoch in range(math.ceil(plan.steps / plan.steps_per_epoch)):
        order.epoch = epoch
        indices = list(order)
        steps = min(plan.steps_per_epoch, plan.steps - epoch * plan.steps_per_epoch)
        batches = min(plan.batches_per_epoch, steps * config.accumulation)
        for start in range(0, batches * config.batch_size, config.batch_size):
            yield [lengths[i] for i in indices[start : start + config.batch_size]]
