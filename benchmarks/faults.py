"""Faults while people work: each is made to a running app, watched, and taken away again; then what was said counts.

    python -m benchmarks.faults [--people 4]

A real `app.py` with password logins, on a small filesystem of its own (so this has to run where one may be mounted: as
root, or in a user namespace), beside a stand-in of the Hub. People rate, correct and vote through its HTTP interface
all the time, each annotation under an id of its own, and repeat what was not acknowledged, as the page does. In turn
the app is killed while the Hub is away and started again, the database is locked by another program, the data folder
is moved away and back, the disk is full, the clock is set back by an hour, and a worker that trains is killed. Prints
JSON: what was answered meanwhile, whether it went on by itself, and what the database holds of what was acknowledged.
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from aac.passwords import Logins
from aac.settings import Settings
from aac.store.database import FILE_NAME
from aac.ui.consent import CONSENT_VERSION
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from benchmarks.kill_server import TABLES, Client, Tally, count, fill_queue
from tests import mini_hub
from tests.tiny import make_tiny_llama
from tests.workflow.apps import AppProcess, workers
from tests.workflow.on_full_disk import full, way_to_mount
from tests.workflow.runs import kill, small_version, start, tiny_config, wait_for_end

TOKEN, REPOSITORY = "hf_alice", "alice/ditos"
PASSWORD = "uma senha comprida"
LEAVER = "saida"
PATIENCE_S = 120.0
_PAUSE_S = 0.2  # the limits let a person ask ten times a second
SIZE = "400m"
MOUNTED = "PRANCHA_TEST_DISK"  # where the parent process says that the disk is mounted
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Answers:
    """What was answered otherwise than with a yes: when, HTTP's status, of what kind, and the words in English."""

    list: list[tuple[float, int, str, str]] = field(default_factory=list)

    def since(self, began_s: float) -> list[tuple[float, int, str, str]]:
        return [one for one in self.list if one[0] >= began_s]


class Person(Client):
    """One who is logged in, and notes every refusal."""

    def __init__(self, url: str, name: str, archive: Archive, tally: Tally, stop: threading.Event, answers: Answers):
        super().__init__(0, archive, tally, stop)
        self._name, self._answers = name, answers
        self._http = httpx.Client(base_url=url, timeout=25, trust_env=False)

    def log_in(self) -> None:
        answer = self._http.post("/login", data={"name": self._name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def queued(self, event: str) -> str:
        """All that the page is told in answer to one of its events, by its name, which has no inputs."""
        config = self._http.get("/config").json()
        number = next(one["id"] for one in config["dependencies"] if one["api_name"] == event)
        session = uuid.uuid4().hex[:12]
        body = {"data": [], "fn_index": number, "session_hash": session}
        self._http.post("/gradio_api/queue/join", json=body).raise_for_status()
        told = self._http.get("/gradio_api/queue/data", params={"session_hash": session}).text
        return json.dumps([json.loads(line[5:]) for line in told.splitlines() if line], ensure_ascii=False)

    def page(self) -> httpx.Response:
        """The page itself."""
        return self._http.get("/", headers={"Accept": "text/html"})

    def ask(self, name: str, **payload: Any) -> dict | None:
        while not self.stop.is_set():
            time.sleep(_PAUSE_S)
            reply = self.ask_once(name, **payload)
            if reply["ok"] or not reply.get("retry"):
                return reply
            self.tally.retries += 1
        return None

    def ask_once(self, name: str, **payload: Any) -> dict[str, Any]:
        """The reply, also where there was none."""
        began_s, status = time.monotonic(), 0
        try:
            answer = self._http.post(f"/gradio_api/run/{name}", json={"data": [{"annotator": self.token, **payload}]})
            status = answer.status_code
            told = answer.json()
            reply = told["data"][0] if status == 200 else {"ok": False, "retry": True, "error": told["refusal"]}
        except (httpx.HTTPError, ValueError, KeyError) as error:
            reply = {"ok": False, "retry": True, "error": {"kind": type(error).__name__, "pt": "", "en": ""}}
        if not reply["ok"]:
            error = reply["error"]
            assert bool(error["pt"]) == bool(error["en"])
            self._answers.list.append((began_s, status, error["kind"], error["en"]))
        return reply


@dataclass
class Scene:
    """What a fault is made to."""

    settings: Settings
    archive: Archive
    app: AppProcess
    owner: Person
    tally: Tally
    answers: Answers
    hub: Any
    clock: Path
    model: Path
    version_id: str

    @property
    def disk(self) -> Path:
        return self.settings.data_dir.parent

    def acknowledged(self) -> int:
        with self.tally.lock:
            return sum(len(some) for some in self.tally.acknowledged.values())

    def goes_on(self, more: int = 8) -> bool:
        """Whether annotations are acknowledged again, without anybody doing anything."""
        before = self.acknowledged()
        return wait_until(lambda: self.acknowledged() >= before + more, PATIENCE_S, 0.1)

    def said(self, words: str, since_s: float) -> bool:
        """Whether somebody is told this, now or soon."""
        return wait_until(lambda: any(words in one[3] for one in self.answers.since(since_s)), PATIENCE_S, 0.1)

    def health(self) -> int:
        """Its status."""
        try:
            return httpx.get(f"{self.app.url}health", timeout=30, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def health_becomes(self, status: int) -> bool:
        return wait_until(lambda: self.health() == status, PATIENCE_S, 0.5)

    def sync_line(self) -> str:
        """What the Data tab says of the Hub."""
        return self.owner.queued("data_lists")


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
    other = sqlite3.connect(scene.settings.data_dir / FILE_NAME, timeout=60, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    is_said = scene.said("held by another program", began_s)
    found = {"said": is_said, "health": scene.health_becomes(503)}
    other.execute("ROLLBACK")
    other.close()
    return found


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
    times = _times_of(scene.settings, "00000000-0000-4000-8000-00000000000")
    return {
        "clock_went_back": times[1] < times[0],
        "later_holds": shown[0]["written_text"] == words[1],
        "later_comes_first": latest["id"] == row_id,
        "still_logged_in": "process_completed" in scene.owner.queued("data_lists"),
    }


def _times_of(settings: Settings, prefix: str) -> list[str]:
    connection = sqlite3.connect(settings.data_dir / FILE_NAME)
    query = "SELECT created_utc FROM corrections WHERE id LIKE ? ORDER BY id"
    rows = connection.execute(query, (f"{prefix}%",)).fetchall()
    connection.close()
    return [row[0] for row in rows]


def worker_killed(scene: Scene) -> dict[str, Any]:
    """While it trains, with the clock still set back; the app starts another one."""
    run_id = start(scene.archive, scene.version_id, tiny_config(scene.model, epochs=1))
    assert wait_until(lambda: workers(scene.settings), PATIENCE_S, 0.1), "no worker came"
    victim = workers(scene.settings)[0]
    kill(victim)
    goes_on = scene.goes_on()
    return {"goes_on_meanwhile": goes_on, "run": wait_for_end(scene.archive, run_id).state}


FAULTS: tuple[Callable[[Scene], dict[str, Any]], ...] = (killed, locked, gone, disk_full, clock_back, worker_killed)


class Hub:
    """The stand-in, which can go away and come back at its address with what it holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = mini_hub.serve(folder, tokens={TOKEN: ("alice", "write")})
        self.url = self._server.base
        self._serve()

    def start(self) -> None:
        self._server = mini_hub.serve(self._folder, self._server.server_port, {TOKEN: ("alice", "write")})
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def scene_of(disk: Path, ours: Settings, people: int) -> Iterator[Scene]:
    """The app at work, with people who annotate."""
    hub = Hub(Path(tempfile.mkdtemp()) / "hub")
    settings = Settings(disk / "data", hub_endpoint=hub.url)
    settings.data_dir.mkdir()
    settings.models_dir.symlink_to(ours.models_dir)
    archive = Archive(settings)
    version_id = small_version(archive, disk)
    fill_queue(archive, items=200)
    names = ["dona", *(f"pessoa{n}" for n in range(people))]
    logins = Logins(settings.data_dir)
    for name in (*names, LEAVER):
        logins.add(name, PASSWORD, is_maintainer=name == "dona")
    clock = disk / "clock"
    clock.write_text("0")
    set_there = {"PRANCHA_LOGIN": "password", "HF_TOKEN": TOKEN, "PRANCHA_SYNC_REPO": REPOSITORY}
    program = ("-m", "tests.set_clock", str(clock), "app.py")
    app = AppProcess(settings, {**set_there, "HF_HUB_DISABLE_XET": "1"}, Path(tempfile.mkdtemp()) / "log", program)
    tally, stop, answers = Tally(), threading.Event(), Answers()
    with archive.database.read() as connection:  # what came with the version
        query, says = TABLES["correct"]
        tally.sent["correct"] |= {row.id: says(row) for row in connection.execute(query)}
    owner, *others = (Person(app.url, name, archive, tally, stop, answers) for name in names)
    model = make_tiny_llama(disk / "model", ours)
    scene = Scene(settings, archive, app, owner, tally, answers, hub, clock, model, version_id)
    threads = [threading.Thread(target=person.work) for person in others]
    try:
        app.start()
        assert scene.health_becomes(200), app.log.read_text()
        for person in (owner, *others):
            person.log_in()
        owner.ask("consent", id="00000000-0000-4000-9000-000000000000", version=CONSENT_VERSION, language="pt")
        owner.open_own()
        for thread in threads:
            thread.start()
        yield scene
    finally:
        stop.set()
        for thread in threads:
            if thread.is_alive():
                thread.join(60)
        app.end()
        archive.close()
        hub.stop()


def run(disk: Path, people: int) -> dict[str, Any]:
    """The figures. disk: where a filesystem of `SIZE` is mounted now."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)], check=True)
    seen: dict[str, Any] = {}
    with scene_of(disk, Settings.from_environment(), people) as scene:
        assert scene.goes_on()
        for fault in FAULTS:
            began_s, before = time.monotonic(), scene.acknowledged()
            found = fault(scene)
            is_over_s = time.monotonic()
            goes_on = scene.goes_on()
            told = Counter(f"{status} {kind}" for _, status, kind, _ in scene.answers.since(began_s))
            seen[fault.__name__] = {
                **found,
                "goes_on_by_itself": goes_on and scene.health_becomes(200),
                "answers": dict(told),
                "acknowledged": scene.acknowledged() - before,
                "seconds": round(is_over_s - began_s, 1),
            }
        seen["hub_is_reached_again"] = _reaches_hub(scene)
    return {**seen, **count(scene.settings, scene.tally), "refused": scene.tally.refused}


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
    options = parser.parse_args()
    if disk := os.environ.get(MOUNTED):
        print(json.dumps(run(Path(disk), options.people), ensure_ascii=False, indent=2))
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [*way_to_mount(), sys.executable, "-m", "benchmarks.faults", "--people", str(options.people)]
        sys.exit(subprocess.run(command, cwd=ROOT, env={**os.environ, MOUNTED: folder}).returncode)


if __name__ == "__main__":
    main()
