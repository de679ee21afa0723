"""What a training will take, said before it starts."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.errors import NoRoomError
from aac.models.free_memory import free_bytes
from aac.models.loading import load_base
from aac.models.registry import find_base_model
from aac.settings import Settings
from aac.training.config import PRESETS, TrainConfig
from aac.training.lora import adapted_model, layers_to_adapt, trained_parameters
from aac.training.memory import PeakMemory, Shape, activation_bytes, learned_numbers
from aac.training.prepare import examples_for, fitted_to_memory, read_splits
from aac.workflow.estimating import reckon
from aac.workflow.training import Estimate, TrainOrder, estimate, train
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def config(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    folder = tmp_path_factory.mktemp("estimating")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    write_card_sets(folder / "train.csv", sets[:6])
    write_card_sets(folder / "validation.csv", sets[6:8])
    return TrainConfig(base_model=str(tiny_llama), data=str(folder), epochs=2, batch_size=4)


@pytest.fixture(scope="module")
def found(config: TrainConfig, settings: Settings) -> Estimate:
    return estimate(settings, config)


def test_tokens_and_steps_are_those_that_the_training_then_reads(
    found: Estimate, config: TrainConfig, settings: Settings, tmp_path: Path
):
    told: list[dict] = []
    train(settings, TrainOrder(config, tmp_path / "adapter"), told.append)

    last = [line for line in told if "tokens" in line][-1]
    assert (found.tokens, found.steps) == (last["tokens"], last["steps"])


def test_a_training_that_fits_has_no_obstacle(found: Estimate):
    assert found.obstacles == ()
    assert found.duration_s and found.duration_s > 0
    assert found.peak_memory_bytes and 0 < found.peak_memory_bytes < found.free_memory_bytes


def test_the_disk_is_that_of_two_checkpoints_and_an_adapter(
    found: Estimate, config: TrainConfig, settings: Settings, tmp_path: Path
):
    run = tmp_path / "run"
    sizes: list[int] = []

    def measure(told: dict) -> None:
        if told["kind"] == "checkpoint":
            sizes.append(sum(path.stat().st_size for path in (run / "checkpoints").rglob("*") if path.is_file()))

    train(settings, TrainOrder(config, tmp_path / "adapter", run_folder=run), measure)

    adapter = sum(path.stat().st_size for path in (tmp_path / "adapter").iterdir())
    assert found.disk_bytes and 2 * max(sizes) + adapter <= found.disk_bytes < 5 * max(sizes) + adapter + 1_000_000


def test_a_batch_that_cannot_be_held_is_an_obstacle(config: TrainConfig, settings: Settings):
    entry = find_base_model(config.base_model)
    base = load_base(entry, settings)
    examples, _ = examples_for(config, read_splits(config), base.tokenizer, entry.template)
    base.model.config.vocab_size = 10**9

    with pytest.raises(NoRoomError, match="Lower batch_size"):
        fitted_to_memory(config, base, examples)


def test_checkpointing_is_turned_on_where_a_batch_fits_only_with_it(config: TrainConfig, settings: Settings):
    entry = find_base_model(config.base_model)
    base = load_base(entry, settings)
    examples, _ = examples_for(config, read_splits(config), base.tokenizer, entry.template)
    base.model.config.num_hidden_layers = 20_000
    shape, batch = Shape.of(base.model.config), (4, max(examples.lengths))
    assert activation_bytes(shape, batch, True) < free_bytes() < activation_bytes(shape, batch, False)

    fitted, made = fitted_to_memory(config, base, examples)

    assert fitted.gradient_checkpointing
    assert "gradient_checkpointing turned on" in made[-1].en


def test_an_adapter_that_cannot_be_held_is_an_obstacle_before_anything_is_loaded(
    config: TrainConfig, settings: Settings
):
    found = reckon(settings, dataclasses.replace(config, lora_r=2**31 - 1))

    assert "Lower lora_r" in found.obstacles[0][1]


def test_what_is_reckoned_of_the_adapter_is_what_is_then_trained(config: TrainConfig, settings: Settings):
    base = load_base(find_base_model(config.base_model), settings)
    reckoned = learned_numbers(layers_to_adapt(config, base.model), config.lora_r)

    assert reckoned == trained_parameters(adapted_model(config, base, 100))


def test_a_base_model_that_memory_cannot_hold_is_said_before_it_is_downloaded(tmp_path: Path, monkeypatch):
    entry = dataclasses.replace(find_base_model("tinyllama-1.1b"), parameters=10**13)
    monkeypatch.setattr("aac.models.registry._ENTRIES", (entry,))
    offline = Settings(tmp_path, hub_endpoint="http://127.0.0.1:9")

    found = estimate(offline, PRESETS["paper"])

    assert "GB of memory" in found.obstacles[0][1]
    assert found.tokens is None
    assert len(found.substitutions) == 2


def test_the_peak_of_memory_is_seen_though_it_is_given_back():
    with PeakMemory() as peak:
        taken = bytearray(300_000_000)
        taken[::4096] = b"x" * len(taken[::4096])
        del taken

    assert peak.bytes > 300_000_000


def test_the_disk_asked_about_is_that_of_a_folder_not_yet_made(config: TrainConfig, settings: Settings, tmp_path: Path):
    found = estimate(Settings(tmp_path / "not/yet"), config)

    assert 0 < found.free_disk_bytes <= shutil.disk_usage(tmp_path).total
