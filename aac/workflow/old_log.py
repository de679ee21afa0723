"""Files that earlier versions put on the Hub, `data/<table>/<first>-<last>.jsonl`, read back as far as they tell.

They hold ratings, votes and corrections with the words that they are about, and the ids of those that were erased. What
they do not tell is made up so that the rows have a place: a prompt, a generation and a queue item each, under ids that
are the same whenever they are read. A person's consent is not among it: they are asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from aac.store.erasures import Tombstone
from aac.store.incoming import LogRow

_NAME = re.compile(r"data/(ratings|votes|corrections|tombstones)/(.+)-(\d+)\.jsonl")
_IDS = UUID("0f6b7a52-6a0b-4f0c-9a4e-9c1f6d7a2b10")
_AS_JSON = ("reasons", "cards", "columns", "request")

Row = dict[str, Any]


def read_old(folder: Path, names: Iterable[str], known: Collection[str]) -> tuple[list[LogRow], list[Tombstone]]:
    """The rows and tombstones of those of these files that are of the old form; what was erased is left out.

    known: the ids of ratings, votes and corrections that are there already, with what they hang on.
    """
    matches = sorted(filter(None, map(_NAME.fullmatch, names)), key=lambda match: (match[1], int(match[3])))
    lines = {match[0]: _lines(folder / match[0]) for match in matches}
    erased = {line["row_id"]: match[2] for match in matches if match[1] == "tombstones" for line in lines[match[0]]}
    rows: list[LogRow] = []
    stones: list[Tombstone] = []
    for match in matches:
        time = ""
        for line in lines[match[0]] if match[1] != "tombstones" else ():
            time = max(time, line["created_utc"])
            if line["id"] in erased:
                stones.append(Tombstone(line["id"], match[1], erased[line["id"]], line["created_utc"]))
            elif line["id"] not in known:
                rows += (LogRow(table, row, time) for table, row in _with_what_it_hangs_on(match[1], line))
    return rows, stones


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _with_what_it_hangs_on(table: str, line: Row) -> Iterator[tuple[str, Row]]:
    created = {"created_utc": line["created_utc"]}
    person, item_id = line.get("annotator_id"), line.get("item_id")
    if person:
        yield "annotators", {"id": person, **created}
    # What a person had generated is theirs, and goes when they go; what came out of the queue is nobody's.
    owner = person if person and not item_id else None
    source = "person" if owner else "import" if line.get("author") == "import" else "list"
    prompt = {"id": _id(source, owner, line["prompt"]), "text": line["prompt"], "source": source, "annotator_id": owner}
    yield "prompts", {**prompt, **created}
    abouts = {name: line.get(name) for name in ("generation", "left_generation", "right_generation")}
    for about in filter(None, abouts.values()):
        made = {"prompt_id": prompt["id"], "finish": "end", "tokens": 0, "duration_s": 0.0, **created}
        yield "generations", {**_as_stored(about), **made}
    if item_id:
        kind = "compare" if table == "votes" else "rate"
        ids = [about["id"] for about in abouts.values() if about]
        contestants = json.dumps([["", ""]] * len(ids))
        item = {"id": item_id, "kind": kind, "prompt_id": prompt["id"], "contestants": contestants}
        yield "queue_items", {**item, **created}
        for slot, generation_id in enumerate(sorted(ids)):
            yield "queue_generations", {"item_id": item_id, "slot": slot, "generation_id": generation_id}
    hangs = {f"{name}_id": about["id"] for name, about in abouts.items() if about}
    yield table, {**_as_stored(line), **hangs, **_left_out(table, line), "prompt_id": prompt["id"]}


def _left_out(table: str, line: Row) -> Row:
    """What the files leave out because other columns tell it; what supersedes what is seen to when rows are stored."""
    day = {"day": line["created_utc"][:10]}
    if table != "corrections":
        return day
    return {**day, "theme": (line.get("columns") or {}).get("theme", ""), "previous_card_count": 0}


def _as_stored(row: Row) -> Row:
    return {
        name: json.dumps(value, ensure_ascii=False) if name in _AS_JSON and value is not None else value
        for name, value in row.items()
        if name not in ("generation", "left_generation", "right_generation", "prompt")
    }


def _id(*words: str | None) -> str:
    return str(uuid5(_IDS, json.dumps(words, ensure_ascii=False)))
