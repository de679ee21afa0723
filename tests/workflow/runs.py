"""Runs on a tiny model, and workers in processes of their own, for the tests of background training."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from aac.settings import Settings
from aac.store.runs import Run
from aac.training.config import TrainConfig
from aac.training.progress import PROGRESS
from aac.workflow import running
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from aac.workflow.run_progress import read_progress
from tests.conftest import ROOT
from tests.workflow.cards import bring_in, card_file, frozen, splits

PATIENCE_S = 900.0  # a bound for a machine that does other things too; nothing is measured by it
_WORDS = "casa rua livro mar pão sol lua carro gato flor jogo trem"


def small_version(archive: Archive, folder: Path, *, with_test: bool = True) -> str:
    """A version of prompts that fall into every split; its id.

    with_test: without, the same but for its test split, so that a run of it has nothing to measure, which takes longer
    than the training.
    """
    file = card_file(folder / "cards.csv", *some_prompts())
    bring_in(archive, file)
    whole = frozen(archive)
    if with_test:
        return whole.id
    tested = {prompt for prompt, split in splits(archive, whole).items() if split == "test"}
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.partition(",")[0] not in tested]
    file.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    bring_in(archive, file, "treino")
    return frozen(archive, source="treino").id


def some_prompts() -> list[str]:
    """48 prompts that are not near to each other; 40 of them are to train on."""
    things, places = _WORDS.split(), ("perto", "amanhã", "cedo", "hoje à noite")
    return [f"{thing.title()} {place} {n}" for thing in things for n, place in enumerate(places)]


def tiny_config(tiny_llama: Path, **changes: object) -> TrainConfig:
    """A training of some seconds, with a checkpoint every few steps."""
    values = {"base_model": str(tiny_llama), "epochs": 2, "batch_size": 4, **changes}
    values |= {"checkpoint_every_steps": 4, "log_every_steps": 1}
    return TrainConfig(**values)  # type: ignore[arg-type]


def start(archive: Archive, version_id: str, config: TrainConfig, **order: object) -> str:
    """Queue a run; its id."""
    return running.start_run(archive, running.RunOrder(version_id, "test", config, **order))  # type: ignore[arg-type]


class WorkerProcess:
    """`python -m aac worker` over one data folder, to be stopped or killed."""

    def __init__(self, settings: Settings, *options: str) -> None:
        self._settings = settings
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> WorkerProcess:
        """Start it and come back at once."""
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (self._settings.data_dir / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "aac", "worker", *self._options],
                cwd=ROOT,
                env=self._settings.child_environment(),
                stdout=log,
                stderr=log,
            )
        return self

    def end(self, number: int = signal.SIGTERM) -> None:
        """SIGTERM ends it in order, SIGKILL as a power cut would; the children of a killed one are left alone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE_S)
            self._process = None

    def children(self) -> list[psutil.Process]:
        """What trains or measures for it now."""
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self._process.pid).children()
        return []


@contextmanager
def working(settings: Settings, *options: str) -> Iterator[WorkerProcess]:
    """A worker for the time of the block."""
    worker = WorkerProcess(settings, *options).start()
    try:
        yield worker
    finally:
        worker.end()


def state(archive: Archive, run_id: str) -> Run:
    """The run as it stands."""
    return running.view_run(archive, run_id).run


def wait_for_end(archive: Archive, run_id: str) -> Run:
    """The run once it has ended."""
    has_ended = wait_until(lambda: state(archive, run_id).has_ended, PATIENCE_S)
    assert has_ended, f"it goes on and on: {running.view_run(archive, run_id)}"
    return state(archive, run_id)


def wait_for_step(archive: Archive, run_id: str, step: int) -> None:
    """Until the training has told of that step."""
    progress = running.run_folder(archive, run_id) / PROGRESS
    wait_for(lambda: read_progress(progress).step >= step, f"no step {step}")


def wait_for(is_so: Callable[[], bool], otherwise: str) -> None:
    """Until it is so; an error where that takes too long."""
    assert wait_until(is_so, PATIENCE_S, 0.05), otherwise


def weights(archive: Archive, run_id: str) -> bytes:
    """The bytes of the adapter that the run itself left: equal weights are one adapter in the store."""
    (folder,) = archive.settings.adapters_dir.glob(f"*-{run_id[:8]}")
    return (folder / "adapter_model.safetensors").read_bytes()


def is_running(pid: int) -> bool:
    """Whether a process of that number is there, zombies aside."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def kill(process: psutil.Process) -> None:
    """SIGKILL, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(0)
