"""An adapter as GGUF: llama.cpp beside it says what the library says."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
import xllamacpp
from peft import LoraConfig, get_peft_model

from aac.errors import DataError, WrongCall
from aac.models.adapters import PROVENANCE, TEMPLATE, Adapter, read_adapter, write_json
from aac.models.embedded import find_gguf
from aac.models.gguf_adapter import write_gguf_adapter
from aac.models.loading import load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.prompts import PromptTemplate
from aac.settings import Settings
from aac.workflow.merging import export_gguf

TEXT = "Quero um copo de água gelada agora porque estou com muita sede."


@pytest.fixture(scope="module")
def heard(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Adapter, list[int], list[float]]:
    """An adapter on queries and keys, strong enough to be heard; a text's tokens, and what it gives each of them."""
    folder = tmp_path_factory.mktemp("heard")
    base = load_base(find_base_model(EMBEDDED_ID), settings)
    torch.manual_seed(0)
    config = LoraConfig(r=4, lora_alpha=16, target_modules=["q_proj", "k_proj"], init_lora_weights=False)
    model = get_peft_model(base.model, config).eval()
    model.save_pretrained(folder)
    PromptTemplate().save(folder / TEMPLATE)
    write_json(folder, PROVENANCE, {"base_model": EMBEDDED_ID})
    ids = base.tokenizer(TEXT)["input_ids"]
    with torch.inference_mode():
        said = model(input_ids=torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
    return read_adapter(folder, str(folder)), ids, [float(row[i]) for row, i in zip(said, ids[1:], strict=True)]


def test_llama_cpp_says_the_same_with_it(heard, settings: Settings, tmp_path: Path):
    adapter, ids, expected = heard
    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path, lora.scale = str(export_gguf(settings, str(adapter.folder), tmp_path / "adapter.gguf")), 1.0
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel, params.lora_adapters = str(find_gguf()), 256, 1, [lora]
    params.cpuparams.n_threads, params.warmup = 1, False
    server = xllamacpp.Server(params)
    found = []
    for n in range(1, len(ids)):
        asked = {"prompt": ids[:n], "temperature": 0, "max_tokens": 1, "logprobs": 200}
        (token,) = server.handle_completions(asked)["choices"][0]["logprobs"]["content"]
        said = {one["id"]: one["logprob"] for one in token["top_logprobs"]}
        found.append(said.get(ids[n]))

    errors = [abs(a - b) for a, b in zip(found, expected, strict=True) if a is not None]
    assert len(errors) > len(ids) / 2
    assert np.mean(errors) < 0.25  # it computes in 8 bits; rows in the wrong order make it 10 times as much


def test_every_layer_has_both_matrices_under_llama_cpp_s_names(heard, settings: Settings, tmp_path: Path):
    adapter, *_ = heard

    export_gguf(settings, str(adapter.folder), tmp_path / "adapter.gguf")

    reader = gguf.GGUFReader(tmp_path / "adapter.gguf")
    names = {f"blk.{i}.attn_{part}.weight.lora_{side}" for i in range(30) for part in "qk" for side in "ab"}
    assert {tensor.name for tensor in reader.tensors} == names
    assert reader.fields["adapter.lora.alpha"].contents() == 16


def test_a_file_that_is_there_stays(heard, settings: Settings, tmp_path: Path):
    adapter, *_ = heard
    (tmp_path / "adapter.gguf").write_text("mine")

    with pytest.raises(DataError, match="there already"):
        export_gguf(settings, str(adapter.folder), tmp_path / "adapter.gguf")

    assert (tmp_path / "adapter.gguf").read_text() == "mine"


def test_a_base_model_of_another_kind_is_refused(heard, tmp_path: Path):
    adapter, *_ = heard
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))

    with pytest.raises(WrongCall, match="gpt2"):
        write_gguf_adapter(adapter, tmp_path, tmp_path / "adapter.gguf")
