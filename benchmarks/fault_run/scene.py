"""What faults are made to: the app at work, the Hub's stand-in beside it, and people who annotate all the time."""

from __future__ import annotations

import json
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from aac.passwords import Logins
from aac.settings import Settings
from aac.ui.consent import CONSENT_VERSION
from aac.workflow.archive import Archive
from aac.workflow.children import wait_until
from benchmarks.kill_server import TABLES, Client, Tally, fill_queue
from tests import mini_hub, postgresql
from tests.tiny import make_tiny_llama
from tests.workflow.apps import AppProcess
from tests.workflow.runs import small_version

TOKEN, REPOSITORY = "hf_alice", "alice/ditos"
PASSWORD = "uma senha comprida"
LEAVER = "saida"
PATIENCE_S = 120.0
_PAUSE_S = 0.2  # the limits let a person ask ten times a second


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
    server: postgresql.PostgresqlServer | None

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
def scene_of(
    disk: Path, ours: Settings, people: int, server: postgresql.PostgresqlServer | None, database_url: str
) -> Iterator[Scene]:
    """The app at work, with people who annotate."""
    hub = Hub(Path(tempfile.mkdtemp()) / "hub")
    settings = Settings(disk / "data", hub_endpoint=hub.url, database_url=database_url)
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
    scene = Scene(settings, archive, app, owner, tally, answers, hub, clock, model, version_id, server)
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
