"""How the store holds at size: the Data tab's first page (`lists_ms`), its charts and rows, the queue, and a freeze.

    python -m benchmarks.store [--ratings 1000000] [--corrections 200000] [--prompts 5000] [--database-url …]

Rows are made by this script, in bulk, through the tables that the app uses; figures are printed as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import gradio as gr
from sqlalchemy import insert

from aac.cards import Card
from aac.records import CorrectedCard
from aac.settings import Settings
from aac.store.annotations import cards_json
from aac.store.browse import Filter
from aac.store.database import Database
from aac.store.queue import next_item
from aac.store.schema import (
    annotators,
    consents,
    corrections,
    generations,
    prompts,
    queue_generations,
    queue_items,
    queue_progress,
    ratings,
    votes,
)
from aac.ui.data_tab import DataTab
from aac.ui.localised import Localised
from aac.workflow import browsing
from aac.workflow.annotating import Desk, all_results
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers

FREEZE = """
import sys
from pathlib import Path
from aac.cli import main
main(["dataset", "freeze", sys.argv[1], "--json"])
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
"""
CONTESTANTS = ("smollm2-135m", "smollm2-135m + default@1a2b3c4d", "smollm2-135m + next@5e6f7a8b")
CHUNK = 20_000
ROOT = Path(__file__).resolve().parent.parent
SYLLABLES = [consonant + vowel for consonant in "bcdfglmnp" for vowel in "aeiou"]
QUEUED = 20_000
PERSON = f"{7:032x}"


def words(number: int) -> str:
    """A made-up word for each number, so that prompts differ as prompts do."""
    rng = random.Random(number)
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(rng.randint(1, 3)))


def fill(database: Database, ratings_wanted: int, corrections_wanted: int, prompts_wanted: int) -> None:
    """What people said, and a queue."""
    rng = random.Random(0)
    people = fill_said(database, rng, ratings_wanted, corrections_wanted, prompts_wanted)
    fill_queue(database, rng, people, prompts_wanted)


def fill_said(
    database: Database, rng: random.Random, ratings_wanted: int, corrections_wanted: int, prompts_wanted: int
) -> list[str]:
    """People, prompts, one answer a contestant and prompt, ratings and corrections over two years; the people."""
    people = [f"{n:032x}" for n in range(1000)]
    day = [f"202{5 + n // 365}-{1 + n % 365 // 31:02d}-{1 + n % 28:02d}" for n in range(700)]
    bulk(database, annotators, ({"id": p, "created_utc": day[0]} for p in people))
    bulk(
        database,
        consents,
        (
            {"id": f"c{p}", "annotator_id": p, "version": "2026-11", "language": "pt", "created_utc": day[0]}
            for p in people
        ),
    )
    bulk(
        database,
        prompts,
        (
            {"id": f"p{n}", "text": f"{words(n)} {n}", "source": "list", "created_utc": day[0]}
            for n in range(prompts_wanted)
        ),
    )
    made = [
        (f"g{n}-{c}", f"p{n}", contestant) for n in range(prompts_wanted) for c, contestant in enumerate(CONTESTANTS)
    ]
    bulk(database, generations, (generation(*parts) for parts in made))
    bulk(database, ratings, (rating(n, rng, people, made, day) for n in range(ratings_wanted)))
    bulk(
        database, corrections, (correction(n, corrections_wanted, people, made, day) for n in range(corrections_wanted))
    )
    return people


def fill_queue(database: Database, rng: random.Random, people: list[str], prompts_wanted: int) -> None:
    """Comparisons with their answers, half of them finished by two people who voted."""
    queued = [(f"q{n}", n % prompts_wanted) for n in range(QUEUED)]
    stamp = {"created_utc": "2026-01-01"}
    items = ({"id": i, "kind": "compare", "prompt_id": f"p{p}", "contestants": "[]", **stamp} for i, p in queued)
    bulk(database, queue_items, items)
    slots = [(item, p, slot) for item, p in queued for slot in (0, 1)]
    answers = (
        {"item_id": i, "slot": s, "generation_id": f"g{p}-{s}", "disagreement": rng.uniform(0, 100) if s else None}
        for i, p, s in slots
    )
    bulk(database, queue_generations, answers)
    finished = [(i, p, person) for i, p in queued[: QUEUED // 2] for person in rng.sample(people, 2)]
    done = (
        {"id": f"d{n}", "item_id": i, "annotator_id": person, "outcome": "done", **stamp}
        for n, (i, _, person) in enumerate(finished)
    )
    bulk(database, queue_progress, done)
    bulk(database, votes, (a_vote(n, *parts, rng) for n, parts in enumerate(finished)))


def a_vote(n: int, item_id: str, prompt: int, person: str, rng: random.Random) -> dict[str, Any]:
    return {
        "id": f"v{n}",
        "annotator_id": person,
        "item_id": item_id,
        "left_generation_id": f"g{prompt}-0",
        "right_generation_id": f"g{prompt}-1",
        "left_contestant": CONTESTANTS[0],
        "right_contestant": CONTESTANTS[1],
        "choice": rng.choice(("left", "right", "right", "tie")),
        "consent_version": "2026-11",
        "day": "2026-01-01",
        "created_utc": "2026-01-01",
    }


def bulk(database: Database, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        with database.write() as connection:
            connection.execute(insert(table), chunk)


def generation(generation_id: str, prompt_id: str, contestant: str) -> dict[str, Any]:
    raw = 'Quero água,"Por favor, quero água.",💧\nNão quero,Agora eu não quero.,🙅'
    return {
        "id": generation_id,
        "prompt_id": prompt_id,
        "contestant": contestant,
        "model": "smollm2-135m",
        "revision": "r",
        "request": '{"prompt": "x"}',
        "raw_text": raw,
        "parser_version": 1,
        "finish": "end",
        "tokens": 40,
        "duration_s": 2.0,
        "created_utc": "2026-01-01",
    }


def rating(n: int, rng: random.Random, people: list[str], made: list[tuple[str, str, str]], day: list[str]) -> dict:
    generation_id, _, contestant = rng.choice(made)
    verdict = rng.choice(("keep", "keep", "fix", "wrong"))
    today = day[n * len(day) // 1_000_000 % len(day)]
    return {
        "id": f"r{n}",
        "annotator_id": rng.choice(people),
        "generation_id": generation_id,
        "card_index": n % 5,
        "verdict": verdict,
        "reasons": "[]" if verdict == "keep" else '["not_natural"]',
        "contestant": contestant,
        "consent_version": "2026-11",
        "day": today,
        "created_utc": today,
    }


def correction(n: int, total: int, people: list[str], made: list[tuple[str, str, str]], day: list[str]) -> dict:
    half = total // 2  # the second half replaces the first: half of the rows hold
    generation_id, prompt_id, _ = made[n % half % len(made)]
    cards = tuple(
        CorrectedCard(Card(f"{words(n + i)[:30]} {i}", f"Eu quero {words(n + 7 * i)}, por favor.", "💧"), i)
        for i in range(5)
    )
    return {
        "id": f"k{n}",
        "annotator_id": people[n % half % len(people)],
        "generation_id": generation_id,
        "prompt_id": prompt_id,
        "supersedes": f"k{n - half}" if n >= half else None,
        "author": "person",
        "source": "",
        "columns": "{}",
        "theme": "",
        "cards": cards_json(cards),
        "card_count": len(cards),
        "previous_card_count": len(cards) if n >= half else 0,
        "consent_version": "2026-11",
        "day": day[n % len(day)],
        "created_utc": day[n % len(day)],
    }


def timed(work: Callable[[], Any], runs: int = 5) -> float:
    """The median milliseconds of a few runs."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - started))
    return round(sorted(found)[len(found) // 2], 1)


def freeze(name: str, data_dir: Path, database_url: str) -> dict[str, Any]:
    """`dataset freeze` in a process of its own: seconds and memory of the whole command.

    The process tells its own peak: what the system says of children counts this process's memory at the fork.
    """
    environment = {**os.environ, "PRANCHA_DATA_DIR": str(data_dir), "PRANCHA_DATABASE_URL": database_url}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", FREEZE, name], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {
        "sets": json.loads(done.stdout)["counts"]["sets"],
        "seconds": round(time.perf_counter() - started, 2),
        "peak_mb": round(int(done.stderr.split()[-1]) / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=int, default=1_000_000)
    parser.add_argument("--corrections", type=int, default=200_000)
    parser.add_argument("--prompts", type=int, default=5_000)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Settings(Path(folder), database_url=options.database_url))
        fill(archive.database, options.ratings, options.corrections, options.prompts)
        with gr.Blocks():
            tab = DataTab(archive, Localised(), None)
        desk = Desk(archive, Speakers(archive.settings))
        figures: dict[str, Any] = {
            "rows": vars(options) | {"database_url": options.database_url.split("@")[-1]},
            "first_page_ms": timed(lambda: browsing.browse_rows(archive, Filter())),
            "first_page_of_corrections_ms": timed(lambda: browsing.browse_rows(archive, Filter("corrections"))),
            "first_page_filtered_ms": timed(
                lambda: browsing.browse_rows(archive, Filter("ratings", CONTESTANTS[2], "wrong", "ba"))
            ),
            "lists_ms": timed(tab._show_lists),
            "charts_ms": timed(tab._show_charts),
            "next_item_ms": timed(lambda: next_item(archive.database, PERSON, "compare")),
            "results_ms": timed(lambda: all_results(desk), runs=1),
        }
        for name in ("first", "again"):
            figures[f"freeze_{name}"] = freeze(name, Path(folder), options.database_url)
        print(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
