"""A run on a machine of Hugging Face Jobs: submitted in one step, followed in another, its adapter brought home."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aac.errors import AacError, HubError, MissingError
from aac.files import sync_tree, whole_file
from aac.hub.access import HubAccess, whoami
from aac.hub.jobs import JobOrder, JobState, cancel_job, inspect_job, job_logs, submit_job
from aac.hub.pulling import Wanted, pull_folder
from aac.hub.pushing import PushOrder, delete_repository, push_folder
from aac.workflow.children import wait_until

JOB = "job.json"
FLAVOR = "a10g-small"
TIMEOUT_S = 6 * 3600  # the Hub's own default is half an hour
_SCRIPT = Path(__file__).parent.parent / "hub" / "job_script.py"
_SOURCE = Path(__file__).parent.parent
_POLL_S = 15.0
_log = logging.getLogger(__name__)
_REPORTED = ("progress.jsonl", "log.txt")


def submit(access: HubAccess, folder: Path, key: str, environment: dict[str, str] | None = None) -> str:
    """Send a run's folder and this program to a private repository, and start a job on it; the job's id.

    key: of the run and its attempt: the same again is the same job. The id is kept in the folder. Raises `HubError`.
    """
    known = read_job(folder)
    if known.get("key") == key or (known and not known.get("ended") and _goes_on(access, known)):
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
    _note(folder, {"key": key, "job": job_id, "repository": repository, "ended": False})
    return job_id


def _goes_on(access: HubAccess, job: dict[str, Any]) -> bool:
    """Whether an earlier attempt's job still works, or has done its work: then it is followed rather than repeated."""
    return inspect_job(access, str(job["job"]), _owner(job)).stage not in ("CANCELED", "ERROR", "DELETED")


def _note(folder: Path, job: dict[str, Any]) -> None:
    with whole_file(folder / JOB) as file:
        file.write(json.dumps(job).encode())


def _owner(job: dict[str, Any]) -> str:
    return str(job["repository"]).partition("/")[0]


def _stage(folder: Path, made: Path) -> None:
    shutil.copy(folder / "config.json", made)
    shutil.copytree(folder / "data", made / "data", ignore=shutil.ignore_patterns("test.csv"))
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
        state = _state(access, job)
        _pull_reports(access, str(job["repository"]), folder)
        if state and state.is_over:
            break
        wait_until(lambda: not is_wanted(), poll_s)
    if state.stage != "COMPLETED":
        failure = _failed(access, str(job["job"]), state)
        end(access, folder)
        raise failure
    _pull_adapter(access, str(job["repository"]), adapter)
    end(access, folder)
    return True


def end(access: HubAccess, folder: Path) -> bool:
    """End the folder's job, if it has one, and remove what was sent, people's words among it; whether that was done.

    Where the Hub is away it is tried again when a worker starts, by `aac.workflow.run_steps.tidy`.
    """
    job = read_job(folder)
    if not job or job.get("ended"):
        return True
    try:
        cancel_job(access, str(job["job"]))
        delete_repository(access, str(job["repository"]))
    except HubError as error:
        _log.warning("%s", error)
        return False
    _note(folder, {**job, "ended": True})
    return True


def _state(access: HubAccess, job: dict[str, Any]) -> JobState | None:
    try:
        return inspect_job(access, str(job["job"]), _owner(job))
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
        sync_tree(pulled.folder)
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
