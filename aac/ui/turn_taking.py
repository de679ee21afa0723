"""The way through a turn at the model, the same for the page and for programs: ask, wait, have it, give it back."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any, TypeVar

import gradio as gr
from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from aac.errors import Refused, WrongCall
from aac.records import Generation
from aac.ui.access_texts import LINE_FULL, TURN_TAKEN, TURNS_TAKEN
from aac.ui.answers import Refusal
from aac.ui.guarded import maintains, spender_of, turns_of
from aac.ui.meters import Answering, Meters
from aac.ui.numbers import fill
from aac.ui.spending import Spending, day_used_up
from aac.ui.turns import MOST_IN_LINE, LineFull, Ticket, Turns, places
from aac.workflow.generating import GenerateOrder, Speakers, generate

_FULL_RETRY_S = "30"
_SHOWN_EVERY_S = 0.25
Answer = TypeVar("Answer")


def at_ease(
    answers: Iterable[list[Generation]], every_s: float = _SHOWN_EVERY_S, clock: Callable[[], float] = time.monotonic
) -> Iterator[list[Generation]]:
    """Of answers as they grow the first, the last, and between them one in so many seconds.

    A slow browser takes longer to take one in than the model to write a token, and takes the time from a model that is
    on the same computer.
    """
    next_s = clock()
    for columns in answers:
        is_over = all(one.finish != "running" for one in columns)
        if is_over or clock() >= next_s:
            yield columns
            next_s = clock() + every_s


class DayUsedUp(Refusal):
    """Who asks has had their day's time of the model."""


class Turn:
    """What one browser tab or program asked for. maintains: whether who asks maintains the server."""

    def __init__(self, taking: TurnTaking, ticket: Ticket, request: gr.Request) -> None:
        self.maintains = maintains(request)
        self._taking = taking
        self._ticket = ticket
        self._request = request
        self._answering = Answering()
        self._answers: Generator[Any] | None = None

    @property
    def is_begun(self) -> bool:
        """Whether it holds the model; after `places`, one that does not was taken back."""
        return self._ticket.state == "running"

    def places(self) -> AsyncGenerator[int]:
        """How many come before, until the turn has come or was taken back."""
        return places(self._taking.turns, self._ticket)

    async def answers(self, write: Callable[[], Generator[Answer]]) -> AsyncIterator[Answer]:
        """What `write` yields, in a thread; how it ends is counted, whatever it raises.

        Raises `DayUsedUp` where another request of the same person used the day up while this one waited.
        """
        self._taking.check_day(self._request)
        self._answers = self._counted(write)
        async for answer in iterate_in_threadpool(self._answers):
            yield answer

    def generate(self, speakers: Speakers, order: GenerateOrder) -> Iterator[list[Generation]]:
        """As `aac.workflow.generating.generate`, for `answers`: with the server's limits, counted, and at ease."""
        limit_s = speakers.settings.generation_limit_s
        with closing(
            generate(speakers, order, self._ticket.stop, limit_s=limit_s, may_replace=self.maintains)
        ) as generations:
            yield from at_ease(map(self._counting, generations))

    def _counting(self, columns: list[Generation]) -> list[Generation]:
        self._answering.take(columns)
        return columns

    def _counted(self, write: Callable[[], Generator[Answer]]) -> Generator[Answer]:
        with self._taking.meters.answering() as self._answering:
            try:
                yield from write()
            except Exception as error:
                self._answering.outcome = "refused" if isinstance(error, Refused | WrongCall) else "failed"
                raise

    async def end(self) -> None:
        """Give the model back: only once its answer is closed, also where who waited for it was cancelled."""
        with CancelScope(shield=True):
            try:
                if self._answers is not None:
                    await run_in_threadpool(self._answers.close)
            finally:
                self._taking.spending.add(spender_of(self._request), self._taking.turns.end(self._ticket))


class TurnTaking:
    """Of one server. turns: the line before the model. spending: for whom it has worked for how long."""

    def __init__(self, day_limit_s: float, meters: Meters) -> None:
        self.turns = Turns()
        self.spending = Spending(day_limit_s)
        self.meters = meters
        meters.watch(self.turns)

    def ask(self, session: str, request: gr.Request) -> None:
        """A place in the line for a tab, or for a program's call.

        Raises `Refusal` 429 where there is none for them, and of these `DayUsedUp` where there is none today.
        """
        self.check_day(request)
        person, most = turns_of(request)
        try:
            is_let = self.turns.ask(session, person, most)
        except LineFull as error:
            self.meters.refused("full")
            raise Refusal(429, fill(LINE_FULL, n=str(MOST_IN_LINE)), {"Retry-After": _FULL_RETRY_S}) from error
        if not is_let:
            self.meters.refused("turn")
            raise Refusal(429, TURN_TAKEN if most == 2 else TURNS_TAKEN)

    def check_day(self, request: gr.Request) -> None:
        """Raise `DayUsedUp` for who has had their day's time."""
        if used_up := day_used_up(self.spending, spender_of(request)):
            self.meters.refused("day")
            raise DayUsedUp(429, used_up)

    @asynccontextmanager
    async def turn(self, session: str, request: gr.Request) -> AsyncIterator[Turn | None]:
        """What was asked for, from its place in the line to its end; None where it was taken back, or has begun."""
        ticket = self.turns.join(session)
        if ticket is None:
            yield None
            return
        turn = Turn(self, ticket, request)
        try:
            yield turn
        finally:
            await turn.end()
