"""Who is refused what. Every endpoint stands here: a new one fails these tests until it is said what it needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aac.models.registry import EMBEDDED_ID
from aac.store import database as database_room
from aac.ui.annotation_api import ENDPOINTS
from aac.workflow.archive import Archive
from tests.ui.cases import Case, world
from tests.ui.people import CARDS, GOOD_CARD, Person, Reply, generations_of, new_id, queued, reply_of, signed

VISITORS = {"results", "emoji", "prompt_warnings"}  # they show nothing of anybody and store nothing
WRITERS = {"consent", "open_generation", "next_item", "rate", "correct", "vote", "finish", "erase"}
WRONG_SECRETS = ("", "a" * 31, "a" * 33, "A" * 32, " " + "a" * 31, "a" * 32 + "\n", 7, ["a" * 32], True)

each_endpoint = pytest.mark.parametrize("name", ENDPOINTS)


@pytest.fixture
def cases(ana: Person, archive: Archive) -> dict[str, Case]:
    return world(ana, archive)


def is_refused(reply: Reply, kind: str) -> bool:
    """Whether it is a refusal as the page's JavaScript knows it, of this kind, in both languages."""
    assert reply["ok"] is False
    assert set(reply) - {"faults"} == {"ok", "error", "retry"}
    assert set(reply["error"]) == {"kind", "pt", "en"}
    assert reply["error"]["pt"] != ""
    assert reply["error"]["en"] != ""
    assert reply["retry"] is (kind in ("store", "consent", "person"))
    return bool(reply["error"]["kind"] == kind)


def stored_rows(archive: Archive) -> dict[str, int]:
    with archive.database.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {t: connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one() for t in tables}


# --- every endpoint ---------------------------------------------------------------------------------------------------


def test_every_endpoint_has_its_expectations_here(cases: dict[str, Case]):
    assert set(cases) == set(ENDPOINTS)
    assert {name for name, (role, _) in ENDPOINTS.items() if role == "visitor"} == VISITORS


@each_endpoint
def test_an_endpoint_answers_who_may_call_it(name: str, ana: Person, cases: dict[str, Case]):
    assert ana.call(name, **cases[name].fields)["ok"] is True


@each_endpoint
def test_without_a_secret_only_visitors_endpoints_answer(name: str, ana: Person, cases: dict[str, Case]):
    reply = reply_of(ana.client, name, cases[name].fields)

    assert reply["ok"] is True if name in VISITORS else is_refused(reply, "wrong")


@each_endpoint
def test_a_wrong_secret_is_refused_and_stores_nothing(name: str, ana: Person, cases: dict[str, Case], archive: Archive):
    before = stored_rows(archive)
    payloads = [{**cases[name].fields, "annotator": secret} for secret in WRONG_SECRETS]

    replies = [reply_of(ana.client, name, payload) for payload in payloads]

    assert all(reply["ok"] is True if name in VISITORS else is_refused(reply, "wrong") for reply in replies)
    assert stored_rows(archive) == before


@each_endpoint
def test_what_a_page_of_somebody_else_sends_is_refused_and_stores_nothing(
    name: str, ana: Person, cases: dict[str, Case], archive: Archive
):
    before = stored_rows(archive)

    replies = [ana.call(name, **{**cases[name].fields, "person": tag}) for tag in ("0123456789abcdef", 7, [])]

    assert all(reply["ok"] is True if name in VISITORS else is_refused(reply, "person") for reply in replies)
    assert stored_rows(archive) == before


def test_what_a_page_of_nobody_sends_is_taken_where_nobody_is_logged_in(ana: Person, cases: dict[str, Case]):
    assert ana.call("rate", **cases["rate"].fields, person="")["ok"] is True


@each_endpoint
def test_without_consent_what_needs_it_is_refused(name: str, stranger: Person, cases: dict[str, Case]):
    reply = stranger.call(name, **cases[name].fields)

    assert is_refused(reply, "consent") if cases[name].needs_consent else reply["ok"] is True


def test_without_consent_nothing_is_stored(stranger: Person, cases: dict[str, Case], archive: Archive):
    before = stored_rows(archive)
    for name in (name for name in ENDPOINTS if name != "consent"):
        stranger.call(name, **cases[name].fields)

    assert stored_rows(archive) == before


def test_consent_is_refused_without_its_text_of_now(stranger: Person):
    reply = stranger.call("consent", id=new_id(), version="2020-01", language="pt")

    assert is_refused(reply, "wrong")


# --- what belongs to others -------------------------------------------------------------------------------------------


def intrusions(generation_id: str) -> dict[str, Callable[[Person], Reply]]:
    """Every way to read or judge a generation by its id."""
    return {
        "generation": lambda p: p.call("generation", generation_id=generation_id),
        "rate": lambda p: p.rated(generation_id),
        "rate the set": lambda p: p.rated(generation_id, card_index=None, verdict=None, usefulness=3),
        "take back": lambda p: p.rated(generation_id, verdict=None),
        "correct": lambda p: p.corrected(generation_id),
        "take a correction back": lambda p: p.corrected(generation_id, cards=None),
        "check": lambda p: p.call("check", generation_id=generation_id, cards=[GOOD_CARD]),
    }


@pytest.mark.parametrize("way", intrusions(""))
def test_the_answer_that_another_person_generated_cannot_be_reached(
    way: str, ana: Person, bia: Person, archive: Archive
):
    generation_id = ana.fresh("Segredo")
    before = stored_rows(archive)

    reply = intrusions(generation_id)[way](bia)

    assert is_refused(reply, "wrong")
    assert "Segredo" not in str(reply)
    assert stored_rows(archive) == before


@pytest.mark.parametrize("way", intrusions(""))
def test_another_persons_answer_is_refused_as_one_that_is_not_there(way: str, ana: Person, bia: Person):
    theirs, nobodys = ana.fresh(), new_id()

    replies = [intrusions(generation_id)[way](bia) for generation_id in (theirs, nobodys)]

    assert str(replies[0]).replace(theirs, "") == str(replies[1]).replace(nobodys, "")


def test_what_another_person_said_of_a_queue_item_is_not_shown(ana: Person, bia: Person, archive: Archive):
    (item_id,) = queued(archive, "rate", "Querer")
    (generation_id,) = generations_of(ana.call("item", item_id=item_id)["item"])
    ana.rated(generation_id, item_id=item_id)
    ana.rated(generation_id, item_id=item_id, card_index=None, verdict=None, usefulness=5)
    ana.corrected(generation_id, item_id=item_id)

    (shown,) = bia.call("item", item_id=item_id)["item"]["generations"]

    assert (shown["ratings"], shown["usefulness"], shown["correction"]) == ({}, None, None)


def test_a_rating_cannot_take_the_id_of_another_persons(ana: Person, bia: Person, archive: Archive):
    (item_id,) = queued(archive, "rate", "Querer")
    (generation_id,) = generations_of(ana.call("item", item_id=item_id)["item"])
    rating_id = new_id()
    ana.rated(generation_id, id=rating_id)

    reply = bia.rated(generation_id, id=rating_id, verdict="wrong")

    assert is_refused(reply, "wrong")
    assert [entry["what"] for entry in ana.call("history", offset=0, limit=5)["entries"]] == ["keep"]


def test_a_vote_takes_the_two_answers_of_its_item_alone(ana: Person, archive: Archive):
    queued(archive, "compare", "Querer", "Dor")
    item = ana.call("next_item", kind="compare")["item"]
    left, right = generations_of(item)
    own = ana.fresh()

    replies = [
        ana.call("vote", id=new_id(), item_id=item["item_id"], left=a, right=b, choice="left")
        for a, b in ((left, left), (left, own), (own, right), (new_id(), right))
    ]

    assert all(is_refused(reply, "wrong") for reply in replies)
    assert stored_rows(archive)["votes"] == 0


@pytest.mark.parametrize("name", ["rate", "correct"])
def test_a_judgement_names_the_item_that_its_answer_stands_in(name: str, ana: Person, archive: Archive):
    first, second = queued(archive, "rate", "Querer", "Dor")
    (generation_id,) = generations_of(ana.call("item", item_id=first)["item"])

    judge = ana.rated if name == "rate" else ana.corrected

    assert is_refused(judge(generation_id, item_id=second), "wrong")
    assert is_refused(judge(generation_id, item_id=new_id()), "wrong")
    assert judge(generation_id, item_id=first)["ok"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"card_index": None, "verdict": "keep"},
        {"card_index": None, "verdict": None, "reasons": ["unsafe"]},
        {"card_index": 0, "verdict": "keep", "usefulness": 5},
        {"card_index": 2},
        {"card_index": -1},
        {"card_index": 0, "reasons": ["ugly"]},
    ],
    ids=str,
)
def test_a_rating_that_makes_no_sense_is_refused(fields: dict, ana: Person, archive: Archive):
    reply = ana.rated(ana.fresh(), **fields)

    assert is_refused(reply, "wrong")
    assert stored_rows(archive)["ratings"] == 0


# --- forged answers ---------------------------------------------------------------------------------------------------


def test_an_answer_with_a_forged_signature_is_refused(ana: Person, archive: Archive):
    good = signed(archive)
    flipped = good["signature"][:-1] + ("0" if good["signature"][-1] != "0" else "1")
    forged = [
        {**good, "signature": flipped},
        {**good, "signature": ""},
        {**good, "signature": "é" * 64},
        {**good, "document": good["document"].replace("Quero água", "Quero ouro")},
        {**good, "signature": signed(archive)["signature"]},
    ]

    assert all(is_refused(ana.call("open_generation", **fields), "wrong") for fields in forged)
    assert stored_rows(archive)["generations"] == 0


# --- blind comparing --------------------------------------------------------------------------------------------------


def test_nothing_tells_who_wrote_the_answers_before_the_vote(ana: Person, archive: Archive):
    queued(archive, "compare", "Querer")
    served = ana.call("next_item", kind="compare")
    left, right = generations_of(served["item"])

    replies = [
        served,
        ana.call("next_item", kind="compare"),
        ana.call("item", item_id=served["item"]["item_id"]),
        ana.call("generation", generation_id=left),
        ana.call("generation", generation_id=right),
        ana.call("history", offset=0, limit=20),
        ana.call("my_data"),
        reply_of(ana.client, "results", {}),
    ]

    assert CARDS in served["item"]["generations"][0]["raw_text"]
    assert [reply for reply in replies if EMBEDDED_ID in str(reply) or "default" in str(reply)] == []


def test_the_sides_are_the_same_after_a_reload_and_not_the_same_for_everybody(
    someone: Callable[[], Person], archive: Archive
):
    (item_id,) = queued(archive, "compare", "Querer")

    def order(person: Person) -> tuple[str, ...]:
        return tuple(generations_of(person.call("item", item_id=item_id)["item"]))

    people = [someone() for _ in range(12)]

    orders = [order(person) for person in people]

    assert [order(person) for person in people] == orders
    assert len(set(orders)) == 2  # fails by chance once in 2048 times


# --- when nothing can be stored ---------------------------------------------------------------------------------------


@contextmanager
def locked(archive: Archive) -> Iterator[None]:
    """As another program holds the database, and has no end."""
    other = sqlite3.connect(archive.settings.data_dir / "prancha.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.rollback()
    other.close()


def test_who_writes_to_a_locked_database_is_told_to_try_again(
    ana: Person, cases: dict[str, Case], archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    archive.close()
    monkeypatch.setattr(database_room, "_BUSY_TIMEOUT_S", 0.1)  # as long as a test has
    archive.database  # noqa: B018 - opened before it is locked

    with locked(archive):
        replies = {name: ana.call(name, **cases[name].fields) for name in ENDPOINTS}

    assert {name for name, reply in replies.items() if not reply["ok"]} == WRITERS
    assert all(is_refused(replies[name], "store") for name in WRITERS)
    assert ana.call("rate", **cases["rate"].fields) == {"ok": True, "is_new": True}


def test_where_there_can_be_no_database_one_is_told_to_try_again(stranger: Person, archive: Archive, tmp_path: Path):
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")

    reply = stranger.call("annotator")

    assert is_refused(reply, "store")


def test_what_nobody_foresaw_is_answered_without_a_trace(ana: Person, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("aac.workflow.annotating.standing", fail)

    reply = ana.call("annotator")

    assert is_refused(reply, "unexpected")
    assert "secret" not in str(reply)
    assert "Zero" not in str(reply)
