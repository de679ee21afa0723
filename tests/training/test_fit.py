"""A fine-tune from configuration to adapter, on the real model for two steps and on a tiny one for more."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoTokenizer

from aac.datasets.card_files import read_card_sets
from aac.errors import DataError, MissingError, WrongCall
from aac.models.adapters import find_adapter, read_adapter, weights_sha256
from aac.models.embedded import ensure_converted
from aac.models.loading import load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.prompts import PromptTemplate
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.training.config import PRESETS, TrainConfig
from aac.training.examples import IGNORED, CardSetExamples, collate, make_example
from aac.training.fit import FitOrder, fit
from aac.training.lora import adapted_model
from aac.training.prepare import Splits, examples_for, read_splits, template_for, with_completions
from aac.workflow.generating import GenerateOrder, Speakers, adapters_for, generate
from aac.workflow.training import TrainOrder, read_scores, train


@pytest.fixture(scope="module")
def tokenizer(settings: Settings):
    return AutoTokenizer.from_pretrained(ensure_converted(settings.models_dir))


@pytest.fixture(scope="module")
def tiny_adapter(tiny_config: TrainConfig, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("adapters") / "tiny"
    train(settings, TrainOrder(tiny_config, out))
    return out


def test_loss_is_on_the_answer_only(tokenizer, data: Path):
    (card_set, *_) = read_card_sets(data / "train.csv")

    example = make_example(tokenizer, PromptTemplate(), card_set, len(card_set.cards))

    learned = [label for label in example.labels if label != IGNORED]
    assert tokenizer.decode(learned) == card_set.text + tokenizer.eos_token
    assert example.input_ids[-len(learned) :] == learned


def test_the_prompt_is_the_one_that_generation_gives(tokenizer, data: Path):
    (card_set, *_) = read_card_sets(data / "train.csv")
    asked = GenerationRequest(card_set.prompt, 3)

    example = make_example(tokenizer, PromptTemplate(), card_set, 3)

    prompt = [i for i, label in zip(example.input_ids, example.labels, strict=True) if label == IGNORED]
    rendered = PromptTemplate().render(
        asked, lambda m: tokenizer.apply_chat_template(m, tokenize=False, add_generation_prompt=True)
    )
    assert tokenizer.decode(prompt) == rendered


def test_a_share_of_the_sets_is_asked_again_with_their_tiles_given(data: Path):
    sets = read_card_sets(data / "train.csv")

    assert [s.given for s in with_completions(sets, 0.0, 0)] == [False] * len(sets)
    assert [s.given for s in with_completions(sets, 1.0, 0)] == [False] * len(sets) + [True] * len(sets)
    assert with_completions(sets, 0.5, 1) == with_completions(sets, 0.5, 1)
    assert len(sets) < len(with_completions(sets, 0.5, 1)) < 2 * len(sets)


def test_validation_is_on_the_reference_sets_in_focus_alone(tokenizer, tiny_config: TrainConfig):
    config = dataclasses.replace(tiny_config, focus="1", focus_epochs=1)
    splits = read_splits(config)
    other = [dataclasses.replace(one, reference=2) for one in splits.validation]

    _, held_out = examples_for(config, Splits(splits.train, [*splits.validation, *other]), tokenizer, PromptTemplate())

    assert len(held_out) == sum(one.reference == 1 for one in splits.validation)


def test_a_focus_that_the_data_has_not_is_refused(tokenizer, tiny_config: TrainConfig):
    config = dataclasses.replace(tiny_config, focus="9", focus_epochs=1)

    with pytest.raises(DataError, match="has the number 9"):
        examples_for(config, read_splits(config), tokenizer, PromptTemplate())


def test_a_template_without_its_system_text_asks_in_the_request_alone(settings: Settings):
    entry = find_base_model(EMBEDDED_ID)

    assert template_for(TrainConfig(wrapper="plain", with_system=False), entry) == PromptTemplate("plain", "")


def test_padding_is_neither_read_nor_learned():
    batch = collate([{"input_ids": [5, 6, 7], "labels": [IGNORED, 6, 7]}, {"input_ids": [8], "labels": [8]}], 2)

    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 2, 2]]
    assert batch["labels"].tolist() == [[IGNORED, 6, 7], [8, IGNORED, IGNORED]]
    assert batch["logits_to_keep"] == 3
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]


def test_the_loss_is_that_of_all_logits_though_none_are_computed_over_the_prompts(
    tiny_config: TrainConfig, settings: Settings
):
    model = load_base(find_base_model(tiny_config.base_model), settings).model
    rows = [
        {"input_ids": [5, 6, 7, 8, 9], "labels": [IGNORED, IGNORED, IGNORED, 8, 9]},
        {"input_ids": [8, 4, 3], "labels": [IGNORED, IGNORED, 3]},
    ]
    batch = collate(rows, 2)
    every = {**batch, "labels": torch.tensor([[IGNORED] * 3 + [8, 9], [IGNORED, IGNORED, 3, IGNORED, IGNORED]])}
    every["logits_to_keep"] = 0

    with torch.inference_mode():
        short, whole = model(**batch), model(**every)

    assert short.logits.shape[1] == 4 < whole.logits.shape[1]
    torch.testing.assert_close(short.loss, whole.loss)


def test_sets_too_long_are_left_out_and_counted(tokenizer, data: Path):
    examples = CardSetExamples(read_card_sets(data / "train.csv"), tokenizer, PromptTemplate(), max_length=60)

    assert len(examples) + examples.left_out == 12
    assert examples.left_out > 0


def test_an_adapter_is_whole_and_in_half_precision(tiny_adapter: Path):
    adapter = read_adapter(tiny_adapter, "tiny")

    with safe_open(adapter.folder / "adapter_model.safetensors", framework="pt") as weights:
        kinds = {str(weights.get_tensor(key).dtype) for key in weights.keys()}  # noqa: SIM118 - no dict
    assert kinds == {"torch.float16"}


def test_an_adapter_says_what_made_it(tiny_adapter: Path, tiny_config: TrainConfig):
    assert TrainConfig.load(str(tiny_adapter / "training.json")) == tiny_config
    provenance = json.loads((tiny_adapter / "provenance.json").read_text())
    assert provenance["train_prompts"] == 12
    assert provenance["steps"] == 6
    assert len(provenance["train_sha256"]) == 64


def test_no_path_of_the_machine_goes_into_peft_s_own_configuration(tiny_adapter: Path, settings: Settings):
    assert str(settings.data_dir) not in (tiny_adapter / "adapter_config.json").read_text()


def test_the_same_seed_and_data_give_the_same_adapter(
    tiny_adapter: Path, tiny_config: TrainConfig, settings: Settings, tmp_path: Path
):
    train(settings, TrainOrder(tiny_config, tmp_path / "again"))

    weights = "adapter_model.safetensors"
    assert (tmp_path / "again" / weights).read_bytes() == (tiny_adapter / weights).read_bytes()


def test_a_trained_adapter_is_the_one_that_speaks(tiny_adapter: Path, tiny_config: TrainConfig, settings: Settings):
    adapter = find_adapter(str(tiny_adapter), find_base_model(tiny_config.base_model))
    assert adapter is not None
    order = GenerateOrder(
        GenerationRequest("Querer", 2), adapters=("none", str(tiny_adapter)), model=tiny_config.base_model
    )

    *_, (without_lora, with_lora) = generate(Speakers(settings), order)

    assert with_lora.adapter == str(tiny_adapter)
    assert without_lora.adapter is None


def test_an_adapter_is_refused_on_another_base_model(tiny_adapter: Path):
    with pytest.raises(WrongCall, match="was trained on"):
        find_adapter(str(tiny_adapter), find_base_model("smollm2-135m"))


def test_a_folder_with_files_is_not_written_over(tiny_adapter: Path, tiny_config: TrainConfig, settings: Settings):
    with pytest.raises(DataError, match="already holds files"):
        train(settings, TrainOrder(tiny_config, tiny_adapter))


def test_a_missing_test_file_is_found_before_the_training(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    steps: list[dict[str, float]] = []

    with pytest.raises(MissingError, match=r"none\.csv"):
        train(settings, TrainOrder(tiny_config, tmp_path / "new", tmp_path / "none.csv"), steps.append)

    assert steps == []


def test_scores_are_kept_beside_the_adapter(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    test = Path(tiny_config.data) / "validation.csv"

    adapter = train(settings, TrainOrder(tiny_config, tmp_path / "scored", test))

    scores = read_scores(adapter)
    assert set(scores) == {"without_lora", "with_lora"}
    assert scores["with_lora"]["prompts"] == 4


def test_an_adapter_in_the_data_folder_is_on_offer(tiny_adapter: Path, tiny_config: TrainConfig, tmp_path: Path):
    shutil.copytree(tiny_adapter, tmp_path / "adapters" / "mine")

    assert adapters_for(Settings(tmp_path), tiny_config.base_model) == ["mine"]
    assert adapters_for(Settings(tmp_path), "smollm2-135m") == ["default"]


def test_a_loss_that_is_no_number_stops_the_run(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    broken = dataclasses.replace(tiny_config, learning_rate=1e30, epochs=8, warmup_share=0.0)

    with pytest.raises(DataError, match="stopped being a number"):
        train(settings, TrainOrder(broken, tmp_path / "broken"))

    assert not (tmp_path / "broken").exists()


def test_the_smoke_preset_trains_the_real_model(settings: Settings, data: Path, tmp_path: Path):
    losses: list[float] = []
    config = dataclasses.replace(PRESETS["smoke"], data=str(data))

    adapter = train(settings, TrainOrder(config, tmp_path / "smoke"), lambda n: losses.append(n.get("loss", 0.0)))

    assert adapter.base_model == "smollm2-135m"
    assert 0 < max(losses) < 20


def test_an_unknown_field_of_a_configuration_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text('{"lora_rank": 8}')

    with pytest.raises(DataError, match="lora_r"):
        TrainConfig.load(str(tmp_path / "config.json"))


def test_one_step_of_the_papers_recipe_runs_and_says_what_a_cpu_does_otherwise(
    tiny_llama: Path, data: Path, settings: Settings, tmp_path: Path
):
    config = dataclasses.replace(PRESETS["paper"], base_model=str(tiny_llama), data=str(data), max_steps=1)
    told: list[dict] = []

    adapter = train(settings, TrainOrder(config, tmp_path / "paper"), told.append)

    provenance = json.loads((adapter.folder / "provenance.json").read_text())
    assert TrainConfig.load(str(adapter.folder / "training.json")) == config
    assert adapter.template.wrapper == "tinyllama"
    assert [made["en"].split()[0] for made in told[0]["substitutions"]] == ["mixed_precision", "paged_adamw_32bit"]
    assert provenance["substitutions"] == told[0]["substitutions"]
    assert provenance["steps"] == 1


def test_an_evaluation_in_between_does_not_change_what_qlora_learns(
    tiny_config: TrainConfig, settings: Settings, tmp_path: Path
):
    each = dataclasses.replace(tiny_config, precision="nf4", keep_best=False, lora_dropout=0.0, epochs=2)
    entry, splits = find_base_model(each.base_model), read_splits(each)

    for name, validation in (("seen", splits.validation), ("unseen", ())):
        (tmp_path / name).mkdir()
        order = FitOrder(each, Splits(splits.train, validation), tmp_path / name)
        fit(order, load_base(entry, settings, each.precision))

    weights = "adapter_model.safetensors"
    assert (tmp_path / "seen" / weights).read_bytes() == (tmp_path / "unseen" / weights).read_bytes()


def test_gradient_checkpointing_learns_the_same(
    tiny_config: TrainConfig, tiny_adapter: Path, settings: Settings, tmp_path: Path
):
    config = dataclasses.replace(tiny_config, gradient_checkpointing=True)

    train(settings, TrainOrder(config, tmp_path / "checkpointed"))

    weights = "adapter_model.safetensors"
    assert (tmp_path / "checkpointed" / weights).read_bytes() == (tiny_adapter / weights).read_bytes()


def test_a_training_in_bf16_learns_almost_the_same(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    losses, weights = [], []
    for precision in ("no", "bf16"):
        config = dataclasses.replace(tiny_config, mixed_precision=precision)
        adapter = train(settings, TrainOrder(config, tmp_path / precision))
        weights.append(weights_sha256(adapter.folder))
        losses.append(json.loads((adapter.folder / "provenance.json").read_text())["validation_losses"][-1])

    assert weights[0] != weights[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.02)


@pytest.mark.parametrize("target_modules", ["nonsense", "q_proj self_attn"])
def test_target_modules_that_the_model_has_not_are_refused_with_those_that_it_has(
    tiny_config: TrainConfig, settings: Settings, target_modules: str
):
    base = load_base(find_base_model(tiny_config.base_model), settings)

    with pytest.raises(DataError, match=r"field target_modules is .* names of these: down_proj, .*, q_proj"):
        adapted_model(dataclasses.replace(tiny_config, target_modules=target_modules), base, 100)


def test_names_of_target_modules_adapt_those_layers(tiny_config: TrainConfig, settings: Settings):
    base = load_base(find_base_model(tiny_config.base_model), settings)

    model = adapted_model(dataclasses.replace(tiny_config, target_modules="q_proj, v_proj"), base, 100)

    adapted = {name.split(".lora_")[0].rpartition(".")[2] for name, _ in model.named_parameters() if ".lora_" in name}
    assert adapted == {"q_proj", "v_proj"}
