"""Tools that only read: what is measured, and what there is. Nothing that people wrote is in any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from aac.cards import Card
from aac.corrections import set_faults
from aac.errors import MissingError
from aac.privacy import privacy_warnings
from aac.safety import stopped
from aac.store.runs import Run
from aac.store.versions import Version
from aac.ui import quality_texts
from aac.ui.texts import Text
from aac.ui.tools.fields import Values
from aac.workflow.archive import Archive
from aac.workflow.quality import read_report
from aac.workflow.running import list_runs
from aac.workflow.versions import list_versions

RUNS_TOLD = 20
_INTERVAL = ("score", "low", "high")


def quality(folder: Path) -> dict[str, Any]:
    """The kept report by task, system and measure; `MissingError` where nothing was measured."""
    report = read_report(folder)
    if report is None:
        raise MissingError(quality_texts.EMPTY.pt, quality_texts.EMPTY.en)
    tasks = {name: _task(quality_texts.TASKS.get(name), task) for name, task in report["tasks"].items()}
    return {"how": _both(quality_texts.HOW), "tasks": tasks}


def _task(title: Text | None, task: Mapping[str, Any]) -> dict[str, Any]:
    scores = {line["system"]: line["scores"] for line in task["lines"]}
    return {
        "title": _both(title) if title else None,
        "requests": task["requests"],
        "systems": {
            system: {metric: {end: round(one[end], 2) for end in _INTERVAL} for metric, one in found.items()}
            for system, found in scores.items()
        },
    }


def check(values: Values, *, filters: bool) -> dict[str, Any]:
    """What is wrong with each card, and what to look at again. filters: whether the content filter is at work."""
    cards = [Card(*card) for card in values["cards"]]
    found = [
        {"faults": list(faults), "warnings": _warnings(card), "stopped": _stopped(card) if filters else None}
        for card, faults in zip(cards, set_faults(cards), strict=True)
    ]
    return {"is_valid": not any(one["faults"] or one["stopped"] for one in found), "cards": found}


def _warnings(card: Card) -> list[dict[str, str]]:
    found = {(one.kind, one.pt, one.en) for text in astuple(card)[:2] for one in privacy_warnings(text)}
    return [{"kind": kind, "pt": pt, "en": en} for kind, pt, en in sorted(found)]


def _stopped(card: Card) -> dict[str, str] | None:
    found = stopped(astuple(card))
    if found is None:
        return None
    return {
        "category": found.category,
        "pt": f"{found.pt} {found.advice_pt}",
        "en": f"{found.en} {found.advice_en}",
    }


def versions(archive: Archive) -> dict[str, Any]:
    """Every dataset version, the latest first."""
    return {"versions": [_version(version) for version in list_versions(archive)]}


def _version(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "name": version.name,
        "state": version.state,
        "created_utc": version.created_utc,
        "rows_sha256": version.rows_sha256,
        "counts": version.manifest["counts"],
    }


def runs(archive: Archive) -> dict[str, Any]:
    """The latest runs, newest first."""
    return {"runs": [_run(run) for run in list_runs(archive)[:RUNS_TOLD]]}


def _run(run: Run) -> dict[str, Any]:
    last = run.events[-1]
    return {
        "id": run.id,
        "state": run.state,
        "why": {"pt": last.pt, "en": last.en} if last.en else None,
        "version_id": run.version_id,
        "preset": run.options.get("preset"),
        "attempt": run.attempt,
        "created_utc": run.created_utc,
        "adapter_id": run.adapter_id,
    }


def _both(text: Text) -> dict[str, str]:
    return {"pt": text.pt, "en": text.en}
