"""Configurations: what the presets say, what is refused, what a machine cannot do."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from aac.errors import DataError
from aac.training.config import PRESETS, TrainConfig, module_names
from aac.training.order import schedule
from aac.training.substitutions import for_this_machine


def test_the_paper_preset_is_the_papers_recipe():
    recipe = {
        "base_model": "tinyllama-1.1b",
        "precision": "nf4",
        "lora_r": 8,
        "lora_alpha": 16,
        "lora_dropout": 0.07,
        "batch_size": 8,
        "accumulation": 16,
        "optimizer": "paged_adamw_32bit",
        "learning_rate": 1e-3,
        "schedule": "cosine",
        "mixed_precision": "fp16",
        "epochs": 3,
        "max_steps": 1200,
        "max_length": 2048,
        "wrapper": "tinyllama",
    }

    fields = dataclasses.asdict(PRESETS["paper"])

    assert {name: fields[name] for name in recipe} == recipe


def test_a_configuration_of_before_the_new_fields_still_loads(tmp_path: Path):
    path = tmp_path / "training.json"
    path.write_text('{"data": "annotations/cards_v1", "lora_r": 8, "keep_best": true, "seed": 0}', encoding="utf-8")

    config = TrainConfig.load(str(path))

    assert (config.optimizer, config.mixed_precision, config.early_stop_patience) == ("adamw_torch", "no", 0)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("optimizer", "sgd", "paged_adamw_32bit"),
        ("mixed_precision", "fp8", "fp16"),
        ("precision", "int8", "nf4"),
        ("schedule", "zigzag", "cosine"),
        ("wrapper", "alpaca", "tinyllama"),
        ("completions", 1.5, "≤ 1"),
        ("with_system", "", "bool"),
        ("focus", "two", "'2, 3'"),
        ("focus", 2, "'2, 3'"),
        ("focus_epochs", -1, "≥ 0"),
        ("lora_r", 0, "≥ 1"),
        ("lora_r", "8", "int"),
        ("batch_size", 2.5, "int"),
        ("batch_size", True, "int"),
        ("learning_rate", 0, "> 0"),
        ("epochs", 1e9, "0 < … ≤ 10000"),
        ("learning_rate", float("nan"), "float"),
        ("lora_dropout", 1.0, "< 1"),
        ("keep_best", "yes", "bool"),
        ("max_steps", -1, "≥ 0"),
        ("seed", 2**32, "0 ≤ … ≤ 4294967295"),
        ("seed", int("9" * 400), "0 ≤ … ≤ 4294967295"),
        ("lora_r", 2**70, "1 ≤ … ≤ 2147483647"),
        ("learning_rate", int("9" * 400), "float"),
        ("target_modules", "", "'all-linear'"),
        ("target_modules", "q_proj(", "'all-linear'"),
        ("target_modules", ["q_proj"], "'all-linear'"),
    ],
)
def test_a_value_that_no_training_can_use_is_refused_by_its_field(tmp_path: Path, field: str, value, expected: str):
    (tmp_path / "config.json").write_text(json.dumps({field: value}))

    with pytest.raises(DataError, match=f"field {field} is") as refused:
        TrainConfig.load(str(tmp_path / "config.json"))

    assert expected in refused.value.en


def test_a_file_of_brackets_within_brackets_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text("[" * 100_000)

    with pytest.raises(DataError, match="too many brackets"):
        TrainConfig.load(str(tmp_path / "config.json"))


@pytest.mark.parametrize(("value", "read"), [("all-linear", "all-linear"), ("q_proj, v_proj", ["q_proj", "v_proj"])])
def test_target_modules_are_all_or_a_list_of_names(value: str, read: str | list[str]):
    assert module_names(value) == read


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_written_to_a_file_loads_as_itself(tmp_path: Path, name: str):
    PRESETS[name].save(tmp_path / "config.json")

    assert TrainConfig.load(str(tmp_path / "config.json")) == PRESETS[name]


def test_a_cpu_s_substitutions_are_named():
    config, made = for_this_machine(PRESETS["paper"])

    assert (config.mixed_precision, config.optimizer, config.precision) == ("no", "adamw_torch", "nf4")
    assert [substitution.en.split()[0] for substitution in made] == ["mixed_precision", "paged_adamw_32bit"]


def test_what_a_cpu_can_do_is_left_as_it_is():
    assert for_this_machine(PRESETS["cpu"]) == (PRESETS["cpu"], ())


@pytest.mark.parametrize(
    ("epochs", "max_steps", "steps"), [(3, 1200, 9), (3, 4, 4), (1000, 1200, 1200), (3, 0, 9), (0.5, 0, 2)]
)
def test_epochs_or_steps_end_a_training_whichever_come_first(epochs: float, max_steps: int, steps: int):
    config = TrainConfig(epochs=epochs, max_steps=max_steps, batch_size=8, accumulation=16)

    assert schedule(config, examples=300).steps == steps  # 38 batches are 3 steps
