"""Backups while people annotate, brought back on an empty machine; and upgrades of what every earlier schema kept.

    python -m benchmarks.backups [--people 20] [--seconds 60] [--ratings 100000]

A real `app.py` over a data folder in which there are rows of every kind, frozen versions and things taken back, and
more ratings besides. People annotate over HTTP as in `benchmarks.crowd`, for a while without and then for as long while
`python -m aac backup FILE` runs, one after the other. Each backup is restored (`python -m aac restore FILE`) into an
empty folder: every table and every version's file must have the hashes of the backup's, what was acknowledged before
the backup began must be there as it was sent, and nothing that nobody sent. A last backup, when people have left, must
give the hashes of the database itself. Then databases of every earlier schema, as they are kept in the repository, come
back as backups, and must be what the upgraded database is. Prints JSON; exits with 1 where something is not as it was.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from aac.settings import Settings
from aac.store.database import Database
from aac.workflow.archive import Archive
from benchmarks.crowd import BY_HEADER, fill_with_items, put_tiny_model, spread, tab_of, until_ready
from benchmarks.kill_server import TABLES
from benchmarks.store import fill_said
from tests.crowd_people import Annotator, Seen
from tests.gradio_tab import LIMITS, TIMEOUT_S
from tests.store.sample import consented
from tests.workflow.apps import AppProcess
from tests.workflow.backed_up import (
    EARLIER,
    backup_of,
    database_of,
    hashes,
    live_in,
    packed_database,
    version_files,
)

ROOT = Path(__file__).resolve().parent.parent
WRONG = ("lost", "changed", "foreign")


@dataclass(frozen=True)
class Plan:
    """people: who annotate. seconds: without backups, and again with. pause_s: between two acts of one of them.

    ratings: so many are there before; a tenth as many corrections.
    """

    people: int = 20
    seconds: float = 60.0
    pause_s: tuple[float, float] = (0.5, 2.0)
    ratings: int = 100_000


@dataclass
class Backup:
    """One file, when it was begun and done (monotonic), and what had been acknowledged before."""

    path: Path
    began_s: float
    took_s: float = 0.0
    before: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What may be in a backup. there: ids before people came. sent: what they said. files: the versions', as hashes."""

    there: Mapping[str, frozenset[str]]
    sent: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]


def run(settings: Settings, plan: Plan) -> dict[str, Any]:
    """The figures, for a data folder that is new but for its models. Backups and what comes of them lie beside it."""
    place = settings.data_dir.parent
    archive = Archive(settings)
    fill_with_items(archive, items=max(100, 4 * plan.people))
    live_in(archive, place, consented(archive.database), consented(archive.database))
    sizes = (plan.ratings, plan.ratings // 10, max(100, plan.ratings // 100))
    fill_said(archive.database, random.Random(0), *sizes)
    there = {name: frozenset(rows) for name, rows in said_in(archive.database).items()}
    app, seen = AppProcess(settings, BY_HEADER), Seen()
    try:
        app.start()
        backups, began_s = asyncio.run(_annotating(app, settings, plan, seen))
        last = Backup(place / "last.zip", time.monotonic(), before=seen.acknowledged)
        asyncio.run(_back_up(settings, last))
    finally:
        app.end()
    whole = {"hashes": hashes(archive.database), "files": version_files(archive)}
    archive.close()
    known = Known(there, seen.sent, whole["files"])
    restored = [_restored(backup, known) for backup in backups]
    upgraded = {revision: _upgraded(revision, place / f"schema-{revision}") for revision in EARLIER}
    last_found = _restored(last, known)
    last_found["as_the_database"] = digest(whole) == last_found["sha256"]
    return {
        "people": plan.people,
        "seconds": plan.seconds,
        **_times(seen, backups, began_s),
        "while_people_annotate": restored,
        "when_they_have_left": last_found,
        "earlier_schemas": upgraded,
        "refused": seen.refused,
        "answered_otherwise": seen.retries,
    }


def is_as_it_was(figures: dict[str, Any]) -> bool:
    """Whether every backup came back as it was."""
    some = [*figures["while_people_annotate"], figures["when_they_have_left"]]
    whole = [found["same_hashes"] and not any(found[name] for name in WRONG) for found in some]
    upgraded = [found["same_hashes"] for found in figures["earlier_schemas"].values()]
    return all((*whole, *upgraded, figures["when_they_have_left"]["as_the_database"], not figures["refused"]))


async def _annotating(app: AppProcess, settings: Settings, plan: Plan, seen: Seen) -> tuple[list[Backup], float]:
    """People come, annotate for a while, and go on while backups are made; the backups, and when these began."""
    async with httpx.AsyncClient(base_url=app.url, timeout=TIMEOUT_S, trust_env=False, limits=LIMITS) as client:
        await until_ready(client)
        arriving_s = plan.seconds / 5
        starts_s = time.monotonic() + arriving_s
        ends_s = starts_s + 2 * plan.seconds
        people = [
            Annotator(tab_of(client, n), seen, random.Random(f"backups {n}"), plan.pause_s) for n in range(plan.people)
        ]
        working = asyncio.gather(*(_come(person, arriving_s, ends_s) for person in people))
        await asyncio.sleep(arriving_s)
        seen.calls.clear()  # of when the page was loaded
        await asyncio.sleep(plan.seconds)
        began_s, backups = time.monotonic(), []
        while time.monotonic() < ends_s:
            backup = Backup(settings.data_dir.parent / f"{len(backups)}.zip", time.monotonic())
            backup.before = {name: dict(rows) for name, rows in seen.acknowledged.items()}
            await _back_up(settings, backup)
            backups.append(backup)
        await working
    return backups, began_s


async def _come(person: Annotator, arriving_s: float, ends_s: float) -> None:
    await asyncio.sleep(person.chance.uniform(0, arriving_s))
    await person.work(ends_s)


async def _back_up(settings: Settings, backup: Backup) -> None:
    command = [sys.executable, "-m", "aac", "backup", str(backup.path), "--json"]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=settings.child_environment(), stdout=pipe)
    await child.communicate()
    assert child.returncode == 0
    backup.took_s = time.monotonic() - backup.began_s


def _times(seen: Seen, backups: list[Backup], began_s: float) -> dict[str, Any]:
    """How long a call of an annotator takes without a backup, and while one is being made."""
    ends_s = backups[-1].began_s + backups[-1].took_s
    without = spread([took_s for at_s, took_s in seen.calls if at_s < began_s])
    during = spread([took_s for at_s, took_s in seen.calls if began_s <= at_s < ends_s])
    return {
        "without_backup_ms": without,
        "while_backing_up_ms": during,
        "p95_ratio": round(during["p95"] / without["p95"], 2),
        "backups": len(backups),
        "backup_s": [round(backup.took_s, 1) for backup in backups],
    }


def _restored(backup: Backup, known: Known) -> dict[str, Any]:
    """Into an empty folder, and what is there."""
    new = Settings(backup.path.with_suffix(".restored"))
    began_s = time.monotonic()
    command = [sys.executable, "-m", "aac", "restore", str(backup.path), "--json"]
    subprocess.run(command, cwd=ROOT, env=new.child_environment(), check=True, capture_output=True)
    took_s = time.monotonic() - began_s
    with packed_database(backup.path, backup.path.with_suffix(".packed")) as packed:
        expected = hashes(packed)
    found = Archive(new)
    there, files = hashes(found.database), version_files(found)
    said = said_in(found.database)
    found.close()
    return {
        "rows": sum(len(rows) for rows in said.values()),
        "of_these_acknowledged_before": sum(len(rows) for rows in backup.before.values()),
        "size_mb": round(backup.path.stat().st_size / 1e6, 1),
        "sha256": digest({"hashes": there, "files": files}),
        "same_hashes": there == expected and files == known.files,
        **compared(said, backup.before, known),
        "restore_to_backup_time": round(took_s / backup.took_s, 2),
    }


def compared(
    said: Mapping[str, Mapping[str, str]], acknowledged: Mapping[str, Mapping[str, str]], known: Known
) -> dict[str, int]:
    """How many rows that were acknowledged are lost, say something else than was sent, and nobody sent."""
    lost = [rows.keys() - said[name].keys() for name, rows in acknowledged.items()]
    changed = [
        [row_id for row_id, says in rows.items() if said[name].get(row_id, says) != says]
        for name, rows in known.sent.items()
    ]
    foreign = [rows.keys() - known.there[name] - known.sent[name].keys() for name, rows in said.items()]
    return {name: sum(map(len, found)) for name, found in zip(WRONG, (lost, changed, foreign), strict=True)}


def said_in(database: Database) -> dict[str, dict[str, str]]:
    """What each row of what people said says, by the endpoint that fills the table and by id."""
    with database.read() as connection:
        return {
            name: {row.id: says(row) for row in connection.execute(query)} for name, (query, says) in TABLES.items()
        }


def _upgraded(revision: str, place: Path) -> dict[str, Any]:
    """A backup of an earlier schema on an empty machine, and the same database moved forward in place."""
    place.mkdir()
    upgraded = Database.open(database_of(revision, place / "upgraded").parent)
    expected = hashes(upgraded)
    upgraded.close()
    path, new = backup_of(revision, place / "backup.zip"), Settings(place / "new")
    command = [sys.executable, "-m", "aac", "restore", str(path), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=new.child_environment(), check=True, capture_output=True, text=True)
    found = Archive(new)
    there = hashes(found.database)
    found.close()
    rows = json.loads(done.stdout)["new"]
    return {"rows": sum(rows.values()), "tables": len(rows), "sha256": digest(there), "same_hashes": there == expected}


def digest(found: Any) -> str:
    """The first letters of a hash of hashes, to show."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    parser.add_argument("--ratings", type=int, default=Plan.ratings)
    options = parser.parse_args()
    ours = Settings.from_environment()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data")
        settings.data_dir.mkdir()
        put_tiny_model(settings, ours)
        figures = run(settings, Plan(options.people, options.seconds, ratings=options.ratings))
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    return int(not is_as_it_was(figures))


if __name__ == "__main__":
    sys.exit(main())
