"""A run as a Hugging Face Job: sent with all it needs, followed, and its adapter brought home."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.errors import MissingError
from aac.hub.access import HubAccess
from aac.models.adapters import read_adapter
from aac.workflow import hub_jobs
from aac.workflow.archive import Archive
from aac.workflow.run_progress import read_progress
from aac.workflow.running import write_inputs
from tests import mini_hub
from tests.conftest import ROOT
from tests.workflow.runs import small_version, tiny_config

TOKEN = "hf_canary_of_a_job"  # no real one
SENT_TO = "alice/prancha-run-12345678"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Any]:
    with mini_hub.running(tmp_path / "hub", {TOKEN: ("alice", "write")}) as server:
        yield server


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, TOKEN, timeout_s=10.0, wait=lambda seconds: None)


@pytest.fixture
def folder(archive: Archive, tmp_path: Path, tiny_llama: Path) -> Path:
    """A run's folder, prepared."""
    made = tmp_path / "run"
    write_inputs(archive, small_version(archive, tmp_path), tiny_config(tiny_llama, max_steps=2), made)
    return made


def carry_out(job: dict[str, Any], home: Path) -> None:
    """What the Hub does with a job, but for `uv`: the packages are here already."""
    command = [sys.executable, *job["command"][-2:]]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    environment |= {**job["environment"], **job["secrets"], "PRANCHA_REPORT_EVERY_S": "1"}
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    job["logs"] = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    job["stage"] = "COMPLETED" if done.returncode == 0 else "ERROR"


def test_a_job_trains_elsewhere_and_its_adapter_and_progress_come_home(
    hub, access: HubAccess, folder: Path, tmp_path: Path
):
    job_id = hub_jobs.submit(access, folder, "12345678-1")
    home = tmp_path / "home"
    home.mkdir()
    elsewhere = threading.Thread(target=carry_out, args=(hub.jobs[job_id], home))
    elsewhere.start()

    is_done = hub_jobs.follow(access, folder, tmp_path / "adapter", lambda: True, poll_s=0.2)
    elsewhere.join()

    assert is_done, hub.jobs[job_id]["logs"]
    assert read_adapter(tmp_path / "adapter", "it").template
    progress = read_progress(folder / "progress.jsonl")
    assert progress.step == progress.steps == 2
    assert hub.store.load("models", SENT_TO) is None, "people's words stay on the Hub"


def test_a_job_that_was_ended_on_the_hub_leaves_no_adapter(hub, access: HubAccess, folder: Path, tmp_path: Path):
    job_id = hub_jobs.submit(access, folder, "12345678-1")
    assert hub.store.load("models", SENT_TO)["private"] is True
    hub.jobs[job_id]["stage"] = "CANCELED"

    with pytest.raises(MissingError, match="CANCELED"):
        hub_jobs.follow(access, folder, tmp_path / "adapter", lambda: True, poll_s=0.1)

    assert not (tmp_path / "adapter").exists()


def test_a_run_sent_twice_is_one_job(hub, access: HubAccess, folder: Path):
    first = hub_jobs.submit(access, folder, "12345678-1")
    (folder / "job.json").unlink()  # the worker was killed before it could note the job

    second = hub_jobs.submit(access, folder, "12345678-1")

    assert (first, len(hub.jobs)) == (second, 1)


def test_a_run_that_is_not_wanted_any_more_is_ended_on_the_hub(hub, access: HubAccess, folder: Path, tmp_path: Path):
    job_id = hub_jobs.submit(access, folder, "12345678-1")

    assert hub_jobs.follow(access, folder, tmp_path / "adapter", lambda: False) is False
    hub_jobs.end(access, folder)

    assert hub.jobs[job_id]["stage"] == "CANCELED"


def test_a_failed_job_says_its_last_words(hub, access: HubAccess, folder: Path, tmp_path: Path):
    job_id = hub_jobs.submit(access, folder, "12345678-1")
    hub.jobs[job_id] |= {"stage": "ERROR", "message": "exit 1", "logs": ["loading", "CUDA out of memory"]}

    with pytest.raises(MissingError, match="CUDA out of memory") as raised:
        hub_jobs.follow(access, folder, tmp_path / "adapter", lambda: True)

    assert "terminou como ERROR" in raised.value.pt


def test_the_token_is_a_secret_of_the_job_and_stands_nowhere_else(hub, access: HubAccess, folder: Path):
    job_id = hub_jobs.submit(access, folder, "12345678-1")

    job = hub.jobs[job_id]
    assert job["secrets"] == {"HF_TOKEN": TOKEN}
    assert TOKEN not in json.dumps({name: value for name, value in job.items() if name != "secrets"})
    assert [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()] == []


def test_the_job_installs_the_versions_that_the_requirements_pin():
    pinned = set((ROOT / "requirements.txt").read_text(encoding="utf-8").split())
    script = (ROOT / "aac" / "hub" / "job_script.py").read_text(encoding="utf-8")
    wanted = re.findall(r'^#   "([^"]+)",$', script, re.MULTILINE)

    assert len(wanted) > 10
    assert set(wanted) - pinned == set()
    assert ast.parse(script)
