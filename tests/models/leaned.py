"""What experts add to a model's scores, without a model."""

from __future__ import annotations

from typing import Any

import torch

from aac.models.leaning import Expert, FieldLeaning


def ids_of(tokenizer: Any, text: str) -> list[int]:
    """The tokens of a text within an answer."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def added_behind(tokenizer: Any, expert: Expert, text: str) -> torch.Tensor:
    """What is added to even scores, [V], behind a text that is written token by token, as a model does."""
    leaning, even = FieldLeaning(tokenizer.decode, [[expert]]), torch.zeros(1, len(tokenizer))
    scores, ids = leaning(torch.tensor([[1]]), even), ids_of(tokenizer, text)
    for count in range(1, len(ids) + 1):
        scores = leaning(torch.tensor([[1, *ids[:count]]]), even)
    return scores[0]
