"""Durable jobs on DBOS: steps that a crash does not lose, each remembered once it is done.

A step runs at least once: the one that a crash cut off runs again. What was seen of the library: cancelling acts
between steps only, a restart under another application version leaves old jobs lying, and the jobs of a dead process
are taken over by nobody else by themselves, and neither is one whose outcome could not be written, as on a full disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from aac.store.database import explained

FILE_NAME = "jobs.sqlite3"
_VERSION = "1"  # of the steps' order: a job must not go on under another
_POLL_S = 0.5

Step = Callable[[str], bool]


class DurableJobs:
    """The jobs that one worker process does. There can be one such object a process.

    steps: named, in order; each is given the job's subject and says whether the next shall follow. begin: called with
    the subject whenever work on a job starts or, after a crash, starts again. queues: by name, how many jobs of each
    this process does at once.
    """

    def __init__(
        self,
        url: str,
        worker: str,
        queues: dict[str, int],
        begin: Callable[[str], bool],
        steps: Sequence[tuple[str, Step]],
    ) -> None:
        self._queues = queues
        self._place = url if url.startswith("sqlite") else "PostgreSQL"  # its URL holds a password
        self._doing: set[str] = set()
        config: DBOSConfig = {
            "name": "prancha",
            "system_database_url": url,
            "executor_id": worker,
            "application_version": _VERSION,
            "run_migrations": True,
            "console_log_level": "WARNING",
            "log_level": "WARNING",
            "use_listen_notify": False,
            "scheduler_polling_interval_sec": 3600.0,
        }
        logging.getLogger("dbos").addHandler(logging.NullHandler())  # or it takes one that passes the program's own by
        DBOS(config=config)

        @DBOS.workflow(name="job", max_recovery_attempts=None)
        def job(subject: str) -> str:
            self._doing.add(subject)
            try:
                if not begin(subject):
                    return "not begun"
                for name, step in steps:
                    if not DBOS.run_step({"name": name}, step, subject):
                        return name
                return "done"
            finally:
                self._doing.discard(subject)

        self._job: Any = job

    def launch(self) -> None:
        """Take up what this worker had begun before, and listen to the queues. Like all below, raises `StoreError`."""
        with explained(self._place):
            DBOS.launch()
            for name, at_once in self._queues.items():
                DBOS.register_queue(name, worker_concurrency=at_once, polling_interval_sec=_POLL_S)

    def submit(self, job_id: str, queue: str, subject: str) -> None:
        """Put a job into a queue; the same id again is the same job."""
        with explained(self._place), SetWorkflowID(job_id):
            DBOS.enqueue_workflow(queue, self._job, subject)

    def take_over(self, job_id: str, queue: str) -> None:
        """Do the rest of a job whose worker is dead."""
        with explained(self._place):
            DBOS.resume_workflow(job_id, queue_name=queue)

    def doer(self, job_id: str) -> str | None:
        """The worker that a job under way belongs to, dead or alive; None where nobody has begun it."""
        with explained(self._place):
            status = DBOS.get_workflow_status(job_id)
        return status.executor_id if status is not None and status.status == "PENDING" else None

    def is_doing(self, subject: str) -> bool:
        """Whether this process is at work on that job."""
        return subject in self._doing

    def has_ended(self, job_id: str) -> bool:
        """Whether nothing more is done for that job, well or badly."""
        with explained(self._place):
            status = DBOS.get_workflow_status(job_id)
        return status is not None and status.status not in ("ENQUEUED", "PENDING", "DELAYED")

    def close(self) -> None:
        """Stop; what is under way is taken up at the next launch."""
        DBOS.destroy(destroy_registry=True)


def jobs_url(data_dir: Path, database_url: str) -> str:
    """Where jobs are remembered: beside the annotations on PostgreSQL (schema `dbos`), else a file of their own."""
    return database_url or f"sqlite:///{(data_dir / FILE_NAME).as_posix()}"
