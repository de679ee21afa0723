"""A crowd at once: most annotate at a person's pace, some make cards; before them one person alone, for the ratio.

    python -m benchmarks.crowd [--people 200] [--makers 10] [--visitors 5] [--minutes 10] [--tiny]

A real `app.py` with a data folder of its own, behind a stand-in of a proxy that logs people in: each has a login and an
address, and the limits of docs/security.md; but some of those who make cards are visitors without a login, and most of
these share one address, as a school does. They speak with it over HTTP as the page does (Gradio's queue and its
streams, the page's own endpoints, a heartbeat a tab), from this process, which shares the cores with the app: times are
good for a ratio only. 3 in 100 annotations are sent twice, as if their answer had been lost. One of those who make
cards is greedy, with two tabs and a third. Prints JSON: the times of annotations alone and together, what was
acknowledged and what the database holds, who waited for the model while another had two turns, and the app's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import select

from aac.models.embedded import GGUF_SHA256, converted_folder
from aac.settings import Settings
from aac.store.queue import add_prompts, attach_answers, set_overlap
from aac.store.schema import queue_items
from aac.workflow.archive import Archive, to_stored
from benchmarks.kill_server import Tally, _document, count, fill_queue
from tests.crowd_people import Annotator, Maker, Seen, waits_too_long
from tests.gradio_tab import LIMITS, TIMEOUT_S, Tab
from tests.tiny import make_tiny_llama
from tests.workflow.apps import AppProcess

SECRET = "the secret of a proxy that logs people in"
BY_HEADER = {
    **{"PRANCHA_LOGIN": "header", "PRANCHA_LOGIN_HEADER": "X-User", "PRANCHA_PROXY_SECRET": SECRET},
    **{"PRANCHA_PROXIES": "1", "PRANCHA_WORKER": "off"},
}
ALONE_PAUSE_S = (0.05, 0.2)  # shorter than a person's, to have many times soon
SCHOOL = "10.9.9.9"
PROMPTS = ("Querer", "Comida", "Na farmácia", "Dor", "Caiu a luz", "Pedir ajuda")


@dataclass(frozen=True)
class Plan:
    """people: all of them; makers: those who make cards. minutes: together. pause_s: between two acts of an annotator.

    visitors: so many of the makers have no login; of these, all but two are behind one address.
    alone_s: how long one person annotates alone before. fields: what makers ask for, by the fields' `elem_id`.
    """

    people: int = 200
    makers: int = 10
    visitors: int = 5
    minutes: float = 10.0
    pause_s: tuple[float, float] = (4.0, 12.0)
    alone_s: float = 30.0
    is_tiny: bool = False
    seed: int = 0

    @property
    def arriving_s(self) -> float:
        """People do not all come in the same second, but in the first minute; in the first fifth of a shorter time."""
        return min(60.0, 60 * self.minutes / 5)

    @property
    def fields(self) -> dict[str, Any]:
        """A tiny model has no adapter, and writes without an end."""
        return {"mode": "without", "cards": 1} if self.is_tiny else {"mode": "with", "cards": 5}


def run(settings: Settings, plan: Plan) -> dict[str, Any]:
    """The figures, for a data folder that is new but for its models."""
    archive = Archive(settings)
    fill_with_items(archive, items=max(100, plan.people * 2))
    app = AppProcess(settings, BY_HEADER)
    try:
        app.start()
        alone, together, memory = asyncio.run(_all(app, plan))
    finally:
        app.end()
        archive.close()
    return {
        "people": plan.people,
        "makers": plan.makers,
        "visitors": plan.visitors,
        "minutes": plan.minutes,
        **_times(alone, together, plan),
        **_kept(settings, alone, together),
        "answered_otherwise": together.retries,
        **_turns(together),
        **_growth(memory, plan.minutes),
    }


def fill_with_items(archive: Archive, items: int) -> None:
    """Comparisons, and answers to rate."""
    random.seed(0)
    fill_queue(archive, items=1)
    database = archive.database
    for kind, models in (
        ("rate", [("smollm2-135m", "default")]),
        ("compare", [("smollm2-135m", "none"), ("smollm2-135m", "default")]),
    ):
        add_prompts(database, kind, [f"Querer {kind} {n}" for n in range(items)], models)
        with database.read() as connection:
            ids = connection.scalars(select(queue_items.c.id).where(queue_items.c.kind == kind)).all()
        for item_id in ids:
            answers = [to_stored(_document(archive)) for _ in models]
            attach_answers(database, item_id, answers, random.uniform(0, 100), 1)
    set_overlap(database, 20)


async def _all(app: AppProcess, plan: Plan) -> tuple[Seen, Seen, list[tuple[float, float]]]:
    async with httpx.AsyncClient(base_url=app.url, timeout=TIMEOUT_S, trust_env=False, limits=LIMITS) as client:
        await until_ready(client)
        await _warm_up(tab_of(client, 0), plan)
        alone, together = Seen(), Seen()
        first = Annotator(tab_of(client, 0), alone, random.Random(plan.seed), ALONE_PAUSE_S)
        await first.work(time.monotonic() + plan.alone_s)
        memory: list[tuple[float, float]] = []
        ends_s = time.monotonic() + 60 * plan.minutes
        watching = asyncio.create_task(_watch(app.pid, memory))
        await asyncio.gather(*(_come(person, plan.arriving_s, ends_s) for person in _people(client, together, plan)))
        watching.cancel()
    return alone, together, memory


def _people(client: httpx.AsyncClient, seen: Seen, plan: Plan) -> list[Annotator | Maker]:
    found: list[Annotator | Maker] = []
    for n in range(1, plan.people + 1):
        chance = random.Random(f"{plan.seed} {n}")
        fields = {"prompt": PROMPTS[n % len(PROMPTS)], **plan.fields}
        if n > plan.makers:
            found.append(Annotator(tab_of(client, n), seen, chance, plan.pause_s))
        elif n > plan.makers - plan.visitors:
            is_alone = n > plan.makers - 2
            address = _address(n) if is_alone else SCHOOL
            name = f"{'visitor' if is_alone else 'school'} {n}"
            found.append(Maker(name, [_tab_at(client, address)], seen, chance, fields, line=address))
        else:
            tabs = [tab_of(client, n) for _ in range(3 if n == 1 else 1)]
            found.append(Maker(f"person {n}", tabs, seen, chance, fields))
    return found


async def _come(person: Annotator | Maker, arriving_s: float, ends_s: float) -> None:
    await asyncio.sleep(person.chance.uniform(0, arriving_s))
    await person.work(ends_s)


def tab_of(client: httpx.AsyncClient, n: int) -> Tab:
    """A tab of person number `n`, who is logged in."""
    return _tab_at(client, _address(n), {"X-User": f"person-{n}"})


def _tab_at(client: httpx.AsyncClient, address: str, login: dict[str, str] | None = None) -> Tab:
    """With what the proxy adds."""
    return Tab(client, {"X-Prancha-Proxy": SECRET, "X-Forwarded-For": address, **(login or {})})


def _address(n: int) -> str:
    return f"10.0.{n // 250}.{n % 250}"


async def until_ready(client: httpx.AsyncClient) -> None:
    deadline_s = time.monotonic() + 300
    while time.monotonic() < deadline_s:
        try:
            if (await client.get("/health")).json()["model"] == "ready":
                return
        except (httpx.HTTPError, ValueError):
            pass
        await asyncio.sleep(0.5)
    raise TimeoutError("the app did not start")


async def _warm_up(tab: Tab, plan: Plan) -> None:
    """The first answer loads the adapter; nobody of the crowd is the first."""
    await tab.open()
    await tab.fire("begin")
    async for _ in tab.queued("make_cards", prompt="Querer", **plan.fields):
        pass
    await tab.close()


async def _watch(pid: int, memory: list[tuple[float, float]]) -> None:
    """The app's memory in MB, every few seconds."""
    process, started_s = psutil.Process(pid), time.monotonic()
    while True:
        memory.append((time.monotonic() - started_s, process.memory_info().rss / 1e6))
        await asyncio.sleep(2)


def _times(alone: Seen, together: Seen, plan: Plan) -> dict[str, Any]:
    """How long a call takes alone, while people still come and load the page, and when all have come."""
    all_there_s = min(began_s for began_s, _ in together.calls) + plan.arriving_s
    times_s = {
        "alone_ms": [took_s for _, took_s in alone.calls],
        "while_they_come_ms": [took_s for began_s, took_s in together.calls if began_s < all_there_s],
        "together_ms": [took_s for began_s, took_s in together.calls if began_s >= all_there_s],
    }
    found: dict[str, Any] = {name: spread(some_s) for name, some_s in times_s.items()}
    return {**found, "p95_ratio": round(found["together_ms"]["p95"] / found["alone_ms"]["p95"], 2)}


def spread(times_s: list[float]) -> dict[str, float]:
    cuts = [round(1000 * cut, 1) for cut in statistics.quantiles(times_s, n=100)]
    return {"p50": cuts[49], "p95": cuts[94], "calls": len(times_s)}


def _kept(settings: Settings, alone: Seen, together: Seen) -> dict[str, Any]:
    tally = Tally()
    for seen in (alone, together):
        for name in tally.sent:
            tally.sent[name] |= seen.sent[name]
            tally.acknowledged[name] |= seen.acknowledged[name]
    return {**count(settings, tally), "refused": alone.refused + together.refused}


def _turns(seen: Seen) -> dict[str, Any]:
    ended = [turn for turn in seen.turns if turn.ended_s is not None]
    waits_s = sorted(turn.begun_s - turn.joined_s for turn in ended if turn.begun_s is not None)
    return {
        "turns": dict(sorted(Counter(turn.person for turn in ended).items())),
        "failed_turns": dict(Counter(turn.failed for turn in ended if turn.failed)),
        "longest_wait_s": round(waits_s[-1], 1) if waits_s else None,
        "places_said": sum(len(turn.places) for turn in seen.turns),
        "refused_for_one_that_waits": seen.second_refused,
        "waited_while_another_had_two": waits_too_long(seen.turns),
    }


def _growth(memory: list[tuple[float, float]], minutes: float) -> dict[str, Any]:
    """From minute 2 of 10, or that part of a shorter time, to the end: each the median of what was seen around it."""
    length_s = memory[-1][0]
    width_s = length_s / 20

    def around(second: float) -> float:
        return statistics.median(mb for at_s, mb in memory if abs(at_s - second) <= width_s)

    first, last = around(length_s / 5), around(length_s - width_s)
    return {
        "memory_mb": {f"minute {minutes / 5:.1f}": round(first), "end": round(last)},
        "memory_growth_percent": round(100 * (last / first - 1), 1),
    }


def put_tiny_model(settings: Settings, ours: Settings) -> None:
    """A random model of two layers where the embedded one is looked for."""
    import hashlib

    folder = make_tiny_llama(converted_folder(settings.models_dir), ours)
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "weights.sha256").write_text(hashlib.sha256(weights).hexdigest() + "\n", encoding="utf-8")
    assert GGUF_SHA256[:12] in folder.name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--makers", type=int, default=Plan.makers)
    parser.add_argument("--visitors", type=int, default=Plan.visitors)
    parser.add_argument("--minutes", type=float, default=Plan.minutes)
    parser.add_argument("--tiny", action="store_true", help="a random model of two layers in place of the embedded one")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sizes = (options.people, options.makers, options.visitors, options.minutes)
    plan = Plan(*sizes, is_tiny=options.tiny, seed=options.seed)
    ours = Settings.from_environment()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data")
        settings.data_dir.mkdir()
        if plan.is_tiny:
            put_tiny_model(settings, ours)
        else:
            settings.models_dir.symlink_to(ours.models_dir)
        print(json.dumps(run(settings, plan), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
