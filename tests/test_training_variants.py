"""What the variants of a training change is what they say, and nothing else."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.errors import DataError
from aac.models.loading import LoadedBase, load_base
from aac.models.registry import find_base_model
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.examples import CardSetExamples, collate
from aac.training.prepare import examples_for, read_splits, template_for
from benchmarks.training_variants import (
    ALONE,
    PACKED,
    PLAIN,
    ROWS,
    STAGED,
    beyond_ascii,
    main,
    ordered,
    packed,
    padding,
    trained,
)
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def config(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    folder = tmp_path_factory.mktemp("data")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    write_card_sets(folder / "train.csv", sets[:8])
    write_card_sets(folder / "validation.csv", sets[8:11])
    return TrainConfig(base_model=str(tiny_llama), data=str(folder), lora_dropout=0.0, max_steps=3, batch_size=3)


@pytest.fixture(scope="module")
def base(config: TrainConfig, settings: Settings) -> LoadedBase:
    return load_base(find_base_model(config.base_model), settings)


@pytest.fixture(scope="module")
def examples(config: TrainConfig, base: LoadedBase) -> CardSetExamples:
    return examples_for(config, read_splits(config), base.tokenizer, template_for(config, base.entry))[0]


def test_in_a_packed_batch_no_example_sees_another(base: LoadedBase, examples: CardSetExamples):
    batch = [examples[i] for i in range(3)]

    with torch.inference_mode():
        together = base.model(**packed(batch)).logits[0]
        alone = [base.model(**packed([one])).logits[0] for one in batch]

    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-3, atol=1e-4)


def test_a_packed_batch_has_the_loss_of_the_padded_one(base: LoadedBase, examples: CardSetExamples):
    batch = [examples[i] for i in range(3)]

    with torch.inference_mode():
        losses = [
            base.model(**made).loss.item() for made in (packed(batch), collate(batch, base.tokenizer.pad_token_id))
        ]

    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_ordered_sets_have_one_order_and_the_same_cards(config: TrainConfig):
    splits = read_splits(config)

    made = ordered(splits)

    assert [set(one.cards) for one in made.train] == [set(one.cards) for one in splits.train]
    for one in (*made.train, *made.validation):
        assert [card.key for card in one.cards] == sorted(card.key for card in one.cards)


def test_padding_is_the_share_of_what_is_read_for_nothing(config: TrainConfig, examples: CardSetExamples):
    in_one = replace(config, batch_size=8, max_steps=1)
    lengths = examples.lengths

    assert padding(in_one, examples) == pytest.approx(1 - sum(lengths) / (8 * max(lengths)), abs=1e-4)


def test_tokens_beyond_ascii_write_pictures_and_accents_and_nothing_plain(base: LoadedBase):
    found = set(beyond_ascii(base.tokenizer))

    assert set(base.tokenizer("💧", add_special_tokens=False)["input_ids"]) <= found
    assert not set(base.tokenizer("Quero isso.", add_special_tokens=False)["input_ids"]) & found


def test_every_variant_says_what_it_came_to(
    config: TrainConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    data_dir: Path,
):
    (tmp_path / "frases.txt").write_text("Quero dormir.\nEstou com sede.\n", encoding="utf-8")
    replace(config, plain=str(tmp_path)).save(tmp_path / "config.json")
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path / "config.json")])
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(data_dir))

    assert main() == 0

    told = {line["variant"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert told[PACKED]["validation_loss"] == pytest.approx(told[PLAIN]["validation_loss"], rel=1e-3)
    assert told[ROWS]["validation_loss"] != told[PLAIN]["validation_loss"]
    assert told[ROWS]["learned"] > told[PLAIN]["learned"]
    assert len({told[variant]["validation_loss"] for variant in (PLAIN, ALONE, STAGED)}) == 3


def test_a_stage_of_sentences_asks_for_sentences(config: TrainConfig, settings: Settings):
    with pytest.raises(DataError, match="plain"):
        trained(config, STAGED, settings)
