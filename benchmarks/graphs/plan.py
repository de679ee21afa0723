"""Which examples each step of a training reads, and in which parts they go through the model.

A CUDA graph repeats the same kernels on tensors of the same shapes. So a step's rows go through the model in parts,
each padded to one of a few widths and with no more tokens than `TOKENS_AT_ONCE`: a wide part has fewer rows, and the
memory that a step takes is about the same for every width. The gradients of the parts add up to those of the step.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch

from aac.training.config import TrainConfig
from aac.training.examples import IGNORED, CardSetExamples
from aac.training.order import EpochOrder, schedule
from aac.training.unlikelihood import led_back

WIDTHS = (64, 96, 128, 160, 192, 256, 384, 512)
TOKENS_AT_ONCE = 8192  # the embedded model with r=32 in bf16 then takes 10.8 GB of a GPU, graphs and all

Step = list[int]  # the examples that a step reads, by their indices


def planned(config: TrainConfig, examples: CardSetExamples) -> list[list[Step]]:
    """Every epoch's steps, as `aac.training.fit` reads them."""
    plan, order = schedule(config, len(examples)), EpochOrder.of(config, examples)
    size = config.batch_size * config.accumulation
    epochs = []
    for epoch in range(math.ceil(plan.steps / plan.steps_per_epoch)):
        order.epoch = epoch
        drawn = list(order)
        steps = [drawn[start : start + size] for start in range(0, len(drawn), size)]
        epochs.append(steps[: plan.steps - epoch * plan.steps_per_epoch])
    return epochs


def cut(epochs: Sequence[Sequence[Step]], share: float) -> list[list[Step]]:
    """The same share of every epoch's steps, one at least, taken evenly from all of it; in their order."""
    shorter = []
    for steps in epochs:
        kept = min(len(steps), max(1, round(share * len(steps))))
        shorter.append([steps[i * len(steps) // kept] for i in range(kept)])
    return shorter


@dataclass(frozen=True, slots=True)
class Part:
    """Examples that go through the model at once, by their indices, padded to `width` tokens."""

    width: int
    rows: tuple[int, ...]


def parts_of(step: Step, lengths: Sequence[int], batch_size: int) -> Iterator[Part]:
    """Each batch of a step in as few parts as may be, of one width and about as many rows each: a graph computes its
    empty rows too.
    """
    for start in range(0, len(step), batch_size):
        batch = step[start : start + batch_size]
        width = width_for(max(lengths[i] for i in batch))
        parts = math.ceil(len(batch) / max(1, TOKENS_AT_ONCE // width))
        rows = math.ceil(len(batch) / parts)
        yield from (Part(width, tuple(batch[at : at + rows])) for at in range(0, len(batch), rows))


def width_for(length: int) -> int:
    """The least width that holds so many tokens."""
    return next((width for width in WIDTHS if width >= length), math.ceil(length / WIDTHS[-1]) * WIDTHS[-1])


@dataclass(frozen=True, slots=True)
class Shape:
    """What all parts of one width fit into: rows, tokens that are learned, tokens that are unlearned."""

    rows: int
    learned: int
    unlearned: int


@dataclass(frozen=True, slots=True)
class _Read:
    """One example as tensors. at: the positions before the tokens that are learned, `learned`; among: which of them
    could have led into an earlier card, by the token `unlearned`.
    """

    ids: torch.Tensor
    at: torch.Tensor
    learned: torch.Tensor
    among: torch.Tensor
    unlearned: torch.Tensor


Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


class Reader:
    """Makes of each step the tensors that a graph reads."""

    def __init__(self, examples: CardSetExamples, config: TrainConfig, line_end: int, vocabulary: int) -> None:
        """line_end: as `UnlikelihoodLoss` takes it. vocabulary: how many logits a position has."""
        self._lengths = examples.lengths
        self._unlikelihood = unlikelihood = config.unlikelihood
        self._batch_size = config.batch_size
        self._vocabulary = vocabulary
        self._read = [
            _read(one.input_ids, one.labels, list(led_back(one.labels, line_end)) if unlikelihood else [])
            for one in examples.examples
        ]
        self._shapes: dict[int, Shape] = {}

    def __len__(self) -> int:
        return len(self._read)

    def fit(self, steps: Iterable[Step]) -> dict[int, Inputs]:
        """Find the shape of each width that these steps need. Gives an example of each, that of most tokens first."""
        found: dict[int, list[Part]] = {}
        for step in steps:
            for part in parts_of(step, self._lengths, self._batch_size):
                found.setdefault(part.width, []).append(part)
        self._shapes = {width: self._shape(parts) for width, parts in found.items()}
        largest_first = sorted(found, key=lambda width: -width * self._shapes[width].rows)
        return {width: self._inputs(found[width][0], 1.0) for width in largest_first}

    def _shape(self, parts: Sequence[Part]) -> Shape:
        rows = [[self._read[i] for i in part.rows] for part in parts]
        return Shape(
            max(map(len, rows)),
            max(sum(len(one.at) for one in some) for some in rows),
            max(sum(len(one.among) for one in some) for some in rows),
        )

    def parts(self, step: Step) -> Iterator[tuple[int, Inputs]]:
        """A step's parts, each with its width. The loss is the mean over the whole step's tokens."""
        items = sum(len(self._read[i].at) for i in step)
        for part in parts_of(step, self._lengths, self._batch_size):
            yield part.width, self._inputs(part, 1 / max(1, items))

    def _inputs(self, part: Part, weight: float) -> Inputs:
        """Token ids [rows, width]; positions of the predicting tokens in them, flat, [L]; cells of the [L, V] logits of
        these, flat: [L] of what is learned, [U] of what is unlearned; and what each cell weighs in the loss.
        """
        shape = self._shapes[part.width]
        ids = torch.zeros(shape.rows, part.width, dtype=torch.long)
        at = torch.zeros(shape.learned, dtype=torch.long)
        cells = torch.zeros(shape.learned + shape.unlearned, dtype=torch.long)
        weights = torch.zeros(shape.learned + shape.unlearned)
        learned, unlearned = 0, shape.learned
        for row, i in enumerate(part.rows):
            one = self._read[i]
            ids[row, : len(one.ids)] = one.ids
            more, again = learned + len(one.at), unlearned + len(one.among)
            at[learned:more] = row * part.width + one.at
            cells[learned:more] = torch.arange(learned, more) * self._vocabulary + one.learned
            cells[unlearned:again] = (learned + one.among) * self._vocabulary + one.unlearned
            weights[learned:more] = weight
            weights[unlearned:again] = weight * self._unlikelihood
            learned, unlearned = more, again
        return ids, at, cells, weights


def _read(ids: Sequence[int], labels: Sequence[int], led: Sequence[tuple[int, int]]) -> _Read:
    at = [i - 1 for i in range(1, len(labels)) if labels[i] != IGNORED]
    place = {position + 1: n for n, position in enumerate(at)}
    learned = [labels[position + 1] for position in at]
    among, unlearned = [place[position] for position, _ in led], [token for _, token in led]
    return _Read(*(torch.tensor(numbers, dtype=torch.long) for numbers in (ids, at, learned, among, unlearned)))
