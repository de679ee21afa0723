"""What is done for a run, step by step: prepare, fit, evaluate, push. Each may be cut off and done again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from aac.datasets.card_files import sets_sha256
from aac.errors import AacError, CorruptError, MissingError, NoRoomError, StoreError
from aac.hub.access import HubAccess
from aac.models.adapters import PEFT_CONFIG, PROVENANCE, SCORES, read_json, weights_sha256, write_json
from aac.store.adapters import add_adapter, list_evaluations
from aac.store.runs import Claim, LostClaim, Note, Run, RunState, find_run, holds, note_state, open_runs
from aac.training.config import TrainConfig
from aac.training.progress import PROGRESS, read_lines
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.children import run_child
from aac.workflow.measuring import remove_left_estimates
from aac.workflow.places import check_trains_here
from aac.workflow.run_progress import read_error
from aac.workflow.running import CONFIG, LOG, adapter_name, run_folder, write_inputs
from aac.workflow.version_sets import version_sets
from aac.workflow.withdrawing import remove_withdrawn

_LOOK_S = 0.5
_ROOM_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class RunWork:
    """A run under a claim. is_stopping: whether this worker is about to end; then the run stays as it is."""

    archive: Archive
    run: Run
    claim: Claim
    is_stopping: Callable[[], bool]

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return run_folder(self.archive, self.run.id)

    @property
    def adapter_folder(self) -> Path:
        """Where the adapter appears, whole, when the training is done."""
        return self.archive.settings.adapters_dir / adapter_name(self.run)

    def note(self, state: RunState, adapter_id: str | None = None) -> None:
        """Tell how the run stands."""
        note_state(self.archive.database, self.claim, state, Note(adapter_id=adapter_id))

    def check(self) -> None:
        """`LostClaim` where the run was cancelled or taken over, an error that says so where its data are gone."""
        with self.archive.database.read() as connection:
            if not holds(connection, self.claim):
                raise LostClaim(self.run.id)
        if self.run.version_id:
            versions.version_folder(self.archive, versions.find_version(self.archive, self.run.version_id))


class Stopping(Exception):
    """This worker was asked to end while it was at work on a run."""


def submit(work: RunWork) -> bool:
    """Prepare the run's folder and, where it runs elsewhere, send it there; the job is the same one if sent twice."""
    work.note("running")
    if _has_adapter(work):
        return True
    _prepare(work)
    if _is_elsewhere(work):
        _submit_elsewhere(work)
    return True


def fit(work: RunWork) -> bool:
    """Train where the run's order says; the adapter is whole at the end."""
    if not _has_adapter(work):
        (_fit_elsewhere if _is_elsewhere(work) else _fit_here)(work)
    _name_dataset(work)
    return True


def _has_adapter(work: RunWork) -> bool:
    return (work.adapter_folder / PEFT_CONFIG).is_file()


def _is_elsewhere(work: RunWork) -> bool:
    return work.run.options.get("place") == "hub-job"


def _access(work: RunWork) -> HubAccess:
    return HubAccess.of(work.archive.settings)


def _fit_here(work: RunWork) -> None:
    """In a child process, from the last checkpoint where there is one."""
    check_trains_here(work.archive.settings)
    if not (work.folder / CONFIG).is_file():  # another machine's worker prepared it
        _prepare(work)
    config = str(work.folder / CONFIG)
    _child(work, ["train", config, "--out", str(work.adapter_folder), "--run-folder", str(work.folder)])


def _fit_elsewhere(work: RunWork) -> None:
    """By following the job that was submitted; one that is cancelled here is ended there."""
    from aac.workflow import hub_jobs

    _submit_elsewhere(work)  # the same job, where this machine's folder does not know of it
    wish = _Wish(work)
    if hub_jobs.follow(_access(work), work.folder, work.adapter_folder, wish.is_there):
        return
    if work.is_stopping():
        raise Stopping  # the job runs on, and the next worker follows it
    hub_jobs.end(_access(work), work.folder)
    raise wish.error or LostClaim(work.run.id)


def _submit_elsewhere(work: RunWork) -> None:
    from aac.workflow import hub_jobs

    if not (work.folder / CONFIG).is_file():
        _prepare(work)
    hub_jobs.submit(_access(work), work.folder, f"{work.run.id}-{work.run.attempt}")


def tidy(archive: Archive) -> None:
    """What earlier workers could not do: end jobs of ended runs, remove what erasures left, and half an estimate."""
    remove_withdrawn(archive)
    runs_dir = archive.settings.runs_dir
    remove_left_estimates(runs_dir)
    jobs = [path.parent for path in runs_dir.glob("*/job.json")]
    if not jobs or not archive.settings.hub_token:
        return
    from aac.workflow import hub_jobs

    with archive.database.read() as connection:
        at_work = {run.id for run in open_runs(connection)}
    for folder in jobs:
        if folder.name not in at_work:
            hub_jobs.end(HubAccess.of(archive.settings), folder)


def _register(work: RunWork) -> str:
    base_model = str(read_json(work.adapter_folder, PROVENANCE)["base_model"])
    sha256 = weights_sha256(work.adapter_folder)
    return add_adapter(work.archive.database, adapter_name(work.run), base_model, sha256, work.run.id).id


def _prepare(work: RunWork) -> None:
    known = {field.name for field in fields(TrainConfig)}
    config = TrainConfig(**{name: value for name, value in work.run.config.items() if name in known})
    write_inputs(work.archive, str(work.run.version_id), config, work.folder)


def evaluate(work: RunWork) -> bool:
    """Score the new adapter, the active one and none on the version's test split, in a child process."""
    work.note("evaluating", _register(work))
    version = versions.find_version(work.archive, str(work.run.version_id))
    if version.manifest["counts"]["by_split"]["test"]:
        arguments = ["measure", str(work.adapter_folder), "--dataset", version.id, "--run", work.run.id]
        _child(work, arguments)
        keep_scores(work, version.id)
    return True


def keep_scores(work: RunWork, version_id: str) -> None:
    """The scores beside the weights too: an adapter that goes elsewhere takes them along.

    Those on this version's test sets, whatever another run of the same weights was measured on.
    """
    data = sets_sha256(version_sets(work.archive, versions.find_version(work.archive, version_id), "test"))
    with work.archive.database.read() as connection:
        run = find_run(connection, work.run.id)
        found = [e for e in list_evaluations(connection, [None, run.adapter_id]) if e.data_sha256 == data]
    own = next((e for e in found if e.adapter_id == run.adapter_id), None)
    none = next((e for e in found if not e.adapter_id and (own is None or e.is_comparable(own))), None)
    scores: dict[str, Any] = {}
    for name, evaluation in (("without_lora", none), ("with_lora", own)):
        if evaluation:
            scores |= {name: evaluation.scores, "data_sha256": evaluation.data_sha256}
            scores["command"] = f"python -m aac measure ADAPTER --dataset {version_id}"
    write_json(work.adapter_folder, SCORES, scores)


def _name_dataset(work: RunWork) -> None:
    """What the adapter was trained on, beside its weights."""
    version = versions.find_version(work.archive, str(work.run.version_id))
    made = {"dataset_version": version.id, "rows_sha256": version.rows_sha256}
    write_json(work.adapter_folder, PROVENANCE, {**read_json(work.adapter_folder, PROVENANCE), **made})


def push(work: RunWork) -> bool:
    """Send the adapter to the Hub where that was asked for; whatever comes of it, the run itself is done."""
    if work.run.options.get("push_to"):
        from aac.workflow.run_pushes import carry_out, ordered, push_of  # loads torch and the Hub's client

        work.note("pushing")
        wanted = push_of(work.archive, work.run, ordered(work.run))
        carry_out(work.archive, wanted, work.archive.settings.hub_token, work.check)
    return True


def finish(work: RunWork) -> bool:
    """What only its training needed is removed, and the run is done."""
    for name in ("checkpoints", "data"):
        shutil.rmtree(work.folder / name, ignore_errors=True)
    work.note("done")
    return True


def _child(work: RunWork, arguments: list[str]) -> None:
    """Run a child as long as it is wanted. Raises what became of it where it is not exit code 0."""
    work.check()
    wish = _Wish(work)
    before = len(list(read_lines(work.folder / PROGRESS)))
    code = run_child(arguments, work.archive.settings, work.folder / LOG, wish.is_there)
    if work.is_stopping():
        raise Stopping
    if wish.error is not None:
        raise wish.error
    if code:
        raise _failure(work, code, before)


class _Wish:
    """Whether a run is still wanted; asked often, looked up now and then."""

    def __init__(self, work: RunWork) -> None:
        self._work = work
        self._next_s = 0.0
        self.error: AacError | None = None

    def is_there(self) -> bool:
        if self._work.is_stopping():
            return False
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _LOOK_S
            try:
                self._work.check()
            except LostClaim as error:
                self.error = error
            except (CorruptError, StoreError):  # both come back; the training has its own copy of the data
                pass
            except AacError as error:
                self.error = error
        return self.error is None


def _failure(work: RunWork, code: int, before: int) -> AacError:
    """Why the child ended, as it said itself in the lines after `before`, or as one can tell from outside."""
    said = read_error(work.folder / PROGRESS, before)
    if said:
        return MissingError(*said)
    if code < 0:
        return NoRoomError(
            f"O sistema encerrou o processo do treino (sinal {-code}); muitas vezes por falta de memória. Feche outros "
            "programas e continue: ele segue do último ponto guardado.",
            f"The system ended the training process (signal {-code}), often for want of memory. Close other programs "
            "and resume: it goes on from the last checkpoint.",
        )
    with suppress(OSError):
        free = shutil.disk_usage(work.folder).free
        if free < _ROOM_BYTES:
            return NoRoomError(
                f"O disco da pasta de dados está cheio ({free / 1e6:.0f} MB livres). Libere espaço e continue o "
                "treino.",
                f"The disk of the data folder is full ({free / 1e6:.0f} MB free). Free some space and resume.",
            )
    last = _last_line(work.folder / LOG)
    return MissingError(
        f"O processo do treino terminou com o código {code}: {last}. Veja o registro e continue ou comece outro.",
        f"The training process ended with code {code}: {last}. See the log, and resume or start another.",
    )


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
    return ""


def read_work(archive: Archive, claim: Claim, is_stopping: Callable[[], bool]) -> RunWork:
    """The run of a claim, as it stands now."""
    with archive.database.read() as connection:
        return RunWork(archive, find_run(connection, claim.run_id), claim, is_stopping)


STEPS: tuple[tuple[str, Callable[[RunWork], bool]], ...] = (
    ("submit", submit),
    ("fit", fit),
    ("evaluate", evaluate),
    ("push", push),
    ("finish", finish),
)
