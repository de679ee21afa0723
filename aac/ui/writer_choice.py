"""Who writes on the Generate tab: a base model, an adapter, and which of the two columns are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from aac.errors import WrongCall
from aac.models.adapters import Adapter
from aac.models.registry import EMBEDDED_ID, base_models
from aac.records import GenerationRequest
from aac.ui import texts
from aac.ui.localised import Localised
from aac.ui.pull_panel import PullPanel
from aac.ui.texts import Text
from aac.workflow.active import ACTIVE, NONE, look_up_active
from aac.workflow.archive import Archive
from aac.workflow.generating import GenerateOrder, adapters_for, adapters_on_offer, with_real_adapters

COMPARE, WITH, WITHOUT = "compare", "with", "without"


class WriterChoice:
    """The mode, the base model, the adapter, and the field that brings another adapter."""

    def __init__(self, archive: Archive, page: Localised, language: gr.Radio) -> None:
        self._archive = archive
        self._page = page
        self._language = language

    def build_mode(self) -> None:
        """Put the choice of columns here."""
        self.mode = self._page.add_choices(
            gr.Radio(value=COMPARE, elem_id="mode"),
            {COMPARE: texts.MODE_COMPARE, WITH: texts.MODE_WITH, WITHOUT: texts.MODE_WITHOUT},
            label=texts.MODE,
        )

    def build_models(self) -> None:
        """Put the choice of models here."""
        with gr.Row(elem_id="models"):
            self.model = self._page.add(
                gr.Dropdown([entry.id for entry in base_models()], value=EMBEDDED_ID, elem_id="model"),
                label=texts.BASE_MODEL,
            )
            self.adapter = self._page.add(
                gr.Dropdown(
                    # which one is active is asked when the page is opened: building it opens no database
                    _named([ACTIVE, *adapters_for(self._archive.settings, EMBEDDED_ID)], texts.ADAPTER_ACTIVE.pt),
                    value=ACTIVE,
                    elem_id="adapter",
                ),
                label=texts.ADAPTER,
                info=texts.ADAPTER_INFO,
            )
        self._pull = PullPanel(self._archive, self._page)

    @property
    def for_maintainers(self) -> list[Any]:
        """What others need not see."""
        return [self._pull.row]

    @property
    def fields(self) -> list[Any]:
        """What a request needs of it."""
        return [self.mode, self.model, self.adapter]

    def wire(self, shown: list[Any]) -> list[Any]:
        """shown: whether cards are well-formed, and the two columns, which follow the mode. Gives the events."""
        chosen = [self.adapter, self.mode, *shown]
        return [
            self.mode.input(self._on_mode, self.mode, shown, api_name="choose_mode", api_visibility="private"),
            self.model.input(
                self._on_model,
                [self.model, self._language],
                chosen,
                api_name="choose_model",
                api_visibility="private",
            ),
            self._pull.wire(self._on_pulled, [self._language, self.mode], [self.model, *chosen]),
        ]

    def order(self, values: dict[Any, Any], request: GenerationRequest) -> GenerateOrder:
        """The request put to who was chosen; `WrongCall` where an adapter is to write and there is none."""
        mode, adapter = values[self.mode], values[self.adapter] or NONE
        adapters = {COMPARE: (NONE, adapter), WITH: (adapter,), WITHOUT: (NONE,)}[mode]
        order = with_real_adapters(self._archive, GenerateOrder(request, adapters, values[self.model]))
        if mode != WITHOUT and order.adapters[-1] == NONE:
            raise WrongCall(texts.NO_ADAPTER.pt, texts.NO_ADAPTER.en)
        return order

    def missing(self, values: dict[Any, Any]) -> Text | None:
        """Why the promoted adapter does not write, where it was to and does not."""
        if values[self.adapter] != ACTIVE or values[self.mode] == WITHOUT:
            return None
        now = look_up_active(self._archive, values[self.model])
        if now.fallback is None or now.promoted_id is None:
            return None
        said = texts.PROMOTED_IS_MISSING
        return Text(f"{now.fallback.pt} {said.pt}", f"{now.fallback.en} {said.en}")

    def placed(self, values: dict[Any, Any], columns: list[str]) -> tuple[Any, Any]:
        """What goes into the two columns, given what the mode shows."""
        if values[self.mode] == COMPARE:
            return columns[0], columns[1]
        return (gr.skip(), columns[0]) if values[self.mode] == WITH else (columns[0], gr.skip())

    def on_language(self, language: str, model: str) -> Any:
        """Call the adapters in the page's language, those that came or were promoted since the last time too."""
        return gr.update(choices=self._adapters(model, language))

    def _adapters(self, model: str, language: str) -> list[tuple[str, str]]:
        """The adapters of a base model, as they are called and by name, the active one first; none of no model."""
        if not model:
            return []
        speaks = Path(look_up_active(self._archive, model).name).name
        label = f"{texts.ADAPTER_ACTIVE.in_language(language)}: {speaks}"
        return _named(adapters_on_offer(self._archive, model), label)

    def _on_mode(self, mode: str) -> tuple[Any, Any, Any]:
        return opens_well_formed(mode), gr.update(visible=mode != WITH), gr.update(visible=mode != WITHOUT)

    def _on_model(self, model: str, language: str) -> tuple[Any, ...]:
        """Offer the adapters of that base model; where it has none, generate without."""
        adapters = self._adapters(model, language)
        mode = COMPARE if adapters else WITHOUT
        adapter = gr.update(choices=adapters, value=adapters[0][1] if adapters else None)
        return adapter, mode, *self._on_mode(mode)

    def _on_pulled(self, adapter: Adapter, language: str, mode: str) -> tuple[Any, ...]:
        """Choose the adapter and its base model, and a mode that shows what it writes."""
        choices = self._adapters(adapter.base_model, language)
        mode = COMPARE if mode == WITHOUT else mode
        return adapter.base_model, gr.update(choices=choices, value=adapter.folder.name), mode, *self._on_mode(mode)


def opens_well_formed(mode: str) -> bool:
    """The comparison opens free, because the contrast is what people come to see; one column opens well-formed."""
    return mode != COMPARE


def _named(adapters: list[str], active: str) -> list[tuple[str, str]]:
    """What a person reads for each: the folder's name, and for the active one `active`."""
    return [(active if name == ACTIVE else Path(name).name, name) for name in adapters]
