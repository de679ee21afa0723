"""The configuration of one fine-tune: a frozen value, the same in a file and beside the weights."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from aac.errors import DataError, WrongCall
from aac.models.loading import Precision
from aac.models.registry import EMBEDDED_ID


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """LoRA (Hu et al. 2021) on a base model; r, alpha and dropout are the source paper's.

    data: a folder that holds train.csv and validation.csv. epochs may be cut by max_steps (0: no cut).
    batch_size × accumulation sets go into one step. varied_counts: each set is also shown asking for fewer cards,
    so that the model learns what the number means. keep_best: the epoch with the least validation loss is kept.
    """

    base_model: str = EMBEDDED_ID
    data: str = "annotations/cards_v1"
    lora_r: int = 8
    lora_alpha: int = 16
    lora_dropout: float = 0.07
    target_modules: str = "all-linear"
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
    precision: Precision = "fp32"
    seed: int = 0

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, name: str) -> TrainConfig:
        """A preset ("cpu", "smoke") or a JSON file with some or all of the fields; unknown fields are refused."""
        if name in PRESETS:
            return PRESETS[name]
        path = Path(name)
        if not path.is_file():
            raise WrongCall(
                f"Não há configuração {name!r}. Use {', '.join(PRESETS)} ou um arquivo JSON.",
                f"There is no configuration {name!r}. Use {', '.join(PRESETS)} or a JSON file.",
            )
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            fields = ", ".join(field.name for field in dataclasses.fields(cls))
            raise DataError(
                f"{path} não é uma configuração de treino ({error}). Os campos são: {fields}.",
                f"{path} is no training configuration ({error}). Its fields are: {fields}.",
            ) from error


PRESETS = {
    "cpu": TrainConfig(),
    "smoke": TrainConfig(max_steps=2, epochs=1, batch_size=2, max_length=192),
}
