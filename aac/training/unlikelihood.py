"""What a set has said already is not to be said again: a loss for what would lead into an earlier card of the set.

Token-level unlikelihood (Welleck et al. 2020, "Neural Text Generation With Unlikelihood Training", section 4); the
negative candidates are not all earlier tokens, but those with which a card would begin, or go on, as an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from transformers.loss.loss_utils import ForCausalLMLoss

from aac.training.examples import IGNORED

MOST_LIKELY = 1 - 1e-6  # of a probability, so that its logarithm is finite


class UnlikelihoodLoss:
    """The cross entropy of the labels and, while learning, `weight` times the unlikelihood of saying a card again."""

    def __init__(self, weight: float, line_end: int) -> None:
        """line_end: the token that ends a card's line."""
        self._weight = weight
        self._line_end = line_end

    def __call__(
        self, outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
    ) -> torch.Tensor:
        """Logits, [B, K, V], and labels, [B, K], of the last K tokens; a sum over num_items_in_batch, else a mean."""
        logits = outputs["logits"]
        loss: torch.Tensor = ForCausalLMLoss(logits, labels, logits.shape[-1], num_items_in_batch)
        rows = [
            [row, at - 1, token]
            for row, ids in enumerate(labels.tolist())
            for at, token in led_back(ids, self._line_end)
        ]
        if not rows or not torch.is_grad_enabled():
            return loss
        row, before, token = torch.tensor(rows, device=logits.device).T
        likelihood = logits[row, before].float().softmax(-1).gather(1, token[:, None]).clamp(max=MOST_LIKELY)
        items = num_items_in_batch if num_items_in_batch is not None else (labels != IGNORED).sum()
        return loss - self._weight * torch.log1p(-likelihood).sum() / items


def led_back(labels: Sequence[int], line_end: int) -> Iterator[tuple[int, int]]:
    """Where a card could have turned into an earlier one, and the token that would have done it.

    labels: of one row, IGNORED before and after the answer. Positions are those of the token that stands there instead.
    """
    start = next((i for i, label in enumerate(labels) if label != IGNORED), len(labels))
    earlier: list[list[int]] = []
    card: list[int] = []
    alike: list[list[int]] = []
    for at in range(start, len(labels)):
        label = labels[at]
        if label == IGNORED:
            return
        following = {one[len(card)] for one in alike if len(one) > len(card)}
        if at > 0:
            yield from ((at, token) for token in sorted(following - {label}))
        if label == line_end:
            earlier.append(card)
            card, alike = [], list(earlier)
            continue
        alike = [one for one in alike if len(one) > len(card) and one[len(card)] == label]
        card.append(label)
