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
from itertools import count
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
SPAWNED = ".worker-spawned"
_LOOK_S = 0.5
_IDLE_S = 30.0
_ABSENT_S = 15.0  # a worker that is away for a moment, as during a restart, keeps its runs
_STOP_S = 10.0
_TRIES, _PAUSE_S = 60, 2.0
_LOCK_S = 1.0  # whoever only looks whether there is a worker holds it for a moment
_SPAWNED_S = 30.0  # a new worker shows itself by its lock within seconds
_QUEUES = {"here": 1, "hub-job": 4}
_log = logging.getLogger(__name__)
T = TypeVar("T")


class Worker:
    """One process that trains. A file's database has one, PostgreSQL one of each name.

    name: by which a new worker knows the runs that it had begun before; the machine's and the data folder's, if empty.
    """

    def __init__(self, archive: Archive, name: str = "") -> None:
        self.archive = archive
        self._name = (name if archive.settings.database_url else "") or _name(archive.settings)
        self._stopping = threading.Event()
        self._at_work: set[str] = set()
        self._claims: dict[str, Claim] = {}
        self._submitted: set[str] = set()
        self._absent_since_s: dict[str, float] = {}
        self._warned = ""

    def stop(self) -> None:
        """End soon: the training under way keeps a checkpoint, and the next worker goes on."""
        self._stopping.set()

    @property
    def is_told_to_end(self) -> bool:
        """Whether `stop` was called: who asks a worker to end does not get another one for it."""
        return self._stopping.is_set()

    def work(self, *, until_idle: bool = False) -> None:
        """Do what comes until `stop`, or until there has been nothing to do for half a minute.

        `WrongCall` where there is such a worker already.
        """
        settings = self.archive.settings
        with _alone(settings, self._name), Presence(self.archive.database, self._name) as presence:
            steps = [(name, partial(self._guarded, step)) for name, step in run_steps.STEPS]
            url = jobs_url(settings.data_dir, settings.database_url)
            jobs = DurableJobs(url, self._name, _QUEUES, self._begin, steps)
            jobs.launch()
            run_steps.tidy(self.archive)
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
            with self.archive.database.read() as connection:
                runs = open_runs(connection)
            for run in runs:
                self._see_to(jobs, run)
            return bool(runs)
        except StoreError as error:
            self._warn(error)
            return True

    def _warn(self, error: StoreError) -> None:
        """Once: a disk that is full for hours does not need the same line twice a second."""
        if str(error) != self._warned:
            self._warned = str(error)
            _log.warning("%s", error)

    def _see_to(self, jobs: DurableJobs, run: Run) -> None:
        job_id = f"{run.id}:{run.attempt}"
        queue = str(run.options.get("place") or "here")
        if job_id not in self._submitted:
            jobs.submit(job_id, queue if queue in _QUEUES else "here", job_id)
            self._submitted.add(job_id)
        doer = jobs.doer(job_id)
        if doer is not None:
            self._maybe_take_over(jobs, job_id, queue, doer)
        if job_id not in self._at_work and jobs.has_ended(job_id):
            self._give_up(run)

    def _maybe_take_over(self, jobs: DurableJobs, job_id: str, queue: str, owner: str) -> None:
        is_done = jobs.is_doing(job_id) if owner == self._name else is_present(self.archive.database, owner)
        if is_done:
            self._absent_since_s.pop(job_id, None)
            return
        since_s = self._absent_since_s.setdefault(job_id, time.monotonic())
        if time.monotonic() - since_s > _ABSENT_S:
            jobs.take_over(job_id, queue)
            del self._absent_since_s[job_id]
            _log.warning("nobody is at work on run %s of worker %s: taken over", job_id, owner)

    def _give_up(self, run: Run) -> None:
        """A job that ended without a word leaves no run open for ever."""
        with suppress(LostClaim), self.archive.database.read() as connection:
            if find_run(connection, run.id).events != run.events:
                return
        with suppress(LostClaim):
            note_state(
                self.archive.database,
                claim_run(self.archive.database, run.id, self._name),
                "failed",
                Note(
                    "O treino parou sem dizer por quê. Veja o registro; dá para continuar.",
                    "The run stopped without a word. See the log; it can be resumed.",
                ),
            )

    # --- what the jobs call, in threads of theirs

    def _begin(self, job_id: str) -> bool:
        run_id, _, attempt = job_id.rpartition(":")

        def claim() -> bool:
            self._claims[job_id] = self._again(
                lambda: claim_run(self.archive.database, run_id, self._name, int(attempt))
            )
            return True

        return self._until_the_end(job_id, claim)

    def _guarded(self, step: Callable[[RunWork], bool], job_id: str) -> bool:
        """Do a step; whether the next shall follow. A failure is told in the store, and ends the job.

        Where the store takes nothing, as on a full disk, the run waits until it is told: only that is tried again.
        """
        claim = self._claims[job_id]

        def do() -> bool:
            try:
                return self._again(
                    lambda: step(run_steps.read_work(self.archive, claim, self._stopping.is_set)), _TRIES
                )
            except (LostClaim, Stopping):
                raise
            except AacError as error:
                failure = Note(error.pt, error.en)
            except Exception as error:
                _log.exception("a step of run %s failed", claim.run_id)
                name = type(error).__name__
                failure = Note(f"Erro inesperado: {name}.", f"Unexpected error: {name}.")
            self._again(lambda: note_state(self.archive.database, claim, "failed", failure))
            return False

        return self._until_the_end(job_id, do)

    def _again(self, work: Callable[[], T], tries: int | None = None) -> T:
        """Do it, again where the database cannot be written for a while: so many times, or as long as it takes."""
        for tried in count(1):
            try:
                return work()
            except LostClaim:
                raise
            except StoreError as error:
                self._warn(error)
                if tried == tries:
                    raise
            if self._stopping.wait(_PAUSE_S):
                break
        raise Stopping

    def _until_the_end(self, job_id: str, work: Callable[[], bool]) -> bool:
        """Do it; False where the run is no longer this worker's.

        Where this worker is to end it never comes back: the step stays undone, and the next worker does it again.
        """
        self._at_work.add(job_id)
        try:
            return work()
        except LostClaim:
            self._end_if_taken_over(job_id)
            return False
        except Stopping:
            self._at_work.discard(job_id)
            threading.Event().wait()
            raise
        finally:
            self._at_work.discard(job_id)

    def _end_if_taken_over(self, job_id: str) -> None:
        """Where another worker goes on with the very job, this process must not have it remembered as ended."""
        run_id, _, attempt = job_id.rpartition(":")
        with suppress(StoreError), self.archive.database.read() as connection:
            run = find_run(connection, run_id)
            owner = claimed_by(connection, run_id)
            if not run.has_ended and run.attempt == int(attempt) and owner != self._name:
                _end_now(f"{owner} has taken run {run.id} over")


def run_worker(settings: Settings, *, name: str = "", until_idle: bool = False) -> None:
    """Work in this process until it is told to end (SIGTERM, SIGINT)."""
    worker = Worker(Archive(settings), name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.work(until_idle=until_idle)
    if (
        until_idle and not worker.is_told_to_end and has_open_runs(worker.archive)
    ):  # queued while this one was about to end
        ensure_worker(settings, at_once=True)
    os._exit(0)  # a thread that waits for the end of the process must not keep it from ending


def ensure_worker(settings: Settings, *, at_once: bool = False) -> bool:
    """Start a worker for this data folder where there is none; whether one was started. It outlives this process.

    One that was started a moment ago is waited for, unless `at_once`.
    """
    if settings.worker == "off" or has_worker(settings):
        return False
    spawned = settings.data_dir / SPAWNED
    with suppress(OSError):
        # a moment that is yet to come was noted before the clock was set back
        if not at_once and 0 <= time.time() - spawned.stat().st_mtime < _SPAWNED_S:
            return False
    try:
        spawned.touch()
        log = settings.data_dir / LOG
        spawn_detached(["worker", "--until-idle", "--log", str(log)], settings, log)
    except OSError as error:
        raise no_room(settings.data_dir, error) from error
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
        lock.acquire(timeout=_LOCK_S)
    except Timeout as error:
        raise WrongCall(
            f"Já há um processo de treino para {settings.data_dir}. Um basta.",
            f"There is a worker for {settings.data_dir} already. One is enough.",
        ) from error
    except OSError as error:
        raise no_room(place, error) from error
    return lock


def _name(settings: Settings) -> str:
    """The same for every worker of this data folder on this machine, so that a new one knows its runs.

    A file has one worker, whatever its machine or folder is called by now.
    """
    if not settings.database_url:
        return "here"
    place = hashlib.sha256(str(settings.data_dir.resolve()).encode()).hexdigest()[:8]
    return f"{platform.node()}-{place}"


def _end_now(why: str) -> None:
    _log.error("ending at once: %s", why)
    logging.shutdown()
    os._exit(3)
