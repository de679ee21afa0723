"""A server whose disk was lost finds on the Hub all that had reached it, and nothing that was erased."""

from __future__ import annotations

import dataclasses
import json
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aac.errors import CorruptError, HubError, WrongCall
from aac.hub.access import HubAccess
from aac.hub.syncing import append_files
from aac.settings import Settings
from aac.store import erasures
from aac.store.annotations import add_rating, own_work
from aac.store.copying import record_tables
from aac.store.people import add_consent, consent_version, export
from aac.store.schema import corrections, prompts, ratings, tombstones, votes
from aac.workflow.archive import Archive
from aac.workflow.log_files import to_bytes
from aac.workflow.restoring import restore_from_hub
from aac.workflow.syncing import AnnotationSync
from aac.workflow.versions import FreezeOrder, freeze
from tests.conftest import HUB_TOKEN
from tests.hub.reading import commits
from tests.store.sample import (
    cast,
    compare_item,
    consented,
    correct,
    fresh,
    new_id,
    rate,
    rating,
    shipped,
    stored_rows,
)
from tests.store.test_copying import rows
from tests.workflow.log_on_hub import REPO, ids, there

SALT = "a long random text"


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, tries=1)


@pytest.fixture
def server(tmp_path: Path, hub: Any) -> Iterator[Callable[[], Archive]]:
    """A new server with an empty disk, each time; its salt is a secret of the Space's."""
    made: list[Archive] = []

    def start() -> Archive:
        made.append(Archive(Settings(tmp_path / f"disk-{len(made)}", salt=SALT, sync_repository=REPO)))
        return made[-1]

    yield start
    for archive in made:
        archive.close()


def synced(archive: Archive, access: HubAccess) -> AnnotationSync:
    """After one round that went well."""
    sync = AnnotationSync(archive, access, REPO)
    sync.send()
    assert sync.state().error is None
    return sync


def said_by(archive: Archive, person: str) -> dict[str, list[str]]:
    with archive.database.read() as connection:
        return {table: sorted(row["id"] for row in found) for table, found in export(connection, person).items()}


def test_a_new_server_finds_every_row_and_every_persons_own(hub, access: HubAccess, server):
    first = server()
    person = first.annotator_id("a" * 32)
    add_consent(first.database, new_id(), person, "2026-11", "pt")
    generation_id = fresh(first.database, person)
    rate(first.database, person, generation_id, verdict="fix")
    correct(first.database, person, generation_id)
    cast(first.database, person, compare_item(first.database, person))
    synced(first, access)

    second = server()
    synced(second, access)

    assert rows(second.database) == rows(first.database)
    assert second.annotator_id("a" * 32) == person
    assert said_by(second, person) == said_by(first, person)
    with second.database.read() as connection:
        assert consent_version(connection, person) == "2026-11"
    assert commits(hub, REPO, "datasets") == 1  # what came from there is not sent again


def test_words_with_every_kind_of_line_end_come_back_as_they_were(hub, access: HubAccess, server):
    first = server()
    words = "um\u2028dois\u2029três\x85quatro\x0bcinco\r\nseis"
    fresh(first.database, consented(first.database), words)
    synced(first, access)

    second = server()
    synced(second, access)

    with second.database.read() as connection:
        assert list(connection.scalars(select(prompts.c.text))) == [words]


def test_rows_of_the_new_disk_go_beside_those_of_the_lost_one(hub, access: HubAccess, server):
    first = server()
    person = consented(first.database)
    generation_id = shipped(first.database, "Um")[0]
    sent = [rate(first.database, person, generation_id, verdict="keep").id for _ in range(5)]
    synced(first, access)
    second = server()
    sync = synced(second, access)
    sent.append(rate(second.database, person, generation_id, verdict="wrong").id)

    sync.send()

    assert sorted(ids(hub)) == sorted(sent)
    assert len({file.lineage for file in there(hub)}) == 2
    third = server()
    synced(third, access)
    assert rows(third.database) == rows(second.database)


def test_what_was_erased_stays_erased_and_its_person_gets_a_new_pseudonym(hub, access: HubAccess, server):
    first = server()
    person = first.annotator_id("a" * 32)
    add_consent(first.database, new_id(), person, "2026-11", "pt")
    rate(first.database, person, fresh(first.database, person, "Segredo"))
    kept = rate(first.database, consented(first.database), shipped(first.database, "Um")[0])
    sync = synced(first, access)
    erasures.erase(first.database, person, new_id())
    sync.send()

    second = server()
    synced(second, access)

    with second.database.read() as connection:
        assert list(connection.scalars(select(ratings.c.id))) == [kept.id]
        assert "Segredo" not in list(connection.scalars(select(prompts.c.text)))
    assert second.annotator_id("a" * 32) == first.annotator_id("a" * 32) != person
    assert stored_rows(second.database, tombstones) == stored_rows(first.database, tombstones)


def test_two_servers_of_two_disks_come_to_hold_the_same(hub, access: HubAccess, server):
    one, two = server(), server()
    syncs = [synced(one, access), synced(two, access)]
    person = consented(one.database)
    generation_id = shipped(one.database, "Um")[0]
    for archive, sync in [*zip((one, two), syncs, strict=True)] * 2:
        sync.send()
        rate(archive.database, person, generation_id)  # of one and the same, on the one and on the other
        other = consented(archive.database)
        rate(archive.database, other, fresh(archive.database, other))
        sync.send()

    for sync in (*syncs, *syncs):
        sync.send()

    assert said(one) == said(two)
    assert len(ids(hub)) == len(set(ids(hub))) == stored_rows(one.database, ratings) == 8
    before = commits(hub, REPO, "datasets")
    for sync in syncs:
        sync.send()
    assert commits(hub, REPO, "datasets") == before  # neither tells the other what it heard from it


def test_of_two_servers_that_ask_one_person_at_once_the_later_answer_holds_on_both(hub, access: HubAccess, server):
    one, two = server(), server()
    person = consented(one.database)
    generation_id = shipped(one.database, "Um")[0]
    syncs = [synced(one, access), synced(two, access)]
    first = rate(one.database, person, generation_id, verdict="keep")
    threading.Event().wait(0.005)  # the times have milliseconds
    second = rate(two.database, person, generation_id, verdict="wrong")

    for sync in (*syncs, *syncs):
        sync.send()

    three = server()
    synced(three, access)
    for archive in (one, two, three):
        with archive.database.read() as connection:
            assert own_work(connection, person, generation_id).verdicts == {0: ("wrong", ())}
    assert said(three)["ratings"] == said(one)["ratings"] == sorted((first.id, second.id))


def said(archive: Archive) -> dict[str, list[str]]:
    """The ids of all that people said, by table."""
    with archive.database.read() as connection:
        return {table.name: sorted(connection.scalars(select(table.c.id))) for table in (ratings, votes, corrections)}


def test_an_erasure_on_one_server_reaches_the_other(hub, access: HubAccess, server):
    one, two = server(), server()
    first, second = synced(one, access), synced(two, access)
    person = consented(one.database)
    rate(one.database, person, fresh(one.database, person, "Segredo"))
    first.send()
    second.send()
    assert stored_rows(two.database, ratings) == 1

    erasures.erase(two.database, person, new_id())
    second.send()
    first.send()

    assert stored_rows(one.database, ratings) == stored_rows(one.database, prompts) == 0


def test_what_an_old_container_sends_late_is_taken_in_too(hub, access: HubAccess, server):
    old = server()
    person = consented(old.database)
    generation_id = shipped(old.database, "Um")[0]
    old_sync = synced(old, access)
    new = server()
    new_sync = synced(new, access)
    late = rate(old.database, person, generation_id)
    new_sync.send()
    old_sync.send()

    new_sync.send()

    assert said(new)["ratings"] == [late.id]


def test_what_the_browser_sends_again_after_a_loss_is_stored_once(hub, access: HubAccess, server):
    first = server()
    person = consented(first.database)
    generation_id = shipped(first.database, "Um")[0]
    synced(first, access)
    acknowledged = rating(person, generation_id)
    add_rating(first.database, acknowledged)  # and then the disk is lost
    second = server()
    sync = synced(second, access)
    add_rating(second.database, acknowledged)
    sync.send()
    synced(first, access)  # the old container sent it after all

    sync.send()

    assert said(second)["ratings"] == [acknowledged.id]
    third = server()
    synced(third, access)
    assert said(third)["ratings"] == [acknowledged.id]


def test_with_the_hub_away_at_the_start_it_waits_and_then_restores(hub, access: HubAccess, server):
    first = server()
    rate(first.database, consented(first.database), shipped(first.database, "Um")[0])
    synced(first, access)
    second = server()
    sync = AnnotationSync(second, access, REPO)
    hub.faults.append({"times": 2, "match": "/api/", "status": 503})

    sync.send()
    assert (sync.is_restoring(), sync.is_level(), stored_rows(second.database, ratings)) == (True, False, 0)
    sync.send()
    assert sync.is_restoring()
    sync.send()

    assert (sync.is_restoring(), sync.is_level(), stored_rows(second.database, ratings)) == (False, True, 1)


@pytest.mark.parametrize("fault", [{"status": 404}, {"status": 200, "body": {"a": 1}}])
def test_a_restore_that_is_cut_off_is_begun_again(hub, access: HubAccess, server, fault: dict[str, Any]):
    first = server()
    rate(first.database, consented(first.database), shipped(first.database, "Um")[0])
    synced(first, access)
    second = server()
    hub.faults.append({"times": 99, "match": "/resolve/", "method": "GET", **fault})
    sync = AnnotationSync(second, access, REPO)
    sync.send()
    assert (sync.state().error is not None, sync.is_restoring()) == (True, True)
    assert {table.name: 0 for table in record_tables()} == {
        table.name: stored_rows(second.database, table) for table in record_tables()
    }

    hub.faults.clear()
    sync.send()

    assert rows(second.database) == rows(first.database)


def test_a_database_that_has_people_goes_on_while_the_hub_is_away(hub, access: HubAccess, archive: Archive, ana: str):
    hub.faults.append({"times": 9, "match": "/api/", "status": 503})
    sync = AnnotationSync(archive, access, REPO)

    sync.send()

    assert not sync.is_restoring()


def test_a_repository_that_the_hub_denies_is_not_taken_for_an_empty_one(hub, access: HubAccess, server):
    first = server()
    rate(first.database, consented(first.database), shipped(first.database, "Um")[0])
    synced(first, access)
    denied = {"status": 404, "headers": {"X-Error-Code": "RepoNotFound"}}
    hub.faults.append({"times": 2, "match": f"/api/datasets/{REPO}", "method": "GET", **denied})
    second = server()
    sync = AnnotationSync(second, access, REPO)

    sync.send()
    assert sync.is_restoring()
    sync.send()

    assert rows(second.database) == rows(first.database)


def test_who_had_no_token_restores_when_there_is_one(hub, access: HubAccess, server):
    first = server()
    rate(first.database, consented(first.database), shipped(first.database, "Um")[0])
    synced(first, access)
    second = server()

    sync = AnnotationSync(second, dataclasses.replace(access, token=""), REPO)
    sync.send()
    assert isinstance(sync.state().error, HubError)
    assert sync.is_restoring()
    sync.access = access
    sync.send()

    assert stored_rows(second.database, ratings) == 1


def test_postgresql_is_restored_as_well(hub, access: HubAccess, server, tmp_path: Path, postgresql_url: str):
    first = server()
    person = consented(first.database)
    rate(first.database, person, fresh(first.database, person))
    correct(first.database, person, fresh(first.database, person))
    synced(first, access)
    second = Archive(Settings(tmp_path / "pg", database_url=postgresql_url, salt=SALT))

    synced(second, access)

    assert rows(second.database) == rows(first.database)
    second.close()


def test_a_newer_pranchas_log_is_refused_and_nothing_is_changed(hub, access: HubAccess, server):
    newer = to_bytes([]).replace(b'"0006"', b'"9999"')
    append_files(access, REPO, "x", lambda names: {f"log/{'a' * 32}/1-1.jsonl": newer})
    second = server()

    with pytest.raises(WrongCall, match="newer Prancha"):
        restore_from_hub(second, access, REPO)

    assert AnnotationSync(second, access, REPO).is_restoring()


@pytest.mark.parametrize("data", [b"", b"{}\n", b"no JSON\n", to_bytes([]) + b'{"table": "ratings"}\n'])
def test_a_file_that_is_none_of_ours_is_named(hub, access: HubAccess, server, data: bytes):
    append_files(access, REPO, "x", lambda names: {f"log/{'a' * 32}/1-1.jsonl": data})

    with pytest.raises(CorruptError, match=r"1-1\.jsonl"):
        restore_from_hub(server(), access, REPO)


def test_versions_come_back_with_their_splits(hub, access: HubAccess, server):
    first = server()
    person = consented(first.database)
    for n in range(4):
        correct(first.database, person, shipped(first.database, f"Pedido {n}")[0])
    freeze(first, FreezeOrder("v1", with_shipped=True))
    synced(first, access)

    second = server()
    synced(second, access)

    assert rows(second.database) == rows(first.database)
    assert rows(first.database)["prompt_splits"]


# --- files of earlier versions ----------------------------------------------------------------------------------------

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


# --- losing it all, again and again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_whenever_disks_are_lost_what_reached_the_hub_is_there_once(hub, access: HubAccess, server, seed: int):
    chance = random.Random(seed)
    tokens = [f"{n:032x}" for n in range(5)]
    expected, erased = {token: set[str]() for token in tokens}, set[str]()
    archive = server()
    sync = synced(archive, access)
    for _ in range(60):
        token, what = chance.choice(tokens), chance.random()
        person = archive.annotator_id(token)
        if what < 0.6:
            expected[token].add(_say(archive, person, chance))
        elif what < 0.7:
            with archive.database.read() as connection:
                gone = {row["id"] for found in export(connection, person).values() for row in found}
            erasures.erase(archive.database, person, new_id())
            sync.send()
            erased |= gone
            expected[token] = set()
        elif what < 0.85:
            sync.send()
        else:  # the disk is lost, with all that has not reached the Hub
            arrived = set(ids(hub))
            archive = server()
            sync = synced(archive, access)
            for some in expected.values():
                some &= arrived
    sync.send()

    fresh_server = server()
    synced(fresh_server, access)

    for each in (archive, fresh_server):
        found = [row_id for some in said(each).values() for row_id in some]
        assert sorted(found) == sorted(set().union(*expected.values()))
        assert not erased & set(found)
        for token in tokens:
            own = said_by(each, each.annotator_id(token))
            assert {row_id for table in ("ratings", "votes", "corrections") for row_id in own[table]} == expected[token]


def _say(archive: Archive, person: str, chance: random.Random) -> str:
    """Something that this person says, of their own answer or of one in the queue; its id."""
    with archive.database.read() as connection:
        is_known = consent_version(connection, person)
    if not is_known:
        add_consent(archive.database, new_id(), person, "2026-11", "pt")
    kind = chance.choice(("rate", "rate again", "correct", "vote"))
    if kind == "vote":
        return cast(archive.database, person, compare_item(archive.database, person, f"P{chance.random()}")).id
    if kind == "rate again":
        with archive.database.read() as connection:
            known = [row["generation_id"] for row in export(connection, person)["ratings"]]
        chosen = chance.choice(known or shipped(archive.database, "Querer"))
        return rate(archive.database, person, chosen, verdict=chance.choice(("keep", "fix", "wrong"))).id
    generation_id = fresh(archive.database, person, chance.choice(("Querer", "Comer", "Ir")))
    made = rate if kind == "rate" else correct
    return made(archive.database, person, generation_id).id
