"""The store does what a model of lists and dictionaries does, whatever people do and in whatever order."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from aac.errors import WrongCall
from aac.records import CHOICES, VERDICTS, Correction, Rating, Vote
from aac.store.annotations import add_correction, add_rating, add_vote, own_work
from aac.store.database import Database
from aac.store.erasures import erase
from aac.store.generations import add_fresh_generation
from aac.store.history import counts, history
from aac.store.people import ConsentNeeded, add_consent, export
from aac.store.queue import add_prompts, attach_answers, finish, left, next_item, read_item, set_overlap
from aac.store.schema import queue_items
from aac.store.versions import add_version_event, chosen_rows, find_version, known_splits
from tests.postgresql import TEMPLATE, PostgresqlServer
from tests.store.model import Item, Judgement, Model
from tests.store.sample import (
    ALL,
    APPLE,
    CONSENT_VERSION,
    PARSER_VERSION,
    WATER,
    correction,
    freeze,
    generation,
    new_id,
    rating,
    shipped,
    vote,
)

PROMPTS = st.sampled_from(("Querer", "Comer", "Ir"))
SAID = st.sampled_from((*VERDICTS, None))
PEOPLE_MAX = 4
Where = tuple[Path, str]  # data folder, URL


def store(database: Database, judgement: Judgement) -> bool:
    if isinstance(judgement, Rating):
        return add_rating(database, judgement)
    return add_vote(database, judgement) if isinstance(judgement, Vote) else add_correction(database, judgement)


class StoreMachine(RuleBasedStateMachine):
    """What people may do, to the store and to the model at once."""

    people = Bundle("people")
    answers = Bundle("answers")
    compared = Bundle("compared")
    items = Bundle("items")
    sent = Bundle("sent")
    versions = Bundle("versions")

    def __init__(self, new_database: Callable[[], AbstractContextManager[Where]]) -> None:
        super().__init__()
        self.place = new_database()
        self.where = self.place.__enter__()
        self.database = Database.open(*self.where)
        self.model = Model()
        self.everybody: list[str] = []
        self.gone: set[str] = set()

    def teardown(self) -> None:
        self.database.close()
        self.place.__exit__(None, None, None)

    def send(self, judgement: Judgement) -> Judgement:
        """Store it, or see it refused, as the model says."""
        refusal = self.model.refusal(judgement)
        if refusal:
            with pytest.raises(refusal):
                store(self.database, judgement)
        else:
            assert store(self.database, judgement) is True
            self.model.said.append(judgement)
        return judgement

    # People and what they can judge.

    @precondition(lambda self: len(self.everybody) < PEOPLE_MAX)
    @rule(target=people, agrees=st.sampled_from((True, True, True, False)))
    def come(self, agrees: bool) -> str:
        person = uuid4().hex
        self.everybody.append(person)
        if agrees:
            add_consent(self.database, new_id(), person, CONSENT_VERSION, "pt")
            self.model.consents[person] = 1
        return person

    @rule(person=people)
    def consent_again(self, person: str) -> None:
        if person in self.model.consents:
            add_consent(self.database, new_id(), person, CONSENT_VERSION, "en")
            self.model.consents[person] += 1
        elif person in self.gone:
            with pytest.raises(WrongCall, match="was erased"):
                add_consent(self.database, new_id(), person, CONSENT_VERSION, "en")

    @rule(target=answers, person=people, prompt=PROMPTS)
    def generate(self, person: str, prompt: str) -> str:
        stored = generation(prompt)
        if person in self.model.consents:
            add_fresh_generation(self.database, stored, person, PARSER_VERSION)
            self.model.prompts.add((prompt, "person", person))
            self.model.generations[stored.id] = prompt, person
        else:
            with pytest.raises(ConsentNeeded):
                add_fresh_generation(self.database, stored, person, PARSER_VERSION)
        return stored.id

    @rule(target=answers, prompt=PROMPTS)
    def ship(self, prompt: str) -> str:
        (generation_id,) = shipped(self.database, prompt)
        self.model.prompts.add((prompt, "shipped", None))
        self.model.generations[generation_id] = prompt, None
        self.model.items[self.latest_item()] = Item("review")
        return generation_id

    @rule(target=items, prompt=PROMPTS, kind=st.sampled_from(("rate", "compare")))
    def queue(self, prompt: str, kind: str) -> str:
        text = f"{prompt} ({len(self.model.items)})"
        assert [add_prompts(self.database, kind, [text], [("a", "none"), ("a", "default")]) for _ in "12"] == [1, 0]
        self.model.prompts.add((text, "list", None))
        item_id = self.latest_item()
        self.model.items[item_id] = Item(kind)
        return item_id

    @rule(target=compared, item_id=items, disagreement=st.sampled_from((0.0, 10.0, 10.0, 90.0)))
    def answer(self, item_id: str, disagreement: float) -> tuple[str, str, str]:
        attach_answers(self.database, item_id, [generation(), generation()], disagreement, PARSER_VERSION)
        if self.model.items[item_id].disagreement < 0:  # the first answers stay
            self.model.items[item_id].disagreement = disagreement
        with self.database.read() as connection:
            item = read_item(connection, item_id)
        left_id, right_id = item.generation_ids
        self.model.generations |= {left_id: (item.prompt, None), right_id: (item.prompt, None)}
        return item_id, left_id, right_id

    def latest_item(self) -> str:
        with self.database.read() as connection:
            return connection.scalar(select(queue_items.c.id).order_by(queue_items.c.seq.desc()).limit(1))

    # Judging.

    @rule(target=sent, person=people, answer=answers, card=st.integers(0, 1), verdict=SAID)
    def rate_card(self, person: str, answer: str, card: int, verdict) -> Judgement:
        reasons = ("not_useful",) if verdict == "wrong" else ()
        return self.send(rating(person, answer, card_index=card, verdict=verdict, reasons=reasons))

    @rule(target=sent, person=people, answer=answers, usefulness=st.sampled_from((1, 5, None)))
    def rate_set(self, person: str, answer: str, usefulness: int | None) -> Judgement:
        return self.send(rating(person, answer, card_index=None, verdict=None, usefulness=usefulness))

    @rule(target=sent, person=people, answer=answers, cards=st.sampled_from(((WATER,), (APPLE, WATER), None)))
    def correct(self, person: str, answer: str, cards) -> Judgement:
        return self.send(correction(person, answer, cards))

    @rule(target=sent, person=people, pair=compared, choice=st.sampled_from((*CHOICES, None)))
    def vote(self, person: str, pair: tuple[str, str, str], choice) -> Judgement:
        return self.send(vote(person, pair, choice))

    @rule(judgement=sent)
    def repeat(self, judgement: Judgement) -> None:
        if judgement in self.model.said:
            assert store(self.database, judgement) is False
        else:  # refused then, or erased since
            with pytest.raises((ConsentNeeded, WrongCall)):
                store(self.database, judgement)

    @rule(judgement=sent)
    def send_other_content(self, judgement: Judgement) -> None:
        other = {Rating: {"verdict": "fix", "reasons": ("unsafe",)}, Vote: {"item_id": "x"}, Correction: {"cards": ()}}
        with pytest.raises((ConsentNeeded, WrongCall)):
            store(self.database, replace(judgement, **other[type(judgement)]))

    # The queue.

    @rule(person=people, kind=st.sampled_from(("rate", "review", "compare")))
    def go_on(self, person: str, kind: str) -> None:
        if person not in self.model.consents:
            with pytest.raises(ConsentNeeded):
                next_item(self.database, person, kind)
            return
        item = next_item(self.database, person, kind)
        assert (item.id if item else None) == self.model.serve(person, kind)

    @rule(person=people, outcome=st.sampled_from(("done", "done", "skipped")))
    def finish_one(self, person: str, outcome: str) -> None:
        served = [item_id for kind in ("review", "compare", "rate") for item_id in self.model.unfinished(person, kind)]
        for item_id in served[:1]:
            finish(self.database, new_id(), item_id, person, outcome)
            self.model.progress.append((item_id, person, outcome))

    @rule(people_wanted=st.integers(1, 3))
    def change_overlap(self, people_wanted: int) -> None:
        set_overlap(self.database, people_wanted)
        self.model.overlap = people_wanted

    # Versions, erasure, and starting again.

    @rule(target=versions)
    def freeze(self) -> str:
        version_id = freeze(self.database)
        self.model.freeze(version_id)
        return version_id

    @rule(version_id=versions)
    def publish(self, version_id: str) -> None:
        add_version_event(self.database, version_id, "published", "")
        self.model.events[version_id].append("published")

    @rule(person=people, is_sure=st.sampled_from((True, False, False)))
    def erase(self, person: str, is_sure: bool) -> None:
        if not is_sure:
            return
        erasure_id = new_id()
        self.gone |= {person} & self.model.consents.keys()
        expected = self.model.erase(person)
        assert [erase(self.database, person, erasure_id) for _ in "12"] == [expected, expected]
        with self.database.read() as connection:
            assert not any(export(connection, person).values())

    @rule()
    def reopen(self) -> None:
        self.database.close()
        self.database = Database.open(*self.where)

    # What must hold after every step.

    @invariant()
    def everybody_stands_where_they_should(self) -> None:
        with self.database.read() as connection:
            for person in self.everybody:
                assert counts(connection, person) == self.model.counts(person)
                assert left(connection, person) == self.model.left(person)
                written = [judgement for judgement in self.model.said if judgement.annotator_id == person]
                total, entries = history(connection, person, 0, 100)
                assert total == len(written)
                holding = {judgement.id for judgement in self.model.holding()}
                assert {entry["id"]: entry["is_current"] for entry in entries} == {
                    judgement.id: judgement.id in holding for judgement in written
                }

    @invariant()
    def the_latest_judgements_are_own_work(self) -> None:
        judged = {(j.annotator_id, j.generation_id) for j in self.model.said[-3:] if not isinstance(j, Vote)}
        with self.database.read() as connection:
            for person, generation_id in judged:
                assert own_work(connection, person, generation_id) == self.model.own_work(person, generation_id)

    @invariant()
    def the_dataset_is_what_holds(self) -> None:
        with self.database.read() as connection:
            assert [row.id for row in chosen_rows(connection, ALL)] == [made.id for made in self.model.chosen()]
            assert known_splits(connection) == self.model.splits
            for version_id, events in self.model.events.items():
                assert find_version(connection, version_id).state == ["kept", *events][-1]


def run(new_database: Callable[[], AbstractContextManager[Where]], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: StoreMachine(new_database),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_store_does_what_the_model_does_on_sqlite(tmp_path, sqlite_file):
    @contextmanager
    def new_database() -> Iterator[Where]:
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        shutil.copy(sqlite_file, folder)
        yield folder, ""
        shutil.rmtree(folder)

    run(new_database, examples=30, steps=30)


def test_the_store_does_what_the_model_does_on_postgresql(tmp_path, postgresql: PostgresqlServer):
    @contextmanager
    def new_database() -> Iterator[Where]:
        with postgresql.database(TEMPLATE) as url:
            yield tmp_path, url

    run(new_database, examples=10, steps=30)
