"""The queue: who gets what next, what never comes again, and how much is left."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from aac.errors import WrongCall
from aac.store import queue
from aac.store.database import Database
from aac.store.erasures import erase
from aac.store.people import ConsentNeeded
from aac.store.queue import QueueItem, add_prompts, add_shipped, attach_answers, finish, next_item, read_item
from aac.store.schema import generations, queue_generations, queue_items, queue_progress
from tests.store.sample import PARSER_VERSION, consented, generation, new_id, shipped, stored_rows

RATE = [("a/base", "default")]
COMPARE = [("a/base", "none"), ("a/base", "default")]
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def three(database: Database) -> list[str]:
    """Three prompts in the queue "rate", oldest first; their items' ids."""
    add_prompts(database, "rate", ["Um", "Dois", "Três"], RATE)
    with database.read() as connection:
        return list(connection.scalars(select(queue_items.c.id).order_by(queue_items.c.seq)))


def served(database: Database, annotator_id: str, kind: str = "rate") -> QueueItem:
    item = next_item(database, annotator_id, kind)
    assert item is not None
    return item


def through(database: Database, annotator_id: str, outcome: str = "done", kind: str = "rate") -> str:
    """Take the next item and finish it; its id."""
    item = served(database, annotator_id, kind)
    finish(database, new_id(), item.id, annotator_id, outcome)
    return item.id


def all_through(database: Database, annotator_id: str, outcome: str = "done") -> list[str]:
    """Work the queue "rate" off; the ids in the order they came."""
    ids = []
    while next_item(database, annotator_id, "rate"):
        ids.append(through(database, annotator_id, outcome))
    return ids


def left(database: Database, annotator_id: str) -> dict[str, int]:
    with database.read() as connection:
        return queue.left(connection, annotator_id)


@pytest.fixture
def later(monkeypatch):
    """Let half an hour pass."""

    def pass_by() -> None:
        class Later(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + HALF_AN_HOUR

        monkeypatch.setattr(queue, "datetime", Later)

    return pass_by


def test_one_person_gets_everything_the_oldest_first(database, ana, three):
    assert all_through(database, ana) == three


def test_an_item_says_its_prompt_and_who_is_to_answer(database, ana, three):
    item = served(database, ana)

    assert (item.id, item.kind, item.prompt) == (three[0], "rate", "Um")
    assert item.contestants == tuple(RATE)
    assert not item.is_ready


def test_what_fewer_people_saw_comes_first(database, ana, bia, three):
    through(database, ana)

    assert served(database, bia).id == three[1]


def test_a_skipped_item_counts_as_seen_by_nobody(database, ana, bia, three):
    through(database, ana, "skipped")

    assert served(database, bia).id == three[0]


def test_what_another_just_opened_counts_as_seen_for_a_while(database, ana, bia, three, later):
    served(database, ana)

    assert served(database, bia).id == three[1]
    finish(database, new_id(), three[1], bia, "skipped")
    later()
    assert served(database, bia).id == three[0]


def test_where_the_answers_differ_more_comes_first(database, ana):
    add_prompts(database, "compare", ["Um", "Dois", "Três", "Quatro"], COMPARE)
    with database.read() as connection:
        items = {
            read_item(connection, item_id).prompt: item_id for item_id in connection.scalars(select(queue_items.c.id))
        }
    for prompt, difference in (("Dois", 10.0), ("Três", 80.0), ("Quatro", 0.0)):
        answers = [generation(prompt, None), generation(prompt)]
        attach_answers(database, items[prompt], answers, difference, PARSER_VERSION)

    order = [through(database, ana, kind="compare") for _ in items]

    assert order == [items[prompt] for prompt in ("Três", "Dois", "Quatro", "Um")]


def test_fewest_people_go_before_greater_difference(database, ana, bia):
    add_prompts(database, "compare", ["Um", "Dois"], COMPARE)
    first = served(database, ana, "compare")
    attach_answers(database, first.id, [generation("Um", None), generation("Um")], 90.0, PARSER_VERSION)
    finish(database, new_id(), first.id, ana, "done")

    assert served(database, bia, "compare").prompt == "Dois"


def test_nobody_gets_an_item_again_that_they_finished(database, ana, three):
    all_through(database, ana)

    assert next_item(database, ana, "rate") is None
    assert left(database, ana)["rate"] == 0


def test_nobody_gets_an_item_again_that_they_skipped(database, ana, three, later):
    assert all_through(database, ana, "skipped") == three
    later()

    assert next_item(database, ana, "rate") is None


def test_an_unfinished_item_comes_again(database, ana, bia, three, later):
    first = served(database, ana)
    all_through(database, bia)
    later()

    assert served(database, ana).id == first.id
    assert stored_rows(database, queue_progress) == 1 + 2 * 3  # served, and served and done


def test_an_unfinished_item_comes_again_and_is_left_also_when_others_were_enough_meanwhile(database, ana, three, later):
    first = served(database, ana)
    later()
    for annotator_id in (consented(database), consented(database)):
        all_through(database, annotator_id)

    assert served(database, ana).id == first.id
    assert left(database, ana)["rate"] == 1


def test_an_item_goes_to_no_more_people_than_wanted(database, three):
    queue.set_overlap(database, 2)

    done = [all_through(database, consented(database)) for _ in range(3)]

    assert [sorted(ids) for ids in done] == [sorted(three), sorted(three), []]


def test_the_latest_overlap_holds_at_once(database, ana, bia, three):
    queue.set_overlap(database, 1)
    all_through(database, ana)
    nothing = next_item(database, bia, "rate")
    queue.set_overlap(database, 2)

    assert nothing is None
    assert next_item(database, bia, "rate") is not None


@pytest.mark.parametrize("people", [0, 21])
def test_an_overlap_out_of_range_is_refused(database, people):
    with pytest.raises(WrongCall, match=f"not by {people}"):
        queue.set_overlap(database, people)

    with database.read() as connection:
        assert queue.overlap(connection) == queue.OVERLAP_DEFAULT


def test_people_who_come_at_once_do_not_get_the_same_item(database, three):
    queue.set_overlap(database, 1)
    people = [consented(database) for _ in range(8)]
    start = threading.Barrier(len(people))

    def come(annotator_id: str) -> str | None:
        start.wait()
        item = next_item(database, annotator_id, "rate")
        return item.id if item else None

    with ThreadPoolExecutor(len(people)) as pool:
        got = list(pool.map(come, people))

    assert sorted(item_id for item_id in got if item_id) == sorted(three)


def test_what_the_only_person_skipped_is_free_for_the_next_at_once(database, ana, bia, three):
    queue.set_overlap(database, 1)
    all_through(database, ana, "skipped")

    assert left(database, bia)["rate"] == 3
    assert served(database, bia).id == three[0]


def test_an_erased_persons_places_are_free_again(database, ana, bia, three):
    queue.set_overlap(database, 1)
    all_through(database, ana)
    erase(database, ana, new_id())

    assert all_through(database, bia) == three


def test_the_kinds_are_queues_of_their_own(database, ana):
    add_prompts(database, "rate", ["Um"], RATE)
    add_prompts(database, "compare", ["Um", "Dois"], COMPARE)
    shipped(database, "Um", "Dois", "Três")

    assert left(database, ana) == {"rate": 1, "review": 3, "compare": 2}
    through(database, ana, kind="compare")
    assert left(database, ana) == {"rate": 1, "review": 3, "compare": 1}
    assert {served(database, ana, kind).kind for kind in queue.KINDS} == set(queue.KINDS)


def test_left_counts_what_is_on_ones_own_screen_and_not_what_fills_anothers(database, ana, bia, three):
    queue.set_overlap(database, 1)
    served(database, ana)

    assert left(database, ana)["rate"] == 3
    assert left(database, bia)["rate"] == 2


def test_the_queue_counts_what_enough_people_finished(database, ana, bia, three):
    through(database, ana)
    through(database, bia, "skipped")
    with database.read() as connection:
        before = queue.queue_counts(connection)
    finish(database, new_id(), three[0], bia, "done")

    with database.read() as connection:
        assert before["rate"] == (3, 0)
        assert queue.queue_counts(connection) == {"rate": (3, 1), "review": (0, 0), "compare": (0, 0)}


def test_the_same_prompts_are_queued_once(database):
    added = [add_prompts(database, "rate", ["Um", "Dois", "Um"], RATE) for _ in range(2)]

    assert added == [2, 0]
    assert stored_rows(database, queue_items) == 2


def test_the_same_prompt_waits_once_for_each_choice_of_contestants(database):
    assert add_prompts(database, "compare", ["Um"], COMPARE) == 1
    assert add_prompts(database, "compare", ["Um"], COMPARE[::-1]) == 1
    assert add_prompts(database, "rate", ["Um"], RATE) == 1


def test_the_same_prompts_queued_by_two_at_once_are_queued_once(database):
    texts = [f"Pedido {n}" for n in range(20)]
    start = threading.Barrier(4)

    def add(_: int) -> int:
        start.wait()
        return add_prompts(database, "rate", texts, RATE)

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(add, range(4)))

    assert sorted(added) == [0, 0, 0, 20]
    assert stored_rows(database, queue_items) == 20


def test_the_same_shipped_sets_are_queued_once(database):
    sets = [generation("Um", None), generation("Dois", None)]
    more = generation("Três", None)

    added = [add_shipped(database, some, PARSER_VERSION) for some in (sets, sets, [*sets, more])]

    assert added == [2, 0, 1]
    assert stored_rows(database, queue_items) == 3


def test_a_shipped_set_is_ready_to_be_reviewed(database, ana):
    (generation_id,) = shipped(database, "Um")

    item = served(database, ana, "review")

    assert item.is_ready
    assert item.generation_ids == (generation_id,)


def test_an_item_is_ready_when_its_answers_are_there_in_their_slots(database, ana):
    add_prompts(database, "compare", ["Um"], COMPARE)
    item = served(database, ana, "compare")
    answers = [generation("Um", None), generation("Um")]

    attach_answers(database, item.id, answers, 12.5, PARSER_VERSION)

    with database.read() as connection:
        ready = read_item(connection, item.id)
        differences = list(connection.scalars(select(queue_generations.c.disagreement).order_by("slot")))
    assert not item.is_ready
    assert ready.is_ready
    assert ready.generation_ids == tuple(stored.id for stored in answers)
    assert differences == [None, 12.5]


def test_the_answers_that_came_first_stay(database, ana, three):
    first, second = generation("Um"), generation("Um")

    for stored in (first, second):
        attach_answers(database, three[0], [stored], None, PARSER_VERSION)

    with database.read() as connection:
        assert read_item(connection, three[0]).generation_ids == (first.id,)
    assert stored_rows(database, generations) == 1


def test_finishing_is_noted_once_for_each_request(database, ana, three):
    served(database, ana)
    progress_id = new_id()

    for _ in range(3):
        finish(database, progress_id, three[0], ana, "done")

    assert stored_rows(database, queue_progress) == 2


def test_nothing_is_served_or_finished_before_consent(database, three):
    with pytest.raises(ConsentNeeded):
        next_item(database, "0" * 32, "rate")
    with pytest.raises(ConsentNeeded):
        finish(database, new_id(), three[0], "0" * 32, "done")

    assert stored_rows(database, queue_progress) == 0


def test_what_is_not_there_is_named(database, ana, three):
    with pytest.raises(WrongCall, match="'guess'"):
        next_item(database, ana, "guess")
    with pytest.raises(WrongCall, match="'no-such'"):
        finish(database, new_id(), "no-such", ana, "done")
    with pytest.raises(WrongCall, match="'left'"):
        finish(database, new_id(), three[0], ana, "left")


def test_times_are_utc_with_milliseconds(database, ana, three):
    before = datetime.now(UTC)
    served(database, ana)

    with database.read() as connection:
        created = connection.scalar(select(queue_progress.c.created_utc))
    assert created[-5] == "." and created[-1] == "Z"
    assert abs(datetime.fromisoformat(created) - before) < HALF_AN_HOUR
