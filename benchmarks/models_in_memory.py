"""What base models take in the memory of a server that keeps the embedded one and one more beside it.

    python -m benchmarks.models_in_memory [--layers 20]

The embedded model is loaded and answers; then a Llama of TinyLlama's widths whose weights are nought (20 layers and the
embedded model's tokenizer make 1.1 billion parameters), which takes as much as one that was trained; then the embedded
model once more, from its folder, takes that one's second place. After each, prints the process's resident memory, and
what was asked for beforehand as free. Takes 2.2 GB of disk, in a temporary folder, and 6 GB of memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from pathlib import Path

import psutil
import torch
from safetensors.torch import save_file
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from aac.models.embedded import ensure_converted
from aac.models.loading import needed_bytes
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.workflow.generating import GenerateOrder, Speakers, generate

ASKED = GenerationRequest("Querer", 1, max_new_tokens=8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=20)
    layers = parser.parse_args().layers
    settings = Settings.from_environment()
    embedded = ensure_converted(settings.models_dir)
    speakers = Speakers(settings, keeps_default=True)
    with tempfile.TemporaryDirectory() as folder:
        making = multiprocessing.get_context("spawn").Process(target=make, args=(embedded, Path(folder), layers))
        making.start()
        making.join()
        for name, model in (("embedded", EMBEDDED_ID), ("large one beside it", folder), ("small one", str(embedded))):
            before = resident_bytes()
            needed = needed_bytes(find_base_model(model), Path(model), "fp32")
            *_, _ = generate(speakers, GenerateOrder(ASKED, ("none",), model), may_replace=False)
            parameters = speakers.get(model).base.model.num_parameters()
            after = resident_bytes()
            print(
                f"{name}: {parameters / 1e6:,.0f} million parameters, asked for {needed / 1e9:.2f} GB; "
                f"resident {before / 1e9:.2f} to {after / 1e9:.2f} GB; {len(speakers.held())} in memory",
                flush=True,
            )


def make(embedded: Path, folder: Path, layers: int) -> None:
    """In a process of its own, whose memory is not measured."""
    tokenizer = AutoTokenizer.from_pretrained(embedded)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=2048,
        intermediate_size=5632,
        num_hidden_layers=layers,
        num_attention_heads=32,
        num_key_value_heads=4,
        eos_token_id=tokenizer.eos_token_id,
    )
    with torch.device("meta"):
        shapes = {name: weight.shape for name, weight in LlamaForCausalLM(config).state_dict().items()}
    weights = {name: torch.zeros(shape, dtype=torch.bfloat16) for name, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def resident_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
