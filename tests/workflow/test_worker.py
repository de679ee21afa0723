"""Background runs with real worker processes: done once whatever is killed, cancelled soon, resumed exactly."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aac.errors import WrongCall
from aac.jobs import FILE_NAME
from aac.settings import Settings
from aac.store.runs import claimed_by
from aac.training.config import TrainConfig
from aac.workflow import running, versions
from aac.workflow.archive import Archive
from aac.workflow.worker import SPAWNED, ensure_worker, has_worker
from tests.workflow.runs import (
    WorkerProcess,
    is_running,
    kill,
    small_version,
    start,
    state,
    tiny_config,
    wait_for,
    wait_for_end,
    wait_for_step,
    weights,
    working,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, str]]:
    """An archive with a version to train on that has nothing to measure."""
    folder = tmp_path_factory.mktemp("runs")
    archive = Archive(Settings(folder / "data"))
    yield archive, small_version(archive, folder, with_test=False)
    archive.close()


@pytest.fixture(scope="module")
def config(tiny_llama: Path) -> TrainConfig:
    return tiny_config(tiny_llama)


@pytest.fixture(scope="module")
def unbroken(place: tuple[Archive, str], config: TrainConfig) -> str:
    """A run that nothing disturbed, on the same sets and some to measure with."""
    archive, _ = place
    run_id = start(archive, versions.list_versions(archive)[-1].id, config)
    with working(archive.settings):
        wait_for_end(archive, run_id)
    return run_id


def test_a_run_ends_done_with_an_adapter_its_curve_and_its_scores(place, unbroken: str):
    archive, _ = place
    view = running.view_run(archive, unbroken)

    assert [event.state for event in view.run.events] == ["queued", "running", "evaluating", "done"]
    assert view.progress.step == view.progress.steps > 0
    assert view.progress.losses
    assert view.progress.validation_losses
    assert view.adapter is not None
    assert view.scores[view.adapter.name]["bleu"]["signature"]


def test_what_only_the_training_needed_is_gone_when_it_is_done(place, unbroken: str):
    archive, _ = place
    left = {path.name for path in running.run_folder(archive, unbroken).iterdir() if not path.name.startswith(".")}

    assert left == {"config.json", "progress.jsonl", "log.txt"}


def test_one_trains_at_a_time_and_the_others_wait(place, config: TrainConfig):
    archive, version_id = place
    first, second = (start(archive, version_id, config) for _ in range(2))

    with working(archive.settings):
        wait_for_step(archive, first, 1)
        assert state(archive, second).state == "queued"
        assert wait_for_end(archive, second).state == "done"

    assert state(archive, first).state == "done"
    assert state(archive, first).adapter_id == state(archive, second).adapter_id


def test_cancel_stops_the_training_and_resume_ends_with_the_weights_of_an_unbroken_run(
    place, config: TrainConfig, unbroken: str
):
    archive, version_id = place
    run_id = start(archive, version_id, config)
    with working(archive.settings) as worker:
        wait_for_step(archive, run_id, 5)
        (child,) = worker.children()

        running.cancel_run(archive, run_id)
        wait_for(lambda: not is_running(child.pid), "the child trains on")
        checkpoints = list((running.run_folder(archive, run_id) / "checkpoints").iterdir())
        assert (state(archive, run_id).state, bool(checkpoints)) == ("cancelled", True)

        running.resume_run(archive, run_id)
        assert wait_for_end(archive, run_id).state == "done"
    assert weights(archive, run_id) == weights(archive, unbroken)


def test_a_killed_worker_s_run_is_done_by_the_next_one_with_the_same_weights(place, config: TrainConfig, unbroken: str):
    archive, version_id = place
    run_id = start(archive, version_id, config)
    worker = WorkerProcess(archive.settings).start()
    wait_for_step(archive, run_id, 5)
    orphans = worker.children()

    worker.end(signal.SIGKILL)
    with working(archive.settings):
        assert wait_for_end(archive, run_id).state == "done"

    assert [orphan for orphan in orphans if is_running(orphan.pid)] == []
    assert weights(archive, run_id) == weights(archive, unbroken)


def test_a_killed_child_s_run_fails_with_a_reason_and_can_be_resumed(place, config: TrainConfig, unbroken: str):
    archive, version_id = place
    run_id = start(archive, version_id, config)
    with working(archive.settings) as worker:
        wait_for_step(archive, run_id, 5)
        kill(worker.children()[0])
        failed = wait_for_end(archive, run_id)

        running.resume_run(archive, run_id)
        assert wait_for_end(archive, run_id).state == "done"

    assert failed.state == "failed"
    assert "signal 9" in failed.events[-1].en
    assert "sinal 9" in failed.events[-1].pt
    assert weights(archive, run_id) == weights(archive, unbroken)


def test_a_job_whose_outcome_could_not_be_written_is_taken_up_again(place, config: TrainConfig, unbroken: str):
    archive, version_id = place
    with working(archive.settings), closing(sqlite3.connect(archive.settings.data_dir / FILE_NAME, timeout=60)) as jobs:
        run_id = start(archive, version_id, config)
        wait_for_step(archive, run_id, 1)
        for name, when in (
            ("step", "INSERT ON operation_outputs"),
            ("end", "UPDATE ON workflow_status WHEN NEW.status = 'ERROR'"),
        ):
            jobs.execute(f"CREATE TRIGGER no_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        log = archive.settings.data_dir / "worker.log"
        wait_for(lambda: f"nobody is at work on run {run_id}" in log.read_text(), "nobody notices")

        for name in ("step", "end"):
            jobs.execute(f"DROP TRIGGER no_{name}")

        assert wait_for_end(archive, run_id).state == "done"
    assert state(archive, run_id).attempt == 1
    assert weights(archive, run_id) == weights(archive, unbroken)


def test_a_worker_that_is_told_to_end_leaves_its_run_to_the_next(place, config: TrainConfig, unbroken: str):
    archive, version_id = place
    run_id = start(archive, version_id, config)
    with working(archive.settings):
        wait_for_step(archive, run_id, 5)

    assert state(archive, run_id).state == "running"
    with working(archive.settings):
        assert wait_for_end(archive, run_id).state == "done"
    assert weights(archive, run_id) == weights(archive, unbroken)


def test_an_automatic_worker_that_is_told_to_end_starts_no_other_though_a_run_is_open(
    archive: Archive, tmp_path: Path, config: TrainConfig
):
    run_id = start(archive, small_version(archive, tmp_path), config)
    with working(archive.settings, "--until-idle"):
        wait_for(lambda: state(archive, run_id).state == "running", "it does not begin")

    assert not state(archive, run_id).has_ended
    assert not (archive.settings.data_dir / SPAWNED).exists()


def test_a_run_that_cannot_learn_fails_with_the_reason_in_both_languages(place, config: TrainConfig):
    import dataclasses

    archive, version_id = place
    run_id = start(archive, version_id, dataclasses.replace(config, learning_rate=1e30, warmup_share=0.0))

    with working(archive.settings):
        failed = wait_for_end(archive, run_id)

    assert failed.state == "failed"
    assert "The loss stopped being a number" in failed.events[-1].en
    assert "A perda deixou de ser um número" in failed.events[-1].pt


def test_on_postgresql_a_worker_takes_over_what_a_dead_one_left(
    tmp_path: Path, postgresql_url: str, config: TrainConfig, place, unbroken: str
):
    archive = Archive(Settings(tmp_path / "data", database_url=postgresql_url))
    run_id = start(archive, small_version(archive, tmp_path, with_test=False), config)
    first = WorkerProcess(archive.settings, "--name", "first").start()
    wait_for_step(archive, run_id, 5)

    with working(archive.settings, "--name", "second"):
        first.end(signal.SIGKILL)
        assert wait_for_end(archive, run_id).state == "done"

    with archive.database.read() as connection:
        assert claimed_by(connection, run_id) == "second"
    assert weights(archive, run_id) == weights(place[0], unbroken)
    archive.close()


def test_a_data_folder_has_one_worker(place):
    archive, _ = place
    with working(archive.settings):
        wait_for(lambda: has_worker(archive.settings), "no worker")

        assert ensure_worker(archive.settings) is False


def test_a_worker_is_started_also_where_the_clock_was_set_back_since_the_last(tmp_path: Path, monkeypatch):
    started: list[list[str]] = []
    monkeypatch.setattr("aac.workflow.worker.spawn_detached", lambda words, *rest: started.append(words))
    mark = tmp_path / SPAWNED
    mark.touch()
    assert ensure_worker(Settings(tmp_path)) is False

    os.utime(mark, (time.time() + 3600,) * 2)

    assert ensure_worker(Settings(tmp_path)) is True
    assert started[0][0] == "worker"


def test_what_cannot_be_trained_is_refused_before_it_is_queued(archive: Archive, tmp_path: Path, config: TrainConfig):
    version_id = small_version(archive, tmp_path)

    with pytest.raises(WrongCall, match="no preset"):
        running.start_run(archive, running.RunOrder(version_id, "enormous"))
    with pytest.raises(WrongCall, match="no version"):
        running.start_run(archive, running.RunOrder("none", config=config))
    with pytest.raises(WrongCall, match="no place"):
        running.start_run(archive, running.RunOrder(version_id, config=config, place="moon"))
