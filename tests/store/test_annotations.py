"""Ratings, votes and corrections: stored once, superseded in a line, taken back and counted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from aac.cards import Card
from aac.datasets.card_files import card_set
from aac.errors import WrongCall
from aac.records import GenerationRequest
from aac.store.annotations import OwnWork, add_correction, add_rating, add_vote, own_work, read_cards
from aac.store.database import Database
from aac.store.generations import add_fresh_generation, find_or_add_prompt, read_generations
from aac.store.history import counts, history
from aac.store.people import ConsentNeeded, add_consent
from aac.store.schema import corrections, prompts, ratings, votes
from aac.store.versions import chosen_rows
from tests.store.sample import (
    ALL,
    APPLE,
    PARSER_VERSION,
    WATER,
    cast,
    compare_item,
    correct,
    correction,
    fresh,
    generation,
    new_id,
    rate,
    rating,
    shipped,
    stored_rows,
    vote,
)


def own(database: Database, annotator_id: str, generation_id: str) -> OwnWork:
    with database.read() as connection:
        return own_work(connection, annotator_id, generation_id)


def chain(database: Database, table) -> list[tuple[str, str | None]]:
    with database.read() as connection:
        return [
            (row.id, row.supersedes)
            for row in connection.execute(select(table.c.id, table.c.supersedes).order_by(table.c.seq))
        ]


def in_threads(*works) -> list:
    """What each gave, all of them started at one moment."""
    start = threading.Barrier(len(works))

    def begin(work):
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


@pytest.fixture(params=["rating", "vote", "correction"])
def judgement(request, database, ana):
    """How to store one judgement of each kind, the judgement, the same id with other content, and its table."""
    if request.param == "rating":
        made = rating(ana, fresh(database, ana))
        return add_rating, made, replace(made, verdict="wrong"), ratings
    if request.param == "vote":
        made = vote(ana, compare_item(database, ana))
        return add_vote, made, replace(made, choice="tie"), votes
    made = correction(ana, fresh(database, ana))
    return add_correction, made, replace(made, cards=None), corrections


def test_a_repeated_request_stores_one_row_and_says_so(database, judgement):
    add, made, _, table = judgement

    assert [add(database, made) for _ in range(3)] == [True, False, False]

    assert stored_rows(database, table) == 1


def test_eight_threads_with_the_same_request_store_one_row(database, judgement):
    add, made, _, table = judgement

    said = in_threads(*[lambda: add(database, made)] * 8)

    assert sorted(said) == [False] * 7 + [True]
    assert stored_rows(database, table) == 1


def test_the_same_id_with_other_content_is_refused(database, judgement):
    add, made, other, table = judgement
    add(database, made)

    with pytest.raises(WrongCall, match=made.id):
        add(database, other)

    assert stored_rows(database, table) == 1


def test_a_request_that_comes_late_does_not_supersede_what_followed_it(database, ana):
    generation_id = fresh(database, ana)
    first = rate(database, ana, generation_id, verdict="fix")
    rate(database, ana, generation_id, verdict="keep")

    assert add_rating(database, first) is False

    assert own(database, ana, generation_id).verdicts == {0: ("keep", ())}


def test_nothing_is_stored_before_consent(database, judgement):
    add, made, _, table = judgement
    stranger = replace(made, id=new_id(), annotator_id="0" * 32)

    with pytest.raises(ConsentNeeded):
        add(database, stranger)

    assert stored_rows(database, table) == 0


def test_no_fresh_generation_is_stored_before_consent(database):
    with pytest.raises(ConsentNeeded):
        add_fresh_generation(database, generation(), "0" * 32, PARSER_VERSION)

    assert stored_rows(database, prompts) == 0


def test_a_judgement_carries_the_consent_version_agreed_to_last(database, ana):
    add_consent(database, new_id(), ana, "2025-02", "en")

    made = rate(database, ana, fresh(database, ana))

    with database.read() as connection:
        assert connection.scalar(select(ratings.c.consent_version).where(ratings.c.id == made.id)) == "2025-02"


def test_each_row_supersedes_the_one_before(database, ana):
    generation_id, compared = fresh(database, ana), compare_item(database, ana)

    rated = [rate(database, ana, generation_id, verdict=verdict).id for verdict in ("keep", "fix", None)]
    voted = [cast(database, ana, compared, choice).id for choice in ("left", None, "tie")]
    corrected = [correct(database, ana, generation_id, cards).id for cards in ((WATER,), None, (APPLE,))]

    for table, ids in ((ratings, rated), (votes, voted), (corrections, corrected)):
        assert chain(database, table) == list(zip(ids, [None, *ids], strict=False))


def test_chains_stay_linear_when_eight_threads_change_their_mind(database, ana):
    generation_id = fresh(database, ana)

    in_threads(*[lambda: rate(database, ana, generation_id)] * 8)

    rows = chain(database, ratings)
    assert [supersedes for _, supersedes in rows] == [None, *(row_id for row_id, _ in rows[:-1])]


def test_each_card_and_the_whole_set_have_a_chain_of_their_own(database, ana, bia):
    (generation_id,) = shipped(database, "Querer")

    rate(database, ana, generation_id, card_index=0)
    rate(database, ana, generation_id, card_index=1)
    rate(database, ana, generation_id, card_index=None, verdict=None, usefulness=4)
    rate(database, bia, generation_id, card_index=0)

    assert [supersedes for _, supersedes in chain(database, ratings)] == [None] * 4


def test_a_rating_repeats_the_verdict_it_supersedes(database, ana):
    generation_id = fresh(database, ana)

    for verdict in ("keep", "fix", None):
        rate(database, ana, generation_id, verdict=verdict)

    with database.read() as connection:
        assert list(connection.scalars(select(ratings.c.previous).order_by(ratings.c.seq))) == [None, "keep", "fix"]


def test_own_work_is_what_holds_now(database, ana, bia):
    (generation_id,) = shipped(database, "Querer")
    rate(database, ana, generation_id, card_index=0, verdict="wrong", reasons=("wrong_picture", "unsafe"))
    rate(database, ana, generation_id, card_index=1, verdict="wrong")
    rate(database, ana, generation_id, card_index=1, verdict="keep")
    rate(database, ana, generation_id, card_index=None, verdict=None, usefulness=2)
    made = correct(database, ana, generation_id, (APPLE, WATER))
    rate(database, bia, generation_id, card_index=2)

    assert own(database, ana, generation_id) == OwnWork(
        {0: ("wrong", ("wrong_picture", "unsafe")), 1: ("keep", ())}, 2, made.cards
    )


def test_a_null_row_takes_back(database, ana):
    generation_id = fresh(database, ana)
    rate(database, ana, generation_id)
    rate(database, ana, generation_id, verdict=None)
    rate(database, ana, generation_id, card_index=None, verdict=None, usefulness=5)
    rate(database, ana, generation_id, card_index=None, verdict=None)
    correct(database, ana, generation_id)
    correct(database, ana, generation_id, None)

    assert own(database, ana, generation_id) == OwnWork({}, None, None)


def test_what_was_taken_back_can_be_said_again(database, ana):
    generation_id = fresh(database, ana)
    for verdict in ("fix", None, "fix"):
        rate(database, ana, generation_id, verdict=verdict)

    assert own(database, ana, generation_id).verdicts == {0: ("fix", ())}


def test_counts_are_of_what_holds_and_of_nobody_else(database, ana, bia):
    (generation_id,) = shipped(database, "Querer")
    compared = compare_item(database, ana)
    for verdict in ("keep", "fix"):
        rate(database, ana, generation_id, verdict=verdict)
    rate(database, ana, generation_id, card_index=None, verdict=None, usefulness=3)
    for choice in ("left", None):
        cast(database, ana, compared, choice)
    for cards in ((WATER,), (APPLE,)):
        correct(database, ana, generation_id, cards)
    rate(database, bia, generation_id)

    with database.read() as connection:
        assert counts(connection, ana) == {"ratings": 2, "corrections": 1, "votes": 0}


def test_the_history_has_every_row_the_latest_first(database, ana):
    generation_id, compared = fresh(database, ana, "Comer"), compare_item(database, ana, "Ir")
    first = rate(database, ana, generation_id, verdict="fix", reasons=("unsafe",))
    second = rate(database, ana, generation_id, verdict=None)
    third = cast(database, ana, compared, "tie")
    fourth = correct(database, ana, generation_id, (WATER, APPLE))
    fifth = rate(database, ana, generation_id, card_index=None, verdict=None, usefulness=4)

    with database.read() as connection:
        total, entries = history(connection, ana, 0, 10)

    assert total == 5
    columns = ("kind", "prompt", "card_index", "what", "is_current")
    assert {entry["id"]: tuple(entry[column] for column in columns) for entry in entries} == {
        first.id: ("rating", "Comer", 0, "fix unsafe", False),
        second.id: ("rating", "Comer", 0, None, True),
        third.id: ("vote", "Ir", None, "tie", True),
        fourth.id: ("correction", "Comer", None, "2", True),
        fifth.id: ("rating", "Comer", None, "4", True),
    }
    assert [entry["created_utc"] for entry in entries] == sorted((e["created_utc"] for e in entries), reverse=True)
    places = {entry["id"]: (entry["generation_id"], entry["item_id"]) for entry in entries}
    assert places[third.id] == (compared[1], compared[0])
    assert places[fourth.id] == (generation_id, None)


def test_the_historys_pages_have_every_row_once_also_where_the_clock_was_set_back(database, ana, monkeypatch):
    generation_id = fresh(database, ana)
    written = []
    for hour in (9, 15, 11, 10, 14, 8):
        monkeypatch.setattr("aac.store.annotations.now_utc", lambda hour=hour: f"2025-03-01T{hour:02}:00:00.000Z")
        written += [rate(database, ana, generation_id).id, correct(database, ana, generation_id).id]

    with database.read() as connection:
        pages = [history(connection, ana, offset, 3)[1] for offset in range(0, 12, 3)]

    assert sorted(entry["id"] for page in pages for entry in page) == sorted(written)


def test_one_person_cannot_judge_what_another_generated(database, ana, bia):
    generation_id = fresh(database, ana)

    with pytest.raises(WrongCall, match=generation_id):
        rate(database, bia, generation_id)
    with pytest.raises(WrongCall, match=generation_id):
        correct(database, bia, generation_id)

    assert stored_rows(database, ratings) == stored_rows(database, corrections) == 0


def test_everybody_may_judge_what_is_in_the_queue(database, ana, bia):
    (generation_id,) = shipped(database, "Querer")

    rate(database, ana, generation_id)
    rate(database, bia, generation_id)

    assert stored_rows(database, ratings) == 2


def test_a_generation_that_is_not_there_is_named(database, ana):
    with pytest.raises(WrongCall, match="'no-such'"):
        rate(database, ana, "no-such")
    with database.read() as connection, pytest.raises(WrongCall, match="'no-such'"):
        read_generations(connection, [fresh(database, ana), "no-such"])


def test_generations_come_back_as_they_were_made(database, ana):
    made = [generation("Comer", raw_text="Maçã,“Quero”,🍎\r\n\t"), generation("Ir", None)]
    for stored in made:
        add_fresh_generation(database, stored, ana, PARSER_VERSION)

    with database.read() as connection:
        assert read_generations(connection, [stored.id for stored in made[::-1]]) == made[::-1]


def test_a_persons_prompt_is_stored_once_and_apart_from_others(database, ana, bia):
    for annotator_id in (ana, ana, bia):
        fresh(database, annotator_id, "Querer")
    with database.write() as connection:
        ids = {find_or_add_prompt(connection, "Querer", "list") for _ in range(2)}

    assert len(ids) == 1
    assert stored_rows(database, prompts) == 3


def test_a_correction_of_more_than_a_prompt_goes_into_the_dataset_with_what_was_asked(database, ana):
    asked = GenerationRequest("Comer", 2, context="em casa", level="frases", given=("Água", "Maçã"))
    made = generation("Comer")
    stored = replace(made, generation=replace(made.generation, request=asked))
    add_fresh_generation(database, stored, ana, PARSER_VERSION)

    add_correction(database, correction(ana, stored.id, (WATER, APPLE)))

    with database.read() as connection:
        (row,) = chosen_rows(connection, ALL)
    assert card_set(row.prompt, row.cards, row.columns).request == asked


def test_corrected_cards_come_back_as_they_were_written(database, ana):
    odd = Card('Aspas " e vírgula,', "Linha\nnova — “sim”", "👩🏽‍🦱")
    made = correct(database, ana, fresh(database, ana), (odd, WATER))

    with database.read() as connection:
        stored = connection.scalar(select(corrections.c.cards).where(corrections.c.id == made.id))

    assert read_cards(stored) == made.cards


@pytest.mark.parametrize("values", [{"verdict": "superb"}, {"usefulness": 6}, {"usefulness": 0}])
def test_the_database_itself_refuses_a_rating_out_of_range(database, ana, values):
    generation_id = fresh(database, ana)

    with pytest.raises(WrongCall):
        rate(database, ana, generation_id, **values)

    assert stored_rows(database, ratings) == 0


def test_the_database_itself_refuses_an_unknown_choice(database, ana):
    compared = compare_item(database, ana)

    with pytest.raises(WrongCall):
        cast(database, ana, compared, "middle")

    assert stored_rows(database, votes) == 0


def test_a_judgement_of_an_item_that_is_not_there_is_refused(database, ana):
    with pytest.raises(WrongCall):
        rate(database, ana, fresh(database, ana), item_id="no-such")

    assert stored_rows(database, ratings) == 0


@pytest.mark.parametrize("what", ["\ud83d", 2**70], ids=["half a surrogate pair", "a number out of range"])
def test_what_no_database_can_hold_is_refused_and_not_to_be_sent_again(database, ana, what):
    generation_id = fresh(database, ana)

    with pytest.raises(WrongCall):
        if isinstance(what, str):
            correct(database, ana, generation_id, (Card(what, what, "💧"),))
        else:
            rate(database, ana, generation_id, card_index=what)

    assert stored_rows(database, ratings) == stored_rows(database, corrections) == 0
    rate(database, ana, generation_id)
