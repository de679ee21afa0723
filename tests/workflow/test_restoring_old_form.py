"""A repository of an earlier version's form is read as far as it tells, and told anew in the form of now."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from aac.hub.access import HubAccess
from aac.hub.syncing import append_files
from aac.store.annotations import own_work
from aac.store.schema import corrections, prompts, ratings, tombstones
from tests.store.sample import (
    fresh,
    new_id,
    rate,
)
from tests.store.test_copying import rows
from tests.workflow.log_on_hub import REPO, ids, said, synced

ABOUT = {
    "id": "5b0cf2b4-0000-5000-8000-000000000001",
    "contestant": "a/base",
    "model": "a/base",
    "revision": "abc",
    "adapter": None,
    "adapter_sha256": None,
    "request": {"prompt": "Dor"},
    "raw_text": "Dor,Estou com dor.,🤕\n",
    "parser_version": 1,
}
ANA, BIA = "a" * 32, "b" * 32
OLD_RATING = {
    "seq": 1,
    "annotator_id": ANA,
    "item_id": None,
    "card_index": 0,
    "verdict": "fix",
    "reasons": ["tone"],
    "usefulness": None,
    "contestant": "a/base",
    "supersedes": None,
    "consent_version": "2026-11",
    "created_utc": "2026-03-01T10:00:00.000Z",
    "parser_version": 1,
    "prompt": "Dor",
    "generation": ABOUT,
}
OLD_CORRECTION = {
    **{name: OLD_RATING[name] for name in ("seq", "annotator_id", "consent_version", "created_utc", "prompt")},
    "item_id": None,
    "author": "person",
    "source": "",
    "columns": {"level": "simples"},
    "cards": [{"written_text": "Dor", "spoken_text": "Estou com dor.", "image_id": "🤕", "origin": 0}],
    "card_count": 1,
    "supersedes": None,
    "generation": ABOUT,
}
OTHER = {**ABOUT, "id": "5b0cf2b4-0000-5000-8000-000000000002", "adapter": "default", "contestant": "a/base + default"}
OLD_VOTE = {
    **{name: OLD_RATING[name] for name in ("seq", "annotator_id", "consent_version", "created_utc", "prompt")},
    "item_id": "5b0cf2b4-0000-4000-8000-000000000009",
    "left_contestant": "a/base",
    "right_contestant": "a/base + default",
    "choice": "left",
    "supersedes": None,
    "left_generation": ABOUT,
    "right_generation": OTHER,
}


def old_file(*lines: dict[str, Any]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def old_files(access: HubAccess) -> dict[str, str]:
    """Put a repository of the old form on the Hub; the ids of what was said in it."""
    made = {name: new_id() for name in ("first", "second", "erased", "correction", "vote")}
    first = {**OLD_RATING, "id": made["first"]}
    second = {**OLD_RATING, "id": made["second"], "verdict": "keep", "supersedes": made["first"], "reasons": []}
    erased = {**OLD_RATING, "id": made["erased"], "annotator_id": BIA, "prompt": "Segredo", "generation": OTHER}
    files = {
        "data/ratings/1-2.jsonl": old_file(first, erased),
        "data/ratings/3-3.jsonl": old_file(second),
        "data/corrections/1-1.jsonl": old_file({**OLD_CORRECTION, "id": made["correction"]}),
        "data/votes/1-1.jsonl": old_file({**OLD_VOTE, "id": made["vote"]}),
        f"data/tombstones/{new_id()}-1.jsonl": old_file({"row_id": made["erased"]}),
        "README.md": b"an older card",
    }
    append_files(access, REPO, "x", lambda names: files)
    return made


def test_files_of_earlier_versions_are_read_as_far_as_they_tell(hub, access: HubAccess, server):
    made = old_files(access)
    archive = server()

    synced(archive, access)

    with archive.database.read() as connection:
        stored = {row.id: row for row in connection.execute(select(ratings))}
        work = own_work(connection, ANA, ABOUT["id"])
        texts = set(connection.scalars(select(prompts.c.text)))
        stones = list(connection.scalars(select(tombstones.c.row_id)))
        (correction,) = connection.execute(select(corrections)).all()
    assert stored.keys() == {made["first"], made["second"]}
    assert (stored[made["second"]].supersedes, stored[made["second"]].previous) == (made["first"], "fix")
    assert stored[made["first"]].day == "2026-03-01"
    assert work.verdicts == {0: ("keep", ())}
    assert [card.card.written_text for card in work.correction or ()] == ["Dor"]
    assert (correction.id, json.loads(correction.columns)) == (made["correction"], {"level": "simples"})
    assert said(archive)["votes"] == [made["vote"]]
    assert texts == {"Dor"}
    assert stones == [made["erased"]]


def test_what_was_read_in_the_old_form_is_told_once_in_the_new_one(hub, access: HubAccess, server):
    made = old_files(access)
    synced(server(), access)

    second = server()
    synced(second, access)

    assert sorted(ids(hub)) == sorted(set(made.values()) - {made["erased"]})
    assert said(second)["ratings"] == sorted((made["first"], made["second"]))


def test_a_database_of_an_earlier_version_sends_all_of_it_in_the_new_form(hub, access: HubAccess, archive, ana: str):
    generation_id = fresh(archive.database, ana)
    made = rate(archive.database, ana, generation_id)
    line = {**OLD_RATING, "id": made.id, "annotator_id": ana, "generation": {**ABOUT, "id": generation_id}}
    append_files(access, REPO, "x", lambda names: {"data/ratings/1-1.jsonl": old_file(line)})
    before = rows(archive.database)

    synced(archive, access)

    assert rows(archive.database) == before
    assert ids(hub) == [made.id]
