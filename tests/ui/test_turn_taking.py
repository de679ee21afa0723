"""The way through a turn at the model, as the page and programs both go it."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from aac.access import Asker, Role
from aac.errors import Refused
from aac.records import Generation, GenerationRequest
from aac.ui.answers import Refusal
from aac.ui.meters import Meters
from aac.ui.spending import Spender
from aac.ui.turn_taking import DayUsedUp, TurnTaking, at_ease
from tests.loops import run

ANA = Spender("person:ana")


@pytest.fixture
def taking() -> TurnTaking:
    return TurnTaking(60, Meters())


def of_ana() -> Any:
    """A request as the gate passes it on."""
    state = {"asker": Asker(Role.ANNOTATOR, "ana"), "turns": ("person:ana", 2), "spender": ANA}
    return SimpleNamespace(scope={"state": state, "path": "/"})


def count(taking: TurnTaking, series: str, **labels: str) -> float:
    return taking.meters.registry.get_sample_value(series, labels) or 0.0


async def answered(taking: TurnTaking, write: Any, session: str = "tab") -> list[Any]:
    """What a whole turn gives."""
    request = of_ana()
    taking.ask(session, request)
    async with taking.turn(session, request) as turn:
        assert turn is not None
        async for _ in turn.places():
            pass
        return [answer async for answer in turn.answers(write)]


def test_the_answer_comes_and_the_turn_is_over(taking: TurnTaking):
    assert run(answered(taking, lambda: iter_of("a", "b"))) == ["a", "b"]
    assert (taking.turns.running(), taking.turns.is_busy("tab")) == (0, False)


def test_a_growing_answer_is_shown_at_once_at_ease_and_at_its_end():
    seconds = [0.0]
    columns = [[Generation(GenerationRequest("a"), "m", "r", None, "x" * n, n, n, "running")] for n in range(10)]
    columns.append([replace(columns[-1][0], finish="end")])

    shown = list(at_ease((tick(seconds, one) for one in columns), every_s=3.5, clock=lambda: seconds[0]))

    assert [one.tokens for (one,) in shown] == [0, 4, 8, 9]
    assert shown[-1][0].finish == "end"


def tick(seconds: list[float], columns: list[Generation]) -> list[Generation]:
    """The next columns, a second later."""
    seconds[0] += 1
    return columns


def iter_of(*answers: str) -> Generator[str]:
    yield from answers


def test_who_is_cancelled_gives_the_model_back_only_once_the_answer_is_closed(taking: TurnTaking):
    closing, may_close = threading.Event(), threading.Event()
    running_at_close: list[int] = []

    def write() -> Iterator[str]:
        try:
            yield "a"
        finally:
            closing.set()
            assert may_close.wait(60)
            running_at_close.append(taking.turns.running())

    async def cancelled() -> None:
        request = of_ana()
        taking.ask("tab", request)
        async with anyio.create_task_group() as group:

            async def take() -> None:
                async with taking.turn("tab", request) as turn:
                    assert turn is not None
                    async for _ in turn.places():
                        pass
                    async for _ in turn.answers(write):  # type: ignore[arg-type]
                        group.cancel_scope.cancel()
                        await anyio.sleep_forever()

            group.start_soon(take)
            threading.Thread(target=lambda: closing.wait(60) and may_close.set()).start()

    run(cancelled())

    assert running_at_close == [1]
    assert taking.turns.running() == 0
    assert count(taking, "prancha_generations_total", outcome="stopped") == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Refused("não", "no"), "refused"), (ZeroDivisionError(), "failed")],
    ids=["refused", "failed"],
)
def test_how_an_answer_failed_is_counted_and_the_turn_is_over(taking: TurnTaking, error: Exception, outcome: str):
    def write() -> Iterator[str]:
        yield "a"
        raise error

    with pytest.raises(type(error)):
        run(answered(taking, write))

    assert count(taking, "prancha_generations_total", outcome=outcome) == 1
    assert taking.turns.running() == 0


def test_who_has_used_the_day_up_gets_no_place(taking: TurnTaking):
    taking.spending.add(ANA, 60)

    with pytest.raises(DayUsedUp):
        taking.ask("tab", of_ana())

    assert not taking.turns.is_busy("tab")
    assert count(taking, "prancha_refused_total", reason="day") == 1


def test_who_used_it_up_while_they_waited_is_told_at_their_turn_and_nothing_is_written(taking: TurnTaking):
    written: list[str] = []

    def write() -> Iterator[str]:
        written.append("a")
        yield "a"

    async def waited() -> None:
        request = of_ana()
        taking.ask("tab", request)
        async with taking.turn("tab", request) as turn:
            assert turn is not None
            async for _ in turn.places():
                pass
            taking.spending.add(ANA, 60)
            async for _ in turn.answers(write):  # type: ignore[arg-type]
                pass

    with pytest.raises(DayUsedUp):
        run(waited())

    assert written == []
    assert taking.turns.running() == 0


def test_more_than_a_person_may_have_waiting_are_refused_and_counted(taking: TurnTaking):
    taking.ask("one", of_ana())

    with pytest.raises(Refusal) as raised:
        taking.ask("two", of_ana())

    assert raised.value.status == 429
    assert count(taking, "prancha_refused_total", reason="turn") == 1


def test_what_nobody_asked_for_has_no_turn(taking: TurnTaking):
    async def take() -> object:
        async with taking.turn("tab", of_ana()) as turn:
            return turn

    assert run(take()) is None
