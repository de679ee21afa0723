"""The configuration of one fine-tune: a frozen value, the same in a file and beside the weights."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from aac.errors import AacError, DataError, WrongCall
from aac.models.layer_patterns import is_quick_pattern
from aac.models.registry import EMBEDDED_ID
from aac.prompts import SEED_MAX, WRAPPERS
from aac.records import PRECISIONS, Precision

Optimizer = Literal["adamw_torch", "paged_adamw_32bit"]
MixedPrecision = Literal["no", "fp16", "bf16"]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """LoRA (Hu et al. 2021) on a base model; r, alpha and dropout are the source paper's.

    start_from: an adapter, "default" or a folder, that the training goes on from: its rank, alpha, layers and template
    then hold instead of the fields'. "active", in the background: the one that speaks. Empty: fresh weights.
    data: a folder that holds train.csv and validation.csv, or several, parted by commas. wrapper:
    `PromptTemplate.wrapper`; empty for the base model's own. with_system: whether the template's system text stands
    before each request. completions: the share of the sets, 0 to 1, that are asked a second time with their tiles
    given. plain: a folder of .txt files, a sentence a line, and of .tsv files, a sentence and its English a line, that
    are learned among the sets; empty for none.
    glosses: each request's words are followed by their English, and the lexicon is learned among the sets.
    pictures: folders as in data; a picture chooser (`aac.models.pictures`) is trained on their train.csv and put beside
    the weights. Empty: none. speech: the same of a speech chooser (`aac.models.speech`); the sets of focus count most.
    focus: numbers of reference sets ("2, 3"); the last focus_epochs read only those of each prompt, again and again,
    and validation reads no others where it has any of them.
    unlikelihood: the weight of the loss for saying a card of a set again (`aac.training.unlikelihood`); 0: none.
    target_modules: "all-linear", names of the model's linear layers (q_proj, v_proj), or one regular expression of
    whole names, such as `aac.models.layer_patterns` takes.
    epochs may be cut by max_steps (0: no cut); whichever comes first ends the training.
    batch_size × accumulation sets go into one step; a set of more than max_length tokens is left out.
    varied_counts: four in ten sets ask for fewer cards than they have, so that the model learns what the number means.
    keep_best: the weights with the least validation loss are kept; the loss is taken after each epoch and at the end.
    early_stop_patience: that many evaluations without a better loss end the training (0: never).
    max_validation_sets: only the first ones are read (0: all). log_every_steps: how often the loss is told.
    checkpoint_every_steps: how often a run can be resumed from (0: after each epoch).
    precision: of the base model's weights; nf4 makes it QLoRA (Dettmers et al. 2023). optimizer: AdamW, or the one of
    that paper whose state moves out of a GPU's memory where it is short. mixed_precision: of the computation; what is
    learned stays in fp32; fp16 is for GPUs, bf16 for CPUs too (0.6 of the time on one with AVX512-BF16).
    gradient_checkpointing: activations are computed twice instead of kept; turned on where memory asks for it.
    """

    base_model: str = EMBEDDED_ID
    start_from: str = ""
    data: str = "annotations/cards_v1"
    wrapper: str = ""
    with_system: bool = True
    completions: float = 0.0
    plain: str = ""
    glosses: bool = False
    pictures: str = ""
    speech: str = ""
    focus: str = ""
    focus_epochs: int = 0
    unlikelihood: float = 0.0
    lora_r: int = 8
    lora_alpha: int = 16
    lora_dropout: float = 0.07
    target_modules: str = "all-linear"
    optimizer: Optimizer = "adamw_torch"
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    warmup_share: float = 0.05
    weight_decay: float = 0.0
    epochs: float = 6.0
    max_steps: int = 0
    batch_size: int = 8
    accumulation: int = 1
    max_length: int = 512
    varied_counts: bool = True
    keep_best: bool = True
    early_stop_patience: int = 0
    max_validation_sets: int = 0
    log_every_steps: int = 5
    checkpoint_every_steps: int = 0
    precision: Precision = "fp32"
    mixed_precision: MixedPrecision = "no"
    gradient_checkpointing: bool = False
    seed: int = 0

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, name: str) -> TrainConfig:
        """A preset's name or a JSON file with some or all of the fields.

        Raises `WrongCall` where there is neither, `DataError` for unknown fields and for values out of range.
        """
        if name in PRESETS:
            return PRESETS[name]
        path = Path(name)
        if not path.is_file():
            raise WrongCall(
                f"Não há configuração {name!r}. Use {', '.join(PRESETS)} ou um arquivo JSON.",
                f"There is no configuration {name!r}. Use {', '.join(PRESETS)} or a JSON file.",
            )
        try:
            config = cls(**json.loads(path.read_text(encoding="utf-8")))
        except RecursionError as error:
            raise DataError(
                f"{path} não é uma configuração de treino: há colchetes demais, um dentro do outro. Corrija o arquivo.",
                f"{path} is no training configuration: too many brackets, one within the other. Correct the file.",
            ) from error
        except (ValueError, TypeError) as error:
            fields = ", ".join(field.name for field in dataclasses.fields(cls))
            raise DataError(
                f"{path} não é uma configuração de treino ({error}). Os campos são: {fields}.",
                f"{path} is no training configuration ({error}). Its fields are: {fields}.",
            ) from error
        return check_config(config)


PRESETS = {
    "cpu": TrainConfig(),
    # From what a long training has taught, to what people corrected: a few passes at a lower rate.
    "further": TrainConfig(start_from="active", learning_rate=4e-4, lora_dropout=0.0, epochs=2),
    "smoke": TrainConfig(max_steps=2, epochs=1, batch_size=2, max_length=192, max_validation_sets=4, log_every_steps=1),
    # The source paper's recipe, field by field; its run needs a GPU and was not repeated.
    "paper": TrainConfig(
        base_model="tinyllama-1.1b",
        wrapper="tinyllama",
        precision="nf4",
        optimizer="paged_adamw_32bit",
        learning_rate=1e-3,
        warmup_share=0.0,
        epochs=3,
        max_steps=1200,
        batch_size=8,
        accumulation=16,
        max_length=2048,
        mixed_precision="fp16",
        varied_counts=False,
        keep_best=False,
        log_every_steps=1,
    ),
}

_CHOICES: dict[str, tuple[str, ...]] = {
    "wrapper": ("", *WRAPPERS),
    "optimizer": get_args(Optimizer),
    "schedule": ("cosine", "linear", "constant", "constant_with_warmup"),
    "precision": tuple(name for name in PRECISIONS if name != "int8"),
    "mixed_precision": get_args(MixedPrecision),
}
_LEAST = {"lora_r": 1, "lora_alpha": 1, "batch_size": 1, "accumulation": 1, "max_length": 2, "log_every_steps": 1}
_MOST = {"seed": SEED_MAX}
_INT_MOST = 2**31 - 1
_NUMBERS = re.compile(r"(\d{1,9}(\s*,\s*\d{1,9})*)?")
_NAMES = re.compile(r"[\w.]+(?:[\s,]+[\w.]+)*")
_VALUE_CHARS = 60
_SHARES = ("lora_dropout", "warmup_share")  # from 0 to less than 1
_EPOCHS_MOST = 10_000


def check_config(config: TrainConfig) -> TrainConfig:
    """`config` itself; `DataError` naming the first field whose value no training can use."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if expected := _wrong(field.name, value, field.default):
            raise _refused(field.name, value, expected)
    return config


def _wrong(name: str, value: Any, default: Any) -> str:
    """What was expected of a field, empty where the value is one."""
    if isinstance(default, bool) or isinstance(value, bool):
        return "" if isinstance(value, bool) and isinstance(default, bool) else type(default).__name__
    if name == "focus":
        return "" if isinstance(value, str) and _NUMBERS.fullmatch(value) else "'' | '2' | '2, 3' …"
    if isinstance(default, str):
        if name in _CHOICES and value not in _CHOICES[name]:
            return " | ".join(map(repr, _CHOICES[name]))
        if name == "target_modules":
            return "" if isinstance(value, str) and _can_name(value) else "'all-linear' | 'q_proj, v_proj, …'"
        return "" if isinstance(value, str) else "str"
    if not isinstance(value, (int, float)) or not _is_finite(value):
        return _kind(name, default)
    if isinstance(default, int) and not isinstance(value, int):
        return "int"
    if isinstance(default, int) and value > _most(name):
        return _kind(name, default)
    if name in _SHARES:
        return "" if 0 <= value < 1 else "0 ≤ … < 1"
    if name == "completions":
        return "" if 0 <= value <= 1 else "0 ≤ … ≤ 1"
    if name == "epochs":
        return "" if 0 < value <= _EPOCHS_MOST else f"0 < … ≤ {_EPOCHS_MOST}"
    if name == "learning_rate":
        return "" if value > 0 else "> 0"
    return "" if value >= _LEAST.get(name, 0) else f"≥ {_LEAST.get(name, 0)}"


def _kind(name: str, default: float) -> str:
    least = _LEAST.get(name, 0)
    return f"int, {least} ≤ … ≤ {_most(name)}" if isinstance(default, int) else type(default).__name__


def _most(name: str) -> int:
    return _MOST.get(name, _INT_MOST)


def _is_finite(value: float) -> bool:
    """A whole number that no float holds is none that can be computed with."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def data_folders(data: str) -> tuple[Path, ...]:
    """The folders that a configuration's `data`, `pictures` or `speech` names, as they are written there."""
    return tuple(Path(name.strip()) for name in data.split(",") if name.strip())


def taught_from(made: Mapping[str, Any]) -> tuple[Path, ...]:
    """The folders of card sets that an adapter and its choosers learned from, by its configuration as it was kept."""
    named = [str(made.get(name) or "") for name in ("data", "pictures", "speech")]
    return tuple(dict.fromkeys(data_folders(",".join(named))))


def focus_references(config: TrainConfig) -> frozenset[int]:
    """The numbers in `config.focus`."""
    return frozenset(int(number) for number in config.focus.split(",") if number.strip())


def module_names(target_modules: str) -> str | list[str]:
    """As PEFT reads it: a list where names are given, else the text itself ("all-linear", a regular expression)."""
    if target_modules.strip().lower() == "all-linear":
        return "all-linear"
    return re.split(r"[\s,]+", target_modules.strip()) if _NAMES.fullmatch(target_modules.strip()) else target_modules


def _can_name(target_modules: str) -> bool:
    given = target_modules.strip()
    return bool(given) and (_NAMES.fullmatch(given) is not None or is_quick_pattern(target_modules))


def _refused(name: str, value: Any, expected: str) -> AacError:
    shown = repr(value)
    shown = shown if len(shown) <= _VALUE_CHARS else f"{shown[:_VALUE_CHARS]}…"
    return DataError(
        f"O campo {name} da configuração é {shown}; esperava-se {expected}. Corrija-o no arquivo.",
        f"The configuration's field {name} is {shown}; expected was {expected}. Correct it in the file.",
    )
