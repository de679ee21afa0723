"""A few batches of a training, measured before it starts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from transformers import set_seed

from aac.models.loading import LoadedBase
from aac.training.config import TrainConfig
from aac.training.examples import CardSetExamples, collate
from aac.training.lora import adapted_model, trained_parameters
from aac.training.order import batch_lengths, schedule

_CHECKPOINT_BYTES = 16  # a learned number: its weight, AdamW's two moments and the best weight so far, in fp32
_ADAPTER_BYTES = 2  # in half precision
_SMALL_FILES_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What was measured. A token counts with its padding, as it costs the same."""

    train_s_per_token: float
    evaluate_s_per_token: float
    trained_parameters: int

    @property
    def disk_bytes(self) -> int:
        """See `run_disk_bytes`."""
        return run_disk_bytes(self.trained_parameters)


def run_disk_bytes(trained_parameters: int) -> int:
    """Two checkpoints, as the older one goes when the newer one is whole, and the adapter."""
    return trained_parameters * (2 * _CHECKPOINT_BYTES + _ADAPTER_BYTES) + _SMALL_FILES_BYTES


def probe(config: TrainConfig, base: LoadedBase, examples: CardSetExamples) -> Probe:
    """Forward, backward and optimizer step on the longest batch, then on one of middle length, whose time counts.

    Changes the base model in place.
    """
    set_seed(config.seed)
    model = adapted_model(config, base, max(examples.lengths))
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=config.learning_rate)
    by_length = sorted(range(len(examples)), key=lambda i: examples.lengths[i])
    middle = max(0, (len(by_length) - config.batch_size) // 2)
    longest = _batch(examples, by_length[-config.batch_size :], base, model.device)
    typical = _batch(examples, by_length[middle : middle + config.batch_size], base, model.device)

    def step(batch: dict[str, Any]) -> None:
        model.train()
        _loss(model, batch, config).backward()
        optimizer.step()
        optimizer.zero_grad()

    def evaluate(batch: dict[str, Any]) -> None:
        model.eval()
        with torch.no_grad():
            _loss(model, batch, config).item()

    step(longest)
    return Probe(_s_per_token(step, typical), _s_per_token(evaluate, typical), trained_parameters(model))


@dataclass(frozen=True, slots=True)
class Work:
    """What a training reads: tokens without padding as the progress counts them, and what that will take."""

    tokens: int
    steps: int
    duration_s: float


def work(config: TrainConfig, examples: CardSetExamples, held_out: CardSetExamples, measured: Probe) -> Work:
    """The whole training, batch by batch, at the measured pace."""
    plan = schedule(config, len(examples))
    batches = list(batch_lengths(config, examples))
    padded = sum(len(lengths) * max(lengths) for lengths in batches)
    evaluations = -(-plan.steps // plan.steps_per_epoch)
    duration_s = padded * measured.train_s_per_token + evaluations * held_out.tokens * measured.evaluate_s_per_token
    return Work(sum(map(sum, batches)), plan.steps, duration_s)


def _batch(examples: CardSetExamples, indices: Sequence[int], base: LoadedBase, device: Any) -> dict[str, Any]:
    batch = collate([examples[i] for i in indices], base.tokenizer.pad_token_id)
    return {name: value.to(device) if isinstance(value, torch.Tensor) else value for name, value in batch.items()}


def _loss(model: Any, batch: dict[str, Any], config: TrainConfig) -> torch.Tensor:
    half = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(config.mixed_precision)
    with torch.autocast(model.device.type, half) if half else nullcontext():
        return model(**batch).loss


def _s_per_token(run: Any, batch: dict[str, Any]) -> float:
    """The quicker of two, so that a moment's other work on the machine counts less."""
    took_s = []
    for _ in range(2):
        started_s = time.perf_counter()
        run(batch)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        took_s.append(time.perf_counter() - started_s)
    return min(took_s) / batch["input_ids"].numel()
