"""The Generate tab: a prompt, two columns, and a Stop that stops."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Generator
from typing import Any

import gradio as gr

from aac.errors import AacError, WrongCall
from aac.prompts import CARDS_MAX, TEMPERATURE_MAX
from aac.records import Generation, GenerationRequest
from aac.ui import texts, tiles
from aac.ui.answers import KINDS
from aac.ui.help_line import help_shown
from aac.ui.localised import Localised
from aac.ui.meters import Meters
from aac.ui.numbers import fill
from aac.ui.request_panel import RequestPanel
from aac.ui.texts import Text
from aac.ui.turn_taking import DayUsedUp, Turn, TurnTaking
from aac.ui.writer_choice import WriterChoice
from aac.workflow.archive import Archive, sign, to_document
from aac.workflow.generating import GenerateOrder, Speakers, read_otherwise

EXAMPLE_PROMPTS = ("Querer", "Comida", "Na farmácia", "Dor", "Caiu a luz", "Pedir ajuda")
_log = logging.getLogger(__name__)


class GenerateTab:
    """The tab's components and what they do. One object a page."""

    def __init__(
        self, speakers: Speakers, archive: Archive, page: Localised, language: gr.Radio, meters: Meters
    ) -> None:
        self._speakers = speakers
        self._archive = archive
        self.taking = TurnTaking(speakers.settings.day_limit_s, meters)
        self._turns = self.taking.turns
        self._meters = meters
        self.writer = WriterChoice(archive, page, language)
        self._build(page)
        self._wire()

    @property
    def for_maintainers(self) -> list[Any]:
        """What others need not see."""
        return self.writer.for_maintainers

    def _build(self, page: Localised) -> None:
        self.prompt = page.add(
            gr.Textbox(max_lines=1, elem_id="prompt", autofocus=True),
            label=texts.PROMPT,
            placeholder=texts.PROMPT_PLACEHOLDER,
        )
        with gr.Row(elem_classes="pr-chips"):
            self._chips = [gr.Button(example, size="sm", min_width=90) for example in EXAMPLE_PROMPTS]
        with gr.Row(elem_id="options"):
            self.writer.build_mode()
            self.cards = page.add(
                gr.Slider(1, CARDS_MAX, value=5, step=1, elem_id="cards"), label=texts.CARDS, info=texts.CARDS_INFO
            )
            self.well_formed = page.add(
                gr.Checkbox(value=False, elem_id="well-formed"), label=texts.WELL_FORMED, info=texts.WELL_FORMED_INFO
            )
        self.more = RequestPanel(page)
        with page.add(gr.Accordion(open=False), label=texts.SETTINGS):
            self._build_settings(page)
        with gr.Row():
            self.start = page.add(gr.Button(variant="primary", elem_id="generate"), value=texts.GENERATE)
            self.stop = page.add(gr.Button(variant="stop", interactive=False, elem_id="stop"), value=texts.STOP)
        self.message = gr.HTML(elem_id="message", apply_default_css=False)
        gr.HTML(tiles.speech_line(), elem_id="speech", apply_default_css=False)
        with gr.Row(elem_id="columns"):
            self._columns = [_column(texts.WITHOUT_LORA, "without-lora"), _column(texts.WITH_LORA, "with-lora")]

    def _build_settings(self, page: Localised) -> None:
        with gr.Row():
            self.temperature = page.add(
                gr.Slider(0, TEMPERATURE_MAX, value=0, step=0.1, elem_id="temperature"),
                label=texts.TEMPERATURE,
                info=texts.TEMPERATURE_INFO,
            )
            self.seed = page.add(
                gr.Number(value=0, precision=0, elem_id="seed"),
                label=texts.SEED,
                info=texts.SEED_INFO,
            )
        self.writer.build_models()

    def _wire(self) -> None:
        for chip in self._chips:
            chip.click(None, chip, self.prompt, js="window.prancha.same", api_visibility="private")
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        self.more.wire(self.writer.mode, self.cards, self.well_formed)
        for changed in self.writer.wire([self.well_formed, *self._columns]):
            changed.success(self.more.keep, self.more.given, self.well_formed, api_name="keep_well_formed", **quick)
        inputs = {
            self.prompt,
            self.cards,
            self.well_formed,
            self.temperature,
            self.seed,
            *self.more.fields,
            *self.writer.fields,
        }
        answer = [self.message, *self._columns, *self.more.shown]
        buttons = [self.start, self.stop]
        # Enter presses the button: a disabled one does nothing, so nothing is asked for twice.
        for line in (self.prompt, *self.more.lines):
            line.submit(None, js="window.prancha.pressGenerate", api_visibility="private")
        begun = self.start.click(
            self._on_begin,
            None,
            [*buttons, *answer],
            api_name="begin",
            js="window.prancha.showColumns",
            **quick,
        )
        begun.failure(self._on_not_begun, None, [*buttons, *answer], api_name="generate_refused", **quick)
        asked = begun.success(
            self._on_generate,
            inputs,
            answer,
            api_name="make_cards",
            concurrency_limit=None,  # `Turns` keeps the line and its length; in Gradio's queue nobody is told a place
            show_progress="minimal",
            show_progress_on=self.message,
            api_visibility="private",
        )
        asked.success(self._on_end, None, buttons, api_name="end", **quick)
        # A value that Gradio itself refuses (a number out of a slider's range) never reaches the handler.
        asked.failure(self._on_refused, None, [*buttons, *answer], api_name="generate_refused", **quick)
        self.stop.click(self._on_stop, None, [*buttons, *answer], api_name="stop", **quick)

    def _on_begin(self, request: gr.Request) -> tuple[Any, ...]:
        try:
            self.taking.ask(_session(request), request)
        except DayUsedUp as refusal:  # nothing is asked for: what the columns show stays
            return *self._on_end(request), self._used_up(refusal), *(gr.skip(),) * (2 + len(self.more.shown))
        return *self._on_end(request), *self._said(None, texts.WAITING)

    def _used_up(self, refusal: DayUsedUp) -> str:
        """As a message of the page; its answer is 200, from which nobody else counts a refusal."""
        self._meters.refused(KINDS[refusal.status])
        return tiles.message(refusal.text)

    def _on_end(self, request: gr.Request) -> tuple[Any, Any]:
        is_busy = self._turns.is_busy(_session(request))
        return gr.update(interactive=not is_busy), gr.update(interactive=is_busy)

    def refuse(self, session: str) -> None:
        """The cards that the tab asked for are refused before they stood in the line: their place is free at once."""
        self._turns.withdraw(session)

    # Why something was refused the page says by itself, where it was (refused.js): here a message would be the second.
    def _on_not_begun(self, request: gr.Request) -> tuple[Any, ...]:
        """Nothing was asked for: what the columns show stays."""
        return *self._on_end(request), tiles.message(None), *(gr.skip(),) * (2 + len(self.more.shown))

    def _on_refused(self, request: gr.Request) -> tuple[Any, ...]:
        self.forget(request)
        return *self._on_end(request), *self._said(None)

    def _on_stop(self, request: gr.Request) -> tuple[Any, ...]:
        if not self._turns.stop(_session(request)):
            rest = (gr.skip(),) * (3 + len(self.more.shown))
            # What runs tells of its end itself; where nothing does, the page missed it: a call was refused in between.
            return (*((gr.skip(),) * 2 if self._turns.is_busy(_session(request)) else self._on_end(request)), *rest)
        return *self._on_end(request), *self._said(None)

    def forget(self, request: gr.Request) -> None:
        """Stop what a browser tab that was closed or reloaded had asked for."""
        self._turns.forget(_session(request))

    async def _on_generate(self, values: dict[Any, Any], request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        async with self.taking.turn(_session(request), request) as turn:
            if turn is None:
                yield (gr.skip(),) * (3 + len(self.more.shown))
                return
            async for ahead in turn.places():
                yield self._said(None, _place(ahead))
            if not turn.is_begun:  # a place may have been said after it was taken back
                yield self._said(None)
                return
            try:
                async for answer in turn.answers(lambda: self._answer(values, turn)):
                    yield answer
            except DayUsedUp as refusal:
                yield self._used_up(refusal), *_both(texts.EMPTY), *self.more.told()
            except AacError as error:
                yield self._failed(error)
            except Exception:  # a person gets a sentence, the log gets the trace
                _log.exception("generation failed")
                yield self._said(texts.UNEXPECTED)

    def _answer(self, values: dict[Any, Any], turn: Turn) -> Generator[tuple[Any, ...]]:
        if not turn.maintains and not self._speakers.is_here(values[self.writer.model]):
            raise WrongCall(texts.MODEL_NOT_HERE.pt, texts.MODEL_NOT_HERE.en)
        request = self._request(values)
        order = self.writer.order(values, request)
        said = tiles.message(self.writer.missing(values)) + help_shown(request)
        said += tiles.note(self._read_otherwise(order))
        rest = (gr.skip(),) * len(self.more.shown)
        yield said, *_both(texts.WAITING), *rest
        for generations in turn.generate(self._speakers, order):
            if any(generation.finish == "time" for generation in generations):
                said += tiles.message(texts.CUT_BY_TIME)
            yield said, *self.writer.placed(values, self._drawn(generations)), *rest

    def _read_otherwise(self, order: GenerateOrder) -> Text | None:
        """Where a model is given another prompt than was typed: which."""
        read = read_otherwise(self._speakers.settings, order)
        return fill(texts.READ_AS, read=read) if read else None

    def _said(self, text: Text | None, columns: Text = texts.EMPTY) -> tuple[Any, ...]:
        """What a person has to know, the same sentence in both columns, and nothing wrong with any field."""
        return tiles.message(text), *_both(columns), *self.more.told()

    def _failed(self, error: AacError) -> tuple[Any, ...]:
        """What is wrong, beside the field that it is about where there is one."""
        if self.more.is_about(error):
            return tiles.message(None), *_both(texts.EMPTY), *self.more.told(error)
        return self._said(Text(error.pt, error.en))

    def _request(self, values: dict[Any, Any]) -> GenerationRequest:
        return GenerationRequest(
            prompt=values[self.prompt] or "",
            cards_wanted=int(values[self.cards]),
            temperature=float(values[self.temperature]),
            seed=int(values[self.seed] or 0),
            well_formed=bool(values[self.well_formed]),
            **self.more.asked(values),
        )

    def _drawn(self, generations: list[Generation]) -> list[str]:
        """The columns as HTML; a finished one carries what it takes to rate it, signed."""
        return [
            tiles.column(generation, None if generation.finish == "running" else self._signed(generation))
            for generation in generations
        ]

    def _signed(self, generation: Generation) -> tuple[str, str] | None:
        try:
            document = to_document(self._archive, generation)
            return document, sign(self._archive, document)
        except AacError as error:  # it can be read and taken away, if not rated
            _log.warning("%s", error)
            return None


def _place(ahead: int) -> Text:
    """The place in line, in words."""
    return texts.WAITING if ahead == 0 else fill(texts.ONE_AHEAD if ahead == 1 else texts.AHEAD, n=str(ahead))


def _session(request: gr.Request) -> str:
    return str(request.session_hash)


def _column(title: Text, name: str) -> gr.HTML:
    return gr.HTML(tiles.empty_column(title), elem_id=name, apply_default_css=False)


def _both(text: Text) -> tuple[str, str]:
    """The same sentence in both columns."""
    return tiles.empty_column(texts.WITHOUT_LORA, text), tiles.empty_column(texts.WITH_LORA, text)
