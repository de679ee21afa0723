"""Teaching a small classifier, by gradient descent over all its examples a few times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
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
    """Change it in place. A bucket that no bag has gets no gradient, and stays as it is."""
    met, bags = _by_rank(lesson.bags)
    features, rarity = chooser.features, chooser.rarity
    # Adam goes through every row of its table at each step; a few corrections meet some hundred of 65,536.
    chooser.features = torch.nn.EmbeddingBag.from_pretrained(features.weight[met], freeze=False, mode="sum")
    chooser.rarity = rarity[met]
    try:
        _descend(chooser, bags, lesson)
        with torch.no_grad():
            features.weight[met] = chooser.features.weight
    finally:
        chooser.features, chooser.rarity = features, rarity


def _by_rank(bags: Sequence[Bag]) -> tuple[torch.Tensor, list[Bag]]:
    """The buckets that the bags have, sorted, [M], and the bags with each bucket's rank among these in its place."""
    met, ranks = np.unique(np.concatenate([one.ids for one in bags]), return_inverse=True)
    ends = np.cumsum([len(one.ids) for one in bags])[:-1]
    return torch.from_numpy(met), [Bag(ids, one.weights) for ids, one in zip(np.split(ranks, ends), bags, strict=True)]


def _descend(chooser: Chooser, bags: Sequence[Bag], lesson: Lesson) -> None:
    optimizer = torch.optim.Adam(chooser.parameters(), lr=_LEARNING_RATE)
    steps = lesson.epochs * math.ceil(len(bags) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _ in range(lesson.epochs):
        for batch in torch.randperm(len(bags)).split(BATCH):
            averaged = chooser.averaged([bags[i] for i in batch.tolist()])
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
