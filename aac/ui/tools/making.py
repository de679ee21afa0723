"""Cards for a program: the page's own line, limits and filter, and one answer at the end."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import gradio as gr

from aac.errors import WrongCall
from aac.parsing import parse
from aac.records import Generation, GenerationRequest
from aac.ui import texts
from aac.ui.help_line import help_for
from aac.ui.texts import Text
from aac.ui.tools.fields import Values
from aac.ui.turn_taking import Turn, TurnTaking
from aac.workflow.active import ACTIVE, NONE
from aac.workflow.archive import Archive
from aac.workflow.generating import GenerateOrder, Speakers, with_real_adapters


class CardMaker:
    """taking: the page's, so that a program waits among people and is counted as one of them."""

    def __init__(self, speakers: Speakers, archive: Archive, taking: TurnTaking) -> None:
        self._speakers = speakers
        self._archive = archive
        self._taking = taking

    async def make(self, values: Values, request: gr.Request) -> dict[str, Any]:
        """The cards, what is wrong with the rest of the text, and what the person should be told.

        Who hangs up is cancelled: the answer stops at the next token, and the turn goes to the next in line.
        """
        session = f"tool-{uuid4()}"  # a name of its own: a program has no browser tab
        self._taking.ask(session, request)
        found: Generation | None = None
        async with self._taking.turn(session, request) as turn:
            assert turn is not None  # noqa: S101 - it was asked for just now
            async for _ in turn.places():
                pass
            async for answer in turn.answers(lambda: self._answer(values, turn)):
                found = answer
        assert found is not None  # noqa: S101 - an answer has at least its end
        return told(found)

    def _answer(self, values: Values, turn: Turn) -> Generator[Generation]:
        for columns in turn.generate(self._speakers, self._order(values)):
            yield columns[0]

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
    return [*help_for(generation.request), *([texts.CUT_BY_TIME] if generation.finish == "time" else [])]
