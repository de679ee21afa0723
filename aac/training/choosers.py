"""Teaching a small classifier, by gradient descent over all its examples a few times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aac.models.choosers import Bag, Chooser

BATCH = 512
_LEARNING_RATE = 4e-3
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to learn. wanted, weights: [N], the number of each one's choice and how much it counts. dropout: a share."""

    bags: Sequence[Bag]
    wanted: torch.Tensor
    weights: torch.Tensor
    epochs: int
    dropout: float


def teach(chooser: Chooser, lesson: Lesson) -> None:
    """Change it in place."""
    optimizer = torch.optim.Adam(chooser.parameters(), lr=_LEARNING_RATE)
    steps = lesson.epochs * math.ceil(len(lesson.bags) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _ in range(lesson.epochs):
        for batch in torch.randperm(len(lesson.bags)).split(BATCH):
            averaged = chooser.averaged([lesson.bags[i] for i in batch.tolist()])
            kept = torch.nn.functional.dropout(averaged, lesson.dropout)
            losses = torch.nn.functional.cross_entropy(
                chooser.read(kept), lesson.wanted[batch], reduction="none", label_smoothing=_SMOOTHING
            )
            weights = lesson.weights[batch]
            loss = (losses * weights).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
