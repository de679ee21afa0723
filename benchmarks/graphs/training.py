"""`aac.training.fit`'s recipe in steps that are CUDA graphs; what it writes is what `fit` writes.

The same examples, order, schedule, loss, clipping, AdamW, validation and choice of the best weights. What differs: sums
are added up in another order, so that weights agree but for rounding; there are no checkpoints; dropout, where there is
any, draws other numbers.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from peft import set_peft_model_state_dict
from transformers import get_scheduler, set_seed

from aac.errors import WrongCall
from aac.models.leaning import line_end_of
from aac.models.loading import LoadedBase
from aac.training.config import TrainConfig
from aac.training.examples import collate
from aac.training.fit import FitOrder, what_was_read, write_adapter
from aac.training.loop import Weights, adapter_weights, not_a_number
from aac.training.lora import adapted_model, continued
from aac.training.memory import clear_about_room
from aac.training.order import schedule
from aac.training.prepare import examples_for, template_for
from aac.training.progress import Report, line
from aac.training.substitutions import for_this_machine
from benchmarks.graphs.plan import Reader, Step, cut, planned
from benchmarks.graphs.stepper import Stepper

_TRIED_STEPS = 25
_SAME_LOSS = 0.02  # relative; bf16 and TF32 stay well below


def fit_by_graphs(order: FitOrder, base: LoadedBase, report: Report, until_s: float | None = None) -> None:
    """Train and write `order.out`. The base model is changed in place.

    until_s: by `time.monotonic`, when the last step is to end; where the steps would take longer, every epoch is cut to
    the same share, and the provenance tells it. Raises what `fit` and `Stepper.capture` raise.
    """
    with clear_about_room(order.out):
        _fit(order, base, report, until_s)


def _fit(order: FitOrder, base: LoadedBase, report: Report, until_s: float | None) -> None:
    template = template_for(order.config, base.entry)
    examples, held_out = examples_for(order.config, order.splits, base.tokenizer, template)
    config, substitutions = for_this_machine(continued(order.config, base.entry))
    config = dataclasses.replace(config, gradient_checkpointing=False)  # the same result; the parts bound the memory
    set_seed(config.seed)
    model = adapted_model(config, base, max(examples.lengths)).train()
    stepper = Stepper(model, config)
    line_end = line_end_of(base.tokenizer)
    reader = Reader(examples, config, line_end, stepper.vocabulary)
    measured = Reader(held_out, dataclasses.replace(config, unlikelihood=0.0), line_end, stepper.vocabulary)
    per_epoch = schedule(config, len(examples)).steps_per_epoch
    training = _Training(config, model, stepper, reader, measured, per_epoch, report)
    training.check_loss(collate([examples[0]], base.tokenizer.pad_token_id))
    whole = planned(config, examples)
    samples = reader.fit(step for steps in whole for step in steps)
    if stepper.has_graphs:
        _check_for_graphs(config)
        stepper.capture(samples)
    epochs = whole if until_s is None else _in_time(whole, stepper, reader, until_s)
    made: dict[str, Any] = {"substitutions": [asdict(one) for one in substitutions]}
    if _count(epochs) < _count(whole):
        made["cut_to_share"] = round(_count(epochs) / _count(whole), 4)
    report(line("start", 0, _count(epochs), 0.0, examples=len(examples), widths=sorted(samples), **made))
    set_seed(config.seed)
    outcome = training.learn(epochs)
    outcome["epochs"] = round(outcome["steps"] / per_epoch, 4)
    told = {**what_was_read(examples), **outcome, **made, "trained_by": "benchmarks.trials_on_gpu", **_machine()}
    write_adapter(order, base, model, told)


def _count(epochs: Sequence[Sequence[Step]]) -> int:
    return sum(map(len, epochs))


def _machine() -> dict[str, Any]:
    if not torch.cuda.is_available():
        return {"device": "cpu"}
    tf32 = torch.get_float32_matmul_precision() != "highest"
    return {
        "device": torch.cuda.get_device_name(),
        "tf32": tf32,
        "peak_memory_bytes": torch.cuda.max_memory_reserved(),
    }


def _check_for_graphs(config: TrainConfig) -> None:
    if config.mixed_precision == "fp16" or config.optimizer != "adamw_torch":
        raise WrongCall(
            f"Em grafos treina-se com adamw_torch, em bf16 ou sem precisão mista; a configuração pede "
            f"{config.optimizer} e {config.mixed_precision}. Mude-a, ou treine com python -m aac train.",
            f"Graphs train with adamw_torch, in bf16 or without mixed precision; the configuration asks for "
            f"{config.optimizer} and {config.mixed_precision}. Change it, or train with python -m aac train.",
        )


def _in_time(
    epochs: Sequence[Sequence[Step]], stepper: Stepper, reader: Reader, until_s: float
) -> Sequence[Sequence[Step]]:
    """The epochs, cut to what can be done until then by the pace of a few steps."""
    steps = [step for some in epochs for step in some]
    tried = steps[:: math.ceil(len(steps) / _TRIED_STEPS)]
    each_s = stepper.seconds_of(reader.parts(step) for step in tried) / len(tried)
    share = (until_s - time.monotonic()) / (each_s * len(steps))
    return epochs if share >= 1 else cut(epochs, share)


def learning_rates(config: TrainConfig, steps: int) -> list[float]:
    """The rate of each step, as the library's trainer sets it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], config.learning_rate)
    scheduler = get_scheduler(config.schedule, optimizer, math.ceil(config.warmup_share * steps), steps)
    rates = []
    for _ in range(steps):
        rates.append(float(scheduler.get_last_lr()[0]))
        optimizer.step()
        scheduler.step()
    return rates


@dataclass(frozen=True, slots=True)
class _Training:
    """What stays the same through one training. reader: of what is learned; measured: of what only measures."""

    config: TrainConfig
    model: Any
    stepper: Stepper
    reader: Reader
    measured: Reader
    steps_per_epoch: int
    report: Report

    def check_loss(self, first: dict[str, Any]) -> None:
        """`WrongCall` where the stepper's loss is not the model's own: its head does more than multiply.

        first: the first example as the model takes it.
        """
        first = {name: one.to(self.stepper.device) if torch.is_tensor(one) else one for name, one in first.items()}
        self.reader.fit([[0]])
        ((_, (ids, at, cells, weights)),) = self.reader.parts([0])
        self.model.eval()
        with torch.no_grad(), self.stepper.autocast():
            own = float(self.model(**first).loss)
        found = self.stepper.measure([(ids, at, cells[: len(at)], weights[: len(at)])])
        self.model.train()
        if not math.isclose(own, found, rel_tol=_SAME_LOSS):
            raise WrongCall(
                f"A perda deste modelo não é a dos grafos ({own:.4f}, {found:.4f}). Treine-o com python -m aac train.",
                f"This model's loss is not that of the graphs ({own:.4f}, {found:.4f}). Train it with python -m aac "
                "train.",
            )

    def learn(self, epochs: Sequence[Sequence[Step]]) -> dict[str, Any]:
        """Read the epochs, put the best weights into the model where they are kept, and say what came of it."""
        rates = learning_rates(self.config, _count(epochs))
        losses: list[float] = []
        best: Weights | None = None
        done = told = 0
        for steps in epochs:
            for i, step in enumerate(steps, start=1):
                self.stepper.step(self.reader.parts(step), rates[done])
                done += 1
                if done % self.config.log_every_steps == 0 or i == len(steps):
                    loss = self.stepper.taken_loss() / (done - told)
                    self._tell("train", done, len(rates), loss=loss, learning_rate=rates[done - 1])
                    told = done
            if not len(self.measured):
                continue
            losses.append(self.validation_loss())
            self._tell("validation", done, len(rates), eval_loss=losses[-1])
            since_best = len(losses) - 1 - losses.index(min(losses))
            if self.config.keep_best and since_best == 0:
                best = adapter_weights(self.model)
            if 0 < self.config.early_stop_patience <= since_best:
                break
        if best:
            set_peft_model_state_dict(self.model, best)
        return {"steps": done, "validation_losses": [round(loss, 4) for loss in losses]}

    def _tell(self, kind: str, step: int, steps: int, **numbers: float) -> None:
        if not all(map(math.isfinite, numbers.values())):
            raise not_a_number(step)
        self.report(line(kind, step, steps, step / self.steps_per_epoch, **numbers))

    def validation_loss(self) -> float:
        """The mean of the batches' losses by their rows, as the library's trainer takes it."""
        size, rows = self.config.batch_size, len(self.measured)
        batches = [list(range(start, min(start + size, rows))) for start in range(0, rows, size)]
        self.measured.fit(batches)
        self.model.eval()
        total = 0.0
        for batch in batches:
            total += len(batch) * self.stepper.measure(inputs for _, inputs in self.measured.parts(batch))
        self.model.train()
        return total / rows
