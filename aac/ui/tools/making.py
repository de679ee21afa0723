"""Cards for a program: the page's own line, limits and filter, and one answer at the end."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import aclosing
from dataclasses import asdict
from threading import Event
from typing import Any
from uuid import uuid4

import gradio as gr
from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from aac.errors import Refused, WrongCall
from aac.models.registry import EMBEDDED_ID
from aac.parsing import parse
from aac.records import Generation, GenerationRequest
from aac.safety import DISTRESS, distress
from aac.ui import texts
from aac.ui.access_texts import LINE_FULL, TURN_TAKEN, TURNS_TAKEN
from aac.ui.guarded import maintains, refused, spender_of, turns_of
from aac.ui.meters import Meters
from aac.ui.numbers import fill
from aac.ui.spending import Spending, day_used_up
from aac.ui.texts import Text
from aac.ui.tools.fields import Values
from aac.ui.turns import MOST_IN_LINE, LineFull, Turns, places
from aac.workflow.active import ACTIVE, NONE
from aac.workflow.archive import Archive
from aac.workflow.generating import GenerateOrder, Speakers, generate, with_real_adapters


class CardMaker:
    """turns, spending: those of the page, so that a program waits among people and is counted as one of them."""

    def __init__(self, speakers: Speakers, archive: Archive, turns: Turns, spending: Spending, meters: Meters) -> None:
        self._speakers = speakers
        self._archive = archive
        self._turns = turns
        self._spending = spending
        self._meters = meters

    async def make(self, values: Values, request: gr.Request) -> dict[str, Any]:
        """The cards, what is wrong with the rest of the text, and what the person should be told.

        Who hangs up is cancelled: the answer stops at the next token, and the turn goes to the next in line.
        """
        ticket = self._turns.join(self._asked(request))
        assert ticket is not None  # noqa: S101 - it was asked for just now
        answers = self._answers(values, ticket.stop, maintains=maintains(request))
        found: Generation | None = None
        try:
            async with aclosing(places(self._turns, ticket)) as waiting:
                async for _ in waiting:
                    pass
            self._check_allowance(request)  # another of the person's requests may have used it up meanwhile
            async for answer in iterate_in_threadpool(answers):
                found = answer
        finally:
            with CancelScope(shield=True):  # the model is free only once its answer is closed
                try:
                    await run_in_threadpool(answers.close)
                finally:
                    self._spending.add(spender_of(request), self._turns.end(ticket))
        assert found is not None  # noqa: S101 - an answer has at least its end
        return told(found)

    def _asked(self, request: gr.Request) -> str:
        """A place in the line, under a name of its own: a program has no browser tab."""
        self._check_allowance(request)
        session, (person, most) = f"tool-{uuid4()}", turns_of(request)
        try:
            is_let = self._turns.ask(session, person, most)
        except LineFull as error:
            self._meters.refused("full")
            raise refused(request, 429, fill(LINE_FULL, n=str(MOST_IN_LINE))) from error
        if not is_let:
            self._meters.refused("turn")
            raise refused(request, 429, TURN_TAKEN if most == 2 else TURNS_TAKEN)
        return session

    def _check_allowance(self, request: gr.Request) -> None:
        if used_up := day_used_up(self._spending, spender_of(request)):
            self._meters.refused("day")
            raise refused(request, 429, used_up)

    def _answers(self, values: Values, stop: Event, *, maintains: bool) -> Generator[Generation]:
        with self._meters.answering() as answering:
            try:
                if not maintains and not self._speakers.is_here(EMBEDDED_ID):
                    raise WrongCall(texts.MODEL_NOT_HERE.pt, texts.MODEL_NOT_HERE.en)
                limit_s = self._speakers.settings.generation_limit_s
                for columns in generate(
                    self._speakers, self._order(values), stop, limit_s=limit_s, may_replace=maintains
                ):
                    answering.take(columns)
                    yield columns[0]
            except Exception as error:
                answering.outcome = "refused" if isinstance(error, Refused | WrongCall) else "failed"
                raise

    def _order(self, values: Values) -> GenerateOrder:
        adapter = NONE if values["without_lora"] else ACTIVE
        order = with_real_adapters(self._archive, GenerateOrder(_request(values), (adapter,)))
        if adapter == ACTIVE and order.adapters == (NONE,):
            raise WrongCall(texts.NO_ADAPTER.pt, texts.NO_ADAPTER.en)
        return order


def _request(values: Values) -> GenerationRequest:
    return GenerationRequest(**{name: value for name, value in values.items() if name != "without_lora"})


def told(generation: Generation) -> dict[str, Any]:
    """One answer as a program reads it."""
    parsed, asked = parse(generation.raw_text), generation.request
    return {
        "prompt": asked.prompt,
        "cards": [asdict(card) for card in parsed.cards],
        "problems": [asdict(problem) for problem in parsed.problems],
        "finish": generation.finish,
        "model": generation.model,
        "adapter": generation.adapter,
        "notes": [{"pt": note.pt, "en": note.en} for note in _notes(generation)],
    }


def _notes(generation: Generation) -> list[Text]:
    asked = generation.request
    notes = [Text(*DISTRESS)] if distress((asked.prompt, asked.context, asked.follows, *asked.given)) else []
    return [*notes, texts.CUT_BY_TIME] if generation.finish == "time" else notes
