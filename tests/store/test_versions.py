"""Imports, the choice of rows, where they come from, splits for ever, and versions."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest
from sqlalchemy import insert, select

from aac.errors import StoreError, WrongCall
from aac.store.database import Database, now_utc
from aac.store.erasures import erase
from aac.store.people import add_consent
from aac.store.schema import corrections, dataset_version_rows, dataset_versions, imports, prompts, setting_changes
from aac.store.versions import (
    RowChoice,
    add_import,
    add_version,
    add_version_event,
    chosen_prompts,
    chosen_rows,
    corrected_generations,
    find_version,
    known_splits,
    list_versions,
    only_import,
    provenance,
    reviewed,
)
from tests.store.sample import (
    ALL,
    APPLE,
    CONSENT_VERSION,
    WATER,
    correct,
    freeze,
    fresh,
    import_facts,
    manifest,
    new_id,
    rate,
    set_row,
    shipped,
    stored_rows,
)


def rows(database: Database, choice: RowChoice = ALL):
    with database.read() as connection:
        return list(chosen_rows(connection, choice))


def ids(database: Database, choice: RowChoice = ALL) -> list[str]:
    return [row.id for row in rows(database, choice)]


def test_imported_sets_come_back_as_they_were_and_in_their_order(database):
    sets = [
        set_row("Zebra", cards=(WATER, APPLE), reference="2", level="A1, “fácil”"),
        set_row("Água"),
        set_row("Zebra", cards=(APPLE,)),
    ]

    assert add_import(database, import_facts(), sets) == 3

    assert rows(database) == rows(database, RowChoice(source="livro")) == sets


def test_a_set_that_is_there_already_is_not_stored_twice(database):
    first, second, third = set_row("Um"), set_row("Dois"), set_row("Três")

    new = [add_import(database, import_facts(), sets) for sets in ([first, second], [second, third], [third, first])]

    assert new == [2, 1, 0]
    assert stored_rows(database, corrections) == 3


def test_a_set_that_stands_twice_in_a_file_is_stored_once(database):
    twice = set_row("Um")

    assert add_import(database, import_facts(), [twice, set_row("Dois"), twice]) == 2


def test_an_import_repeated_changes_nothing(database):
    facts, sets = import_facts(), [set_row("Um")]

    assert [add_import(database, facts, sets) for _ in range(2)] == [1, 0]

    assert stored_rows(database, imports) == 1


def test_each_source_keeps_the_order_of_its_own_file(database):
    first, second, third = set_row("Um"), set_row("Dois"), set_row("Três")
    add_import(database, import_facts("livro"), [first, second])
    add_import(database, import_facts("escola"), [third, second, first])

    assert ids(database, RowChoice(source="escola")) == [third.id, second.id, first.id]
    assert ids(database, RowChoice(source="livro")) == [first.id, second.id]
    assert ids(database) == [first.id, second.id, third.id]


def test_more_sets_than_are_read_at_once_keep_their_order(database):
    sets = [set_row(f"Pedido {n % 40}") for n in range(2300)]
    add_import(database, import_facts(), sets)

    assert rows(database) == sets
    with database.read() as connection:
        assert [row.id for row in islice(chosen_rows(connection, ALL), 3)] == [row.id for row in sets[:3]]


def test_rows_can_be_written_after_rows_were_streamed(database):
    add_import(database, import_facts(), [set_row("Um")])

    with database.write() as connection:
        assert len(list(chosen_rows(connection, ALL))) == 1
        connection.execute(insert(setting_changes), {"name": "n", "value": "v", "created_utc": now_utc()})

    assert stored_rows(database, setting_changes) == 1


def test_only_the_corrections_that_hold_are_chosen(database, ana, bia):
    (shared,) = shipped(database, "Da lista")
    taken_back, kept = fresh(database, ana, "Um"), fresh(database, ana, "Dois")
    correct(database, ana, taken_back)
    correct(database, ana, taken_back, None)
    correct(database, ana, kept)
    last = correct(database, ana, kept, (APPLE, WATER))
    of_both = [correct(database, annotator_id, shared) for annotator_id in (ana, bia)]

    chosen = rows(database)

    assert [row.id for row in chosen] == [last.id, *(made.id for made in of_both)]
    assert (chosen[0].prompt, chosen[0].cards, chosen[0].author) == ("Dois", (APPLE, WATER), "person")


def test_rows_are_chosen_by_author(database, ana):
    corrected = correct(database, ana, fresh(database, ana))
    imported = set_row("Um")
    add_import(database, import_facts(), [imported])

    assert ids(database, RowChoice(author="person")) == [corrected.id]
    assert ids(database, RowChoice(author="import")) == [imported.id]
    assert ids(database, RowChoice(author="person", source="livro")) == []


def test_the_chosen_prompts_are_each_named_once(database, ana):
    correct(database, ana, fresh(database, ana, "Ir"))
    add_import(database, import_facts("livro"), [set_row("Um"), set_row("Dois"), set_row("Um")])
    add_import(database, import_facts("escola"), [set_row("Três"), set_row("Um")])

    with database.read() as connection:
        assert chosen_prompts(connection, ALL) == ["Dois", "Ir", "Três", "Um"]
        assert chosen_prompts(connection, RowChoice(source="escola")) == ["Três", "Um"]
        assert chosen_prompts(connection, RowChoice(author="person")) == ["Ir"]


def only(database: Database, choice: RowChoice = ALL):
    with database.read() as connection:
        return only_import(connection, choice)


def test_rows_that_are_one_import_are_known_as_such(database):
    facts = import_facts()
    add_import(database, facts, [set_row("Um")])

    assert only(database) == only(database, RowChoice(author="import")) == only(database, RowChoice(source="livro"))
    assert only(database) == facts


def test_rows_of_people_too_are_not_one_import(database, ana):
    facts = import_facts()
    add_import(database, facts, [set_row("Um")])
    generation_id = fresh(database, ana)
    correct(database, ana, generation_id)

    assert only(database) is None
    assert only(database, RowChoice(author="person")) is None
    assert only(database, RowChoice(source="livro")) == facts
    correct(database, ana, generation_id, None)
    assert only(database) == facts
    assert only(database, RowChoice(author="person")) is None


def test_rows_of_two_imports_are_not_one(database):
    facts = import_facts("livro")
    add_import(database, facts, [set_row("Um")])
    add_import(database, import_facts("escola"), [set_row("Dois")])

    assert only(database) is None
    assert only(database, RowChoice(source="livro")) == facts
    add_import(database, import_facts("livro"), [set_row("Três")])
    assert only(database, RowChoice(source="livro")) is None


def test_a_file_imported_twice_is_one_import(database):
    facts, sets = import_facts(), [set_row("Um")]
    add_import(database, facts, sets)
    add_import(database, replace(facts, id=new_id()), sets)

    assert only(database) == only(database, RowChoice(source="livro")) == facts


def test_the_provenance_says_whose_rows_they_are(database, ana, bia):
    (shared,) = shipped(database, "Da lista")
    add_consent(database, new_id(), bia, "2025-02", "pt")
    for annotator_id in (ana, bia):
        correct(database, annotator_id, shared)
    correct(database, ana, fresh(database, ana))
    correct(database, ana, fresh(database, ana, "Outro"))
    add_import(database, import_facts("livro"), [set_row("Um")])
    today = now_utc()[:10]

    with database.read() as connection:
        found, imported = (provenance(connection, choice) for choice in (ALL, RowChoice(author="import")))

    assert found == {
        "corrected_models": {"a/base": 2, "a/base + default@01234567": 2},
        "people": 2,
        "first_day": today,
        "last_day": today,
        "consent_versions": [CONSENT_VERSION, "2025-02"],
        "sources": ["livro"],
    }
    assert (imported["people"], imported["corrected_models"], imported["consent_versions"]) == (0, {}, [])


def test_the_provenance_of_no_rows_is_empty(database):
    with database.read() as connection:
        found = provenance(connection, ALL)

    assert (found["people"], found["first_day"], found["sources"]) == (0, None, [])


def test_what_people_reviewed_is_counted(database, ana, bia):
    sets = shipped(database, "Um", "Dois", "Três", "Quatro")
    rate(database, ana, sets[0], card_index=0, verdict="keep")
    rate(database, ana, sets[0], card_index=1, verdict="fix")
    rate(database, bia, sets[0], card_index=0, verdict="keep")  # the same card: one card, whoever rated it
    rate(database, ana, sets[1], card_index=0, verdict="wrong")
    rate(database, ana, sets[1], card_index=0, verdict=None)
    correct(database, bia, sets[2])
    correct(database, bia, sets[3])
    correct(database, bia, sets[3], None)

    with database.read() as connection:
        cards = {"cards": 2, "cards_fix": 1, "cards_keep": 1}
        assert reviewed(connection, sets) == {"sets": 2, "sets_corrected": 1, **cards}
        assert reviewed(connection, sets[:2]) == {"sets": 1, "sets_corrected": 0, **cards}
        assert corrected_generations(connection, sets) == {sets[2]}


def test_a_version_is_stored_once_with_its_rows(database):
    facts, row_ids = manifest(), [new_id() for _ in range(1500)]

    for _ in range(2):
        add_version(database, facts, iter(row_ids), {"Um": "train"})

    with database.read() as connection:
        (version,) = list_versions(connection)
        assert set(connection.scalars(select(dataset_version_rows.c.row_id))) == set(row_ids)
    assert (version.id, version.name, version.manifest, version.state) == (facts["id"], "v1", facts, "kept")


def test_a_prompt_keeps_its_first_split_for_ever(database):
    add_version(database, manifest(), [], {"Um": "train", "Dois": "test"})

    add_version(database, manifest(), [], {"Um": "train", "Três": "validation"})

    with database.read() as connection:
        assert known_splits(connection) == {"Um": "train", "Dois": "test", "Três": "validation"}


def test_a_version_that_would_move_a_prompt_is_refused_whole(database):
    add_version(database, manifest(), [], {"Um": "train"})

    with pytest.raises(StoreError, match="Freeze again"):  # another server was faster
        add_version(database, manifest(), [], {"Um": "test", "Três": "validation"})

    with database.read() as connection:
        assert (len(list_versions(connection)), known_splits(connection)) == (1, {"Um": "train"})


def test_one_source_has_the_provenance_of_its_own_rows(database, ana):
    correct(database, ana, fresh(database, ana))
    add_import(database, import_facts("clínica"), [set_row("Um", "clínica")])
    add_import(database, import_facts("escola"), [set_row("Dois", "escola")])

    with database.read() as connection:
        found = provenance(connection, RowChoice(source="escola"))

    assert (found["people"], found["corrected_models"], found["consent_versions"]) == (0, {}, [])
    assert found["sources"] == ["escola"]


def test_a_rows_id_in_another_table_withdraws_no_version(database, ana, bia):
    correct(database, bia, fresh(database, bia))
    version_id = freeze(database)
    (row_id,) = ids(database)
    rate(database, ana, fresh(database, ana), id=row_id)

    assert erase(database, ana, new_id()).withdrawn == ()

    with database.read() as connection:
        assert find_version(connection, version_id).state == "kept"


def test_a_name_means_its_latest_version_that_has_its_files(database):
    first, second = (manifest("v"), manifest("v"))
    for facts in (first, second):
        add_version(database, facts, [], {})
    add_version_event(database, second["id"], "withdrawn", "erasure")

    with database.read() as connection:
        assert find_version(connection, "v").id == first["id"]


def test_a_version_is_refused_whole_where_a_row_of_it_was_erased_meanwhile(database, ana, bia):
    correct(database, bia, fresh(database, bia))
    correct(database, ana, fresh(database, ana))
    row_ids = ids(database)
    erase(database, ana, new_id())

    with pytest.raises(StoreError, match="Freeze again"):
        add_version(database, manifest(), row_ids, {"Querer": "train"})

    assert stored_rows(database, dataset_versions) == stored_rows(database, dataset_version_rows) == 0
    with database.read() as connection:
        assert known_splits(connection) == {}


def test_a_version_is_found_by_its_id_and_the_latest_by_its_name(database, monkeypatch):
    made = []
    for minute in range(3):
        monkeypatch.setattr("aac.store.versions.now_utc", lambda minute=minute: f"2025-03-01T10:{minute:02}:00.000Z")
        made.append(freeze(database, name="cartas" if minute < 2 else "outra"))

    with database.read() as connection:
        assert [version.id for version in list_versions(connection)] == made[::-1]
        assert find_version(connection, "cartas").id == made[1]
        assert find_version(connection, made[0]).id == made[0]


def test_a_version_that_is_not_there_is_named_with_those_that_are(database):
    version_id = freeze(database)

    with database.read() as connection, pytest.raises(WrongCall, match=f"'nenhuma'.*{version_id}"):
        find_version(connection, "nenhuma")
    with pytest.raises(WrongCall, match="'nenhuma'"):
        add_version_event(database, "nenhuma", "published", "")


def test_the_latest_event_is_a_versions_state(database):
    version_id = freeze(database)
    states = []

    for event in ("published", "withdrawn"):
        add_version_event(database, version_id, event, "why")
        with database.read() as connection:
            states.append(find_version(connection, version_id).state)

    assert states == ["published", "withdrawn"]


def test_imported_prompts_are_stored_once(database):
    add_import(database, import_facts(), [set_row("Um"), set_row("Um"), set_row("Dois")])
    add_import(database, import_facts(), [replace(set_row("Um"), source="escola")])

    assert stored_rows(database, prompts) == 2
