"""What has to be settled before a training: the words, the examples, the memory, and what the run is known by."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.errors import DataError, NoRoomError
from aac.models.adapters import weights_sha256
from aac.models.free_memory import free_bytes
from aac.models.loading import LoadedBase
from aac.models.registry import BaseModel
from aac.prompts import GLOSS, PromptTemplate
from aac.records import CardSet
from aac.training.config import TrainConfig, data_folders, focus_references
from aac.training.examples import CardSetExamples
from aac.training.lora import layers_to_adapt, start_of
from aac.training.memory import Shape, activation_bytes, adapter_bytes
from aac.training.order import batch_lengths
from aac.training.plain import pair_lines, plain_examples, plain_sha256, read_plain
from aac.training.substitutions import CHECKPOINTING, Substitution, for_this_machine
from aac.words.glosses import lexicon, lexicon_sha256

_SAME_WEIGHTS = (
    *("data", "plain", "pictures", "speech"),
    *("gradient_checkpointing", "log_every_steps", "checkpoint_every_steps"),
)


@dataclass(frozen=True, slots=True)
class Splits:
    """The card sets to learn from, those that only measure, the plain sentences that are learned too, and the card sets
    that a picture chooser and a speech chooser learn from.
    """

    train: Sequence[CardSet]
    validation: Sequence[CardSet]
    plain: Sequence[str] = ()
    pictures: Sequence[CardSet] = ()
    speech: Sequence[CardSet] = ()


def read_splits(config: TrainConfig) -> Splits:
    """The card sets of a configuration's data folders, of which a dataset version may have none to validate on.

    Raises what reading card sets raises.
    """
    read = cache(_train_sets)  # the choosers mostly learn from the folders that the model does
    train, pictures, speech = (read(folders) for folders in (config.data, config.pictures, config.speech))
    validations = [folder / "validation.csv" for folder in data_folders(config.data)]
    held_out = [one for path in validations if path.exists() for one in read_card_sets(path)]
    words = pair_lines(lexicon()) if config.glosses else ()
    return Splits(train, held_out, (*read_plain(config.plain), *words), pictures, speech)


def _train_sets(folders: str) -> list[CardSet]:
    return [one for folder in data_folders(folders) for one in read_card_sets(folder / "train.csv")]


def run_id(config: TrainConfig, entry: BaseModel, splits: Splits) -> str:
    """A hash of all that decides the weights: two runs with the same one give the same adapter on the same machine."""
    fields = {name: value for name, value in dataclasses.asdict(config).items() if name not in _SAME_WEIGHTS}
    made_of = [fields, entry.id, entry.revision, sets_sha256(splits.train), sets_sha256(splits.validation)]
    if splits.plain:
        made_of.append(plain_sha256(splits.plain))
    if config.glosses:
        made_of.append(lexicon_sha256())
    if start := start_of(config, entry):
        made_of.append(weights_sha256(start.folder))
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def template_for(config: TrainConfig, entry: BaseModel) -> PromptTemplate:
    """The base model's own template, with the configuration's wrapper where it names one, and with glosses if asked;
    that of the adapter that it starts from, where there is one.
    """
    if start := start_of(config, entry):
        return start.template
    own = entry.template
    return dataclasses.replace(
        own,
        wrapper=config.wrapper or own.wrapper,
        system=own.system if config.with_system else "",
        gloss=GLOSS if config.glosses else own.gloss,
    )


def examples_for(
    config: TrainConfig, splits: Splits, tokenizer: Any, template: PromptTemplate
) -> tuple[CardSetExamples, CardSetExamples]:
    """Examples to learn from and to measure with; `DataError` where none of the first fits into max_length."""
    varied = random.Random(config.seed) if config.varied_counts else None  # noqa: S311 - no secret
    asked = with_completions(splits.train, config.completions, config.seed)
    plain = plain_examples(splits.plain, tokenizer, config.seed)
    examples = CardSetExamples(asked, tokenizer, template, config.max_length, varied, plain)
    if not len(examples):
        raise DataError(
            f"Nenhum conjunto cabe em {config.max_length} tokens. Aumente max_length.",
            f"No set fits into {config.max_length} tokens. Raise max_length.",
        )
    focus = focus_references(config)
    if focus and not examples.of(focus):
        raise DataError(
            f"Nenhum conjunto de treino tem o número {config.focus} (campo focus). Corrija o campo ou os dados.",
            f"No set of the training data has the number {config.focus} (field focus). Correct the field or the data.",
        )
    held_out = [one for one in splits.validation if one.reference in focus] or splits.validation
    read = held_out[: config.max_validation_sets or None]
    return examples, CardSetExamples(read, tokenizer, template, config.max_length)


def with_completions(sets: Sequence[CardSet], share: float, seed: int) -> list[CardSet]:
    """The sets, and a share of them once more with their tiles given."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    again = [dataclasses.replace(s, given=True) for s in sets if not s.given and chance.random() < share]
    return [*sets, *again]


def fitted_to_memory(
    config: TrainConfig, base: LoadedBase, examples: CardSetExamples
) -> tuple[TrainConfig, tuple[Substitution, ...]]:
    """The configuration for this machine, with gradient checkpointing where the free memory asks for it.

    What the adapter itself takes is counted too. Only the model's shapes are read: its weights may be on no device.
    Raises `NoRoomError` where it does not fit, `DataError` where there is no layer to adapt.
    """
    config, substitutions = for_this_machine(config)
    free = free_bytes() - _adapter_bytes(config, base)
    shape, batch = Shape.of(base.model.config), longest_batch(config, examples)
    if activation_bytes(shape, batch, config.gradient_checkpointing) <= free:
        return config, substitutions
    needed = activation_bytes(shape, batch, checkpointing=True)
    if needed > free:
        tokens = batch[0] * batch[1]
        raise NoRoomError(
            f"Um lote de {tokens} tokens precisa de {needed / 1e9:.1f} GB de memória; há {free / 1e9:.1f} GB. Diminua "
            "batch_size ou max_length, ou feche outros programas.",
            f"A batch of {tokens} tokens needs {needed / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free. Lower "
            "batch_size or max_length, or close other programs.",
        )
    return dataclasses.replace(config, gradient_checkpointing=True), (*substitutions, CHECKPOINTING)


def _adapter_bytes(config: TrainConfig, base: LoadedBase) -> int:
    needed, free = adapter_bytes(layers_to_adapt(config, base.model), config.lora_r), free_bytes()
    if needed > free:
        raise NoRoomError(
            f"Um adaptador com lora_r = {config.lora_r} precisa de {needed / 1e9:.1f} GB de memória para treinar; há "
            f"{free / 1e9:.1f} GB. Diminua lora_r ou adapte menos camadas (target_modules).",
            f"An adapter of lora_r = {config.lora_r} needs {needed / 1e9:.1f} GB of memory to train; "
            f"{free / 1e9:.1f} GB are free. Lower lora_r or adapt fewer layers (target_modules).",
        )
    return needed


def longest_batch(config: TrainConfig, examples: CardSetExamples) -> tuple[int, int]:
    """Rows, and tokens a row with padding, of the batch that takes the most memory."""
    batches = ((len(lengths), max(lengths)) for lengths in batch_lengths(config, examples))
    return max(batches, key=lambda batch: batch[0] * batch[1])
