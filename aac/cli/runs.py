"""`python -m aac runs`, `cancel`, `resume` and `worker`: fine-tunes in the background."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aac.cli.output import print_estimate, print_json
from aac.errors import NoRoomError
from aac.settings import Settings

if TYPE_CHECKING:
    from aac.store.runs import Run
    from aac.workflow.archive import Archive
    from aac.workflow.running import RunOrder, RunView

_WAIT_S = 1.0


def add_runs(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The four commands and what may follow them."""
    part = add_command(commands, "runs", _runs, "the background fine-tunes, or one of them")
    part.add_argument("id", nargs="?", metavar="ID", help="a run's id, or how it begins")
    cancel = add_command(commands, "cancel", _cancel, "end a fine-tune; its checkpoint is kept")
    resume = add_command(commands, "resume", _resume, "go on with a cancelled or failed fine-tune")
    for command in (cancel, resume):
        command.add_argument("id", metavar="ID", help="a run's id, or how it begins")
    for command in (part, cancel, resume):
        command.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    worker = add_command(commands, "worker", _worker, "train what is in the queue, until told to end")
    worker.add_argument("--name", default="", help="where several work on one PostgreSQL; the machine's, if not said")
    worker.add_argument("--until-idle", action="store_true", help="end when there is nothing to do")
    worker.add_argument("--log", type=Path, metavar="FILE", help="say everything there; it is kept short")


def start(settings: Settings, order: RunOrder, *, wait: bool, as_json: bool) -> int:
    """Queue a run, see to it that somebody works on it, and where `wait` says so, wait for its end.

    What it will take here is measured before and told on stderr; what cannot fit is refused.
    """
    from aac.workflow.archive import Archive
    from aac.workflow.running import start_run, view_run
    from aac.workflow.worker import ensure_worker

    archive = Archive(settings)
    if order.place == "here":
        _check_that_it_fits(archive, order, settings)
    run_id = start_run(archive, order)
    ensure_worker(settings)
    if wait:
        _wait(archive, run_id, settings)
    view = view_run(archive, run_id)
    _print(view, settings, as_json)
    return 0 if view.run.state in ("done", "queued", "running", "evaluating", "pushing") else 1


def _check_that_it_fits(archive: Archive, order: RunOrder, settings: Settings) -> None:
    from aac.workflow.measuring import estimate_run

    found = estimate_run(archive, order)
    obstacles = found.pop("obstacles")
    print_estimate(found, settings.language, sys.stderr)
    if obstacles:
        pt, en = (" ".join(obstacle[language] for obstacle in obstacles) for language in ("pt", "en"))
        raise NoRoomError(pt, en)


def _wait(archive: Archive, run_id: str, settings: Settings) -> None:
    from aac.workflow.running import view_run
    from aac.workflow.worker import ensure_worker

    shown = ""
    while not (view := view_run(archive, run_id)).run.has_ended:
        line = f"{view.run.state} {view.progress.step}/{view.progress.steps}"
        if sys.stderr.isatty() and line != shown:
            print(line, file=sys.stderr, flush=True)
            shown = line
        time.sleep(_WAIT_S)
        ensure_worker(settings)


def _runs(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.running import list_runs, view_run
    from aac.workflow.worker import has_worker

    archive = Archive(settings)
    if options.id is not None:
        _print(view_run(archive, options.id), settings, options.json)
        return 0
    runs = list_runs(archive)
    if options.json:
        print_json({"runs": [_summary(run) for run in runs]})
        return 0
    if not all(run.has_ended for run in runs) and not has_worker(settings):
        pt = settings.language == "pt"
        print("ninguém treina agora: python -m aac worker" if pt else "nobody works on them: python -m aac worker")
    for run in runs:
        print(f"{run.id}  {run.state:10} {run.options.get('preset', ''):6} {run.version_id}  {run.created_utc}")
    if not runs:
        empty = "nenhum treino ainda: python -m aac train --preset smoke --dataset VERSÃO"
        print(
            empty if settings.language == "pt" else "no run yet: python -m aac train --preset smoke --dataset VERSION"
        )
    return 0


def _summary(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "state": run.state,
        "preset": run.options.get("preset"),
        "dataset": run.version_id,
        "created_utc": run.created_utc,
    }


def _print(view: RunView, settings: Settings, as_json: bool) -> None:
    run, last = view.run, view.run.events[-1]
    if as_json:
        print_json(_document(view))
        return
    print(f"{run.id}  {run.state}  {view.progress.step}/{view.progress.steps}")
    reason = last.pt if settings.language == "pt" else last.en
    waits = "" if view.obstacle is None else view.obstacle[settings.language != "pt"]
    for line in (waits, reason, view.adapter.name if view.adapter else "", _push_line(view, settings.language)):
        if line:
            print(line)
    for name, scores in view.scores.items():
        print(f"{name}: BLEU {scores['bleu']['score']:.2f}, TER {scores['ter']['score']:.2f}")


def _document(view: RunView) -> dict[str, Any]:
    last = view.run.events[-1]
    return {
        **_summary(view.run),
        "step": view.progress.step,
        "steps": view.progress.steps,
        "reason": {"pt": last.pt, "en": last.en},
        "adapter": view.adapter.name if view.adapter else None,
        "scores": view.scores,
        "push": None
        if view.push is None
        else {name: getattr(view.push, name) for name in ("state", "repository", "pt", "en", "commit_id")},
    }


def _push_line(view: RunView, language: str) -> str:
    if view.push is None:
        return ""
    why = view.push.pt if language == "pt" else view.push.en
    return f"{view.push.repository}: {view.push.state} {why}".strip()


def _cancel(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.running import cancel_run, view_run

    archive = Archive(settings)
    _print(view_run(archive, cancel_run(archive, options.id).id), settings, options.json)
    return 0


def _resume(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.archive import Archive
    from aac.workflow.running import resume_run, view_run
    from aac.workflow.worker import ensure_worker

    archive = Archive(settings)
    run = resume_run(archive, options.id)
    ensure_worker(settings)
    _print(view_run(archive, run.id), settings, options.json)
    return 0


def _worker(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow.worker import run_worker
    from aac.workflow.worker_log import log_to

    if options.log:
        log_to(options.log)
    run_worker(settings, name=options.name, until_idle=options.until_idle)
    return 0
