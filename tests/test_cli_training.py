"""The training commands on a tiny model and a data folder of their own; what is stopped is a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from aac.datasets.card_files import read_card_sets, write_card_sets
from aac.settings import Settings
from aac.training.config import TrainConfig
from aac.training.progress import read_lines
from aac.workflow.archive import Archive
from tests.calling import Call, caller
from tests.conftest import ROOT
from tests.workflow.runs import small_version, tiny_config

WEIGHTS = "adapter_model.safetensors"
PATIENCE_S = 600  # a busy machine is not a fault


@pytest.fixture(scope="module")
def place(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short and a long configuration and their data."""
    folder = tmp_path_factory.mktemp("training")
    sets = read_card_sets(ROOT / "annotations/cards_v1/train.csv")
    write_card_sets(folder / "train.csv", sets[:8])
    write_card_sets(folder / "validation.csv", sets[8:10])
    short = TrainConfig(base_model=str(tiny_llama), data=str(folder), max_steps=2, batch_size=4, log_every_steps=1)
    short.save(folder / "short.json")
    TrainConfig(base_model=str(tiny_llama), data=str(folder), epochs=10_000, batch_size=1, log_every_steps=1).save(
        folder / "long.json"
    )
    return folder


@pytest.fixture
def command(tmp_path: Path):
    """The start of a command, and the environment that it runs in."""
    environment = {**os.environ, "PRANCHA_DATA_DIR": str(tmp_path / "data"), "PRANCHA_LANGUAGE": "en"}
    return lambda *arguments: {
        "args": [sys.executable, "-m", "aac", *map(str, arguments)],
        "cwd": ROOT,
        "env": environment,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """A command called in this process."""
    return caller(monkeypatch, capfd, {"PRANCHA_DATA_DIR": tmp_path / "data", "PRANCHA_LANGUAGE": "en"})


@pytest.fixture
def started():
    """Start a process that does not outlive the test, however that ends: an orphan would slow down all later ones."""
    processes: list[subprocess.Popen[str]] = []

    def start(**call: Any) -> subprocess.Popen[str]:
        processes.append(subprocess.Popen(**call))
        return processes[-1]

    yield start
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
        process.communicate()


def wait_for(run: Path, kind: str, process: subprocess.Popen[str] | None = None) -> None:
    """Until the run has told of something of that kind; fails at once if `process` ends before."""
    ends_s = time.monotonic() + PATIENCE_S
    while not any(line["kind"] == kind for line in read_lines(run / "progress.jsonl")):
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < ends_s, f"no line of kind {kind}"
        time.sleep(0.02)


def test_trained_without_out_an_adapter_lies_where_the_page_looks_and_merges(place: Path, call: Call, tmp_path: Path):
    trained = call("train", place / "short.json")

    adapter = Path(trained.stdout.splitlines()[-1])
    assert trained.returncode == 0
    assert adapter.parent == tmp_path / "data/adapters"
    assert adapter.name.startswith("short-")
    merged = call("merge", adapter, "--out", tmp_path / "model", "--json")
    assert json.loads(merged.stdout) == {"folder": str(tmp_path / "model"), "notes": []}


def test_estimate_prints_its_json_document_and_nothing_else(place: Path, call: Call):
    done = call("estimate", place / "short.json", "--json")

    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(document) == [
        "tokens",
        "steps",
        "duration_s",
        "peak_memory_bytes",
        "disk_bytes",
        "free_memory_bytes",
        "free_disk_bytes",
        "substitutions",
        "obstacles",
    ]
    assert (document["steps"], document["substitutions"], document["obstacles"]) == (2, [], [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_stop_keeps_its_checkpoint(place: Path, command, started, tmp_path: Path, number: int):
    run = tmp_path / "run"
    child = started(**command("train", place / "long.json", "--run-folder", run))
    wait_for(run, "train", child)

    child.send_signal(number)

    _, errors = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 75
    assert "goes on from there" in errors
    assert read_lines(run / "progress.jsonl")[-1]["kind"] == "checkpoint"
    assert len(list(run.glob("checkpoints/*/complete.json"))) == 1
    assert not (tmp_path / "data/adapters").exists() or not list((tmp_path / "data/adapters").iterdir())


def test_a_run_whose_parent_dies_stops_with_a_checkpoint(place: Path, command, started, tmp_path: Path):
    run = tmp_path / "run"
    call = command("train", place / "long.json", "--run-folder", run)
    code = f"import subprocess; subprocess.Popen({call['args']!r}, stdout=subprocess.PIPE).wait()"
    parent = started(args=[sys.executable, "-c", code], cwd=ROOT, env=call["env"])
    wait_for(run, "train", parent)

    parent.kill()
    parent.wait()

    wait_for(run, "checkpoint")


def test_the_same_command_again_trains_nothing_and_another_configuration_is_refused(
    place: Path, command, tmp_path: Path
):
    def trained(config: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(**command("train", config, "--out", tmp_path / "made", "--run-folder", tmp_path / "run"))

    first, again, other = trained(place / "short.json"), trained(place / "short.json"), trained(place / "long.json")

    assert (first.returncode, again.returncode, other.returncode) == (0, 0, 1)
    assert [len(re.findall(r"^ +\d+/\d+  train", one.stdout, re.MULTILINE)) for one in (first, again)] == [2, 0]
    assert other.stderr.count("\n") == 1
    assert "another configuration" in other.stderr


def test_make_leaves_it_to_the_training_whether_the_adapter_is_there():
    _, _, recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nadapter:\n")

    assert recipe.lstrip().startswith("@$(VENV_PYTHON) -m aac train docs/quality/adapter.json --out build/adapter ")


def test_a_wrong_configuration_is_a_line_of_reason(place: Path, call: Call, tmp_path: Path):
    (tmp_path / "wrong.json").write_text('{"optimizer": "sgd"}')

    done = call("train", tmp_path / "wrong.json")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "'adamw_torch' | 'paged_adamw_32bit'" in done.stderr


@pytest.fixture
def queue(tiny_llama: Path, call: Call, tmp_path: Path):
    """Queue a training of the tiny model on a frozen version, with changes to its configuration; nobody trains."""
    archive = Archive(Settings(tmp_path / "data"))
    version_id = small_version(archive, tmp_path)
    archive.close()

    def run(**changes: object) -> subprocess.CompletedProcess[str]:
        tiny_config(tiny_llama, **changes).save(tmp_path / "tiny.json")
        asked = ("--preset", tmp_path / "tiny.json", "--dataset", version_id)
        return call("train", *asked, "--json", PRANCHA_WORKER="off")

    return run


def test_a_queued_training_says_first_what_it_will_take(queue):
    done = queue()

    told = dict(line.split() for line in done.stderr.splitlines())
    names = ("tokens", "steps", "duration_s", "peak_memory_bytes", "disk_bytes", "free_memory_bytes", "free_disk_bytes")
    assert tuple(told) == names
    assert (told["steps"], int(told["tokens"]) > 0, float(told["duration_s"]) > 0) == ("20", True, True)
    document = json.loads(done.stdout)
    assert (done.returncode, document["state"], document["preset"]) == (0, "queued", "tiny")
    assert {"run", "state", "adapter", "scores"} <= document.keys()


def test_a_training_that_cannot_fit_is_refused_and_not_queued(queue, call: Call):
    done = queue(lora_r=2_000_000_000)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Lower lora_r" in done.stderr.splitlines()[-1]
    assert json.loads(call("runs", "--json").stdout) == {"runs": []}
