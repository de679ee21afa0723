"""Faults while people work: each is made to a running app, watched, and taken away again; then what was said counts.

    python -m benchmarks.faults [--people 4] [--postgresql]

A real `app.py` with password logins, on a small filesystem of its own (so this has to run where one may be mounted: as
root, or in a user namespace), beside a stand-in of the Hub. People rate, correct and vote through its HTTP interface
all the time, each annotation under an id of its own, and repeat what was not acknowledged, as the page does. In turn
the app is killed while the Hub is away and started again, the database is locked by another program, the data folder
is moved away and back, the disk is full, the clock is set back by an hour, and a worker that trains is killed. Prints
JSON: what was answered meanwhile, whether it went on by itself, and what the database holds of what was acknowledged.

--postgresql: what people say lies on a PostgreSQL server of its own, which is locked, and stopped and started again.
That server's disk is its own matter, so that no disk gets full and nothing is mounted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from aac.settings import Settings
from aac.store.database import FILE_NAME
from aac.store.schema import corrections
from aac.ui.consent import CONSENT_VERSION
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from benchmarks.fault_run.scene import LEAVER, PATIENCE_S, Person, Scene, scene_of
from benchmarks.kill_server import count
from tests import postgresql
from tests.workflow.apps import workers
from tests.workflow.on_full_disk import full, way_to_mount
from tests.workflow.runs import kill, start, tiny_config, wait_for_end

SIZE = "400m"
MOUNTED = "PRANCHA_TEST_DISK"  # where the parent process says that the disk is mounted
ROOT = Path(__file__).resolve().parent.parent


def killed(scene: Scene) -> dict[str, Any]:
    """With the Hub away when it starts again, and back soon after."""
    scene.hub.stop()
    scene.app.kill()
    scene.app.start()
    goes_on = scene.goes_on()
    is_said = wait_until(lambda: "Sending annotations to the Hub failed" in scene.sync_line(), PATIENCE_S, 0.5)
    scene.hub.start()
    return {"goes_on_without_the_hub": goes_on, "said": is_said}


def locked(scene: Scene) -> dict[str, Any]:
    began_s = time.monotonic()
    with _held_on_postgresql(scene.archive) if scene.server else _held_on_sqlite(scene.settings):
        return {"said": scene.said("held by another program", began_s), "health": scene.health_becomes(503)}


@contextmanager
def _held_on_sqlite(settings: Settings) -> Iterator[None]:
    other = sqlite3.connect(settings.data_dir / FILE_NAME, timeout=60, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def _held_on_postgresql(archive: Archive) -> Iterator[None]:
    """The table that every annotation looks at first; who takes several at once may be the victim of a deadlock."""
    with archive.database.engine.begin() as other:
        other.execute(text("LOCK TABLE annotators IN ACCESS EXCLUSIVE MODE"))
        yield


def gone(scene: Scene) -> dict[str, Any]:
    began_s = time.monotonic()
    away = scene.settings.data_dir.with_name("away")
    scene.settings.data_dir.rename(away)
    is_said = scene.said("does not reach its data", began_s)
    page = scene.owner.page()
    found = {"said": is_said, "health": scene.health_becomes(503), "page": page.status_code}
    found["page_says"] = "não alcança os dados" in page.text and "does not reach its data" in page.text
    found["made_anew"] = scene.settings.data_dir.exists()
    if found["made_anew"]:
        shutil.rmtree(scene.settings.data_dir)
    away.rename(scene.settings.data_dir)
    return found


def disk_full(scene: Scene) -> dict[str, Any]:
    began_s = time.monotonic()
    with full(scene.disk):
        return {"said": scene.said("is full or failing", began_s), "health": scene.health_becomes(503)}


def clock_back(scene: Scene) -> dict[str, Any]:
    """Also: what is said later holds, though its time is earlier."""
    generation_id = scene.owner.generation_id
    words = []
    for n, off_s in enumerate(("0", "-3600")):
        scene.clock.write_text(off_s)
        time.sleep(0.5)
        words.append(f"Relógio {n}")
        card = {"written_text": words[-1], "spoken_text": "Eu quero.", "image_id": "💧", "origin": 0}
        row_id = f"00000000-0000-4000-8000-00000000000{n}"
        with scene.tally.lock:
            scene.tally.sent["correct"][row_id] = words[-1]
        if scene.owner.ask("correct", id=row_id, generation_id=generation_id, item_id=None, cards=[card])["ok"]:
            with scene.tally.lock:
                scene.tally.acknowledged["correct"][row_id] = words[-1]
    shown = scene.owner.ask("generation", generation_id=generation_id)["item"]["generations"][0]["correction"]
    latest = scene.owner.ask("history", offset=0, limit=1)["entries"][0]
    times = _times_of(scene.archive, "00000000-0000-4000-8000-00000000000")
    return {
        "clock_went_back": times[1] < times[0],
        "later_holds": shown[0]["written_text"] == words[1],
        "later_comes_first": latest["id"] == row_id,
        "still_logged_in": "process_completed" in scene.owner.queued("data_lists"),
    }


def _times_of(archive: Archive, prefix: str) -> list[str]:
    query = select(corrections.c.created_utc).where(corrections.c.id.startswith(prefix)).order_by(corrections.c.id)
    with archive.database.read() as connection:
        return [row.created_utc for row in connection.execute(query)]


def worker_killed(scene: Scene) -> dict[str, Any]:
    """While it trains, with the clock still set back; the app starts another one."""
    run_id = start(scene.archive, scene.version_id, tiny_config(scene.model, epochs=1))
    assert wait_until(lambda: workers(scene.settings), PATIENCE_S, 0.1), "no worker came"
    victim = workers(scene.settings)[0]
    kill(victim)
    goes_on = scene.goes_on()
    return {"goes_on_meanwhile": goes_on, "run": wait_for_end(scene.archive, run_id).state}


def server_gone(scene: Scene) -> dict[str, Any]:
    """PostgreSQL stopped, and started again."""
    assert scene.server
    began_s = time.monotonic()
    scene.server.stop()
    is_said = scene.said("does not answer", began_s)
    found = {"said": is_said, "health": scene.health_becomes(503), "page": scene.owner.page().status_code}
    scene.server.start()
    return found


FAULTS: tuple[Callable[[Scene], dict[str, Any]], ...] = (killed, locked, gone, disk_full, clock_back, worker_killed)
ON_POSTGRESQL = (killed, locked, server_gone, gone, clock_back, worker_killed)


def run(disk: Path, people: int, server: postgresql.PostgresqlServer | None = None) -> dict[str, Any]:
    """The figures. disk: a folder; without a server of PostgreSQL a filesystem of `SIZE` is mounted there."""
    if server is None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)], check=True)
    with server.database() if server else nullcontext("") as url:
        with scene_of(disk, Settings.from_environment(), people, server, url) as scene:
            seen = {fault.__name__: watched(fault, scene) for fault in (ON_POSTGRESQL if server else FAULTS)}
            seen["hub_is_reached_again"] = _reaches_hub(scene)
        return {**seen, **count(scene.settings, scene.tally), "refused": scene.tally.refused}


def watched(fault: Callable[[Scene], dict[str, Any]], scene: Scene) -> dict[str, Any]:
    """What the fault found, and what went on while it lasted and after it."""
    assert scene.goes_on()
    began_s, before = time.monotonic(), scene.acknowledged()
    found = fault(scene)
    is_over_s = time.monotonic()
    goes_on = scene.goes_on()
    told = Counter(f"{status} {kind}" for _, status, kind, _ in scene.answers.since(began_s))
    return {
        **found,
        "goes_on_by_itself": goes_on and scene.health_becomes(200),
        "answers": dict(told),
        "acknowledged": scene.acknowledged() - before,
        "seconds": round(is_over_s - began_s, 1),
    }


def _reaches_hub(scene: Scene) -> bool:
    """Whether annotations go there again. The next round comes after 5 minutes, or at once where somebody erases."""
    leaver = Person(scene.app.url, LEAVER, scene.archive, scene.tally, threading.Event(), scene.answers)
    leaver.log_in()
    leaver.ask("consent", id=str(uuid.uuid4()), version=CONSENT_VERSION, language="pt")
    leaver.ask("erase", id=str(uuid.uuid4()), confirm=True)
    line = "Sending annotations to the Hub failed"
    return wait_until(lambda: line not in scene.sync_line(), PATIENCE_S, 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--postgresql", action="store_true", help="annotations on a PostgreSQL server of its own")
    options = parser.parse_args()
    if options.postgresql:
        with tempfile.TemporaryDirectory() as folder, postgresql.running_server() as server:
            print(json.dumps(run(Path(folder), options.people, server), ensure_ascii=False, indent=2))
        return
    if disk := os.environ.get(MOUNTED):
        print(json.dumps(run(Path(disk), options.people), ensure_ascii=False, indent=2))
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [*way_to_mount(), sys.executable, "-m", "benchmarks.faults", "--people", str(options.people)]
        sys.exit(subprocess.run(command, cwd=ROOT, env={**os.environ, MOUNTED: folder}).returncode)


if __name__ == "__main__":
    main()
