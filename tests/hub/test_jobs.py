"""Hugging Face Jobs with the real client, on the stand-in of the Hub."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aac.errors import HubError, WrongCall
from aac.hub.access import HubAccess, whoami
from aac.hub.jobs import JobOrder, JobState, cancel_job, inspect_job, job_logs, submit_job
from tests.conftest import HUB_TOKEN
from tests.hub.reading import requests

SOURCE = """# /// script
# requires-python = ">=3.11"
# dependencies = ["peft==0.21.2", "tiny"]
# ///
import json, sys
if __name__ == "__main__":
    print(json.dumps(sys.argv[1:]))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_a_job_is_submitted_with_its_machine_its_time_and_its_packages(hub, access: HubAccess, script: Path):
    order = JobOrder(script, ("cpu",), "t4-small", 7200, {"PRANCHA_LANGUAGE": "pt"}, key="run-1")

    job = hub.jobs[submit_job(access, order)]

    assert (job["namespace"], job["flavor"], job["timeoutSeconds"]) == ("alice", "t4-small", 7200)
    assert job["command"][:-2] == [
        "uv",
        "run",
        "--with",
        "peft==0.21.2",
        "--with",
        "tiny",
        "--python",
        ">=3.11",
        "python",
    ]
    assert job["environment"]["PRANCHA_LANGUAGE"] == "pt"
    assert job["labels"] == {"prancha-key": "run-1", "name": "train"}


def test_a_secret_arrives_as_a_secret_and_is_not_shown(hub, access: HubAccess, script: Path):
    order = JobOrder(script, secrets={"HF_TOKEN": "hf_secret"})

    job = dict(hub.jobs[submit_job(access, order)])

    assert job.pop("secrets") == {"HF_TOKEN": "hf_secret"}
    assert "hf_secret" not in json.dumps(job)
    assert "hf_secret" not in repr(order)


@pytest.mark.parametrize(
    "shown", [{"env": {"A": HUB_TOKEN}}, {"arguments": (f"--token={HUB_TOKEN}",)}, {"env": {"B": "hf_x"}}]
)
def test_a_token_where_everybody_would_see_it_is_refused(hub, access: HubAccess, script: Path, shown):
    with pytest.raises(WrongCall, match="Pass it in secrets"):
        submit_job(access, JobOrder(script, secrets={"HF_TOKEN": "hf_x"}, **shown))
    assert hub.jobs == {}


def test_the_command_runs_the_script_with_its_arguments(hub, access: HubAccess, script: Path, tmp_path: Path):
    arguments = ("--config", '{"base_model": "é"}', str(script))  # one is a file here, and must arrive as it is
    job = hub.jobs[submit_job(access, JobOrder(script, arguments))]
    command = job["command"][job["command"].index("python") + 1 :]

    done = subprocess.run(
        [sys.executable, *command], env=job["environment"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert tuple(json.loads(done.stdout)) == arguments


def test_the_same_order_twice_is_one_job(hub, access: HubAccess, script: Path):
    order = JobOrder(script, key="run-1")

    assert submit_job(access, order) == submit_job(access, order)
    assert submit_job(access, JobOrder(script, key="run-2")) != submit_job(access, order)
    assert len(hub.jobs) == 2


def test_a_job_whose_answer_was_lost_is_found_by_its_key(hub, access: HubAccess, script: Path):
    hub.faults.append({"times": 1, "match": "/api/jobs/", "method": "POST", "drop": "after"})

    job_id = submit_job(access, JobOrder(script, key="run-1"))

    assert list(hub.jobs) == [job_id]


def test_a_job_without_a_key_is_asked_for_only_once(hub, access: HubAccess, script: Path):
    hub.faults.append({"times": 1, "match": "/api/jobs/", "method": "POST", "drop": "after"})

    with pytest.raises(HubError, match="whether the job began") as caught:
        submit_job(access, JobOrder(script))

    assert not caught.value.is_retryable
    assert len(hub.jobs) == 1


@pytest.mark.parametrize(
    ("stage", "is_over"),
    [("SCHEDULING", False), ("RUNNING", False), ("COMPLETED", True), ("ERROR", True), ("CANCELED", True)],
)
def test_a_job_is_looked_at(hub, access: HubAccess, script: Path, stage: str, is_over: bool):
    job_id = submit_job(access, JobOrder(script))
    hub.jobs[job_id].update(stage=stage, message="so it is")

    found = inspect_job(access, job_id)

    assert found == JobState(stage, "so it is")
    assert found.is_over is is_over


def test_a_hub_that_stumbles_is_asked_again_how_a_job_does(hub, access: HubAccess, script: Path, waits):
    job_id = submit_job(access, JobOrder(script))
    hub.faults.append({"times": 2, "match": f"/api/jobs/alice/{job_id}", "status": 503})

    assert inspect_job(access, job_id).stage == "SCHEDULING"
    assert waits == [1.0, 3.0]


def test_a_job_is_ended_and_one_that_is_over_stays_so(hub, access: HubAccess, script: Path):
    first, second = (submit_job(access, JobOrder(script)) for _ in range(2))
    hub.jobs[second]["stage"] = "COMPLETED"

    for job_id in (first, second):
        cancel_job(access, job_id)

    assert [hub.jobs[job_id]["stage"] for job_id in (first, second)] == ["CANCELED", "COMPLETED"]


def test_what_a_job_writes_is_read_without_the_token(hub, access: HubAccess, script: Path):
    job_id = submit_job(access, JobOrder(script))
    hub.jobs[job_id]["logs"] = ["época 1", f"token {HUB_TOKEN}"]

    assert job_logs(access, job_id) == ("época 1", "token ***")


def test_a_job_that_is_not_there_is_said(access: HubAccess):
    with pytest.raises(HubError, match="has no job nada"):
        inspect_job(access, "nada")


def test_a_full_purse_is_said(hub, access: HubAccess, script: Path):
    hub.faults.append({"times": 1, "match": "/api/jobs/", "method": "POST", "status": 402})

    with pytest.raises(HubError, match="billing"):
        submit_job(access, JobOrder(script, key="run-1"))
    assert requests(hub, "/api/jobs/alice") == [200, 402]


def test_a_token_says_whose_it_is(access: HubAccess):
    assert whoami(access) == "alice"
