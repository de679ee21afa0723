"""The Generate tab: a prompt, two columns, and a Stop that stops."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from aac.errors import AacError, WrongCall
from aac.models.adapters import Adapter
from aac.models.registry import EMBEDDED_ID, base_models
from aac.prompts import CARDS_MAX, TEMPERATURE_MAX
from aac.records import Generation, GenerationRequest
from aac.ui import texts, tiles
from aac.ui.localised import Localised
from aac.ui.pull_panel import PullPanel
from aac.ui.texts import Text
from aac.workflow.active import ACTIVE, NONE, look_up_active
from aac.workflow.archive import Archive, sign, to_document
from aac.workflow.generating import (
    GenerateOrder,
    Speakers,
    adapters_for,
    adapters_on_offer,
    generate,
    with_real_adapters,
)

EXAMPLE_PROMPTS = ("Querer", "Comida", "Na farmácia", "Dor", "Caiu a luz", "Pedir ajuda")
_COMPARE, _WITH, _WITHOUT = "compare", "with", "without"
_log = logging.getLogger(__name__)


class GenerateTab:
    """The tab's components and what they do. One object a page.

    For each browser tab (Gradio's session) it knows the stop signal of what was asked for, whether it is running, and
    how many requests still in the queue were taken back.
    """

    def __init__(self, speakers: Speakers, archive: Archive, page: Localised, language: gr.Radio) -> None:
        self._speakers = speakers
        self._archive = archive
        self._language = language
        self._stops: dict[str, threading.Event] = {}
        self._running: set[str] = set()
        self._taken_back: Counter[str] = Counter()
        self._build(page)
        self._wire()

    def _build(self, page: Localised) -> None:
        self.prompt = page.add(
            gr.Textbox(max_lines=1, elem_id="prompt", autofocus=True),
            label=texts.PROMPT,
            placeholder=texts.PROMPT_PLACEHOLDER,
        )
        with gr.Row(elem_classes="pr-chips"):
            self._chips = [gr.Button(example, size="sm", min_width=90) for example in EXAMPLE_PROMPTS]
        with gr.Row(elem_id="options"):
            self.mode = page.add_choices(
                gr.Radio(value=_COMPARE, elem_id="mode"),
                {_COMPARE: texts.MODE_COMPARE, _WITH: texts.MODE_WITH, _WITHOUT: texts.MODE_WITHOUT},
                label=texts.MODE,
            )
            self.cards = page.add(gr.Slider(1, CARDS_MAX, value=5, step=1, elem_id="cards"), label=texts.CARDS)
            self.well_formed = page.add(
                gr.Checkbox(value=False, elem_id="well-formed"), label=texts.WELL_FORMED, info=texts.WELL_FORMED_INFO
            )
        with page.add(gr.Accordion(open=False), label=texts.SETTINGS):
            self._build_settings(page)
        with gr.Row():
            self.start = page.add(gr.Button(variant="primary", elem_id="generate"), value=texts.GENERATE)
            self.stop = page.add(gr.Button(variant="stop", interactive=False, elem_id="stop"), value=texts.STOP)
        self.message = gr.HTML(elem_id="message", apply_default_css=False)
        gr.HTML(tiles.speech_line(), elem_id="speech", apply_default_css=False)
        with gr.Row(elem_id="columns"):
            self.without_lora = _column(texts.WITHOUT_LORA, "without-lora")
            self.with_lora = _column(texts.WITH_LORA, "with-lora")

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
        with gr.Row(elem_id="models"):
            self.model = page.add(
                gr.Dropdown([entry.id for entry in base_models()], value=EMBEDDED_ID, elem_id="model"),
                label=texts.BASE_MODEL,
            )
            self.adapter = page.add(
                gr.Dropdown(
                    # which one is active is asked when the page is opened: building it opens no database
                    _named([ACTIVE, *adapters_for(self._speakers.settings, EMBEDDED_ID)], texts.ADAPTER_ACTIVE.pt),
                    value=ACTIVE,
                    elem_id="adapter",
                ),
                label=texts.ADAPTER,
                info=texts.ADAPTER_INFO,
            )
        self.pull = PullPanel(self._archive, page)

    def _adapters(self, model: str, language: str) -> list[tuple[str, str]]:
        """The adapters of a base model, as they are called and by name, the active one first."""
        speaks = Path(look_up_active(self._archive, model).name).name
        label = f"{texts.ADAPTER_ACTIVE.in_language(language)}: {speaks}"
        return _named(adapters_on_offer(self._archive, model), label)

    def on_language(self, language: str, model: str) -> Any:
        """Call the adapters in the page's language, those that came or were promoted since the last time too."""
        return gr.update(choices=self._adapters(model, language))

    def _wire(self) -> None:
        for chip, example in zip(self._chips, EXAMPLE_PROMPTS, strict=True):
            chip.click(None, None, self.prompt, js=f"() => {example!r}", api_visibility="private")
        shown = [self.well_formed, *self._columns]
        self.mode.input(self._on_mode, self.mode, shown, api_visibility="private")
        self.model.input(
            self._on_model, [self.model, self._language], [self.adapter, self.mode, *shown], api_visibility="private"
        )
        chosen = [self.model, self.adapter, self.mode, *shown]
        self.pull.wire(self._on_pulled, [self._language, self.mode], chosen)
        inputs = {
            self.prompt,
            self.mode,
            self.cards,
            self.well_formed,
            self.temperature,
            self.seed,
            self.model,
            self.adapter,
        }
        answer = [self.message, *self._columns]
        buttons = [self.start, self.stop]
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # Enter presses the button: a disabled one does nothing, so nothing is asked for twice.
        self.prompt.submit(None, js="() => document.getElementById('generate').click()", api_visibility="private")
        begun = self.start.click(
            self._on_begin, None, [*buttons, *answer], js="() => window.prancha.showColumns()", **quick
        )
        asked = begun.success(
            self._on_generate,
            inputs,
            answer,
            concurrency_limit=1,
            concurrency_id="model",
            show_progress="minimal",
            show_progress_on=self.message,
            api_visibility="private",
        )
        asked.success(self._on_end, None, buttons, **quick)
        # A value that Gradio itself refuses (a number out of a slider's range) never reaches the handler.
        asked.failure(self._on_refused, None, [*buttons, *answer], **quick)
        self.stop.click(self._on_stop, None, [*buttons, *answer], **quick)

    @property
    def _columns(self) -> list[gr.HTML]:
        return [self.without_lora, self.with_lora]

    def _on_mode(self, mode: str) -> tuple[Any, Any, Any]:
        """The comparison opens free, because the contrast is what people come to see; one column opens well-formed."""
        return mode != _COMPARE, gr.update(visible=mode != _WITH), gr.update(visible=mode != _WITHOUT)

    def _on_model(self, model: str, language: str) -> tuple[Any, ...]:
        """Offer the adapters of that base model; where it has none, generate without."""
        adapters = self._adapters(model, language)
        mode = _COMPARE if adapters else _WITHOUT
        adapter = gr.update(choices=adapters, value=adapters[0][1] if adapters else None)
        return adapter, mode, *self._on_mode(mode)

    def _on_pulled(self, adapter: Adapter, language: str, mode: str) -> tuple[Any, ...]:
        """Choose the adapter and its base model, and a mode that shows what it writes."""
        choices = self._adapters(adapter.base_model, language)
        mode = _COMPARE if mode == _WITHOUT else mode
        return adapter.base_model, gr.update(choices=choices, value=adapter.folder.name), mode, *self._on_mode(mode)

    def _on_begin(self, request: gr.Request) -> tuple[Any, ...]:
        self._stops.setdefault(str(request.session_hash), threading.Event())
        return gr.update(interactive=False), gr.update(interactive=True), tiles.message(None), *_both(texts.WAITING)

    def _on_end(self, request: gr.Request) -> tuple[Any, Any]:
        is_busy = str(request.session_hash) in self._stops
        return gr.update(interactive=not is_busy), gr.update(interactive=is_busy)

    def _on_refused(self, request: gr.Request) -> tuple[Any, ...]:
        self.forget(request)
        return *self._on_end(request), tiles.message(texts.REFUSED), *_both(texts.EMPTY)

    def _on_stop(self, request: gr.Request) -> tuple[Any, ...]:
        """End what is running; take back what is still in the queue."""
        session = str(request.session_hash)
        stop = self._stops.get(session)
        if stop is None or session in self._running:
            if stop:
                stop.set()
            return (gr.skip(),) * 5
        del self._stops[session]
        self._taken_back[session] += 1
        return *self._on_end(request), tiles.message(None), *_both(texts.EMPTY)

    def forget(self, request: gr.Request) -> None:
        """Stop what a browser tab that was closed or reloaded had asked for."""
        stop = self._stops.pop(str(request.session_hash), None)
        if stop:
            stop.set()

    def _on_generate(self, values: dict[Any, Any], request: gr.Request) -> Iterator[tuple[Any, Any, Any]]:
        session = str(request.session_hash)
        stop = self._stops.get(session)
        if stop is None or self._taken_back[session]:
            self._taken_back[session] = max(0, self._taken_back[session] - 1)
            yield gr.skip(), gr.skip(), gr.skip()
            return
        self._running.add(session)
        try:
            yield from self._answer(values, stop)
        except AacError as error:
            yield tiles.message(Text(error.pt, error.en)), *_both(texts.EMPTY)
        except Exception:  # a person gets a sentence, the log gets the trace
            _log.exception("generation failed")
            yield tiles.message(texts.UNEXPECTED), *_both(texts.EMPTY)
        finally:
            self._running.discard(session)
            if self._stops.get(session) is stop:
                del self._stops[session]

    def _answer(self, values: dict[Any, Any], stop: threading.Event) -> Iterator[tuple[Any, Any, Any]]:
        said = tiles.message(self._missing(values))
        yield said, *_both(texts.WAITING)
        for generations in generate(self._speakers, self._order(values), stop):
            yield said, *_placed(values[self.mode], self._drawn(generations))

    def _missing(self, values: dict[Any, Any]) -> Text | None:
        """Why the promoted adapter does not write, where it was to and does not."""
        if values[self.adapter] != ACTIVE or values[self.mode] == _WITHOUT:
            return None
        now = look_up_active(self._archive, values[self.model])
        if now.fallback is None or now.promoted_id is None:
            return None
        said = texts.PROMOTED_IS_MISSING
        return Text(f"{now.fallback.pt} {said.pt}", f"{now.fallback.en} {said.en}")

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

    def _order(self, values: dict[Any, Any]) -> GenerateOrder:
        request = GenerationRequest(
            prompt=values[self.prompt] or "",
            cards_wanted=int(values[self.cards]),
            temperature=float(values[self.temperature]),
            seed=int(values[self.seed] or 0),
            well_formed=bool(values[self.well_formed]),
        )
        mode, adapter = values[self.mode], values[self.adapter] or NONE
        adapters = {_COMPARE: (NONE, adapter), _WITH: (adapter,), _WITHOUT: (NONE,)}[mode]
        order = with_real_adapters(self._archive, GenerateOrder(request, adapters, values[self.model]))
        if mode != _WITHOUT and order.adapters[-1] == NONE:
            raise WrongCall(texts.NO_ADAPTER.pt, texts.NO_ADAPTER.en)
        return order


def _named(adapters: list[str], active: str) -> list[tuple[str, str]]:
    """What a person reads for each: the folder's name, and for the active one `active`."""
    return [(active if name == ACTIVE else Path(name).name, name) for name in adapters]


def _column(title: Text, name: str) -> gr.HTML:
    return gr.HTML(tiles.empty_column(title), elem_id=name, apply_default_css=False)


def _both(text: Text) -> tuple[str, str]:
    """The same sentence in both columns."""
    return tiles.empty_column(texts.WITHOUT_LORA, text), tiles.empty_column(texts.WITH_LORA, text)


def _placed(mode: str, columns: list[str]) -> tuple[Any, Any]:
    """What goes into the two columns, given what the mode shows."""
    if mode == _COMPARE:
        return columns[0], columns[1]
    return (gr.skip(), columns[0]) if mode == _WITH else (columns[0], gr.skip())
