"""The worker process: takes runs from the queue, one training at a time, and survives whatever ends it."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from filelock import FileLock, Timeout

from aac.errors import AacError, StoreError, WrongCall
from aac.files import no_room
from aac.jobs import DurableJobs, jobs_url
from aac.settings import Settings
from aac.store.presence import Presence, is_present
from aac.store.runs import Claim, LostClaim, Note, Run, claim_run, claimed_by, find_run, note_state, open_runs
from aac.workflow import run_steps
from aac.workflow.archive import Archive
from aac.workflow.children import spawn_detached, wait_until
from aac.workflow.run_steps import RunWork, Stopping

LOG = "worker.log"
_LOOK_S = 0.5
_IDLE_S = 30.0
_ABSENT_S = 15.0  # a worker that is away for a moment, as during a restart, keeps its runs
_STOP_S = 10.0
_QUEUES = {"here": 1, "hub-job": 4}
_log = logging.getLogger(__name__)
T = TypeVar("T")


class Worker:
    """One process that trains. A file's database has one, PostgreSQL one of each name.

    name: by which a new worker knows the runs that it had begun before; the machine's and the data folder's, if empty.
    """

    def __init__(self, archive: Archive, name: str = "") -> None:
        self._archive = archive
        self._name = name or _name(archive.settings)
        self._stopping = threading.Event()
        self._at_work: set[str] = set()
        self._claims: dict[str, Claim] = {}
        self._submitted: set[str] = set()
        self._absent_since_s: dict[str, float] = {}

    def stop(self) -> None:
        """End soon: the training under way keeps a checkpoint, and the next worker goes on."""
        self._stopping.set()

    def work(self, *, until_idle: bool = False) -> None:
        """Do what comes until `stop`, or until there has been nothing to do for half a minute.

        `WrongCall` where there is such a worker already.
        """
        settings = self._archive.settings
        with _alone(settings, self._name), Presence(self._archive.database, self._name) as presence:
            steps = [(name, partial(self._guarded, step)) for name, step in run_steps.STEPS]
            url = jobs_url(settings.data_dir, settings.database_url)
            jobs = DurableJobs(url, self._name, _QUEUES, self._begin, steps)
            jobs.launch()
            idle_since_s = time.monotonic()
            while not self._stopping.is_set():
                if not presence.is_held():
                    _end_now("the database was away, and others may have taken this worker's runs")
                if self._look(jobs) or self._at_work:
                    idle_since_s = time.monotonic()
                if until_idle and time.monotonic() - idle_since_s > _IDLE_S:
                    break
                self._stopping.wait(_LOOK_S)
            wait_until(lambda: not self._at_work, _STOP_S)
            if self._at_work:
                _end_now("work that does not end by itself is taken up by the next worker")
            jobs.close()

    def _look(self, jobs: DurableJobs) -> bool:
        """Queue what is new and take over what others left; whether any run is open."""
        try:
            with self._archive.database.read() as connection:
                runs = open_runs(connection)
                owners = {run.id: claimed_by(connection, run.id) for run in runs}
            for run in runs:
                self._see_to(jobs, run, owners[run.id])
            return bool(runs)
        except StoreError as error:
            _log.warning("%s", error)
            return True

    def _see_to(self, jobs: DurableJobs, run: Run, owner: str | None) -> None:
        job_id = f"{run.id}:{run.attempt}"
        queue = str(run.options.get("place") or "here")
        if job_id not in self._submitted:
            jobs.submit(job_id, queue if queue in _QUEUES else "here", job_id)
            self._submitted.add(job_id)
        if owner not in (None, self._name) and run.state != "queued":
            self._maybe_take_over(jobs, job_id, queue, str(owner))
        if job_id not in self._at_work and jobs.has_ended(job_id):
            self._give_up(run)

    def _maybe_take_over(self, jobs: DurableJobs, job_id: str, queue: str, owner: str) -> None:
        if is_present(self._archive.database, owner):
            self._absent_since_s.pop(job_id, None)
            return
        since_s = self._absent_since_s.setdefault(job_id, time.monotonic())
        if time.monotonic() - since_s > _ABSENT_S:
            del self._absent_since_s[job_id]
            _log.warning("worker %s is gone: taking its run %s over", owner, job_id)
            jobs.take_over(job_id, queue)

    def _give_up(self, run: Run) -> None:
        """A job that ended without a word leaves no run open for ever."""
        with suppress(LostClaim), self._archive.database.read() as connection:
            if find_run(connection, run.id).events != run.events:
                return
        with suppress(LostClaim):
            note_state(
                self._archive.database,
                claim_run(self._archive.database, run.id, self._name),
                "failed",
                Note(
                    "O treino parou sem dizer por quê. Veja o registro; dá para continuar.",
                    "The run stopped without a word. See the log; it can be resumed.",
                ),
            )

    # --- what the jobs call, in threads of theirs

    def _begin(self, job_id: str) -> bool:
        run_id, _, attempt = job_id.rpartition(":")
        try:
            claim = self._persist(lambda: claim_run(self._archive.database, run_id, self._name))
        except LostClaim:
            return False
        self._claims[job_id] = claim
        return claim.attempt == int(attempt)

    def _guarded(self, step: Callable[[RunWork], bool], job_id: str) -> bool:
        """Do a step; whether the next shall follow. A failure is told in the store, and ends the job."""
        claim = self._claims[job_id]
        self._at_work.add(job_id)
        try:
            work = run_steps.read_work(self._archive, claim, self._stopping.is_set)
            return self._persist(lambda: step(work))
        except Stopping:
            self._at_work.discard(job_id)
            threading.Event().wait()  # the step stays undone: the process ends, and the next one does it again
            raise
        except LostClaim:
            self._end_if_taken_over(claim)
            return False
        except AacError as error:
            return self._failed(claim, error.pt, error.en)
        except Exception as error:
            _log.exception("a step of run %s failed", claim.run_id)
            name = type(error).__name__
            return self._failed(
                claim, f"Erro inesperado: {name}. Veja o registro.", f"Unexpected: {name}. See the log."
            )
        finally:
            self._at_work.discard(job_id)

    def _failed(self, claim: Claim, pt: str, en: str) -> bool:
        with suppress(LostClaim):
            self._persist(lambda: note_state(self._archive.database, claim, "failed", Note(pt, en)))
        return False

    def _end_if_taken_over(self, claim: Claim) -> None:
        """Where another worker goes on with the very job, this process must not have it remembered as ended."""
        with self._archive.database.read() as connection:
            run = find_run(connection, claim.run_id)
            owner = claimed_by(connection, claim.run_id)
        if not run.has_ended and run.attempt == claim.attempt and owner != self._name:
            _end_now(f"{owner} has taken run {run.id} over")

    def _persist(self, work: Callable[[], T]) -> T:
        """Do it, again and again while the database is away."""
        while True:
            try:
                return work()
            except AacError as error:
                if not run_steps.is_passing(error):
                    raise
                _log.warning("%s", error)
                if self._stopping.wait(2.0):
                    raise Stopping from error


def run_worker(settings: Settings, *, name: str = "", until_idle: bool = False) -> None:
    """Work in this process until it is told to end (SIGTERM, SIGINT)."""
    worker = Worker(Archive(settings), name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.work(until_idle=until_idle)
    os._exit(0)  # a thread that waits for the end of the process must not keep it from ending


def ensure_worker(settings: Settings) -> bool:
    """Start a worker for this data folder where there is none; whether one was started. It outlives this process."""
    if settings.worker == "off" or has_worker(settings):
        return False
    spawn_detached(["worker", "--until-idle"], settings, settings.data_dir / LOG)
    return True


def has_worker(settings: Settings) -> bool:
    """Whether this machine's worker for this data folder is alive."""
    try:
        with _alone(settings, _name(settings)):
            return False
    except WrongCall:
        return True


def has_open_runs(archive: Archive) -> bool:
    """Whether any run waits or is under way."""
    with archive.database.read() as connection:
        return bool(open_runs(connection))


def _alone(settings: Settings, name: str) -> FileLock:
    """The lock of the worker of this name; machines that share a data folder have each its own."""
    place = settings.data_dir / (f".worker-{name}.lock" if settings.database_url else ".worker.lock")
    lock = FileLock(place)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise WrongCall(
            f"Já há um processo de treino para {settings.data_dir}. Um basta.",
            f"There is a worker for {settings.data_dir} already. One is enough.",
        ) from error
    except OSError as error:
        raise no_room(place, error) from error
    return lock


def _name(settings: Settings) -> str:
    """The same for every worker of this data folder on this machine, so that a new one knows its runs."""
    place = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:8]
    return f"{platform.node()}-{place}"


def _end_now(why: str) -> None:
    _log.error("ending at once: %s", why)
    logging.shutdown()
    os._exit(3)
