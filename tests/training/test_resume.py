"""A run that is stopped, killed or short of room, and what is left of it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aac.errors import DataError, NoRoomError, Stopped
from aac.settings import Settings
from aac.training import prepare
from aac.training.config import TrainConfig
from aac.training.progress import read_lines
from aac.workflow.training import TrainOrder, train
from tests.conftest import ROOT

WEIGHTS = "adapter_model.safetensors"


def stop_after(steps: int) -> Callable[[], bool]:
    """Asked once before the first step and once after each: true at the end of the step of that number."""
    asked = iter([False] * steps)
    return lambda: next(asked, True)


def never() -> bool:
    return False


def stop_in(settings: Settings, order: TrainOrder, steps: int) -> None:
    with pytest.raises(Stopped):
        train(settings, order, stop=stop_after(steps))


@pytest.fixture(scope="module")
def config(tiny_config: TrainConfig) -> TrainConfig:
    """As the default, with dropout, fewer cards, the best weights kept, and steps of two batches."""
    return dataclasses.replace(tiny_config, batch_size=2, accumulation=2, log_every_steps=1)


@pytest.fixture(scope="module")
def unbroken(config: TrainConfig, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("unbroken") / "adapter"
    train(settings, TrainOrder(config, out))
    return (out / WEIGHTS).read_bytes()


def test_stopped_in_mid_epoch_and_at_its_end_a_run_gives_the_unbroken_one_s_bytes(
    config: TrainConfig, unbroken: bytes, settings: Settings, tmp_path: Path
):
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    stop_in(settings, order, 2)  # in the first epoch
    stop_in(settings, order, 1)  # at its end

    train(settings, order)

    assert (order.out / WEIGHTS).read_bytes() == unbroken


def test_a_run_of_qlora_resumes_to_the_same_bytes(tiny_config: TrainConfig, settings: Settings, tmp_path: Path):
    config = dataclasses.replace(tiny_config, precision="nf4", max_steps=4)
    train(settings, TrainOrder(config, tmp_path / "unbroken"))
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    stop_in(settings, order, 3)

    train(settings, order)

    assert (order.out / WEIGHTS).read_bytes() == (tmp_path / "unbroken" / WEIGHTS).read_bytes()


def test_an_incomplete_checkpoint_is_not_resumed_from(
    config: TrainConfig, unbroken: bytes, settings: Settings, tmp_path: Path
):
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    stop_in(settings, order, 2)
    (whole,) = (tmp_path / "run/checkpoints").iterdir()
    torn = whole.with_name("checkpoint-5")
    torn.mkdir()
    (torn / WEIGHTS).write_bytes(b"half")

    train(settings, order)

    assert (order.out / WEIGHTS).read_bytes() == unbroken


def test_one_checkpoint_is_kept_and_none_after_the_adapter(config: TrainConfig, settings: Settings, tmp_path: Path):
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    stop_in(settings, order, 5)

    assert [path.name for path in (tmp_path / "run/checkpoints").iterdir()] == ["checkpoint-5"]
    train(settings, order)
    assert not (tmp_path / "run/checkpoints").exists()


def test_progress_goes_on_over_a_resume(config: TrainConfig, settings: Settings, tmp_path: Path):
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    stop_in(settings, order, 3)

    train(settings, order)

    lines = read_lines(tmp_path / "run/progress.jsonl")
    steps = [told["step"] for told in lines if told["kind"] == "train"]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert [told["step"] for told in lines if told["kind"] == "start"] == [0, 3]
    assert [told["step"] for told in lines if told["kind"] == "validation"] == [3, 6]
    assert lines[-1]["kind"] == "end"
    assert lines[-2]["tokens"] > lines[1]["tokens"] > 0
    assert all(told["memory_bytes"] > 0 and told["steps"] == 6 for told in lines)


def test_a_run_whose_adapter_stands_is_not_trained_again(config: TrainConfig, settings: Settings, tmp_path: Path):
    order = TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run")
    train(settings, order)
    told: list[dict] = []

    train(settings, order, told.append)

    assert [line["kind"] for line in told] == ["end"]


@pytest.mark.parametrize("change", [{"seed": 1}, {"pictures": "data"}, {"speech": "data"}], ids=lambda one: str(*one))
def test_where_an_adapter_of_another_configuration_stands_it_is_said_and_stays(
    change: dict[str, object], config: TrainConfig, settings: Settings, tmp_path: Path
):
    out, run = tmp_path / "adapter", tmp_path / "run"
    short = dataclasses.replace(config, max_steps=1)
    train(settings, TrainOrder(short, out, run_folder=run))
    before = (out / WEIGHTS).read_bytes()
    changed = {name: config.data if value == "data" else value for name, value in change.items()}

    with pytest.raises(DataError, match=r"adapter holds an adapter of another configuration.*Move or delete"):
        train(settings, TrainOrder(dataclasses.replace(short, **changed), out, run_folder=run))

    assert (out / WEIGHTS).read_bytes() == before


def test_a_folder_that_holds_no_adapter_is_not_written_over(config: TrainConfig, settings: Settings, tmp_path: Path):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter/mine.txt").write_text("x")

    with pytest.raises(DataError, match="already holds files"):
        train(settings, TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run"))


def test_a_stop_in_the_scoring_keeps_what_was_trained(config: TrainConfig, settings: Settings, tmp_path: Path):
    test = Path(config.data) / "validation.csv"
    order = TrainOrder(config, tmp_path / "adapter", test, tmp_path / "run")
    stop_in(settings, order, 7)  # six steps, then the first scored batch
    told: list[dict] = []

    train(settings, order, told.append)

    assert [line["kind"] for line in told] == ["start", "end"]
    assert (order.out / "scores.json").is_file()


def test_another_configuration_does_not_go_on_from_a_run_s_checkpoint(
    config: TrainConfig, settings: Settings, tmp_path: Path
):
    stop_in(settings, TrainOrder(config, tmp_path / "adapter", run_folder=tmp_path / "run"), 2)
    other = dataclasses.replace(config, seed=1)

    with pytest.raises(DataError, match="another configuration"):
        train(settings, TrainOrder(other, tmp_path / "other", run_folder=tmp_path / "run"))


def test_without_a_run_folder_a_stop_leaves_nothing(config: TrainConfig, settings: Settings, tmp_path: Path):
    stop_in(settings, TrainOrder(config, tmp_path / "adapter"), 2)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_fails_the_run_with_its_reason(config: TrainConfig, data_dir: Path, tmp_path: Path):
    config.save(tmp_path / "config.json")
    code = (
        "import resource, sys; from aac.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); "
        f"sys.exit(main(['train', {str(tmp_path / 'config.json')!r}, '--out', {str(tmp_path / 'out')!r}, "
        f"'--run-folder', {str(tmp_path / 'run')!r}]))"
    )
    environment = {"PRANCHA_DATA_DIR": str(data_dir), "PRANCHA_LANGUAGE": "en", "PATH": ""}

    # -B: Python itself would write its caches cut short
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 1
    assert "Could not write to" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_memory_that_ends_fails_the_run_with_its_reason(
    config: TrainConfig, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prepare, "free_bytes", lambda: 2**60)  # else arithmetic refuses it before it begins
    greedy = dataclasses.replace(config, lora_r=2_000_000_000)

    with pytest.raises(NoRoomError, match="Memory ran out"):
        train(settings, TrainOrder(greedy, tmp_path / "adapter"))


def test_early_stop_ends_a_run_that_no_longer_gets_better(config: TrainConfig, settings: Settings, tmp_path: Path):
    worse = dataclasses.replace(config, epochs=9, learning_rate=30.0, warmup_share=0.0, early_stop_patience=1)
    told: list[dict] = []

    train(settings, TrainOrder(worse, tmp_path / "adapter"), told.append)

    losses = [line["eval_loss"] for line in told if "eval_loss" in line]
    assert len(losses) < 9
    assert losses[-1] >= losses[-2]


def test_the_best_weights_are_kept_where_max_steps_cuts(config: TrainConfig, settings: Settings, tmp_path: Path):
    cut = dataclasses.replace(config, epochs=9, max_steps=4, learning_rate=30.0, warmup_share=0.0)
    told: list[dict] = []
    train(settings, TrainOrder(cut, tmp_path / "best"), told.append)
    train(settings, TrainOrder(dataclasses.replace(cut, keep_best=False), tmp_path / "last"))

    losses = [line["eval_loss"] for line in told if "eval_loss" in line]
    same = (tmp_path / "best" / WEIGHTS).read_bytes() == (tmp_path / "last" / WEIGHTS).read_bytes()
    assert [line["step"] for line in told if line["kind"] == "validation"] == [3, 4]
    assert same == (losses[-1] < losses[0])
