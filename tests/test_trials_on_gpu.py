"""Trials by graphs come to what a training comes to. There is no GPU here: the graphs' arithmetic runs eagerly."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from safetensors.torch import load_file

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.errors import AacError, NoRoomError, WrongCall
from aac.models.adapters import PROVENANCE, WEIGHTS, Adapter, read_json
from aac.models.generation import Row, Speaker
from aac.models.leaning import line_end_of
from aac.models.loading import load_base
from aac.models.registry import find_base_model
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.examples import IGNORED, collate
from aac.training.fit import FitOrder, fit
from aac.training.lora import adapted_model
from aac.training.prepare import examples_for, read_splits, template_for
from aac.training.unlikelihood import UnlikelihoodLoss
from aac.workflow import quality
from aac.workflow.quality_tasks import read_task
from benchmarks.graphs import plan
from benchmarks.graphs.plan import Inputs, Reader, cut, parts_of, width_for
from benchmarks.graphs.stepper import Stepper
from benchmarks.graphs.training import _Training, learning_rates
from benchmarks.trials_on_gpu import MergedSpeaker, Trial, main, run, trained
from tests.conftest import ROOT

STRONG = 1e6  # a model that learned nothing gives an earlier card little; at a usual weight nobody would see the term


@pytest.fixture(scope="module")
def config(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """Two epochs of three steps, short sets with sentences among them; the last step of each has fewer rows."""
    folder = tmp_path_factory.mktemp("data")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    short = [dataclasses.replace(one, cards=one.cards[: 2 + i % 3]) for i, one in enumerate(sets[:13])]
    write_card_sets(folder / "train.csv", short[:10])
    write_card_sets(folder / "validation.csv", short[10:])
    (folder / "plain.txt").write_text("Quero água.\nCadê o meu lápis?\n", encoding="utf-8")
    return TrainConfig(
        base_model=str(tiny_llama),
        data=str(folder),
        plain=str(folder),
        wrapper="plain",
        with_system=False,
        varied_counts=False,
        lora_dropout=0.0,
        epochs=2,
        batch_size=4,
    )


@pytest.fixture(autouse=True, scope="module")
def small_parts() -> Iterator[None]:
    """A step of four sets goes through the model in several parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "TOKENS_AT_ONCE", 128)
        yield


@pytest.fixture(scope="module")
def trial(config: TrainConfig, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """What a trial with the configuration came to."""
    return trained(Trial(config, tmp_path_factory.mktemp("trial")), settings)


def fitted(config: TrainConfig, settings: Settings, folder: Path) -> Path:
    """An adapter that `fit` made."""
    folder.mkdir()
    fit(FitOrder(config, read_splits(config), folder), load_base(find_base_model(config.base_model), settings))
    return folder


def difference(one: Path, other: Path) -> float:
    """The norm of how two adapters' weights differ, in shares of the norm of what was learned: all B began as zeros."""
    ones, others = load_file(one / WEIGHTS), load_file(other / WEIGHTS)
    assert ones.keys() == others.keys()
    apart = torch.cat([(ones[name].float() - others[name].float()).flatten() for name in ones])
    learned = torch.cat([ones[name].float().flatten() for name in ones if "lora_B" in name])
    return float(apart.norm() / learned.norm())


def assert_alike(by_graphs: Path, by_fit: Path, few: float = 1e-3) -> None:
    """Nearly the same weights and losses; all else that `fit` tells is told, and the same."""
    told, expected = read_json(by_graphs, PROVENANCE), read_json(by_fit, PROVENANCE)
    assert told["validation_losses"] == pytest.approx(expected.pop("validation_losses"), rel=few / 10)
    assert difference(by_graphs, by_fit) < few
    assert {name: told[name] for name in expected} == expected


def test_a_trial_learns_what_a_training_learns(trial: Adapter, config: TrainConfig, settings: Settings, tmp_path: Path):
    assert_alike(trial.folder, fitted(config, settings, tmp_path / "fit"))


@pytest.mark.parametrize(
    "changes",
    [
        {"unlikelihood": STRONG},
        {"accumulation": 2, "schedule": "linear", "weight_decay": 0.1, "keep_best": False},
        {"mixed_precision": "bf16"},
    ],
    ids=["unlikelihood", "accumulation", "bf16"],
)
def test_a_trial_learns_as_a_training_does_otherwise_too(
    config: TrainConfig, settings: Settings, tmp_path: Path, changes: dict[str, Any]
):
    config = dataclasses.replace(config, **changes)

    by_graphs = trained(Trial(config, tmp_path / "trial"), settings).folder

    few = 5e-2 if "mixed_precision" in changes else 1e-3
    assert_alike(by_graphs, fitted(config, settings, tmp_path / "fit"), few)


def test_the_loss_of_a_step_s_parts_is_that_of_its_batch(config: TrainConfig, settings: Settings):
    base = load_base(find_base_model(config.base_model), settings)
    template = template_for(config, base.entry)
    examples, _ = examples_for(config, read_splits(config), base.tokenizer, template)
    torch.manual_seed(0)
    model = adapted_model(config, base, 64)
    stepper = Stepper(model, config)
    strong = dataclasses.replace(config, unlikelihood=STRONG)
    reader = Reader(examples, strong, line_end_of(base.tokenizer), stepper.vocabulary)
    step = [0, 3, 5, 9, 10]
    reader.fit([step])

    parts = list(reader.parts(step))
    found = sum(stepper.loss(inputs).item() for _, inputs in parts)

    batch = collate([examples[i] for i in step], base.tokenizer.pad_token_id)
    labels = batch.pop("labels")
    loss, items = UnlikelihoodLoss(STRONG, line_end_of(base.tokenizer)), (labels[:, 1:] != IGNORED).sum()
    outputs = model(**batch)
    assert len(parts) > 1
    assert found == pytest.approx(loss(outputs, labels, items).item(), rel=1e-5)
    with torch.no_grad():
        assert found > 1.05 * loss(outputs, labels, items).item()


def test_a_batch_goes_through_in_even_parts_of_one_width_and_no_more_tokens_than_a_part_may_have():
    parts = parts_of([0, 1, 2, 3, 4, 5], [20, 60, 9, 64, 130, 5], batch_size=4)

    assert [(part.width, part.rows) for part in parts] == [(64, (0, 1)), (64, (2, 3)), (160, (4,)), (160, (5,))]


def test_longer_examples_than_the_widest_have_widths_of_their_own():
    assert [width_for(length) for length in (1, 64, 65, 512, 513, 2048)] == [64, 64, 96, 512, 1024, 2048]


def test_a_cut_takes_the_same_share_of_every_epoch_evenly_and_in_order():
    epochs = [[[i] for i in range(10)], [[i] for i in range(10, 30)]]

    assert cut(epochs, 0.5) == [[[0], [2], [4], [6], [8]], [[i] for i in range(10, 30, 2)]]


def test_of_every_epoch_a_step_is_left_and_more_than_all_is_all():
    epochs = [[[0], [1]], [[2]]]

    assert cut(epochs, 0.0) == [[[0]], [[2]]]
    assert cut(epochs, 2.0) == epochs


def test_a_trial_without_time_reads_a_step_of_each_epoch_and_says_so(
    config: TrainConfig, settings: Settings, tmp_path: Path
):
    adapter = trained(Trial(config, tmp_path / "trial", until_s=0.0), settings)

    told = read_json(adapter.folder, PROVENANCE)
    assert (told["steps"], told["cut_to_share"]) == (2, round(2 / 6, 4))
    assert told["epochs"] == round(2 / 3, 4)


def test_what_was_tried_for_its_pace_leaves_no_trace(
    trial: Adapter, config: TrainConfig, settings: Settings, tmp_path: Path
):
    in_time = trained(Trial(config, tmp_path, until_s=time.monotonic() + 1e6), settings)

    assert (in_time.folder / WEIGHTS).read_bytes() == (trial.folder / WEIGHTS).read_bytes()


def test_the_rates_are_those_of_the_schedule():
    config = TrainConfig(learning_rate=1.0, schedule="linear", warmup_share=0.5)

    assert learning_rates(config, 4) == [0.0, 0.5, 1.0, 0.5]
    assert learning_rates(dataclasses.replace(config, schedule="constant"), 2) == [1.0, 1.0]


def test_a_trial_ends_after_the_best_weights_by_the_configuration_s_patience_and_keeps_them(
    config: TrainConfig, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    steady = dataclasses.replace(config, schedule="constant", keep_best=False)
    two_epochs = trained(Trial(steady, tmp_path / "two"), settings)
    losses = iter([3.0, 2.0, 2.5, 1.0])
    monkeypatch.setattr(_Training, "validation_loss", lambda self: next(losses))

    patient = dataclasses.replace(steady, epochs=4, keep_best=True, early_stop_patience=1)
    adapter = trained(Trial(patient, tmp_path / "four"), settings)

    told = read_json(adapter.folder, PROVENANCE)
    assert (told["steps"], told["validation_losses"]) == (9, [3.0, 2.0, 2.5])
    assert (adapter.folder / WEIGHTS).read_bytes() == (two_epochs.folder / WEIGHTS).read_bytes()


def test_a_trial_s_adapter_has_a_picture_chooser_where_one_is_asked_for_and_answers_the_tasks(
    config: TrainConfig, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aac.evaluation.MAX_NEW_TOKENS", 4)
    monkeypatch.setattr("aac.training.pictures.keywords_of", dict)  # Unicode's take the most time
    write_card_sets(tmp_path / "validation.csv", read_card_sets(ROOT / "annotations/cards_v2/validation.csv")[:9])

    adapter = run(
        Trial(dataclasses.replace(config, pictures=config.data), tmp_path, ("tuning",), tmp_path, rows_at_once=3),
        settings,
    )

    assert (adapter.folder / "pictures.safetensors").is_file()
    task = read_task(tmp_path, "tuning")
    assert len(quality.read_answers(tmp_path, quality.WITH, task).texts) == len(task.requests) > 0
    head = json.loads(quality.answers_path(tmp_path, quality.WITH, "tuning").read_text().splitlines()[0])
    assert head["protocol"].endswith("|cpu")
    assert "batch:3|" in head["protocol"]


def test_merged_weights_say_what_the_adapter_says(trial: Adapter, config: TrainConfig, settings: Settings):
    rows = [Row(GenerationRequest("Querer", 2, max_new_tokens=12), trial, trial.template)]
    base = find_base_model(config.base_model)

    (beside,) = Speaker(load_base(base, settings)).generate(rows)
    (merged,) = MergedSpeaker(load_base(base, settings), trial).generate(rows)

    assert (merged.raw_text, merged.adapter) == (beside.raw_text, beside.adapter)


def test_a_machine_for_trials_needs_neither_database_nor_page():
    unknown = "{'sqlalchemy', 'alembic', 'dbos', 'gradio'}"
    code = f"import sys, benchmarks.trials_on_gpu, benchmarks.learning_curve; print({unknown} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


class Replayed:
    """Stands in for a CUDA graph: does again what it was made of."""

    def __init__(self, again: Callable[[], None]) -> None:
        self.replay = again


def captured(stepper: Stepper, samples: Mapping[int, Inputs]) -> None:
    """In the place of `Stepper.capture`: the tensors stay where they are, and what is done with them is done again."""
    held = {width: tuple(tensor.clone() for tensor in inputs) for width, inputs in samples.items()}
    stepper._graphs = {width: (Replayed(partial(stepper._learn, inputs)), inputs) for width, inputs in held.items()}
    stepper._update_graph = Replayed(stepper._update)
    for group in stepper._optimizer.param_groups:
        group["lr"] = stepper._rate


@pytest.fixture
def graphs_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stepper takes itself for one on a GPU once it is made."""
    make = Stepper.__init__

    def made(stepper: Stepper, *arguments: Any) -> None:
        make(stepper, *arguments)
        stepper.has_graphs = True

    monkeypatch.setattr(Stepper, "__init__", made)


@pytest.mark.usefixtures("graphs_without_a_gpu")
def test_what_is_done_again_on_the_same_tensors_learns_the_same(
    trial: Adapter, config: TrainConfig, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Stepper, "capture", captured)

    adapter = trained(Trial(config, tmp_path), settings)

    assert difference(adapter.folder, trial.folder) < 1e-3


@pytest.mark.usefixtures("graphs_without_a_gpu")
@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), NoRoomError, "--memory-share"),
        (RuntimeError("operation not permitted when stream is capturing"), WrongCall, "could not be captured"),
    ],
)
def test_where_no_graph_can_be_captured_nothing_is_trained(
    error: RuntimeError,
    kind: type[AacError],
    said: str,
    config: TrainConfig,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(Stepper, "_capture", Mock(side_effect=error))

    with pytest.raises(kind, match=said):
        trained(Trial(config, tmp_path), settings)

    assert not (tmp_path / "adapter").exists()


@pytest.mark.usefixtures("graphs_without_a_gpu")
def test_what_graphs_cannot_do_is_refused_on_a_gpu(config: TrainConfig, settings: Settings, tmp_path: Path):
    paged = dataclasses.replace(config, optimizer="paged_adamw_32bit")

    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.raises(WrongCall, match="asks for paged_adamw_32bit"),
    ):
        patch.setattr("benchmarks.graphs.training.for_this_machine", lambda config: (config, ()))
        trained(Trial(paged, tmp_path), settings)


def test_an_error_is_told_in_both_languages_and_in_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["trials_on_gpu", "none.json", "--out", str(tmp_path / "out")])

    assert main() == 2

    said = capsys.readouterr().err
    assert "Não há configuração" in said
    assert "There is no configuration" in said
    assert not (tmp_path / "out").exists()
