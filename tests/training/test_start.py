"""A training that goes on from an adapter."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from aac.cards import Card
from aac.datasets.card_files import write_card_sets
from aac.errors import DataError, WrongCall
from aac.models.adapters import PEFT_CONFIG, PICTURES, PROVENANCE, TEMPLATE, WEIGHTS, read_adapter, weights_sha256
from aac.models.pictures import PictureChooser, Said
from aac.models.registry import find_base_model
from aac.models.speech import SpeechChooser
from aac.prompts import PromptTemplate
from aac.records import CardSet
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.prepare import read_splits, run_id
from aac.workflow.training import TrainOrder, train
from tests.tiny import make_tiny_adapter

STILL = 1e-12  # a learning rate that half precision does not see


@pytest.fixture
def start(tiny_llama: Path, tmp_path: Path) -> Path:
    folder = make_tiny_adapter(tmp_path / "start", tiny_llama)
    PromptTemplate("plain", "", "{prompt}: {cards}").save(folder / TEMPLATE)
    halves = {name: tensor.half() for name, tensor in load_file(folder / WEIGHTS).items()}
    save_file(halves, folder / WEIGHTS)
    return folder


@pytest.fixture
def config(tiny_config: TrainConfig, start: Path) -> TrainConfig:
    return dataclasses.replace(tiny_config, start_from=str(start), max_steps=3, lora_dropout=0.0)


def test_it_begins_with_the_adapter_s_weights_and_keeps_its_rank_layers_and_template(
    config: TrainConfig, start: Path, settings: Settings, tmp_path: Path
):
    still = dataclasses.replace(config, learning_rate=STILL, lora_r=16)

    adapter = train(settings, TrainOrder(still, tmp_path / "out"))

    before, after = load_file(start / WEIGHTS), load_file(adapter.folder / WEIGHTS)
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    assert before.keys() == after.keys()
    assert json.loads((adapter.folder / PEFT_CONFIG).read_text())["r"] == 2
    assert adapter.template == read_adapter(start, "start").template


def test_it_learns(config: TrainConfig, start: Path, settings: Settings, tmp_path: Path):
    adapter = train(settings, TrainOrder(config, tmp_path / "out"))

    before, after = load_file(start / WEIGHTS), load_file(adapter.folder / WEIGHTS)
    assert any(not torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_the_provenance_names_the_weights_that_it_began_with(
    config: TrainConfig, start: Path, settings: Settings, tmp_path: Path
):
    adapter = train(settings, TrainOrder(config, tmp_path / "out"))

    assert json.loads((adapter.folder / PROVENANCE).read_text())["start_sha256"] == weights_sha256(start)


def test_other_weights_to_begin_with_make_another_run(config: TrainConfig, start: Path):
    entry, splits = find_base_model(config.base_model), read_splits(config)
    before = run_id(config, entry, splits)

    save_file({name: tensor + 1 for name, tensor in load_file(start / WEIGHTS).items()}, start / WEIGHTS)

    assert run_id(config, entry, splits) != before


def test_its_picture_chooser_goes_along(config: TrainConfig, start: Path, settings: Settings, tmp_path: Path):
    (start / PICTURES).write_bytes(b"chooser")

    adapter = train(settings, TrainOrder(config, tmp_path / "out"))

    assert (adapter.folder / PICTURES).read_bytes() == b"chooser"


def test_weights_that_are_not_what_their_configuration_says_are_refused(
    config: TrainConfig, start: Path, settings: Settings, tmp_path: Path
):
    weights = load_file(start / WEIGHTS)
    weights.popitem()
    save_file(weights, start / WEIGHTS)

    with pytest.raises(DataError, match="cannot be trained further"):
        train(settings, TrainOrder(config, tmp_path / "out"))

    assert not (tmp_path / "out").exists()


def test_an_adapter_that_is_not_there_is_said_before_the_training(
    config: TrainConfig, start: Path, settings: Settings, tmp_path: Path
):
    shutil.rmtree(start)

    with pytest.raises(WrongCall, match="There is no adapter"):
        train(settings, TrainOrder(config, tmp_path / "out"))


def test_a_speech_chooser_is_trained_where_folders_are_named_for_it_and_learns_on_from_there(
    tiny_config: TrainConfig, data: Path, settings: Settings, tmp_path: Path
):
    said = [("Suco", "Eu aceito suco."), ("Chá", "Eu aceito chá."), ("Café", "Eu aceito café.")]
    corrected = tmp_path / "corrected"
    shutil.copytree(data, corrected)
    cards = tuple(Card(tile, speech, image) for (tile, speech), image in zip(said, "🧃🍵☕", strict=True))
    write_card_sets(corrected / "train.csv", [CardSet(f"Aceitar {n}", cards) for n in range(6)])
    first = dataclasses.replace(tiny_config, max_steps=1, speech=str(data))
    start = train(settings, TrainOrder(first, tmp_path / "first"))
    further = dataclasses.replace(tiny_config, max_steps=1, start_from=str(start.folder), data=str(corrected))

    adapter = train(settings, TrainOrder(further, tmp_path / "further"))

    before, after = (SpeechChooser.load(one.folder) for one in (start, adapter))
    assert before is not None
    assert after is not None
    assert "Eu aceito leite." not in before.likeliest("Leite", 5)
    assert "Eu aceito leite." in after.likeliest("Leite", 1)


def test_a_picture_chooser_is_trained_on_the_folders_that_are_named_for_it(
    tiny_config: TrainConfig, data: Path, settings: Settings, tmp_path: Path
):
    further = tmp_path / "further"
    further.mkdir()
    write_card_sets(further / "train.csv", [CardSet("Trem", (Card("Apita", "O trem apita.", "🛤️"),))])
    config = dataclasses.replace(tiny_config, max_steps=1, pictures=f"{data}, {further}")

    adapter = train(settings, TrainOrder(config, tmp_path / "out"))

    chooser = PictureChooser.load(adapter.folder)
    assert chooser is not None
    assert chooser.choices[int(chooser([Said("Apita", "O trem apita.")]).argmax())] == "🛤️"
