"""The Generate tab: a prompt, two columns, and a Stop that stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aac.errors import AacError
from aac.models.registry import EMBEDDED_ID, base_models
from aac.prompts import CARDS_MAX, PROMPT_MAX_CHARS, SEED_MAX, TEMPERATURE_MAX
from aac.records import Generation, GenerationRequest
from aac.ui import texts, tiles
from aac.ui.localised import Localised
from aac.ui.texts import Text
from aac.workflow import GenerateOrder, Speakers, generate

EXAMPLE_PROMPTS = ("Querer", "Comida", "Na farmácia", "Dor", "Caiu a luz", "Pedir ajuda")
_COMPARE, _WITH, _WITHOUT = "compare", "with", "without"
_log = logging.getLogger(__name__)


class GenerateTab:
    """The tab's components and what they do. One object a page; it holds a stop signal for each browser tab."""

    def __init__(self, speakers: Speakers, page: Localised) -> None:
        self._speakers = speakers
        self._stops: dict[str, threading.Event] = {}
        self._build(page)
        self._wire()

    def _build(self, page: Localised) -> None:
        self.prompt = page.add(
            gr.Textbox(max_lines=1, max_length=PROMPT_MAX_CHARS, elem_id="prompt", autofocus=True),
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
                gr.Number(value=0, precision=0, minimum=0, maximum=SEED_MAX, elem_id="seed"),
                label=texts.SEED,
                info=texts.SEED_INFO,
            )
        with gr.Row():
            self.model = page.add(
                gr.Dropdown([entry.id for entry in base_models()], value=EMBEDDED_ID, elem_id="model"),
                label=texts.BASE_MODEL,
            )
            self.adapter = page.add(
                gr.Dropdown(["default", *self._local_adapters()], value="default", elem_id="adapter"),
                label=texts.ADAPTER,
            )

    def _local_adapters(self) -> list[str]:
        folder = self._speakers.settings.data_dir / "adapters"
        return sorted(str(path.parent) for path in folder.glob("*/adapter_config.json"))

    def _wire(self) -> None:
        for chip, example in zip(self._chips, EXAMPLE_PROMPTS, strict=True):
            chip.click(None, None, self.prompt, js=f"() => {example!r}", api_visibility="private")
        self.mode.input(self._on_mode, self.mode, [self.well_formed, *self._columns], api_visibility="private")
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
        buttons = [self.start, self.stop]
        gr.on(
            [self.start.click, self.prompt.submit],
            self._on_begin,
            None,
            [*buttons, self.message],
            queue=False,
            show_progress="hidden",
            js="() => window.prancha.showColumns()",
            api_visibility="private",
        ).success(
            self._on_generate,
            inputs,
            [self.message, *self._columns],
            concurrency_limit=1,
            concurrency_id="model",
            show_progress="minimal",
            show_progress_on=self.message,
            api_visibility="private",
        ).then(self._on_end, None, buttons, queue=False, show_progress="hidden", api_visibility="private")
        self.stop.click(self._on_stop, None, None, queue=False, show_progress="hidden", api_visibility="private")

    @property
    def _columns(self) -> list[gr.HTML]:
        return [self.without_lora, self.with_lora]

    def _on_mode(self, mode: str) -> tuple[Any, Any, Any]:
        """The comparison opens free, because the contrast is what people come to see; one column opens well-formed."""
        return mode != _COMPARE, gr.update(visible=mode != _WITH), gr.update(visible=mode != _WITHOUT)

    def _on_begin(self, request: gr.Request) -> tuple[Any, Any, str]:
        self._stops[str(request.session_hash)] = threading.Event()
        return gr.update(interactive=False), gr.update(interactive=True), ""

    def _on_end(self, request: gr.Request) -> tuple[Any, Any]:
        self._stops.pop(str(request.session_hash), None)
        return gr.update(interactive=True), gr.update(interactive=False)

    def _on_stop(self, request: gr.Request) -> None:
        stop = self._stops.get(str(request.session_hash))
        if stop:
            stop.set()

    def forget(self, request: gr.Request) -> None:
        """Stop what a browser tab that was closed or reloaded had asked for."""
        stop = self._stops.pop(str(request.session_hash), None)
        if stop:
            stop.set()

    def _on_generate(self, values: dict[Any, Any], request: gr.Request) -> Iterator[tuple[str, Any, Any]]:
        stop = self._stops.get(str(request.session_hash), threading.Event())
        mode = values[self.mode]
        try:
            columns = generate(self._speakers, self._order(values), stop)
            yield tiles.message(None), *_placed(mode, texts.WAITING)
            for generations in columns:
                yield tiles.message(None), *_placed(mode, generations)
        except AacError as error:
            yield tiles.message(Text(error.pt, error.en)), gr.skip(), gr.skip()
        except Exception:  # a person gets a sentence, the log gets the trace
            _log.exception("generation failed")
            yield tiles.message(texts.UNEXPECTED), gr.skip(), gr.skip()

    def _order(self, values: dict[Any, Any]) -> GenerateOrder:
        request = GenerationRequest(
            prompt=values[self.prompt] or "",
            cards_wanted=int(values[self.cards]),
            temperature=float(values[self.temperature]),
            seed=int(values[self.seed] or 0),
            well_formed=bool(values[self.well_formed]),
        )
        adapter = values[self.adapter]
        adapters = {_COMPARE: ("none", adapter), _WITH: (adapter,), _WITHOUT: ("none",)}[values[self.mode]]
        return GenerateOrder(request, adapters, values[self.model])


def _column(title: Text, name: str) -> gr.HTML:
    return gr.HTML(tiles.empty_column(title), elem_id=name, apply_default_css=False)


def _placed(mode: str, content: list[Generation] | Text) -> tuple[Any, Any]:
    """What goes into the two columns, given what the mode shows."""
    if isinstance(content, Text):
        shown = [tiles.empty_column(title, content) for title in (texts.WITHOUT_LORA, texts.WITH_LORA)]
        return (shown[0], shown[1])
    columns = [tiles.column(generation) for generation in content]
    if mode == _COMPARE:
        return columns[0], columns[1]
    return (gr.skip(), columns[0]) if mode == _WITH else (columns[0], gr.skip())
