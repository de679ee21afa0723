"""A base model with LoRA weights on it, fresh or an adapter's, ready to train."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from peft import (
    LoraConfig,
    get_peft_model,
    get_peft_model_state_dict,
    prepare_model_for_kbit_training,
    set_peft_model_state_dict,
)
from peft.tuners.tuners_utils import check_target_module_exists
from safetensors.torch import load_file
from transformers.pytorch_utils import Conv1D

from aac.errors import AacError, DataError
from aac.models.adapters import PEFT_CONFIG, WEIGHTS, Adapter, find_adapter, read_json
from aac.models.loading import LoadedBase
from aac.models.registry import BaseModel
from aac.training.config import TrainConfig, module_names
from aac.training.memory import keeps_attention


def adapted_model(config: TrainConfig, base: LoadedBase, length: int) -> Any:
    """Changes the base model in place. The fresh weights are drawn from torch's global generator: seed it before.

    length: tokens of the longest example. config: `continued` where it starts from an adapter, whose weights it gets.

    Raises `DataError` where the model has no linear layer of the configuration's target_modules.
    """
    layers_to_adapt(config, base.model)
    model: Any = base.model
    if keeps_attention(length):
        model.set_attn_implementation("eager")
    if base.precision == "nf4":
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        _keep_unpacked(model)
    try:
        model = get_peft_model(model, lora_config(config))
    except ValueError as error:  # a name of what is no linear layer, among others
        raise _no_such_layers(config, base.model) from error
    if start := start_of(config, base.entry):
        _take_weights(model, start)
    if config.gradient_checkpointing:
        model.config.use_cache = False
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model


def lora_config(config: TrainConfig) -> LoraConfig:
    """The configuration's LoRA weights, in PEFT's words."""
    return LoraConfig(
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=module_names(config.target_modules),
        task_type="CAUSAL_LM",
    )


def start_of(config: TrainConfig, entry: BaseModel) -> Adapter | None:
    """The adapter that a configuration starts from, None for fresh weights; raises what finding it raises."""
    return find_adapter(config.start_from, entry) if config.start_from else None


def continued(config: TrainConfig, entry: BaseModel) -> TrainConfig:
    """`config` with the rank, alpha and layers of the adapter that it starts from, if it does."""
    start = start_of(config, entry)
    if start is None:
        return config
    made = read_json(start.folder, PEFT_CONFIG)
    targets = made["target_modules"]
    return replace(
        config,
        lora_r=made["r"],
        lora_alpha=made["lora_alpha"],
        target_modules=targets if isinstance(targets, str) else ", ".join(sorted(targets)),
    )


def _take_weights(model: Any, start: Adapter) -> None:
    weights = {name: tensor.float() for name, tensor in load_file(start.folder / WEIGHTS).items()}
    own = get_peft_model_state_dict(model)
    if {name: tuple(tensor.shape) for name, tensor in weights.items()} != {n: tuple(t.shape) for n, t in own.items()}:
        raise DataError(
            f"Não se segue treinando o adaptador {start.folder.name}: os seus pesos não são os que a sua configuração "
            "diz. Treine do começo.",
            f"The adapter {start.folder.name} cannot be trained further: its weights are not those that its "
            "configuration says. Train from the start.",
        )
    set_peft_model_state_dict(model, weights)


def layers_to_adapt(config: TrainConfig, model: Any) -> list[tuple[int, int]]:
    """Numbers that go into and come out of each linear layer that gets an adapter, as PEFT chooses them.

    Raises `DataError` where there is none.
    """
    wanted = module_names(config.target_modules)
    output = model.get_output_embeddings() if wanted == "all-linear" else None
    asked = None if wanted == "all-linear" else LoraConfig(target_modules=wanted)
    widths = [
        _widths(layer)
        for name, layer in _linear_layers(model)
        if layer is not output and (asked is None or check_target_module_exists(asked, name))
    ]
    if not widths:
        raise _no_such_layers(config, model)
    return widths


def _linear_layers(model: Any) -> list[tuple[str, Any]]:
    return [(name, module) for name, module in model.named_modules() if isinstance(module, (torch.nn.Linear, Conv1D))]


def _widths(layer: Any) -> tuple[int, int]:
    return (layer.nx, layer.nf) if isinstance(layer, Conv1D) else (layer.in_features, layer.out_features)


def _no_such_layers(config: TrainConfig, model: Any) -> AacError:
    names = ", ".join(sorted({name.rpartition(".")[2] for name, _ in _linear_layers(model)}))
    asked = config.target_modules[:60]
    return DataError(
        f"O campo target_modules da configuração é {asked!r}; o modelo não tem camadas lineares com esses nomes. "
        f"Esperava-se all-linear ou nomes destes: {names}.",
        f"The configuration's field target_modules is {asked!r}; the model has no linear layers of such names. "
        f"Expected was all-linear or names of these: {names}.",
    )


def _keep_unpacked(model: Any) -> None:
    """On CPUs with AVX512-BF16 bitsandbytes repacks 4-bit weights when a model is evaluated, into a form that has no
    gradient: after the first evaluation the training would go on, and learn nothing right.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def trained_parameters(model: Any) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
