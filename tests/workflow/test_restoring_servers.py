"""Servers of several disks that send to one repository come to hold the same, each row once."""

from __future__ import annotations

import threading

from aac.hub.access import HubAccess
from aac.store import erasures
from aac.store.annotations import add_rating, own_work
from aac.store.schema import prompts, ratings
from tests.hub.reading import commits
from tests.store.sample import (
    consented,
    fresh,
    new_id,
    rate,
    rating,
    shipped,
    stored_rows,
)
from tests.workflow.log_on_hub import REPO, ids, said, synced


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
