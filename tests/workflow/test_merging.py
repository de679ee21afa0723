"""Base and adapter as one folder: it answers as the two did."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.errors import CorruptError, DataError, WrongCall
from aac.models.adapters import find_adapter
from aac.models.generation import encode_prompt
from aac.models.loading import load_base
from aac.models.merging import peft_model
from aac.models.registry import find_base_model
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.workflow.generating import GenerateOrder, Speakers, generate
from aac.workflow.merging import Merged, MergeOrder, merge
from aac.workflow.training import TrainOrder, train
from tests.conftest import ROOT

ASKED = GenerationRequest("Querer", 2)


@pytest.fixture(scope="module")
def adapter(tiny_llama: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Trained on 4 bits, with another template than the base model's own, and strongly enough to be heard."""
    folder = tmp_path_factory.mktemp("merging")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    write_card_sets(folder / "train.csv", sets[:4])
    write_card_sets(folder / "validation.csv", sets[4:5])
    config = TrainConfig(
        base_model=str(tiny_llama), data=str(folder), max_steps=3, learning_rate=0.05, precision="nf4", wrapper="tucano"
    )
    return str(train(settings, TrainOrder(config, folder / "adapter")).folder)


@pytest.fixture(scope="module")
def merged(adapter: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Merged:
    return merge(settings, MergeOrder(adapter, tmp_path_factory.mktemp("merged") / "model"))


def logits(model, base, template) -> torch.Tensor:
    ids = torch.tensor([encode_prompt(base.tokenizer, template, ASKED)])
    with torch.inference_mode():
        return model.eval()(input_ids=ids).logits


def test_the_logits_are_those_of_base_and_adapter(merged: Merged, adapter: str, tiny_llama: Path, settings: Settings):
    entry = find_base_model(str(tiny_llama))
    found = find_adapter(adapter, entry)
    assert found is not None
    base, bare = (load_base(entry, settings) for _ in range(2))
    one = load_base(find_base_model(str(merged.folder)), settings)

    two = logits(peft_model(base, found), base, found.template)

    torch.testing.assert_close(logits(one.model, one, one.entry.template), two, rtol=1e-4, atol=1e-5)
    assert (two - logits(bare.model, bare, found.template)).abs().max() > 1e-2  # the adapter does say something


def test_the_greedy_answer_is_that_of_base_and_adapter(
    merged: Merged, adapter: str, tiny_llama: Path, settings: Settings
):
    request = dataclasses.replace(ASKED, max_new_tokens=24)

    *_, (two,) = generate(Speakers(settings), GenerateOrder(request, (adapter,), str(tiny_llama)))
    *_, (one,) = generate(Speakers(settings), GenerateOrder(request, ("none",), str(merged.folder)))

    assert one.raw_text == two.raw_text != ""


def test_the_folder_is_asked_with_the_adapter_s_template(merged: Merged):
    assert find_base_model(str(merged.folder)).template.wrapper == "tucano"


def test_the_folder_has_what_others_need_and_says_what_it_is(merged: Merged):
    names = {path.name for path in merged.folder.iterdir()}
    about = json.loads((merged.folder / "merged.json").read_text())

    assert names >= {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "template.json"}
    assert (about["trained_on"], about["precision"]) == ("nf4", "fp32")


def test_an_adapter_of_4_bits_in_full_weights_is_told(merged: Merged):
    (note,) = merged.notes

    assert "trained on a base in nf4 and is merged into weights in fp32" in note.en


def test_a_folder_with_files_is_not_written_over(merged: Merged, adapter: str, settings: Settings):
    with pytest.raises(DataError, match="already holds files"):
        merge(settings, MergeOrder(adapter, merged.folder))


def test_4_bits_cannot_take_an_adapter_in(adapter: str, settings: Settings, tmp_path: Path):
    with pytest.raises(WrongCall, match="nf4"):
        merge(settings, MergeOrder(adapter, tmp_path / "model", precision="nf4"))


def test_what_cannot_be_merged_leaves_nothing(adapter: str, settings: Settings, tmp_path: Path):
    with pytest.raises(WrongCall):
        merge(settings, MergeOrder(adapter, tmp_path / "model", model="no-such-model"))

    assert list(tmp_path.iterdir()) == []


def test_an_adapter_of_another_shape_is_refused_in_few_words_with_its_own_base_model(
    adapter: str, tiny_llama: Path, settings: Settings, tmp_path: Path
):
    other = tmp_path / "other"
    config = LlamaConfig.from_pretrained(tiny_llama)
    config.hidden_size, config.intermediate_size = 32, 64
    LlamaForCausalLM(config).save_pretrained(other)
    AutoTokenizer.from_pretrained(tiny_llama).save_pretrained(other)

    with pytest.raises(CorruptError, match="Choose its own base model: ") as refused:
        merge(settings, MergeOrder(adapter, tmp_path / "model", model=str(other)))

    assert len(refused.value.en) < 500 + len(str(other)) + len(str(tiny_llama))
    assert "\n" not in refused.value.en
