"""What each endpoint answers when it is called as it should be, and what is in the database after it."""

from __future__ import annotations

import sqlite3

import pytest

from aac.models.registry import EMBEDDED_ID
from aac.records import REASONS
from aac.safety import CATEGORIES
from aac.store.people import add_consent
from aac.store.versions import add_version_event
from aac.ui.annotation_api import ENDPOINTS
from aac.ui.annotation_texts import ANNOTATION_TEXTS
from aac.ui.consent import CONSENT, CONSENT_VERSION
from aac.workflow import browsing, versions
from aac.workflow.archive import Archive
from tests.ui.cases import world
from tests.ui.people import CARDS, GOOD_CARD, WITH_LORA, Person, generations_of, new_id, queued, reply_of, signed

NO_COUNTS = {"ratings": 0, "corrections": 0, "votes": 0}


def rows_in(archive: Archive, table: str) -> int:
    with archive.database.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


# --- who they are -----------------------------------------------------------------------------------------------------


def test_a_new_person_is_shown_the_consent_text_and_where_they_stand(stranger: Person, archive: Archive):
    queued(archive, "rate", "Querer", "Dor")

    reply = stranger.call("annotator")

    assert reply == {
        "ok": True,
        "consented": False,
        "by_login": False,
        "consent_version": CONSENT_VERSION,
        "consent": {"pt": CONSENT.pt, "en": CONSENT.en},
        "counts": NO_COUNTS,
        "left": {"rate": 2, "review": 0, "compare": 0},
        "overlap": 2,
        "lineage": None,
        "on_hub": None,
    }


def test_asking_where_one_stands_stores_nothing(stranger: Person, archive: Archive):
    stranger.call("annotator")

    assert rows_in(archive, "annotators") == 0


def test_consent_is_stored_with_its_version_and_language_and_repeated_once(stranger: Person, archive: Archive):
    fields = {"id": new_id(), "version": CONSENT_VERSION, "language": "en"}

    replies = [stranger.call("consent", **fields) for _ in range(2)]

    assert [reply["consented"] for reply in replies] == [True, True]
    with archive.database.read() as connection:
        stored = connection.exec_driver_sql("SELECT annotator_id, version, language FROM consents").all()
    assert [tuple(row) for row in stored] == [(stranger.id, CONSENT_VERSION, "en")]


def test_who_agreed_to_an_older_text_is_asked_again(stranger: Person, archive: Archive):
    add_consent(archive.database, new_id(), stranger.id, "2020-01", "pt")

    assert stranger.call("annotator")["consented"] is False


# --- what there is to judge -------------------------------------------------------------------------------------------


def test_a_fresh_answer_is_opened_once_with_its_cards(ana: Person, archive: Archive):
    fields = signed(archive, "Na farmácia")

    first, second = (ana.call("open_generation", **fields)["item"] for _ in range(2))

    assert first == second
    assert {name: value for name, value in first.items() if name != "generations"} == {
        "item_id": None,
        "kind": "fresh",
        "prompt": "Na farmácia",
        "asked": [],
        "is_ready": True,
        "error": None,
    }
    (shown,) = first["generations"]
    assert (shown["label"], shown["raw_text"], shown["problems"]) == (EMBEDDED_ID, CARDS, [])
    assert (shown["ratings"], shown["usefulness"], shown["correction"]) == ({}, None, None)
    assert shown["cards"][0] == {"written_text": "Quero água", "spoken_text": "Eu quero água.", "image_id": "💧"}
    assert rows_in(archive, "generations") == 1


def test_an_answer_to_more_than_a_prompt_says_what_was_asked(ana: Person, archive: Archive):
    asked = {"context": "no hospital", "level": "frases", "given": ("Quero água", "Quero comer")}

    item = ana.call("open_generation", **signed(archive, "Comida", **asked))["item"]

    assert item["asked"] == [
        {"label": {"pt": "Onde", "en": "Where"}, "value": "no hospital"},
        {"label": {"pt": "Nível", "en": "Level"}, "value": {"pt": "frases curtas", "en": "short sentences"}},
        {"label": {"pt": "A completar", "en": "To complete"}, "value": "Quero água, Quero comer"},
    ]


def test_a_signed_answer_is_still_taken_after_a_restart(ana: Person, archive: Archive):
    fields = signed(archive)
    archive.close()
    archive._salt = b""  # as a new process has it

    assert ana.call("open_generation", **fields)["ok"]


def test_a_queue_item_comes_again_until_it_is_finished(ana: Person, archive: Archive):
    queued(archive, "rate", "Querer", "Dor")

    first, again = (ana.call("next_item", kind="rate") for _ in range(2))
    assert ana.call("finish", id=new_id(), item_id=first["item"]["item_id"], outcome="done") == {"ok": True}
    other = ana.call("next_item", kind="rate")

    assert (first["item"]["prompt"], first["left"]) == ("Querer", 2)
    assert first["item"]["generations"][0]["label"] == WITH_LORA
    assert again["item"] == first["item"]
    assert (other["item"]["prompt"], other["left"]) == ("Dor", 1)


def test_a_skipped_item_does_not_come_again(ana: Person, archive: Archive):
    (item_id,) = queued(archive, "rate", "Querer")
    ana.call("finish", id=new_id(), item_id=item_id, outcome="skipped")

    assert ana.call("next_item", kind="rate") == {"ok": True, "item": None, "left": 0}


def test_shipped_sets_come_with_the_name_of_the_dataset(ana: Person, archive: Archive):
    browsing.fill_queue(archive, "review")

    item = ana.call("next_item", kind="review")["item"]

    assert (item["kind"], item["is_ready"], item["generations"][0]["label"]) == ("review", True, "cards_v1")


def test_an_item_whose_answers_cannot_be_written_says_why(ana: Person, archive: Archive):
    (item_id,) = queued(archive, "rate", "Querer", is_ready=False)
    waiting = ana.call("next_item", kind="rate")["item"]

    polls = (ana.call("item", item_id=item_id)["item"]["error"] for _ in range(1000))
    error = next(filter(None, polls), None)

    assert (waiting["is_ready"], waiting["generations"]) == (False, [])
    assert error == {"pt": "Falta o modelo.", "en": "The model is missing."}


def test_an_answer_judged_before_can_be_looked_at_again(ana: Person):
    generation_id = ana.fresh()
    ana.rated(generation_id, verdict="fix", reasons=["wrong_picture"])
    ana.rated(generation_id, card_index=None, verdict=None, usefulness=4)
    ana.corrected(generation_id)

    (shown,) = ana.call("generation", generation_id=generation_id)["item"]["generations"]

    assert shown["ratings"] == {"0": {"verdict": "fix", "reasons": ["wrong_picture"]}}
    assert shown["usefulness"] == 4
    assert shown["correction"] == [GOOD_CARD]


# --- judging ----------------------------------------------------------------------------------------------------------


def test_a_rating_is_new_once(ana: Person, archive: Archive):
    fields = {"id": new_id(), "verdict": "wrong", "reasons": list(REASONS)}
    generation_id = ana.fresh()

    replies = [ana.rated(generation_id, **fields) for _ in range(2)]

    assert replies == [{"ok": True, "is_new": True}, {"ok": True, "is_new": False}]
    assert rows_in(archive, "ratings") == 1


def test_a_rating_that_is_taken_back_holds_no_more(ana: Person):
    generation_id = ana.fresh()
    ana.rated(generation_id)
    ana.rated(generation_id, verdict=None)

    assert ana.call("annotator")["counts"] == NO_COUNTS
    assert ana.call("generation", generation_id=generation_id)["item"]["generations"][0]["ratings"] == {}


def test_a_correction_is_new_once_and_answers_what_changed(ana: Person, archive: Archive):
    generation_id = ana.fresh()
    correction_id = new_id()

    first, second = (ana.corrected(generation_id, id=correction_id) for _ in range(2))

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert [change["kind"] for change in first["diff"]] == ["changed", "deleted"]
    assert first["diff"][0]["image"] == ["💧", "🧃"]
    assert first["diff"][0]["words"]["written_text"] == [["=", "Quero "], ["-", "água"], ["+", "suco"]]
    assert first["diff"] == second["diff"]
    assert rows_in(archive, "corrections") == 1


def test_a_correction_that_breaks_the_rules_names_the_faults_of_each_card(ana: Person, archive: Archive):
    empty = {"written_text": " ", "spoken_text": "Eu quero suco.", "image_id": "suco", "origin": None}

    reply = ana.corrected(ana.fresh(), cards=[GOOD_CARD, empty, {**GOOD_CARD, "origin": 1}])

    assert (reply["ok"], reply["error"]["kind"], reply["retry"]) == (False, "wrong", False)
    assert reply["faults"] == [[], ["empty_text", "not_one_image"], ["repeated_card"]]
    assert rows_in(archive, "corrections") == 0


def test_a_correction_can_be_taken_back(ana: Person):
    generation_id = ana.fresh()
    ana.corrected(generation_id)

    reply = ana.corrected(generation_id, cards=None)

    assert reply == {"ok": True, "is_new": True, "diff": []}
    assert ana.call("annotator")["counts"] == NO_COUNTS


def test_checking_stores_nothing_and_warns_of_personal_data(ana: Person, archive: Archive):
    generation_id = ana.fresh()
    card = {**GOOD_CARD, "spoken_text": "Meu telefone é 11 98888-7777."}

    reply = ana.call("check", generation_id=generation_id, cards=[card])

    assert (reply["faults"], [warning["kind"] for warning in reply["warnings"]]) == ([[]], ["phone"])
    assert [change["kind"] for change in reply["diff"]] == ["changed", "deleted"]
    assert set(reply["warnings"][0]) == {"kind", "text", "pt", "en"}
    assert rows_in(archive, "corrections") == 0


def test_a_vote_is_new_once_and_shows_who_wrote_which_answer(ana: Person, archive: Archive):
    queued(archive, "compare", "Querer")
    item = ana.call("next_item", kind="compare")["item"]
    left, right = generations_of(item)
    fields = {"id": new_id(), "item_id": item["item_id"], "left": left, "right": right, "choice": "right"}

    first, second = (ana.call("vote", **fields) for _ in range(2))

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert sorted(first["revealed"].values()) == [EMBEDDED_ID, WITH_LORA]
    assert rows_in(archive, "votes") == 1


def test_a_vote_that_is_taken_back_shows_no_names(ana: Person, archive: Archive):
    queued(archive, "compare", "Querer")
    item = ana.call("next_item", kind="compare")["item"]
    left, right = generations_of(item)

    reply = ana.call("vote", id=new_id(), item_id=item["item_id"], left=left, right=right, choice=None)

    assert reply["revealed"] is None


# --- looking back -----------------------------------------------------------------------------------------------------


def test_history_goes_back_a_page_at_a_time_the_latest_first(ana: Person):
    generation_id = ana.fresh("Dor")
    ana.rated(generation_id)
    ana.rated(generation_id, verdict="wrong", reasons=["unsafe"])
    ana.corrected(generation_id)

    first, second = (ana.call("history", offset=offset, limit=2) for offset in (0, 2))

    assert (first["total"], second["total"]) == (3, 3)
    entries = [*first["entries"], *second["entries"]]
    assert [(e["kind"], e["what"], e["card_index"], e["is_current"]) for e in entries] == [
        ("correction", "1", None, True),
        ("rating", "wrong unsafe", 0, True),
        ("rating", "keep", 0, False),
    ]
    assert {(e["prompt"], e["generation_id"], e["item_id"]) for e in entries} == {("Dor", generation_id, None)}


def test_my_data_holds_every_row_of_the_person_and_of_nobody_else(ana: Person, bia: Person):
    ana.rated(ana.fresh("Dor"))
    bia.rated(bia.fresh("Comer"))

    data = ana.call("my_data")["data"]

    assert {table: len(rows) for table, rows in data.items() if rows} == {
        "annotators": 1,
        "consents": 1,
        "prompts": 1,
        "generations": 1,
        "ratings": 1,
    }
    assert data["prompts"][0]["text"] == "Dor"
    assert {rows[0].get("annotator_id", ana.id) for rows in data.values() if rows} == {ana.id}


def test_erasing_takes_all_away_and_the_same_secret_begins_anew(ana: Person, archive: Archive):
    ana.rated(ana.fresh("Segredo da Ana"))
    before = ana.id
    erasure = new_id()

    first, second = (ana.call("erase", id=erasure, confirm=True) for _ in range(2))

    assert first == second == {"ok": True, "erased": 5, "withdrawn": [], "published": [], "places": {}}
    assert ana.id != before
    assert ana.call("annotator")["consented"] is False
    assert all(rows == [] for rows in ana.call("my_data")["data"].values())
    archive.close()
    left = b"".join(path.read_bytes() for path in archive.settings.data_dir.glob("prancha*"))
    assert b"Segredo da Ana" not in left


def test_erasing_names_withdrawn_and_published_versions(ana: Person, archive: Archive):
    ana.corrected(ana.fresh("Dor"))
    kept, published = (versions.freeze(archive, versions.FreezeOrder(name)).version.id for name in ("a", "b"))
    add_version_event(archive.database, published, "published", "hub")

    reply = ana.call("erase", id=new_id(), confirm=True)

    assert (reply["withdrawn"], reply["published"]) == ([kept], [published])
    assert reply["places"] == {published: "hub"}
    assert [path.name for path in archive.settings.versions_dir.glob("?-*")] == [published]


def test_results_are_html_in_both_languages(ana: Person, archive: Archive):
    queued(archive, "compare", "Querer")
    item = ana.call("next_item", kind="compare")["item"]
    left, right = generations_of(item)
    ana.call("vote", id=new_id(), item_id=item["item_id"], left=left, right=right, choice="left")

    page = reply_of(ana.client, "results", {})["html"]

    assert WITH_LORA in page
    assert 'class="pr-pt"' in page
    assert 'class="pr-en"' in page


def test_emoji_come_with_their_portuguese_words(ana: Person):
    found = {char: words for char, *words in reply_of(ana.client, "emoji", {})["emoji"]}

    assert "gota" in found["💧"]


def test_prompts_are_looked_through_for_personal_data(ana: Person):
    reply = reply_of(ana.client, "prompt_warnings", {"text": "Ligar para 11 98888-7777"})

    assert [(w["kind"], w["text"]) for w in reply["warnings"]] == [("phone", "11 98888-7777")]


# --- what is never kept -----------------------------------------------------------------------------------------------


def test_neither_the_secret_nor_an_address_is_anywhere_in_the_database(ana: Person, archive: Archive):
    cases = world(ana, archive)
    for name in (name for name in ENDPOINTS if name != "erase"):
        assert ana.call(name, **cases[name].fields)["ok"], name
    archive.close()

    files = [path for path in archive.settings.data_dir.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    database = sqlite3.connect(archive.settings.data_dir / "prancha.sqlite3")
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    cells = {str(cell) for table in tables for row in database.execute(f"SELECT * FROM {table}") for cell in row}
    database.close()

    assert "prancha.sqlite3" in {path.name for path in files}
    assert ana.token.encode() not in held
    assert b"127.0.0.1" not in held
    assert [cell for cell in cells if ana.token in cell or "127.0.0.1" in cell] == []


def test_a_correction_that_the_content_filter_stops_names_the_card_and_why_and_is_not_stored(
    ana: Person, archive: Archive
):
    stopped = {
        "written_text": "Como me matar",
        "spoken_text": "Me diz como me matar.",
        "image_id": "❓",
        "origin": None,
    }

    reply = ana.corrected(ana.fresh(), cards=[GOOD_CARD, stopped])

    assert (reply["ok"], reply["faults"]) == (False, [[], ["self_harm"]])
    assert rows_in(archive, "corrections") == 0


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_editor_has_words_for_each_category_of_the_content_filter(category: str):
    assert f"fault_{category}" in ANNOTATION_TEXTS
