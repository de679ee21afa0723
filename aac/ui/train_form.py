"""The form of the Train tab: what to train, what that will take, and its start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import gradio as gr

from aac.models.registry import EMBEDDED_ID, base_models
from aac.training.config import PRESETS
from aac.ui import tiles
from aac.ui import train_actions as actions
from aac.ui import train_texts as words
from aac.ui.localised import Localised
from aac.ui.quiet import said
from aac.ui.train_views import estimate_html
from aac.workflow.archive import Archive

_FIRST_PRESET = "cpu"
_MEASURING = f'<p role="status">{words.ESTIMATING.both()}</p>'


class TrainForm:
    """started: the event after a run went into the queue; run_id then holds its id."""

    def __init__(self, archive: Archive, page: Localised, run_id: Any) -> None:
        self._archive = archive
        self.run_id = run_id
        self.press_id = gr.State("")
        with gr.Column(visible=False, elem_id="train-empty") as self.empty:
            gr.HTML(f'<p class="pr-empty">{words.NO_VERSIONS.both()}</p>', apply_default_css=False)
            self.go_to_data = page.add(gr.Button(elem_id="go-to-data"), value=words.GO_TO_DATA)
        with gr.Column(visible=False, elem_id="train-form") as self.form:
            self._build(page)
        self._wire()

    def _build(self, page: Localised) -> None:
        with gr.Row():
            self.version = page.add(gr.Dropdown([], elem_id="train-version"), label=words.VERSION)
            presets = {name: text for name, text in words.PRESETS.items() if name in PRESETS}
            self.preset = page.add_choices(
                gr.Radio(value=_FIRST_PRESET, elem_id="train-preset"), presets, label=words.PRESET
            )
        with page.add(gr.Accordion(open=False, elem_id="train-advanced"), label=words.ADVANCED):
            self._build_fields(page)
        with page.add(gr.Accordion(open=False, elem_id="train-push"), label=words.PUSH):
            self._build_push(page)
        with gr.Row():
            self.estimate = page.add(gr.Button(elem_id="estimate"), value=words.ESTIMATE)
            self.train = page.add(gr.Button(variant="primary", elem_id="train"), value=words.TRAIN)
        self.estimated = gr.HTML(elem_id="estimated", apply_default_css=False)

    def _build_fields(self, page: Localised) -> None:
        first = PRESETS[_FIRST_PRESET]
        with gr.Row():
            self.base_model = page.add(
                gr.Dropdown([entry.id for entry in base_models()], value=EMBEDDED_ID, elem_id="train-base"),
                label=words.BASE_MODEL,
            )
            self.lora_r = page.add(gr.Number(value=first.lora_r, elem_id="train-r"), label=words.LORA_R)
            self.learning_rate = page.add(
                gr.Number(value=first.learning_rate, elem_id="train-rate"), label=words.LEARNING_RATE
            )
        with gr.Row():
            self.epochs = page.add(
                gr.Number(value=first.epochs, elem_id="train-epochs"), label=words.EPOCHS, info=words.EPOCHS_INFO
            )
            self.max_steps = page.add(
                gr.Number(value=first.max_steps, elem_id="train-steps"),
                label=words.MAX_STEPS,
                info=words.MAX_STEPS_INFO,
            )
            self.seed = page.add(gr.Number(value=first.seed, elem_id="train-seed"), label=words.SEED)

    def _build_push(self, page: Localised) -> None:
        is_on = actions.can_push(self._archive)
        with gr.Row():
            self.push_to = page.add(
                gr.Textbox(max_lines=1, interactive=is_on, elem_id="push-to"),
                label=words.PUSH_TO,
                info=words.PUSH_INFO if is_on else words.NO_TOKEN,
            )
            self.push_dataset = page.add(
                gr.Checkbox(interactive=is_on, elem_id="push-dataset"), label=words.PUSH_DATASET
            )
            self.place = page.add_choices(
                gr.Radio(value="here", interactive=is_on, elem_id="train-place"), words.PLACES, label=words.PLACE
            )

    @property
    def _fields(self) -> list[Any]:
        """In the order of `actions.FIELD_NAMES`."""
        return [self.lora_r, self.learning_rate, self.epochs, self.max_steps, self.seed]

    def _wire(self) -> None:
        hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        measured: dict[str, Any] = {
            "show_progress": "minimal",
            "show_progress_on": self.estimated,
            "api_visibility": "private",
            "concurrency_limit": 1,
            "concurrency_id": "estimate",
        }
        pushed = [self.push_to, self.push_dataset, self.place]
        values = [self.version, self.preset, self.base_model, *self._fields, *pushed]
        buttons = [self.estimate, self.train]
        self.preset.input(
            self._on_preset,
            self.preset,
            [self.base_model, *self._fields],
            api_name="preset",
            queue=False,
            **hidden,
        )
        self.estimate.click(self._on_estimate, values, self.estimated, api_name="estimate", **measured)
        pressed = self.train.click(
            self._on_press,
            self.press_id,
            [self.press_id, self.estimated, *buttons],
            api_name="train_pressed",
            queue=False,
            **hidden,
        )
        started = pressed.success(
            self._on_start,
            [self.press_id, *values],
            [self.estimated, self.press_id, self.run_id, *buttons],
            api_name="train",
            **measured,
        )
        # A value that Gradio itself refuses never reaches the handler.
        refused = [self.estimated, self.press_id, *buttons]
        started.failure(self._on_refused, None, refused, api_name="train_refused", queue=False, **hidden)
        self.started = started.success

    def show(self) -> tuple[Any, ...]:
        """Updates of `shown`: the versions that there are, or what to do where there is none."""
        ids = actions.version_ids(self._archive)
        choice = gr.update(choices=ids, value=ids[0] if ids else None)
        return gr.update(visible=not ids), gr.update(visible=bool(ids)), choice

    @property
    def shown(self) -> list[Any]:
        """What `show` updates."""
        return [self.empty, self.form, self.version]

    def _on_preset(self, name: str) -> tuple[Any, ...]:
        preset = PRESETS.get(name, PRESETS[_FIRST_PRESET])
        return preset.base_model, *(getattr(preset, field) for field in actions.FIELD_NAMES)

    def _order(self, values: tuple[Any, ...]) -> Any:
        version, preset, base_model, *rest = values
        count = len(actions.FIELD_NAMES)
        fields = dict(zip(actions.FIELD_NAMES, rest[:count], strict=True))
        push_to, push_dataset, place = rest[count:]
        form = actions.Form(
            version or "", preset or "", base_model or "", fields, push_to or "", bool(push_dataset), place or ""
        )
        return actions.order(self._archive, form)

    def _on_estimate(self, *values: Any) -> Iterator[str]:
        yield _MEASURING
        found = said(lambda: (estimate_html(actions.estimate(self._archive, self._order(values))),), ())
        yield found[0]

    def _on_press(self, press_id: str) -> tuple[Any, ...]:
        """One id a press: pressing again while it is being measured is the same run."""
        off = gr.update(interactive=False)
        return press_id or str(uuid4()), _MEASURING, off, off

    def _on_start(self, press_id: str, *values: Any) -> tuple[Any, ...]:
        on = gr.update(interactive=True)

        def start() -> tuple[Any, ...]:
            wanted = self._order(values)
            found = actions.estimate(self._archive, wanted)
            run_id = gr.skip() if found.get("obstacles") else actions.start(self._archive, wanted, press_id)
            return estimate_html(found), "", run_id, on, on

        return said(start, ("", gr.skip(), on, on))

    def _on_refused(self) -> tuple[Any, ...]:
        on = gr.update(interactive=True)
        return tiles.message(words.REFUSED), "", on, on
