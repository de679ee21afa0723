"""Adapters, evaluations, promotions and pushes in the store."""

from __future__ import annotations

import dataclasses

import pytest

from aac.errors import WrongCall
from aac.store.adapters import (
    Promotion,
    PushEvent,
    StoredAdapter,
    StoredEvaluation,
    active,
    add_adapter,
    add_evaluation,
    add_promotion,
    add_push_event,
    find_adapter,
    last_push,
    list_adapters,
    list_evaluations,
    list_promotions,
)
from aac.store.database import Database

BASE = "a/base"


def adapter(database: Database, name: str = "mine", weights: str = "a" * 64) -> StoredAdapter:
    return add_adapter(database, name, BASE, weights)


def promote(database: Database, adapter_id: str | None, expected: str | None, promotion_id: str = "p1") -> None:
    add_promotion(database, Promotion(promotion_id, BASE, adapter_id, None, "better", "rule"), expected)


def test_the_same_weights_on_the_same_base_are_one_adapter(database: Database):
    first, again = adapter(database), adapter(database, name="copied")
    other = add_adapter(database, "mine", "another/base", "a" * 64)

    assert first == again
    assert other.id != first.id


def test_an_adapter_is_found_by_its_id_its_name_or_their_beginning(database: Database):
    made = adapter(database)

    with database.read() as connection:
        found = [find_adapter(connection, name) for name in (made.id, "mine", made.id[:6])]
        with pytest.raises(WrongCall, match="mine"):
            find_adapter(connection, "yours")
        assert list_adapters(connection, "another/base") == []
    assert found == [made] * 3


def test_an_evaluation_comes_back_as_it_was_stored_and_once(database: Database):
    made = adapter(database)
    evaluation = StoredEvaluation("e1", made.id, None, None, "f" * 64, {"prompts": 2}, ("Água,…", ""))
    base = StoredEvaluation("e0", None, None, None, "f" * 64, {"prompts": 2}, ())
    for one in (base, evaluation, evaluation):
        add_evaluation(database, one)

    with database.read() as connection:
        assert [e.id for e in list_evaluations(connection)] == ["e1", "e0"]
        assert [e.id for e in list_evaluations(connection, [None])] == ["e0"]
        (found,) = list_evaluations(connection, [made.id], with_answers=True)
    assert (found.scores, found.answers) == (evaluation.scores, evaluation.answers)


def test_what_speaks_is_what_was_promoted_last(database: Database):
    first, second = adapter(database), adapter(database, "other", "b" * 64)

    promote(database, first.id, None, "p1")
    promote(database, second.id, first.id, "p2")

    with database.read() as connection:
        assert getattr(active(connection, BASE), "adapter_id", "") == second.id
        assert active(connection, "another/base") is None
        assert [p.id for p in list_promotions(connection, BASE)] == ["p2", "p1"]


def test_of_two_promotions_decided_on_the_same_list_one_is_refused(database: Database):
    first, second = adapter(database), adapter(database, "other", "b" * 64)
    promote(database, first.id, None, "p1")

    with pytest.raises(WrongCall, match="decide again"):
        promote(database, second.id, None, "p2")


def test_how_the_last_push_of_an_adapter_stands(database: Database):
    made = adapter(database)
    event = PushEvent(made.id, "a/b", "done", commit_id="c1", run_id="r1", version_id="v1", is_public=True)
    add_push_event(database, PushEvent(made.id, "a/b", "pushing"))
    add_push_event(database, event)

    with database.read() as connection:
        push = last_push(connection, made.id)
        assert last_push(connection, "never pushed") is None
    assert push == dataclasses.replace(event, created_utc=push.created_utc if push else "")


def test_of_two_runs_that_made_one_adapter_each_has_its_own_last_push(database: Database):
    made = adapter(database)
    for run_id in ("r1", "r2"):
        add_push_event(database, PushEvent(made.id, f"a/{run_id}", "done", run_id=run_id))

    with database.read() as connection:
        pushes = [last_push(connection, made.id, run_id) for run_id in ("r1", "r2", "r3")]
    assert [push and push.repository for push in pushes] == ["a/r1", "a/r2", None]
