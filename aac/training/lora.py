"""A base model with fresh LoRA weights on it, ready to train."""

from __future__ import annotations

from typing import Any

from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

from aac.models.loading import LoadedBase
from aac.training.config import TrainConfig


def adapted_model(config: TrainConfig, base: LoadedBase) -> Any:
    """Changes the base model in place. The fresh weights are drawn from torch's global generator: seed it before."""
    model: Any = base.model
    if base.precision == "nf4":
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        _keep_unpacked(model)
    model = get_peft_model(
        model,
        LoraConfig(
            r=config.lora_r,
            lora_alpha=config.lora_alpha,
            lora_dropout=config.lora_dropout,
            target_modules=config.target_modules,
            task_type="CAUSAL_LM",
        ),
    )
    if config.gradient_checkpointing:
        model.config.use_cache = False
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model


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
