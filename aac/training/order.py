"""In which order examples are read: batches of like lengths, decided by the seed and the epoch alone.

Nothing of it depends on what was drawn before, so that a resumed run reads on exactly where the broken one was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from transformers.trainer_pt_utils import get_length_grouped_indices

from aac.training.config import TrainConfig, focus_references
from aac.training.examples import CardSetExamples


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
    """Indices of one epoch's examples; `epoch` is set before each.

    focus: the indices that are drawn alone, as many times as fill an epoch, from epoch `focus_from` on.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, seed: int, focus: Sequence[int] = (), focus_from: int = 0
    ) -> None:
        self._lengths = list(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._focus = torch.tensor(focus, dtype=torch.long)
        self._focus_from = focus_from
        self.epoch = 0

    @classmethod
    def of(cls, config: TrainConfig, examples: CardSetExamples) -> EpochOrder:
        """The order of a configuration's training."""
        focus_from = math.ceil(config.epochs) - config.focus_epochs
        return cls(examples.lengths, config.batch_size, config.seed, examples.of(focus_references(config)), focus_from)

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        """Shuffled, then sorted by length within stretches of some batches."""
        generator = torch.Generator().manual_seed(self._seed * 100_003 + self.epoch)
        drawn = self._drawn(generator)
        lengths = [self._lengths[i] for i in drawn]
        return iter([drawn[i] for i in get_length_grouped_indices(lengths, self._batch_size, generator=generator)])

    def _drawn(self, generator: torch.Generator) -> Sequence[int]:
        if not len(self._focus) or self.epoch < self._focus_from:
            return range(len(self))
        passes = math.ceil(len(self) / len(self._focus))
        shuffled = [self._focus[torch.randperm(len(self._focus), generator=generator)] for _ in range(passes)]
        return torch.cat(shuffled)[: len(self)].tolist()


def batch_lengths(config: TrainConfig, examples: CardSetExamples) -> Iterator[list[int]]:
    """The lengths in tokens of the examples of every batch that a training reads, in order."""
    lengths = examples.lengths
    plan = schedule(config, len(lengths))
    order = EpochOrder.of(config, examples)
    for epoch in range(math.ceil(plan.steps / plan.steps_per_epoch)):
        order.epoch = epoch
        indices = list(order)
        steps = min(plan.steps_per_epoch, plan.steps - epoch * plan.steps_per_epoch)
        batches = min(plan.batches_per_epoch, steps * config.accumulation)
        for start in range(0, batches * config.batch_size, config.batch_size):
            yield [lengths[i] for i in indices[start : start + config.batch_size]]
