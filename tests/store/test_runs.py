"""Runs in the store: queued once, taken by one worker at a time, ended once."""

from __future__ import annotations

import pytest

from aac.errors import WrongCall
from aac.store.database import Database
from aac.store.runs import (
    LostClaim,
    Note,
    Run,
    add_run,
    cancel_run,
    claim_run,
    claimed_by,
    find_run,
    list_runs,
    note_state,
    open_runs,
    requeue_run,
)

CONFIG = {"lora_r": 8}


def queued(database: Database, run_id: str = "run-1") -> str:
    add_run(database, run_id, None, CONFIG, {"preset": "smoke"})
    return run_id


def found(database: Database, run_id: str) -> Run:
    with database.read() as connection:
        return find_run(connection, run_id)


def test_a_run_begins_queued_with_what_was_asked_for(database: Database):
    run = found(database, queued(database))

    assert (run.state, run.attempt, run.config, run.options) == ("queued", 1, CONFIG, {"preset": "smoke"})


def test_the_same_run_asked_for_twice_is_one(database: Database):
    first = add_run(database, "run-1", None, CONFIG, {})
    second = add_run(database, "run-1", None, {"lora_r": 64}, {})

    assert (first, second) == (True, False)
    assert found(database, "run-1").config == CONFIG


def test_a_run_is_found_by_the_beginning_of_its_id(database: Database):
    queued(database, "abc-1")
    queued(database, "abd-2")

    assert found(database, "abd").id == "abd-2"
    with pytest.raises(WrongCall, match="no run 'ab'"):
        found(database, "ab")


def test_a_worker_tells_the_states_of_its_run_each_once(database: Database):
    claim = claim_run(database, queued(database), "here")

    for state in ("running", "running", "evaluating", "done"):
        note_state(database, claim, state)

    assert [event.state for event in found(database, "run-1").events] == ["queued", "running", "evaluating", "done"]


def test_a_run_that_another_worker_took_takes_nothing_from_the_first(database: Database):
    first = claim_run(database, queued(database), "here")
    second = claim_run(database, "run-1", "there")

    with pytest.raises(LostClaim):
        note_state(database, first, "done")
    note_state(database, second, "running")

    with database.read() as connection:
        assert claimed_by(connection, "run-1") == "there"
    assert found(database, "run-1").state == "running"


def test_a_cancelled_run_stays_cancelled_whatever_its_worker_says(database: Database):
    claim = claim_run(database, queued(database), "here")

    assert cancel_run(database, "run-1") is True

    with pytest.raises(LostClaim):
        note_state(database, claim, "done")
    assert found(database, "run-1").state == "cancelled"


def test_a_worker_that_still_stops_says_nothing_of_a_run_that_was_resumed_meanwhile(database: Database):
    claim = claim_run(database, queued(database), "here")
    cancel_run(database, "run-1")

    assert requeue_run(database, "run-1") is True

    with pytest.raises(LostClaim):
        note_state(database, claim, "failed")
    assert (found(database, "run-1").state, found(database, "run-1").attempt) == ("queued", 2)


def test_a_run_that_ended_is_neither_cancelled_nor_claimed(database: Database):
    note_state(database, claim_run(database, queued(database), "here"), "done")

    assert cancel_run(database, "run-1") is False
    with pytest.raises(LostClaim):
        claim_run(database, "run-1", "there")
    with pytest.raises(WrongCall, match="is done"):
        requeue_run(database, "run-1")


def test_open_runs_come_in_the_order_of_the_queue_and_lists_newest_first(database: Database):
    for run_id in ("a", "b", "c"):
        queued(database, run_id)
    cancel_run(database, "b")

    with database.read() as connection:
        assert [run.id for run in open_runs(connection)] == ["a", "c"]
        assert {run.id for run in list_runs(connection)} == {"a", "b", "c"}


def test_why_a_run_failed_is_kept_in_both_languages(database: Database):
    claim = claim_run(database, queued(database), "here")

    note_state(database, claim, "failed", Note("Faltou disco.", "The disk was full."))

    event = found(database, "run-1").events[-1]
    assert (event.pt, event.en) == ("Faltou disco.", "The disk was full.")


def test_a_run_knows_what_it_made(database: Database):
    claim = claim_run(database, queued(database), "here")
    note_state(database, claim, "running")

    note_state(database, claim, "evaluating", Note(adapter_id="a1"))
    note_state(database, claim, "done")

    assert found(database, "run-1").adapter_id == "a1"
