"""The library's training loop with what a run needs: an order of its own, whole checkpoints, a stop, the best weights.

When to evaluate, save and end is decided at the end of a step, from the step's number alone: the same before and after
a resume.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import get_peft_model_state_dict
from transformers import PrinterCallback, Trainer, TrainerCallback

from aac.errors import AacError, DataError, Stopped
from aac.training.checkpoints import Marker, checkpoint_folder, complete
from aac.training.config import TrainConfig
from aac.training.memory import clear_about_room
from aac.training.order import EpochOrder, Schedule
from aac.training.progress import Pace, Report, line

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Run:
    """What stays the same through one run. checkpoints: None where none are wanted. id: what it is known by."""

    id: str
    config: TrainConfig
    plan: Schedule
    order: EpochOrder
    checkpoints: Path | None
    evaluates: bool
    stop: Callable[[], bool]
    report: Report


class RunTrainer(Trainer):
    """The library's trainer, reading in the run's order and completing what it saves."""

    def __init__(self, run: Run, best: Weights | None, **options: Any) -> None:
        self.run = run
        self.watch = _Watch(run, best)
        super().__init__(callbacks=[self.watch], **options)
        self.remove_callback(PrinterCallback)  # standard output is the command's own

    def _get_train_sampler(self, train_dataset: Any = None) -> EpochOrder:
        return self.run.order

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        folder = self.run.checkpoints
        if folder is None:
            return
        step = self.state.global_step
        with clear_about_room(folder):
            super()._save_checkpoint(model, trial)
            marker = Marker(self.run.id, step, self.watch.is_finished)
            complete(checkpoint_folder(folder, step), marker, self.watch.best)


class _Watch(TrainerCallback):
    """Decides after each step what comes now, hands the numbers on, and keeps the best weights."""

    def __init__(self, run: Run, best: Weights | None) -> None:
        self.best = best
        self.is_finished = False
        self._run = run
        self._pace: Pace | None = None
        self._is_stopping = False

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The order of the epoch that begins, or goes on after a resume."""
        self._run.order.epoch = state.global_step // self._run.plan.steps_per_epoch
        self._pace = self._pace or Pace(state.global_step, state.num_input_tokens_seen)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The trainer then logs, evaluates and saves, in this order."""
        run, step = self._run, state.global_step
        self.is_finished = step >= run.plan.steps
        ends_epoch = self.is_finished or step % run.plan.steps_per_epoch == 0
        every = run.config.checkpoint_every_steps
        self._is_stopping = self._is_stopping or run.stop()
        if self._is_stopping and run.checkpoints is None:
            raise stopped(None)
        control.should_training_stop = self.is_finished
        control.should_evaluate = run.evaluates and ends_epoch
        control.should_save = self.is_finished or self._is_stopping or (step % every == 0 if every else ends_epoch)
        if step % run.config.log_every_steps == 0 or ends_epoch or control.should_save:
            control.should_log = True  # a loss that is none is found before it is saved

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
        """Training loss, validation loss, or the summary at the end, which is passed over."""
        numbers = logs or {}
        for name, kind in (("loss", "train"), ("eval_loss", "validation")):
            if name not in numbers:
                continue
            if not math.isfinite(numbers[name]):
                raise not_a_number(state.global_step)
            told = {key: float(numbers[key]) for key in (name, "learning_rate") if key in numbers}
            self._tell(kind, state, **told)

    def on_evaluate(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Every validation loss so far stands in the trainer's log, which a checkpoint holds."""
        losses = [entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry]
        best_at = losses.index(min(losses))
        if self._run.config.keep_best and best_at == len(losses) - 1:
            self.best = adapter_weights(model)
        patience = self._run.config.early_stop_patience
        if patience and len(losses) - 1 - best_at >= patience:
            self.is_finished = control.should_training_stop = control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A stop that was asked for happens here, when all is on the disk."""
        if self._run.checkpoints is None:
            return
        self._tell("checkpoint", state)
        if self._is_stopping and not self.is_finished:
            raise stopped(self._run.checkpoints)

    def _tell(self, kind: str, state: Any, **numbers: float) -> None:
        tokens = int(state.num_input_tokens_seen)
        pace = self._pace.numbers(state.global_step, self._run.plan.steps, tokens) if self._pace else {}
        self._run.report(line(kind, state.global_step, self._run.plan.steps, state.epoch or 0.0, **numbers, **pace))


def adapter_weights(model: Any) -> Weights:
    """A copy of the weights that are learned."""
    return {name: tensor.detach().cpu().clone() for name, tensor in get_peft_model_state_dict(model).items()}


def stopped(checkpoints: Path | None) -> Stopped:
    """What to say when a run was asked to stop and did."""
    if checkpoints is None:
        return Stopped("O treino parou; nada foi guardado.", "The training stopped; nothing was kept.")
    return Stopped(
        "O treino parou. O mesmo comando, com a mesma pasta, continua de onde estava.",
        "The training stopped. The same command with the same folder goes on from there.",
    )


def not_a_number(step: int) -> AacError:
    """What to say when the loss became NaN or infinite."""
    return DataError(
        f"A perda deixou de ser um número no passo {step}. Diminua learning_rate ou confira os dados.",
        f"The loss stopped being a number at step {step}. Lower learning_rate or check the data.",
    )
