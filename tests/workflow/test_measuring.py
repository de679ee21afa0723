"""What is said before a run is queued, also where the machine is too busy to measure it."""

from __future__ import annotations

import dataclasses
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from aac.cli.output import print_estimate
from aac.settings import Settings
from aac.workflow import children
from aac.workflow.archive import Archive
from aac.workflow.measuring import NOT_MEASURED, estimate_run, remove_left_estimates
from aac.workflow.running import RunOrder
from tests.workflow.runs import small_version, tiny_config


@pytest.fixture
def order(archive: Archive, tmp_path: Path, tiny_llama: Path) -> RunOrder:
    return RunOrder(small_version(archive, tmp_path), config=tiny_config(tiny_llama))


def test_what_is_not_measured_in_time_has_no_obstacle_and_is_said_to_be_unknown(archive: Archive, order: RunOrder):
    found = estimate_run(archive, order, timeout_s=0.01)

    assert found["not_measured"] == NOT_MEASURED
    assert found["obstacles"] == []
    assert found["duration_s"] is None
    assert list(archive.settings.runs_dir.iterdir()) == []


def test_what_is_too_big_is_refused_though_nothing_could_be_measured(archive: Archive, order: RunOrder):
    assert order.config is not None
    huge = dataclasses.replace(order, config=dataclasses.replace(order.config, lora_r=2**31 - 1))

    found = estimate_run(archive, huge, timeout_s=0.01)

    assert "Lower lora_r" in found["obstacles"][0]["en"]


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_measuring_left_goes_and_what_is_measured_now_stays(tmp_path: Path):
    left = tmp_path / f".estimate-{platform.node()}-{ended_pid()}-abc"
    old = tmp_path / ".estimate-elsewhere-1-abc"
    living = [tmp_path / f".estimate-{platform.node()}-{os.getpid()}-abc", tmp_path / ".estimate-elsewhere-2-abc"]
    for folder in (left, old, *living):
        folder.mkdir()
    os.utime(old, (0, 0))

    remove_left_estimates(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted(living)


def test_a_measuring_gives_way_to_other_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = tmp_path / "aac.py"
    waiting = f"while os.nice(0) < {children.NICE}: time.sleep(0.01)"
    script.write_text(f"import os, time\n{waiting}\nprint(os.nice(0))\n")
    monkeypatch.setattr(children, "_ROOT", tmp_path)

    done = children.run_quick_child([], Settings(tmp_path), 60)

    assert int(done.stdout) >= children.NICE


@pytest.mark.parametrize("language", ["pt", "en"])
def test_the_command_line_says_in_its_language_that_nothing_was_measured(language: str, capsys: pytest.CaptureFixture):
    print_estimate({"steps": None, "not_measured": NOT_MEASURED}, language)

    steps, not_measured = capsys.readouterr().out.splitlines()
    assert steps.split() == ["steps", "?"]
    assert not_measured.split(maxsplit=1) == ["not_measured", NOT_MEASURED[language]]
