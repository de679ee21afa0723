"""The shipped adapter: the real model writes the answers that are scored, and its files tell how it came to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.evaluation import BATCH_SIZE, answer_requests
from aac.models.adapters import DEFAULT_FOLDER, PROVENANCE, SCORES, TRAINING, find_adapter, read_json
from aac.models.generation import Row
from aac.models.registry import EMBEDDED_ID
from aac.training.config import TrainConfig
from aac.training.prepare import Splits, read_splits
from aac.workflow import quality
from aac.workflow.generating import Speakers
from aac.workflow.quality_tasks import read_task
from tests.conftest import ROOT

TEST_SPLIT = ROOT / "annotations/cards_v1/test.csv"
DATA = ROOT / "annotations/cards_v2"
ANSWERS = ROOT / "docs/quality/answers"
# Greedy decoding is the same byte for byte on one machine; another processor's rounding may turn a near-tie.
ANOTHER_PROCESSOR = 1
_FIRST_WORDS = 24  # tokens


@pytest.fixture(scope="module")
def splits() -> Splits:
    """What the adapter's own configuration reads."""
    return read_splits(TrainConfig.load(str(DEFAULT_FOLDER / TRAINING)))


@pytest.mark.real_model
def test_the_adapter_writes_the_answers_that_are_scored(speakers: Speakers):
    """The first batch of the task; tests/test_quality_report.py scores all of them again, as they are kept."""
    task, speaker = read_task(DATA, "complete"), speakers.get(EMBEDDED_ID)
    kept = quality.read_answers(ANSWERS, quality.WITH, task).texts[:BATCH_SIZE]

    made = answer_requests(speaker, find_adapter("default", speaker.base.entry), task.requests[:BATCH_SIZE])

    assert sum(one.raw_text != text for one, text in zip(made, kept, strict=True)) <= ANOTHER_PROCESSOR


@pytest.mark.real_model
def test_the_base_model_begins_as_the_answers_that_are_scored(speakers: Speakers):
    task, speaker = read_task(DATA, "set"), speakers.get(EMBEDDED_ID)
    kept = quality.read_answers(ANSWERS, quality.WITHOUT, task).texts[0]
    asked = replace(task.requests[0], well_formed=False, max_new_tokens=_FIRST_WORDS)

    (made,) = speaker.generate([Row(asked, None, speaker.base.entry.template)])

    assert made.tokens == _FIRST_WORDS
    assert kept.startswith(made.raw_text)


def test_the_scores_are_of_the_data_that_ships():
    assert read_json(DEFAULT_FOLDER, SCORES)["data_sha256"] == sets_sha256(read_card_sets(TEST_SPLIT))


def test_the_adapter_was_trained_on_the_data_that_ships(splits: Splits):
    provenance = read_json(DEFAULT_FOLDER, PROVENANCE)

    assert provenance["train_sha256"] == sets_sha256(splits.train)
    assert provenance["validation_sha256"] == sets_sha256(splits.validation)


def test_the_adapter_s_configuration_is_the_one_that_makes_it_again():
    recipe = TrainConfig.load(str(ROOT / "docs/quality/adapter.json"))

    assert TrainConfig.load(str(DEFAULT_FOLDER / TRAINING)) == recipe


def test_no_test_prompt_was_trained_on(splits: Splits):
    learned = {one.prompt for one in (*splits.train, *splits.validation)}

    assert learned.isdisjoint(one.prompt for one in read_card_sets(TEST_SPLIT))
