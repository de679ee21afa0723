"""Tiny random models of real architectures, in Hugging Face format, made in a blink."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

from aac.models.adapters import PROVENANCE, TEMPLATE
from aac.models.embedded import ensure_converted
from aac.prompts import PromptTemplate
from aac.settings import Settings

_SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
}


def make_tiny_llama(folder: Path, settings: Settings) -> Path:
    """TinyLlama's and Tucano's architecture."""
    return _save(folder, settings, lambda tokens: LlamaForCausalLM(LlamaConfig(vocab_size=tokens, **_SHAPE)))


def make_tiny_qwen3(folder: Path, settings: Settings) -> Path:
    """Tucano2's architecture."""
    return _save(
        folder, settings, lambda tokens: Qwen3ForCausalLM(Qwen3Config(vocab_size=tokens, head_dim=16, **_SHAPE))
    )


def _save(folder: Path, settings: Settings, build) -> Path:
    tokenizer = AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))
    torch.manual_seed(0)
    model = build(len(tokenizer))
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_tiny_adapter(folder: Path, base: Path, seed: int = 0) -> Path:
    """An adapter of a tiny model that learned nothing and says something else than the model does."""
    torch.manual_seed(seed)
    config = LoraConfig(r=2, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False)
    get_peft_model(LlamaForCausalLM.from_pretrained(base), config).save_pretrained(folder)
    PromptTemplate().save(folder / TEMPLATE)
    (folder / PROVENANCE).write_text(json.dumps({"base_model": str(base)}), encoding="utf-8")
    return folder
