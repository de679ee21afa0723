"""What a machine cannot do, and what is done there instead: said aloud, never silently."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch

from aac.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Substitution:
    """One thing that is done otherwise than the configuration says, in both languages."""

    pt: str
    en: str


CHECKPOINTING = Substitution(
    "gradient_checkpointing ligado: sem ele a memória não basta; o treino fica mais lento, o resultado é o mesmo.",
    "gradient_checkpointing turned on: memory does not suffice without it; slower, the result is the same.",
)
_MIXED = Substitution(
    "mixed_precision fp16 precisa de GPU: aqui se calcula em fp32.",
    "mixed_precision fp16 needs a GPU: fp32 is computed here.",
)
_HALF_BASE = Substitution(
    "Treinar sobre uma base em fp16 precisa de GPU: aqui ela é carregada em fp32.",
    "Training on a base in fp16 needs a GPU: it is loaded in fp32 here.",
)
_PAGED = Substitution(
    "paged_adamw_32bit precisa de GPU: aqui se usa adamw_torch, a mesma conta sem as páginas.",
    "paged_adamw_32bit needs a GPU: adamw_torch is used here, the same arithmetic without the paging.",
)


def for_this_machine(config: TrainConfig) -> tuple[TrainConfig, tuple[Substitution, ...]]:
    """`config` as this machine can run it, and what had to be changed; unchanged where there is a GPU."""
    if torch.cuda.is_available():
        return config, ()
    made: list[Substitution] = []
    if config.mixed_precision == "fp16":
        config, made = dataclasses.replace(config, mixed_precision="no"), [*made, _MIXED]
    if config.precision == "fp16":
        config, made = dataclasses.replace(config, precision="fp32"), [*made, _HALF_BASE]
    if config.optimizer == "paged_adamw_32bit":
        config, made = dataclasses.replace(config, optimizer="adamw_torch"), [*made, _PAGED]
    return config, tuple(made)
