"""Kill the server with SIGKILL at random moments while clients annotate through its HTTP API; then count.

    python benchmarks/kill_server.py --kills 200 --clients 20 [--database-url postgresql://…]

Every annotation that was acknowledged must be there, none twice, and the database must pass its own check.
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

from sqlalchemy import func, select

from aac.settings import Settings
from aac.store.database import Database
from aac.store.schema import corrections, queue_progress, ratings, votes
from aac.ui.consent import CONSENT_VERSION
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive, sign, to_document
from aac.workflow.generating import Speakers

RAW_TEXT = 'Quero água,"Por favor, quero água.",💧\nQuero suco,Quero um suco.,🧃'


@dataclass
class Tally:
    """What the clients saw."""

    acknowledged: dict[str, set[str]] = field(default_factory=lambda: {"rate": set(), "correct": set()})
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


def annotate(port: int, archive: Archive, tally: Tally, stop: threading.Event) -> None:
    """One client: agrees, opens an answer of its own, and rates and corrects without end."""
    token = uuid.uuid4().hex
    document = _document(archive)
    first = {
        "consent": {"id": str(uuid.uuid4()), "version": CONSENT_VERSION, "language": "pt"},
        "open_generation": {"document": document, "signature": sign(archive, document)},
    }
    generation_id = ""
    for name, payload in first.items():
        reply = call_until_answered(port, name, {"annotator": token, **payload}, tally, stop)
        if reply is None:
            return
        if "item" in reply:
            generation_id = reply["item"]["generations"][0]["id"]
    while not stop.is_set():
        name, payload = random.choice((_rating, _correction))(generation_id)
        reply = call_until_answered(port, name, {"annotator": token, **payload}, tally, stop)
        with tally.lock:
            if reply and reply["ok"]:
                tally.acknowledged[name].add(payload["id"])
            elif reply:
                tally.refused.append(json.dumps(reply, ensure_ascii=False))


def _document(archive: Archive) -> str:
    from aac.records import Generation, GenerationRequest

    request = GenerationRequest("Querer", seed=random.randrange(2**32))
    return to_document(Generation(request, "smollm2-135m", "test", None, RAW_TEXT, 20, 1.0, "end"))


def _rating(generation_id: str) -> tuple[str, dict]:
    verdict = random.choice(("keep", "fix", "wrong"))
    return "rate", {
        "id": str(uuid.uuid4()),
        "generation_id": generation_id,
        "card_index": random.randrange(2),
        "verdict": verdict,
        "reasons": [],
    }


def _correction(generation_id: str) -> tuple[str, dict]:
    number = random.randrange(10_000)
    card = {"written_text": f"Quero {number}", "spoken_text": f"Eu quero {number}.", "image_id": "💧", "origin": 0}
    return "correct", {"id": str(uuid.uuid4()), "generation_id": generation_id, "cards": [card]}


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
    threads = [threading.Thread(target=annotate, args=(port, archive, tally, stop)) for _ in range(clients)]
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
    """What the database holds of what was acknowledged."""
    database = Database.open(settings.data_dir, settings.database_url)
    with database.read() as connection:
        stored = {"rate": set(), "correct": set()}
        rows = {}
        for name, table in (("rate", ratings), ("correct", corrections)):
            ids = list(connection.scalars(select(table.c.id)))
            rows[name] = len(ids)
            stored[name] = set(ids)
        check = connection.exec_driver_sql("PRAGMA integrity_check").scalar() if database.is_sqlite else "ok"
        assert connection.scalar(select(func.count()).select_from(votes)) == 0
        assert connection.scalar(select(func.count()).select_from(queue_progress)) == 0
    database.close()
    return {
        "acknowledged": sum(len(ids) for ids in tally.acknowledged.values()),
        "stored": sum(rows.values()),
        "lost": sum(len(tally.acknowledged[name] - stored[name]) for name in stored),
        "twice": sum(rows[name] - len(stored[name]) for name in stored),
        "integrity": check,
    }


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
