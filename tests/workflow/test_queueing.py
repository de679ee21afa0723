"""Queue items get their answers beside the page: once, by the right models, and again where that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from aac.errors import AacError, MissingError, Refused, StoreError, WrongCall
from aac.models.registry import EMBEDDED_ID
from aac.parsing import parse
from aac.records import Generation
from aac.store.generations import read_generations
from aac.store.queue import QueueItem, finish, read_item
from aac.store.schema import queue_generations, queue_items
from aac.workflow import queueing
from aac.workflow.archive import Archive
from aac.workflow.browsing import fill_queue
from aac.workflow.generating import GenerateOrder, Speakers
from aac.workflow.queueing import CONTESTANTS, Preparer, prepare_item, queue_prompts, queue_shipped
from aac.workflow.shipped import shipped_prompts
from tests.store.sample import new_id

TEXTS = {"none": "Claro! Aqui estão os cartões", "default": "Quero água,Eu quero água.,💧"}


class FakeModels:
    """What `generate` would say, at once; `orders` is what it was asked. `error` is raised while it is set."""

    def __init__(self) -> None:
        self.orders: list[GenerateOrder] = []
        self.error: Exception | None = None
        self.finish = "end"

    def __call__(self, speakers: Any, order: GenerateOrder, *, may_replace: bool = True) -> Iterator[list[Generation]]:
        assert not may_replace  # who comes to an item need not be a maintainer
        self.orders.append(order)
        if self.error:
            raise self.error
        yield []
        yield [
            Generation(
                order.request, order.model, "abc", None if name == "none" else name, TEXTS[name], 9, 0.5, self.finish
            )
            for name in order.adapters
        ]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> FakeModels:
    fake = FakeModels()
    monkeypatch.setattr(queueing, "generate", fake)
    return fake


def items(archive: Archive) -> list[QueueItem]:
    with archive.database.read() as connection:
        ids = connection.scalars(select(queue_items.c.id).order_by(queue_items.c.seq)).all()
        return [read_item(connection, item_id) for item_id in ids]


def only_item(archive: Archive) -> QueueItem:
    (item,) = items(archive)
    return item


def answers(archive: Archive, item: QueueItem) -> list[Generation]:
    with archive.database.read() as connection:
        return [stored.generation for stored in read_generations(connection, item.generation_ids)]


def disagreement(archive: Archive) -> float | None:
    with archive.database.read() as connection:
        return connection.scalar(select(queue_generations.c.disagreement).order_by(queue_generations.c.slot.desc()))


# --- one item ---------------------------------------------------------------------------------------------------------


@pytest.mark.real_model
def test_the_real_model_writes_both_answers_of_a_comparison_in_one_pass(
    archive: Archive, speakers: Speakers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queueing, "check_request", lambda request: replace(request, cards_wanted=1))  # enough to see
    queue_prompts(archive, "compare", ["Querer"])

    prepare_item(archive, speakers, only_item(archive).id)

    without, with_lora = answers(archive, only_item(archive))
    assert (without.adapter, with_lora.adapter) == (None, "default")
    assert {made.model for made in (without, with_lora)} == {EMBEDDED_ID}
    assert {made.finish for made in (without, with_lora)} <= {"end", "length"}
    assert parse(with_lora.raw_text).cards != ()
    assert disagreement(archive) > 0


def test_an_item_is_answered_by_its_contestants_in_their_slots(archive: Archive, models: FakeModels):
    queue_prompts(archive, "compare", ["Querer"])

    prepare_item(archive, None, only_item(archive).id)

    item = only_item(archive)
    assert item.is_ready
    assert [made.raw_text for made in answers(archive, item)] == [TEXTS["none"], TEXTS["default"]]
    assert [(order.model, order.adapters) for order in models.orders] == [(EMBEDDED_ID, ("none", "default"))]


def test_each_base_model_is_asked_once_whatever_the_order_of_its_slots(archive: Archive, models: FakeModels):
    contestants = [("um", "none"), ("outro", "default"), ("um", "default")]
    queue_prompts(archive, "compare", ["Querer"], contestants)

    prepare_item(archive, None, only_item(archive).id)

    assert [(order.model, order.adapters) for order in models.orders] == [
        ("um", ("none", "default")),
        ("outro", ("default",)),
    ]
    found = [(made.model, made.adapter or "none") for made in answers(archive, only_item(archive))]
    assert found == contestants


def test_how_far_two_answers_disagree_is_stored_with_the_last(archive: Archive, models: FakeModels):
    queue_prompts(archive, "compare", ["Querer"])

    prepare_item(archive, None, only_item(archive).id)

    assert 0 < disagreement(archive) <= 100


def test_two_equal_answers_do_not_disagree(archive: Archive, models: FakeModels, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(TEXTS, "none", TEXTS["default"])
    queue_prompts(archive, "compare", ["Querer"])

    prepare_item(archive, None, only_item(archive).id)

    assert disagreement(archive) == 0


def test_one_answer_alone_has_nothing_to_disagree_with(archive: Archive, models: FakeModels):
    queue_prompts(archive, "rate", ["Querer"])

    prepare_item(archive, None, only_item(archive).id)

    assert disagreement(archive) is None


def test_an_item_with_answers_is_not_answered_again(archive: Archive, models: FakeModels):
    queue_prompts(archive, "rate", ["Querer"])
    for _ in range(2):
        prepare_item(archive, None, only_item(archive).id)

    assert len(models.orders) == 1


def test_an_item_that_is_not_there_cannot_be_prepared(archive: Archive, models: FakeModels):
    with pytest.raises(WrongCall, match="no item"):
        prepare_item(archive, None, "nowhere")


# --- beside the page --------------------------------------------------------------------------------------------------


def first_of(ask: Callable[[], AacError | None], wanted: Callable[[AacError | None], bool]) -> AacError | None:
    """What asking gives as soon as it is what is wanted."""
    turns = threading.Event()
    for _ in range(3000):
        found = ask()
        if wanted(found):
            return found
        turns.wait(0.01)
    raise AssertionError("it never came")


@pytest.fixture
def asked(archive: Archive) -> Callable[[], AacError | None]:
    """Asks once for the answers of the only item."""
    queue_prompts(archive, "rate", ["Querer"])
    preparer = Preparer(archive, None)
    item_id = only_item(archive).id
    return lambda: preparer.ask(item_id)


def test_answers_come_after_they_were_asked_for(archive: Archive, models: FakeModels, asked):
    assert asked() is None

    first_of(asked, lambda _: only_item(archive).is_ready)


def test_asking_again_and_again_writes_one_answer(archive: Archive, models: FakeModels, asked):
    first_of(asked, lambda _: only_item(archive).is_ready)
    for _ in range(5):
        asked()

    assert len(models.orders) == 1


def test_a_failure_is_told_once_and_then_tried_again(archive: Archive, models: FakeModels, asked):
    models.error = MissingError("Falta o modelo.", "The model is missing.")
    told = first_of(asked, bool)
    models.error = None

    again = asked()
    first_of(asked, lambda _: only_item(archive).is_ready)

    assert told.pt == "Falta o modelo."
    assert again is None


def test_what_nobody_foresaw_is_told_too_and_the_others_get_their_answers(archive: Archive, models: FakeModels, asked):
    models.error = ZeroDivisionError("division by zero")
    told = first_of(asked, bool)
    models.error = None

    first_of(asked, lambda _: only_item(archive).is_ready)

    assert isinstance(told, StoreError)


# --- ahead of people --------------------------------------------------------------------------------------------------


@dataclass
class Loaded:
    """Speakers that hold the embedded model, or none, and may be wanted by somebody."""

    model: str = EMBEDDED_ID
    wanted: bool = False

    def has(self, model: str) -> bool:
        return model == self.model

    def is_wanted(self) -> bool:
        return self.wanted


def ready(archive: Archive) -> list[str]:
    return [item.prompt for item in items(archive) if item.is_ready]


def settled(archive: Archive, count: int) -> list[str]:
    """The prompts that have answers once `count` have, and a moment later."""
    first_of(lambda: None, lambda _: len(ready(archive)) >= count)
    threading.Event().wait(0.2)
    return ready(archive)


def test_a_few_items_are_answered_ahead_of_people_the_oldest_first(archive: Archive, models: FakeModels):
    queue_prompts(archive, "compare", ["Um", "Dois", "Três", "Quatro", "Cinco", "Seis"])

    Preparer(archive, Loaded()).look_ahead("compare")

    assert settled(archive, 4) == ["Um", "Dois", "Três", "Quatro"]


def test_who_comes_again_finds_more_of_them(archive: Archive, models: FakeModels, ana: str):
    queue_prompts(archive, "compare", ["Um", "Dois", "Três", "Quatro", "Cinco"])
    preparer = Preparer(archive, Loaded())
    preparer.look_ahead("compare")
    settled(archive, 4)
    finish(archive.database, new_id(), items(archive)[0].id, ana, "done")

    preparer.look_ahead("compare")

    assert settled(archive, 5)[-1] == "Cinco"


def test_no_model_is_loaded_to_look_ahead(archive: Archive, models: FakeModels):
    queue_prompts(archive, "rate", ["Querer"])

    Preparer(archive, Loaded(model="")).look_ahead("rate")

    assert settled(archive, 0) == []


def test_work_ahead_gives_way_and_keeps_nothing_of_it(archive: Archive, models: FakeModels):
    queue_prompts(archive, "rate", ["Querer"])
    item_id = only_item(archive).id
    models.finish = "running"

    was_written = prepare_item(archive, None, item_id, gives_way=lambda: True)

    assert (was_written, only_item(archive).is_ready) == (False, False)


def test_what_gave_way_is_written_later(archive: Archive, models: FakeModels, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queueing, "_PAUSE_S", 0.01)
    queue_prompts(archive, "rate", ["Querer"])
    speakers = Loaded(wanted=True)
    models.finish = "running"
    Preparer(archive, speakers).look_ahead("rate")
    first_of(lambda: None, lambda _: len(models.orders) >= 2)
    before = ready(archive)

    speakers.wanted = False

    assert (before, settled(archive, 1)) == ([], ["Querer"])


def test_a_failure_ahead_of_people_is_told_to_nobody_and_ends_it(archive: Archive, models: FakeModels):
    queue_prompts(archive, "rate", ["Um", "Dois"])
    models.error = ZeroDivisionError("division by zero")
    preparer = Preparer(archive, Loaded())

    preparer.look_ahead("rate")
    first_of(lambda: None, lambda _: models.orders != [])
    threading.Event().wait(0.2)

    assert (len(models.orders), ready(archive)) == (1, [])
    models.error = None
    assert preparer.ask(items(archive)[0].id) is None


# --- filling the queue ------------------------------------------------------------------------------------------------


def test_prompts_are_queued_once_for_each_kind(archive: Archive):
    added = [queue_prompts(archive, kind, ["Querer", " Querer ", "Dor"]) for kind in ("rate", "rate", "compare")]

    assert added == [2, 0, 2]
    assert [(item.kind, item.prompt, item.contestants) for item in items(archive)] == [
        (kind, prompt, CONTESTANTS[kind]) for kind in ("rate", "compare") for prompt in ("Querer", "Dor")
    ]


def test_the_same_prompt_waits_again_for_other_contestants(archive: Archive):
    contestants = [(EMBEDDED_ID, "default"), ("outro", "none")]

    added = [queue_prompts(archive, "compare", ["Querer"], who) for who in ((), contestants, contestants)]

    assert added == [1, 1, 0]


@pytest.mark.parametrize("prompt", ["", "   ", "a" * 201], ids=["empty", "blank", "long"])
def test_a_prompt_that_cannot_be_answered_queues_nothing(archive: Archive, prompt: str):
    with pytest.raises(WrongCall):
        queue_prompts(archive, "rate", ["Querer", prompt])

    assert items(archive) == []


def test_shipped_sets_are_queued_once_with_their_cards(archive: Archive):
    added = [queue_shipped(archive) for _ in range(2)]

    assert added == [len(shipped_prompts()), 0]
    assert all(item.is_ready and item.kind == "review" for item in items(archive))
    (made,) = answers(archive, items(archive)[0])
    assert made.raw_text.startswith("Quero água,")


def test_without_prompts_the_shipped_ones_are_queued(archive: Archive):
    added = [fill_queue(archive, "rate"), fill_queue(archive, "compare", ["Só este"]), fill_queue(archive, "review")]

    assert added == [len(shipped_prompts()), 1, len(shipped_prompts())]


def test_a_prompt_that_the_content_filter_stops_is_not_queued(archive: Archive):
    with pytest.raises(Refused, match="188"):
        queue_prompts(archive, "rate", ["Querer", "Como me matar"])

    assert items(archive) == []
