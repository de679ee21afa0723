"""One function from a configuration and card sets to an adapter's folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import TrainingArguments, set_seed

from aac.datasets.card_files import sets_sha256
from aac.models.adapters import (
    PEFT_CONFIG,
    PICTURES,
    PROVENANCE,
    TEMPLATE,
    TRAINING,
    WEIGHTS,
    read_json,
    weights_sha256,
    write_json,
)
from aac.models.leaning import line_end_of
from aac.models.loading import LoadedBase
from aac.models.speech import SpeechChooser
from aac.training.checkpoints import Checkpoint, last_checkpoint
from aac.training.config import TrainConfig, focus_references
from aac.training.examples import CardSetExamples, collate
from aac.training.loop import Run, RunTrainer, stopped
from aac.training.lora import adapted_model, continued, start_of
from aac.training.memory import clear_about_room
from aac.training.order import EpochOrder, schedule
from aac.training.pictures import train_pictures
from aac.training.prepare import Splits, examples_for, fitted_to_memory, run_id, template_for
from aac.training.progress import Report, line
from aac.training.speech import taught_further, train_speech
from aac.training.unlikelihood import UnlikelihoodLoss

_TRAINER_STATE = "trainer_state.json"


@dataclass(frozen=True, slots=True)
class FitOrder:
    """What to train on, and where to write. checkpoints: a folder that this run alone uses; None: none are kept."""

    config: TrainConfig
    splits: Splits
    out: Path
    checkpoints: Path | None = None


def fit(
    order: FitOrder,
    base: LoadedBase,
    report: Report = lambda told: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Train and write `order.out`: weights in half precision, template, configuration, provenance.

    Goes on from the last complete checkpoint, to the weights that an unbroken run has. report: called with lines as
    `aac.training.progress` makes them. stop: asked after each step. The base model is changed in place: load a fresh
    one for anything else. Raises `Stopped` once a stop's checkpoint is on the disk, `DataError` where no set fits into
    max_length or the loss becomes NaN, and `NoRoomError` where memory or disk ends.
    """
    if stop():
        raise stopped(order.checkpoints)
    with clear_about_room(order.checkpoints or order.out):
        _fit(order, base, report, stop)


def _fit(order: FitOrder, base: LoadedBase, report: Report, stop: Callable[[], bool]) -> None:
    template = template_for(order.config, base.entry)
    examples, held_out = examples_for(order.config, order.splits, base.tokenizer, template)
    config, substitutions = fitted_to_memory(continued(order.config, base.entry), base, examples)
    made = {"substitutions": [asdict(substitution) for substitution in substitutions]}
    run = Run(
        id=run_id(order.config, base.entry, order.splits),
        config=config,
        plan=schedule(config, len(examples)),
        order=EpochOrder.of(config, examples),
        checkpoints=order.checkpoints,
        evaluates=len(held_out) > 0,
        stop=stop,
        report=report,
    )
    last = last_checkpoint(order.checkpoints, run.id) if order.checkpoints else None
    step = last.marker.step if last else 0
    report(line("start", step, run.plan.steps, step / run.plan.steps_per_epoch, **made))
    set_seed(config.seed)
    model = adapted_model(config, base, max(examples.lengths))
    outcome = _finished(model, last) or _train(run, model, (examples, held_out), base.tokenizer, last)
    outcome["epochs"] = round(outcome["steps"] / run.plan.steps_per_epoch, 4)
    write_adapter(order, base, model, {**what_was_read(examples), **outcome, **made})


def write_adapter(order: FitOrder, base: LoadedBase, model: Any, told: dict[str, Any]) -> None:
    """Everything that stands in an adapter's folder. model: with the weights as they are to be; told: what came of the
    training, for the provenance.
    """
    _save(model, base, order.out)
    _add_choosers(order, base)
    template_for(order.config, base.entry).save(order.out / TEMPLATE)
    order.config.save(order.out / TRAINING)
    write_json(order.out, PROVENANCE, {**_provenance(order, base), **told})


def what_was_read(examples: CardSetExamples) -> dict[str, Any]:
    """What the provenance tells of the examples."""
    return {"tokens_a_pass": examples.tokens, "left_out_as_too_long": examples.left_out}


def _add_choosers(order: FitOrder, base: LoadedBase) -> None:
    """Choosers of its own where the configuration asks for them, else those of the adapter it started from.

    In which frame a tile is said then goes on learning from what was trained on: it is how people want to be heard.
    """
    config, start = order.config, start_of(order.config, base.entry)
    if config.pictures:
        train_pictures(order.splits.pictures, config.seed).save(order.out)
    elif start and (start.folder / PICTURES).is_file():
        shutil.copyfile(start.folder / PICTURES, order.out / PICTURES)
    if config.speech:
        train_speech(order.splits.speech, focus_references(config), config.seed).save(order.out)
    elif start and (speech := SpeechChooser.load(start.folder)):
        taught_further(speech, order.splits.train, config.seed).save(order.out)


def _finished(model: Any, last: Checkpoint | None) -> dict[str, Any] | None:
    """Where a checkpoint holds a training's end, its weights put into `model`, and what came of it."""
    if last is None or not last.marker.is_finished:
        return None
    set_peft_model_state_dict(model, last.best or last.weights)
    state = json.loads((last.folder / _TRAINER_STATE).read_text(encoding="utf-8"))
    return _outcome(last.marker.step, state["log_history"])


def _train(
    run: Run, model: Any, data: tuple[CardSetExamples, CardSetExamples], tokenizer: Any, last: Checkpoint | None
) -> dict[str, Any]:
    """Train `model` in place, from the start or from `last`, and put the best weights into it."""
    examples, held_out = data
    with tempfile.TemporaryDirectory(prefix="prancha-train-") as nowhere:
        trainer = RunTrainer(
            run,
            last.best if last else None,
            model=model,
            args=_arguments(run, run.checkpoints or Path(nowhere)),
            train_dataset=examples,
            eval_dataset=held_out if run.evaluates else None,
            data_collator=partial(collate, pad_token_id=tokenizer.pad_token_id),
            compute_loss_func=_loss(run.config, tokenizer),
        )
        trainer.train(resume_from_checkpoint=str(last.folder) if last else None)
    if trainer.watch.best:
        set_peft_model_state_dict(model, trainer.watch.best)
    return _outcome(trainer.state.global_step, trainer.state.log_history)


def _loss(config: TrainConfig, tokenizer: Any) -> UnlikelihoodLoss | None:
    """The model's own loss, None, but where repeating is to be unlearned."""
    if not config.unlikelihood:
        return None
    return UnlikelihoodLoss(config.unlikelihood, line_end_of(tokenizer))


def _outcome(steps: int, log: list[dict[str, float]]) -> dict[str, Any]:
    losses = [round(entry["eval_loss"], 4) for entry in log if "eval_loss" in entry]
    return {"steps": steps, "validation_losses": losses}


def _provenance(order: FitOrder, base: LoadedBase) -> dict[str, Any]:
    start = start_of(order.config, base.entry)
    return {
        **({"start_sha256": weights_sha256(start.folder)} if start else {}),
        "run": run_id(order.config, base.entry, order.splits),
        "base_model": base.entry.id,
        "base_repository": base.entry.repository,
        "base_revision": base.revision,
        "train_sha256": sets_sha256(order.splits.train),
        "validation_sha256": sets_sha256(order.splits.validation),
        "train_prompts": len({s.prompt for s in order.splits.train}),
        "plain_sentences": len(order.splits.plain),
        "torch": torch.__version__,
    }


def _arguments(run: Run, folder: Path) -> TrainingArguments:
    """When to log, evaluate and save is decided by the run's own callback."""
    config = run.config
    return TrainingArguments(
        output_dir=str(folder),
        optim=config.optimizer,
        fp16=config.mixed_precision == "fp16",
        bf16=config.mixed_precision == "bf16",
        learning_rate=config.learning_rate,
        lr_scheduler_type=config.schedule,
        warmup_steps=config.warmup_share,
        weight_decay=config.weight_decay,
        max_steps=run.plan.steps,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=config.batch_size,
        gradient_accumulation_steps=config.accumulation,
        eval_strategy="no",
        save_strategy="no",
        logging_strategy="no",
        logging_nan_inf_filter=False,
        include_num_input_tokens_seen="non_padding",
        disable_tqdm=True,
        report_to=[],
        seed=config.seed,
        remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _save(model: Any, base: LoadedBase, out: Path) -> None:
    """Half precision, and the base model's name instead of the path that this machine happened to load it from."""
    model.save_pretrained(out)
    settings = read_json(out, PEFT_CONFIG)
    settings["base_model_name_or_path"] = base.entry.repository or base.entry.id
    if not isinstance(settings["target_modules"], str):
        settings["target_modules"] = sorted(settings["target_modules"])
    write_json(out, PEFT_CONFIG, settings)
    (out / "README.md").unlink(missing_ok=True)  # PEFT's empty model card
    halves = {name: tensor.half().contiguous() for name, tensor in load_file(out / WEIGHTS).items()}
    save_file(halves, out / WEIGHTS, metadata={"format": "pt"})
