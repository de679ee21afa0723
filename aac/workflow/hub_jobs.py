"""A run on a machine of Hugging Face Jobs: submitted in one step, followed in another, its adapter brought home."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aac.errors import AacError, HubError, MissingError
from aac.files import whole_file
from aac.hub.access import HubAccess, whoami
from aac.hub.jobs import JobOrder, JobState, cancel_job, inspect_job, job_logs, submit_job
from aac.hub.pulling import Wanted, pull_folder
from aac.hub.pushing import PushOrder, delete_repository, push_folder

JOB = "job.json"
FLAVOR = "a10g-small"
TIMEOUT_S = 6 * 3600  # the Hub's own default is half an hour
_SCRIPT = Path(__file__).parent.parent / "hub" / "job_script.py"
_SOURCE = Path(__file__).parent.parent
_POLL_S = 10.0
_REPORTED = ("progress.jsonl", "log.txt")


def submit(access: HubAccess, folder: Path, key: str, environment: dict[str, str] | None = None) -> str:
    """Send a run's folder and this program to a private repository, and start a job on it; the job's id.

    key: of the run and its attempt: the same again is the same job. The id is kept in the folder. Raises `HubError`.
    """
    known = read_job(folder)
    if known.get("key") == key:
        return str(known["job"])
    repository = f"{whoami(access)}/prancha-run-{key[:8]}"
    with tempfile.TemporaryDirectory(prefix="prancha-job-") as made:
        _stage(folder, Path(made))
        push_folder(access, PushOrder(repository, message="a run"), Path(made))
    order = JobOrder(
        _SCRIPT,
        (repository,),
        FLAVOR,
        TIMEOUT_S,
        {"HF_ENDPOINT": access.endpoint, **(environment or {})},
        {"HF_TOKEN": access.token},
        key=key,
    )
    job_id = submit_job(access, order)
    with whole_file(folder / JOB) as file:
        file.write(json.dumps({"key": key, "job": job_id, "repository": repository}).encode())
    return job_id


def _stage(folder: Path, made: Path) -> None:
    shutil.copy(folder / "config.json", made)
    shutil.copytree(folder / "data", made / "data")
    shutil.copytree(
        _SOURCE, made / "source" / "aac", ignore=shutil.ignore_patterns("__pycache__", "adapters", "node_modules")
    )


def read_job(folder: Path) -> dict[str, Any]:
    """What is known of the folder's job: its id, its repository and the key that it was submitted with."""
    with suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads((folder / JOB).read_text(encoding="utf-8"))
        return found
    return {}


def follow(
    access: HubAccess, folder: Path, adapter: Path, is_wanted: Callable[[], bool], poll_s: float = _POLL_S
) -> bool:
    """Wait for the job, keep its progress and log in `folder` and its adapter at `adapter`; False where not wanted.

    A job that is not wanted any more is ended. A Hub that is away for a while is waited for. Raises `MissingError`
    where the job failed, with its last words.
    """
    job = read_job(folder)
    while True:
        if not is_wanted():
            return False
        state = _state(access, str(job["job"]))
        _pull_reports(access, str(job["repository"]), folder)
        if state and state.is_over:
            break
        _sleep(poll_s, is_wanted)
    if state.stage != "COMPLETED":
        raise _failed(access, str(job["job"]), state)
    _pull_adapter(access, str(job["repository"]), adapter)
    with suppress(HubError):  # people's words lie there; whoever owns it sees it where this could not be done
        delete_repository(access, str(job["repository"]))
    return True


def end(access: HubAccess, folder: Path) -> None:
    """End the folder's job, if it has one that runs."""
    job = read_job(folder)
    if job:
        cancel_job(access, str(job["job"]))


def _sleep(seconds: float, is_wanted: Callable[[], bool]) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s and is_wanted():
        time.sleep(min(0.5, seconds))


def _state(access: HubAccess, job_id: str) -> JobState | None:
    try:
        return inspect_job(access, job_id)
    except HubError as error:
        if not error.is_retryable:
            raise
        return None


def _pull_reports(access: HubAccess, repository: str, folder: Path) -> None:
    with suppress(AacError), tempfile.TemporaryDirectory(prefix=".reports-", dir=folder) as made:
        pulled = pull_folder(access, Wanted(repository, files=_REPORTED), Path(made) / "new")
        for name in _REPORTED:
            with suppress(OSError):
                (pulled.folder / name).replace(folder / name)


def _pull_adapter(access: HubAccess, repository: str, adapter: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".job-", dir=_made(adapter.parent)) as made:
        pulled = pull_folder(access, Wanted(repository, files=("adapter/*",)), Path(made) / "new")
        (pulled.folder / "adapter").replace(adapter)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _failed(access: HubAccess, job_id: str, state: JobState) -> AacError:
    last = state.message
    with suppress(AacError):
        last = " ".join((last, *job_logs(access, job_id)[-3:])).strip()
    return MissingError(
        f"O trabalho {job_id} no Hub terminou como {state.stage}: {last[:400] or '-'}. Veja o registro e continue.",
        f"The Hub's job {job_id} ended as {state.stage}: {last[:400] or '-'}. See the log, and resume.",
    )
