"""Kill the server with SIGKILL at random moments while clients annotate through its HTTP API; then count.

    python -m benchmarks.kill_server --kills 200 --clients 20 [--database-url postgresql://…]

Every annotation that was acknowledged must be there as it was sent, none twice, and the database must pass its own
check (PostgreSQL's with amcheck, for which the URL's user must be a superuser).
The server is forked from a process that has its modules loaded, so that two hundred starts take minutes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import signal
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from aac.settings import Settings
from aac.store.database import Database
from aac.store.queue import add_prompts, attach_answers, set_overlap
from aac.store.schema import corrections, queue_items, queue_progress, ratings, votes
from aac.ui.consent import CONSENT_VERSION
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive, sign, to_document, to_stored
from aac.workflow.generating import Speakers

RAW_TEXT = 'Quero água,"Por favor, quero água.",💧\nQuero suco,Quero um suco.,🧃'


@dataclass
class Tally:
    """What the clients saw. sent and acknowledged: what each row said, by table and id."""

    sent: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in TABLES})
    acknowledged: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in TABLES})
    refused: list[str] = field(default_factory=list)
    retries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def serve(settings: Settings, port: int) -> None:
    """The server's process."""
    page = build_page(Speakers(settings), Archive(settings))
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True, **launch_options())


def call(port: int, name: str, payload: dict) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/gradio_api/run/{name}",
        data=json.dumps({"data": [payload]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["data"][0]


def call_until_answered(port: int, name: str, payload: dict, tally: Tally, stop: threading.Event) -> dict | None:
    """Send the same request with the same id until somebody answers, as the page does."""
    while not stop.is_set():
        try:
            reply = call(port, name, payload)
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
            reply = {"ok": False, "retry": True}
        if reply["ok"] or not reply.get("retry"):
            return reply
        tally.retries += 1
        time.sleep(random.uniform(0.02, 0.2))
    return None


@dataclass
class Client:
    """One person's browser: agrees, opens an answer of their own, and rates, corrects and votes without end."""

    port: int
    archive: Archive
    tally: Tally
    stop: threading.Event
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    generation_id: str = ""

    def ask(self, name: str, **payload: Any) -> dict | None:
        return call_until_answered(self.port, name, {"annotator": self.token, **payload}, self.tally, self.stop)

    def work(self) -> None:
        self.ask("consent", id=str(uuid.uuid4()), version=CONSENT_VERSION, language="pt")
        self.open_own()
        while self.generation_id and not self.stop.is_set():
            random.choice((self.rate, self.rate, self.correct, self.correct, self.vote))()

    def open_own(self) -> None:
        """An answer of their own, to judge."""
        document = _document(self.archive)
        reply = self.ask("open_generation", document=document, signature=sign(self.archive, document))
        if reply and reply["ok"]:
            self.generation_id = reply["item"]["generations"][0]["id"]

    def say(self, name: str, says: str, **payload: Any) -> None:
        """Send one annotation with an id of its own, and note whether it was acknowledged."""
        row_id = str(uuid.uuid4())
        with self.tally.lock:
            self.tally.sent[name][row_id] = says
        reply = self.ask(name, id=row_id, **payload)
        with self.tally.lock:
            if reply and reply["ok"]:
                self.tally.acknowledged[name][row_id] = says
            elif reply:
                self.tally.refused.append(json.dumps(reply, ensure_ascii=False))

    def rate(self) -> None:
        verdict, card = random.choice(("keep", "fix", "wrong")), random.randrange(2)
        values = {"card_index": card, "verdict": verdict, "reasons": []}
        self.say("rate", f"{card} {verdict}", generation_id=self.generation_id, **values)

    def correct(self) -> None:
        words = uuid.uuid4().hex  # no two corrections say the same
        card = {"written_text": f"Quero {words}", "spoken_text": "Eu quero.", "image_id": "💧", "origin": 0}
        self.say("correct", card["written_text"], generation_id=self.generation_id, cards=[card])

    def vote(self) -> None:
        reply = self.ask("next_item", kind="compare")
        item = reply["item"] if reply and reply["ok"] else None
        if item is None:
            return
        left, right = (generation["id"] for generation in item["generations"])
        choice = random.choice(("left", "right", "tie", "both_bad"))
        self.say("vote", f"{item['item_id']} {choice}", item_id=item["item_id"], left=left, right=right, choice=choice)
        self.say("finish", f"{item['item_id']} done", item_id=item["item_id"], outcome="done")


def _document(archive: Archive) -> str:
    from aac.records import Generation, GenerationRequest

    request = GenerationRequest("Querer", seed=random.randrange(2**32))
    return to_document(archive, Generation(request, "smollm2-135m", "test", None, RAW_TEXT, 20, 1.0, "end"))


def fill_queue(archive: Archive, items: int) -> None:
    """Comparisons that have their answers."""
    models = [("smollm2-135m", "none"), ("smollm2-135m", "default")]
    add_prompts(archive.database, "compare", [f"Querer {n}" for n in range(items)], models)
    with archive.database.read() as connection:
        ids = connection.scalars(select(queue_items.c.id)).all()
    for item_id in ids:
        answers = [to_stored(_document(archive)) for _ in models]
        attach_answers(archive.database, item_id, answers, random.uniform(0, 100), 1)
    set_overlap(archive.database, 20)


def run(settings: Settings, kills: int, clients: int, seconds_between: float = 1.0, seed: int = 0) -> dict:
    """Kill and restart `kills` times; the figures."""
    random.seed(seed)
    Archive(settings).salt  # noqa: B018 - made once, before anybody races for it
    Database.open(settings.data_dir, settings.database_url).close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__ if __name__ != "__main__" else "aac.ui.page", "aac.ui.page"])
    port = _free_port()
    tally, stop = Tally(), threading.Event()
    archive = Archive(settings)
    fill_queue(archive, items=20 * kills)
    people = [Client(port, archive, tally, stop) for _ in range(clients)]
    threads = [threading.Thread(target=person.work) for person in people]
    for thread in threads:
        thread.start()
    started_s = time.perf_counter()
    for _ in range(kills):
        server = context.Process(target=serve, args=(settings, port), daemon=True)
        server.start()
        _wait_for(port)
        time.sleep(random.uniform(0.05, 2 * seconds_between))
        os.kill(server.pid, signal.SIGKILL)
        server.join()
    server = context.Process(target=serve, args=(settings, port), daemon=True)
    server.start()
    _wait_for(port)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    os.kill(server.pid, signal.SIGKILL)
    server.join()
    return {
        "kills": kills,
        "clients": clients,
        "seconds": round(time.perf_counter() - started_s, 1),
        "retries": tally.retries,
        "refused": tally.refused,
        **count(settings, tally),
    }


def count(settings: Settings, tally: Tally) -> dict:
    """What the database holds of what was sent and of what was acknowledged."""
    database = Database.open(settings.data_dir, settings.database_url)
    with database.read() as connection:
        rows = {
            name: [(row.id, said(row)) for row in connection.execute(query)] for name, (query, said) in TABLES.items()
        }
        check = integrity(connection, database.is_sqlite)
    database.close()
    stored = {name: dict(some) for name, some in rows.items()}
    corrected = [words for _, words in rows["correct"]]
    return {
        "acknowledged": {name: len(some) for name, some in tally.acknowledged.items()},
        "stored": {name: len(some) for name, some in rows.items()},
        "lost": sum(len(tally.acknowledged[name].keys() - stored[name].keys()) for name in TABLES),
        "changed": sum(tally.sent[name].get(row_id) != said for name in TABLES for row_id, said in rows[name]),
        "twice": len(corrected) - len(set(corrected)),
        "integrity": check,
    }


def _card(row: Any) -> str:
    return json.loads(row.cards)[0]["written_text"]


# The endpoint that fills each table, and what a row says.
TABLES: dict[str, tuple[Any, Any]] = {
    "rate": (select(ratings), lambda row: f"{row.card_index} {row.verdict}"),
    "correct": (select(corrections), _card),
    "vote": (select(votes), lambda row: f"{row.item_id} {row.choice}"),
    "finish": (
        select(queue_progress).where(queue_progress.c.outcome != "served"),
        lambda row: f"{row.item_id} {row.outcome}",
    ),
}


def integrity(connection: Connection, is_sqlite: bool) -> str:
    """What the database says of itself: "ok", or what is wrong."""
    if is_sqlite:
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return "ok" if found == ["ok"] and not broken else f"{found} {broken}"
    connection.exec_driver_sql("SET TRANSACTION READ WRITE")
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
    heaps = "SELECT v.* FROM pg_class c, LATERAL verify_heapam(c.oid) v WHERE c.relkind = 'r' AND c.relnamespace = {}"
    indexes = (
        "SELECT bt_index_parent_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
        "WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = {}"
    )
    public = "'public'::regnamespace"
    broken = connection.exec_driver_sql(heaps.format(public)).all()
    connection.exec_driver_sql(indexes.format(public)).all()  # raises where one is broken
    return "ok" if not broken else str(broken)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            call(port, "emoji", {"annotator": "0" * 32})
            return
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
            time.sleep(0.05)
    raise TimeoutError("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), database_url=options.database_url)
        print(json.dumps(run(settings, options.kills, options.clients), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
