"""However often a disk is lost: what had reached the Hub is there once, and what was erased is not."""

from __future__ import annotations

import random

import pytest

from aac.hub.access import HubAccess
from aac.store import erasures
from aac.store.people import add_consent, consent_version, export
from aac.workflow.archive import Archive
from tests.store.sample import (
    cast,
    compare_item,
    correct,
    fresh,
    new_id,
    rate,
    shipped,
)
from tests.workflow.log_on_hub import ids, said, said_by, synced


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
