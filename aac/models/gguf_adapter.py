"""LoRA weights as a GGUF file, which llama.cpp and the programs built on it load beside a base model of their own."""

from __future__ import annotations

import re
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from transformers import AutoConfig

from aac.errors import WrongCall
from aac.models.adapters import PEFT_CONFIG, WEIGHTS, Adapter, read_json

_ARCHITECTURE = "llama"
_LAYER = re.compile(r"base_model\.model\.model\.layers\.(\d+)\.\w+\.(\w+)\.lora_([AB])\.weight")
_NAMES = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}


def write_gguf_adapter(adapter: Adapter, base: Path, path: Path) -> None:
    """A [rank, in] and B [out, rank] of every adapted layer in fp32, with alpha: llama.cpp adds (alpha / rank)·B·A.

    base: the folder of the base model. The rows of B that make queries and keys are put in llama.cpp's order, which
    rotates neighbours within a head where Hugging Face rotates its halves: without it the answers are wrong and nothing
    says so. Raises `WrongCall` where the model is none of the Llama kind, or a layer has no name there.
    """
    settings, base_config = read_json(adapter.folder, PEFT_CONFIG), AutoConfig.from_pretrained(base)
    if base_config.model_type != _ARCHITECTURE or settings.get("use_rslora") or settings.get("use_dora"):
        raise _cannot(adapter, base_config.model_type)
    heads = {"q_proj": base_config.num_attention_heads, "k_proj": base_config.num_key_value_heads}
    writer = gguf.GGUFWriter(path, _ARCHITECTURE)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(settings["lora_alpha"]))
    for name, weights in sorted(load_file(adapter.folder / WEIGHTS).items()):
        found = _LAYER.fullmatch(name)
        if found is None or found[2] not in _NAMES:
            raise _cannot(adapter, name)
        layer, part, side = found.groups()
        rows = weights.astype(np.float32)
        if side == "B" and part in heads:
            rows = _permuted(rows, heads[part])
        writer.add_tensor(f"blk.{layer}.{_NAMES[part]}.weight.lora_{side.lower()}", rows)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _permuted(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Of every head the two halves' rows in turn. [heads · width, rank]"""
    halves = rows.reshape(heads, 2, -1, rows.shape[1])
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows.shape)


def _cannot(adapter: Adapter, what: str) -> WrongCall:
    name = adapter.folder.name
    return WrongCall(
        f"O adaptador {name} não pode ser escrito em GGUF ({what}): esperava-se LoRA comum nas camadas lineares de um "
        "modelo do tipo Llama. Use python -m aac merge.",
        f"The adapter {name} cannot be written as GGUF ({what}): plain LoRA on the linear layers of a model of the "
        "Llama kind was expected. Use python -m aac merge.",
    )
