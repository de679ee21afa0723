"""One function from a configuration and card sets to an adapter's folder."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed

from aac.datasets.card_files import sets_sha256
from aac.errors import AacError, DataError
from aac.models.adapters import PROVENANCE, TEMPLATE, TRAINING, read_json, write_json
from aac.models.loading import LoadedBase
from aac.records import CardSet
from aac.training.config import TrainConfig
from aac.training.examples import CardSetExamples, collate

Report = Callable[[dict[str, float]], None]
_WEIGHTS = "adapter_model.safetensors"
_PEFT_CONFIG = "adapter_config.json"


def fit(
    config: TrainConfig,
    base: LoadedBase,
    train: Sequence[CardSet],
    validation: Sequence[CardSet],
    out: Path,
    report: Report = lambda numbers: None,
) -> None:
    """Train and write `out`: weights in half precision, template, configuration, provenance.

    report: called with what the trainer logs (loss, eval_loss, epoch, learning_rate). The base model is changed in
    place: load a fresh one for anything else. Raises `DataError` where no set fits into max_length or the loss
    becomes NaN.
    """
    set_seed(config.seed)
    template = base.entry.template
    varied = random.Random(config.seed) if config.varied_counts else None  # noqa: S311 - no secret
    examples = CardSetExamples(train, base.tokenizer, template, config.max_length, varied)
    held_out = CardSetExamples(validation, base.tokenizer, template, config.max_length)
    if not len(examples):
        raise DataError(
            f"Nenhum conjunto cabe em {config.max_length} tokens. Aumente max_length.",
            f"No set fits into {config.max_length} tokens. Raise max_length.",
        )
    model = get_peft_model(base.model, _lora(config))
    with tempfile.TemporaryDirectory(prefix="prancha-train-") as checkpoints:
        trainer = Trainer(
            model=model,
            args=_arguments(config, checkpoints),
            train_dataset=examples,
            eval_dataset=held_out if len(held_out) else None,
            data_collator=partial(collate, pad_token_id=base.tokenizer.pad_token_id),
            callbacks=[_Reporter(report)],
        )
        history = trainer.train()
    _save(model, base, out)
    template.save(out / TEMPLATE)
    config.save(out / TRAINING)
    losses = [entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry]
    write_json(
        out,
        PROVENANCE,
        {
            "base_model": base.entry.id,
            "base_repository": base.entry.repository,
            "base_revision": base.revision,
            "train_sha256": sets_sha256(train),
            "validation_sha256": sets_sha256(validation),
            "train_prompts": len({s.prompt for s in train}),
            "tokens_a_pass": examples.tokens,
            "left_out_as_too_long": examples.left_out,
            "steps": history.global_step,
            "validation_losses": [round(loss, 4) for loss in losses],
            "torch": torch.__version__,
        },
    )


def _lora(config: TrainConfig) -> LoraConfig:
    return LoraConfig(
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=config.target_modules,
        task_type="CAUSAL_LM",
    )


def _arguments(config: TrainConfig, checkpoints: str) -> TrainingArguments:
    return TrainingArguments(
        output_dir=checkpoints,
        learning_rate=config.learning_rate,
        lr_scheduler_type=config.schedule,
        warmup_steps=config.warmup_share,
        weight_decay=config.weight_decay,
        num_train_epochs=config.epochs,
        max_steps=config.max_steps or -1,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=config.batch_size,
        gradient_accumulation_steps=config.accumulation,
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch" if not config.max_steps else "no",
        save_strategy="epoch" if config.keep_best and not config.max_steps else "no",
        save_total_limit=1,
        load_best_model_at_end=config.keep_best and not config.max_steps,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        logging_steps=5,
        logging_nan_inf_filter=False,
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
    settings = read_json(out, _PEFT_CONFIG)
    settings["base_model_name_or_path"] = base.entry.repository or base.entry.id
    settings["target_modules"] = sorted(settings["target_modules"])
    write_json(out, _PEFT_CONFIG, settings)
    (out / "README.md").unlink(missing_ok=True)  # PEFT's empty model card
    halves = {name: tensor.half().contiguous() for name, tensor in load_file(out / _WEIGHTS).items()}
    save_file(halves, out / _WEIGHTS, metadata={"format": "pt"})


class _Reporter(TrainerCallback):
    """Hands the trainer's numbers on, and stops at the first loss that is none."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **kwargs: Any) -> None:
        """Called by the trainer."""
        numbers = {key: float(value) for key, value in (logs or {}).items()}
        if any(key in ("loss", "eval_loss") and value != value for key, value in numbers.items()):
            raise _not_a_number(state.global_step)
        self._report({**numbers, "step": state.global_step, "steps": state.max_steps})


def _not_a_number(step: int) -> AacError:
    return DataError(
        f"A perda deixou de ser um número no passo {step}. Diminua learning_rate ou confira os dados.",
        f"The loss stopped being a number at step {step}. Lower learning_rate or check the data.",
    )
