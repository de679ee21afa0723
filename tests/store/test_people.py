"""Consent, everything that is a person's, and its erasure for good."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import String, cast, func, select

from aac.cards import Card
from aac.errors import AacError, StoreError, WrongCall
from aac.store import erasures
from aac.store.annotations import add_rating, add_vote
from aac.store.database import FILE_NAME, Database
from aac.store.erasures import Erasure, erase
from aac.store.generations import add_fresh_generation, find_or_add_prompt
from aac.store.history import history
from aac.store.people import ConsentNeeded, add_consent, consent_version, export, is_erased
from aac.store.queue import finish
from aac.store.schema import (
    annotators,
    consents,
    corrections,
    metadata,
    prompts,
    ratings,
    tombstones,
)
from aac.store.versions import add_version_event, consents_given, find_version, known_splits
from tests.store.sample import (
    PARSER_VERSION,
    compare_item,
    consented,
    correct,
    freeze,
    fresh,
    generation,
    new_id,
    rate,
    rating,
    rows_of,
    shipped,
    stored_rows,
    vote,
)

SECRET = "Açaí com Zulmira"
SECRET_CARD = Card("Zulmira quer açaí", "A Zulmira quer açaí.", "🫐")
PERSONAL = {"annotators", "consents", "prompts", "generations", "ratings", "votes", "corrections", "queue_progress"}


def work(database: Database, annotator_id: str, prompt: str = SECRET, card: Card = SECRET_CARD) -> dict[str, str]:
    """A row of this person's in every table that can have one; what was stored, by table."""
    generation_id = fresh(database, annotator_id, prompt)
    rated = rate(database, annotator_id, generation_id, verdict="fix")
    rate(database, annotator_id, generation_id, verdict="wrong")
    first = correct(database, annotator_id, generation_id, (card,))
    second = correct(database, annotator_id, generation_id, (card, card))
    compared = compare_item(database, annotator_id)
    voted = vote(annotator_id, compared)
    add_vote(database, voted)
    progress_id = new_id()
    finish(database, progress_id, compared[0], annotator_id, "done")
    return {
        "generations": generation_id,
        "ratings": rated.id,
        "votes": voted.id,
        "corrections": first.id,
        "later correction": second.id,
        "queue_progress": progress_id,
    }


def rows_by_table(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {table.name: rows_of(connection, table) for table in metadata.sorted_tables}


def tables_with(database: Database, text: str) -> list[str]:
    """The columns in which the text stands anywhere."""
    with database.read() as connection:
        return [
            str(column)
            for table in metadata.sorted_tables
            for column in table.columns
            if connection.scalar(select(func.count()).where(cast(column, String).contains(text)))
        ]


def files_with(folder: Path, text: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_person_is_stored_with_their_consent(database):
    add_consent(database, new_id(), "a" * 32, "2025-01", "pt")

    with database.read() as connection:
        row = connection.execute(select(consents)).one()
        assert (row.annotator_id, row.version, row.language) == ("a" * 32, "2025-01", "pt")
        assert connection.scalar(select(annotators.c.id)) == "a" * 32


def test_a_repeated_consent_is_stored_once(database):
    consent_id = new_id()

    for _ in range(3):
        add_consent(database, consent_id, "a" * 32, "2025-01", "pt")

    assert stored_rows(database, consents) == 1


def test_the_latest_consent_holds(database, ana):
    add_consent(database, new_id(), ana, "2025-02", "en")

    with database.read() as connection:
        assert consent_version(connection, ana) == "2025-02"
        assert consent_version(connection, "0" * 32) is None


def test_people_who_agreed_are_counted_once(database, ana, bia):
    add_consent(database, new_id(), ana, "2025-02", "pt")
    erase(database, bia, new_id())

    with database.read() as connection:
        assert consents_given(connection) == 1


def test_an_export_has_every_row_of_one_person_and_no_other(database, ana, bia):
    mine = work(database, ana)
    work(database, bia, "Outro pedido", Card("Outra", "Outra fala.", "🚗"))

    with database.read() as connection:
        exported = export(connection, ana)

    assert {name: len(rows) for name, rows in exported.items()} == {
        "annotators": 1,
        "consents": 1,
        "prompts": 1,
        "generations": 1,
        "ratings": 2,
        "votes": 1,
        "corrections": 2,
        "queue_progress": 2,
    }
    assert {row["id"] for rows in exported.values() for row in rows} >= set(mine.values())
    assert "Outr" not in str(exported)


def test_an_erasure_takes_every_row_of_one_person_and_no_other(database, ana, bia):
    work(database, bia, "Outro pedido")
    with database.read() as connection:
        others = export(connection, bia)
    work(database, ana)

    erased = erase(database, ana, new_id())

    assert erased == Erasure(11, (), ())
    with database.read() as connection:
        assert not any(export(connection, ana).values())
        assert export(connection, bia) == others


def test_every_erased_row_leaves_a_tombstone_and_nothing_else(database, ana):
    mine = work(database, ana)
    erasure_id = new_id()

    erase(database, ana, erasure_id)

    with database.read() as connection:
        stones = connection.execute(select(tombstones)).all()
        assert all(is_erased(connection, row_id) for row_id in (ana, *mine.values()))
    assert {stone.erasure_id for stone in stones} == {erasure_id}
    assert {stone.table_name for stone in stones} == PERSONAL
    after = rows_by_table(database)
    assert {name: after[name] for name in PERSONAL} == {
        **dict.fromkeys(PERSONAL, 0),
        "prompts": 1,
        "generations": 2,
    }  # those compared


def test_an_erasure_repeated_does_nothing_and_says_the_same(database, ana):
    work(database, ana)
    version_id = freeze(database)
    erasure_id = new_id()

    first, rows = erase(database, ana, erasure_id), rows_by_table(database)
    again = erase(database, ana, erasure_id)

    assert first == again == Erasure(11, (version_id,), ())
    assert rows_by_table(database) == rows


def test_an_erasure_of_nobody_erases_nothing(database, ana):
    before = rows_by_table(database)

    assert erase(database, "0" * 32, new_id()) == Erasure(0, (), ())

    assert rows_by_table(database) == before


def test_erased_rows_do_not_return(database, ana):
    generation_id = fresh(database, ana)
    consent_id = new_id()
    add_consent(database, consent_id, ana, "2025-02", "pt")
    made, stored = rate(database, ana, generation_id), generation()
    add_fresh_generation(database, stored, ana, PARSER_VERSION)
    erase(database, ana, new_id())
    again = consented(database)
    own = fresh(database, again)

    for retry in (
        lambda: add_consent(database, consent_id, again, "2025-02", "pt"),
        lambda: add_consent(database, new_id(), ana, "2025-02", "pt"),
        lambda: add_rating(database, rating(again, own, id=made.id)),
        lambda: add_fresh_generation(database, stored, again, PARSER_VERSION),
    ):
        with pytest.raises(WrongCall, match="was erased"):
            retry()

    assert stored_rows(database, ratings) == 0


def test_an_id_used_in_two_tables_does_not_hinder_the_erasure(database, ana):
    shared_id = new_id()
    add_consent(database, shared_id, ana, "2025-02", "pt")
    rate(database, ana, fresh(database, ana), id=shared_id)

    erase(database, ana, new_id())

    with database.read() as connection:
        assert not any(export(connection, ana).values())


def test_two_people_with_the_same_id_in_different_tables_can_both_be_erased(database, ana, bia):
    shared_id = new_id()
    rate(database, ana, fresh(database, ana), id=shared_id)
    add_consent(database, shared_id, bia, "2025-02", "pt")

    erase(database, ana, new_id())
    with database.read() as connection:
        assert consent_version(connection, bia) == "2025-02"
    erase(database, bia, new_id())

    assert stored_rows(database, consents) == stored_rows(database, ratings) == 0


def test_erasure_leaves_nothing_of_the_text_in_any_table(database, ana):
    work(database, ana)
    freeze(database)
    found = set(tables_with(database, "Zulmira"))

    erase(database, ana, new_id())

    assert {"prompts.text", "generations.raw_text", "corrections.cards", "prompt_splits.text"} <= found
    assert tables_with(database, "Zulmira") == []


def test_erasure_leaves_nothing_of_the_text_in_any_file(sqlite, tmp_path):
    ana = consented(sqlite)
    work(sqlite, ana)
    freeze(sqlite)
    found = files_with(tmp_path, "Zulmira")

    erase(sqlite, ana, new_id())

    assert found
    assert files_with(tmp_path, "Zulmira") == []


def test_erasure_leaves_no_copy_in_pages_that_sqlite_moved_rows_out_of(sqlite, tmp_path):
    """Texts of two people, in no order and of many sizes: the index splits its pages, and copies stay behind."""
    dice = random.Random(2)
    ana, bia = consented(sqlite), consented(sqlite)
    with sqlite.write() as connection:
        for _ in range(1000):
            annotator_id, word = dice.choice([(ana, "Zulmira"), (bia, "Anonima")])
            text = (
                "".join(dice.choices("abcdef", k=3)) + word + "".join(dice.choices("abcdef", k=dice.randint(20, 200)))
            )
            find_or_add_prompt(connection, text, "person", annotator_id)

    erase(sqlite, ana, new_id())

    assert files_with(tmp_path, "Zulmira") == []
    assert files_with(tmp_path, "Anonima") == [FILE_NAME]


def test_an_erasure_that_could_not_clean_the_files_yet_says_so_and_is_finished_by_the_next(
    sqlite, tmp_path, monkeypatch
):
    monkeypatch.setattr("aac.store.database._BUSY_TIMEOUT_S", 0.1)
    database = Database.open(tmp_path)
    ana, erasure_id = consented(database), new_id()
    work(database, ana)

    with sqlite.read() as reading:
        reading.execute(select(prompts)).all()
        with pytest.raises(StoreError, match="locked"):
            erase(database, ana, erasure_id)
    assert files_with(tmp_path, "Zulmira")
    again = erase(database, ana, erasure_id)
    database.close()

    assert again.rows == 11
    assert files_with(tmp_path, "Zulmira") == []


def test_prompts_of_others_stay(database, ana, bia):
    shipped(database, "Da lista")
    for annotator_id in (ana, bia):
        correct(database, annotator_id, fresh(database, annotator_id, "De ambas"))
        correct(database, annotator_id, fresh(database, annotator_id, "Da lista"))
    correct(database, ana, fresh(database, ana, "Só de Ana"))
    freeze(database)

    erase(database, ana, new_id())

    with database.read() as connection:
        assert sorted(connection.scalars(select(prompts.c.text))) == ["Da lista", "Da lista", "De ambas"]
        assert known_splits(connection) == {"De ambas": "train", "Da lista": "train"}


def test_what_a_person_said_of_the_queue_goes_and_the_queue_stays(database, ana, bia):
    (generation_id,) = shipped(database, "Da lista")
    for annotator_id in (ana, bia):
        rate(database, annotator_id, generation_id)
        correct(database, annotator_id, generation_id)

    erase(database, ana, new_id())

    with database.read() as connection:
        assert history(connection, bia, 0, 10)[0] == 2
    assert stored_rows(database, ratings) == stored_rows(database, corrections) == 1


def test_versions_that_hold_erased_rows_are_withdrawn_and_published_ones_named(database, ana, bia):
    correct(database, bia, fresh(database, bia))
    before = freeze(database, name="antes")
    correct(database, ana, fresh(database, ana))
    kept, published = freeze(database), freeze(database, name="publicada")
    add_version_event(database, published, "published", "hub")

    erased = erase(database, ana, new_id())

    assert (erased.withdrawn, erased.published) == ((kept,), (published,))
    with database.read() as connection:
        states = {version_id: find_version(connection, version_id).state for version_id in (before, kept, published)}
    assert states == {before: "kept", kept: "withdrawn", published: "published"}


def test_a_version_is_withdrawn_once_whoever_asks(database, ana, bia):
    for annotator_id in (ana, bia):
        correct(database, annotator_id, fresh(database, annotator_id))
    version_id = freeze(database)

    for annotator_id in (ana, bia):
        assert erase(database, annotator_id, new_id()).withdrawn == (version_id,)

    assert rows_by_table(database)["dataset_version_events"] == 1


def test_an_erasure_fails_whole_or_not_at_all(database, ana, monkeypatch):
    work(database, ana)
    before = rows_by_table(database)

    def fail(*_):
        raise StoreError("Sem sorte.", "Bad luck.")

    monkeypatch.setattr(erasures, "_withdraw_versions", fail)
    with pytest.raises(StoreError, match="Bad luck"):
        erase(database, ana, new_id())

    assert rows_by_table(database) == before


def test_an_erasure_while_the_person_goes_on_leaves_nothing(database, ana):
    generation_id = fresh(database, ana)
    start = threading.Barrier(5)

    def go_on(_: int) -> type[Exception]:
        start.wait()
        while True:
            try:
                rate(database, ana, generation_id)
            except AacError as error:
                return type(error)

    with ThreadPoolExecutor(4) as pool:
        refusals = pool.map(go_on, range(4))
        start.wait()
        erase(database, ana, new_id())

    assert set(refusals) == {ConsentNeeded}
    with database.read() as connection:
        assert not any(export(connection, ana).values())
