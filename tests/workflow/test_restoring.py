"""A server whose disk was lost finds on the Hub all that had reached it, and nothing that was erased."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aac.errors import CorruptError, HubError, WrongCall
from aac.hub.access import HubAccess
from aac.hub.syncing import append_files
from aac.settings import Settings
from aac.store import erasures
from aac.store.copying import record_tables
from aac.store.people import add_consent, consent_version
from aac.store.schema import prompts, ratings, tombstones
from aac.workflow.archive import Archive
from aac.workflow.log_files import to_bytes
from aac.workflow.restoring import restore_from_hub
from aac.workflow.syncing import AnnotationSync
from aac.workflow.versions import FreezeOrder, freeze
from tests.hub.reading import commits
from tests.store.sample import (
    consented,
    correct,
    fresh,
    new_id,
    rate,
    say_everything,
    shipped,
    stored_rows,
)
from tests.store.test_copying import rows
from tests.workflow.log_on_hub import REPO, SERVERS_SALT, ids, said_by, synced, there


def test_a_new_server_finds_every_row_and_every_persons_own(hub, access: HubAccess, server):
    first = server()
    person = first.annotator_id("a" * 32)
    add_consent(first.database, new_id(), person, "2026-11", "pt")
    say_everything(first.database, person, fresh(first.database, person))
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
    second = Archive(Settings(tmp_path / "pg", database_url=postgresql_url, salt=SERVERS_SALT))

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
