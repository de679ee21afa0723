"""The shipped adapter's scores, printed again by the real model."""

from __future__ import annotations

import pytest

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.evaluation import evaluate as evaluate_adapter
from aac.models.adapters import DEFAULT_FOLDER, PROVENANCE, SCORES, TRAINING, find_adapter, read_json
from aac.models.registry import EMBEDDED_ID
from aac.records import Evaluation
from aac.training.config import TrainConfig
from aac.training.prepare import read_splits
from aac.workflow.generating import Speakers
from aac.workflow.training import EvaluateOrder, evaluate
from tests.conftest import ROOT

pytestmark = pytest.mark.real_model

TEST_SPLIT = ROOT / "annotations/cards_v1/test.csv"
# Greedy decoding is the same byte for byte on one machine; another processor's rounding may turn a near-tie.
ANOTHER_PROCESSOR = 0.5


@pytest.fixture(scope="module")
def with_lora(speakers: Speakers) -> Evaluation:
    return evaluate(speakers, EvaluateOrder(TEST_SPLIT, "default"))[0]


@pytest.mark.parametrize("name", ["bleu", "ter", "chrf"])
def test_the_scores_with_lora_are_those_beside_the_adapter(with_lora: Evaluation, name: str):
    written = read_json(DEFAULT_FOLDER, SCORES)["with_lora"][name]

    found = getattr(with_lora, name)

    assert found.score == pytest.approx(written["score"], abs=ANOTHER_PROCESSOR)
    assert found.signature == written["signature"]


def test_lora_beats_the_base_model(speakers: Speakers):
    """On two prompts, as the base model writes to the end of each answer; the command in scores.json asks it all."""
    sets, speaker = read_card_sets(TEST_SPLIT)[:2], speakers.get(EMBEDDED_ID)

    without, with_lora = (
        evaluate_adapter(speaker, find_adapter(name, speaker.base.entry), sets)[0] for name in ("none", "default")
    )

    assert with_lora.bleu.score > without.bleu.score
    assert with_lora.ter.score < without.ter.score


def test_every_prompt_of_the_split_is_scored(with_lora: Evaluation):
    assert with_lora.prompts == len(read_card_sets(TEST_SPLIT))


def test_the_scores_are_of_the_data_that_ships():
    assert read_json(DEFAULT_FOLDER, SCORES)["data_sha256"] == sets_sha256(read_card_sets(TEST_SPLIT))


def test_the_adapter_was_trained_on_the_data_that_ships():
    provenance = read_json(DEFAULT_FOLDER, PROVENANCE)

    splits = read_splits(TrainConfig.load(str(DEFAULT_FOLDER / TRAINING)))

    assert provenance["train_sha256"] == sets_sha256(splits.train)
    assert provenance["validation_sha256"] == sets_sha256(splits.validation)


def test_the_adapter_s_configuration_is_the_one_that_makes_it_again():
    recipe = TrainConfig.load(str(ROOT / "docs/quality/adapter.json"))

    assert TrainConfig.load(str(DEFAULT_FOLDER / TRAINING)) == recipe


def test_no_test_prompt_was_trained_on():
    splits = read_splits(TrainConfig.load(str(DEFAULT_FOLDER / TRAINING)))
    learned = {one.prompt for one in (*splits.train, *splits.validation)}

    assert learned.isdisjoint(one.prompt for one in read_card_sets(TEST_SPLIT))
