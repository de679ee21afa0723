"""An adapter of the Hub, brought into the data folder and chosen for the next cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from aac.models.adapters import Adapter
from aac.ui import texts
from aac.ui.localised import Localised
from aac.ui.numbers import fill
from aac.ui.quiet import said
from aac.ui.texts import Text
from aac.workflow.archive import Archive
from aac.workflow.pulling import pull_to_try

_SHOWN_CHARS = 120  # of what a person wrote, which may be anything


class PullPanel:
    """A field for OWNER/NAME, a button, and what came of it."""

    def __init__(self, archive: Archive, page: Localised) -> None:
        self._archive = archive
        with gr.Row(elem_id="pull-row") as self.row:
            self.repository = page.add(
                gr.Textbox(max_lines=1, scale=8, elem_id="pull-from"), label=texts.PULL, info=texts.PULL_INFO
            )
            self.pull = page.add(gr.Button(elem_id="pull", scale=1, min_width=150), value=texts.PULL_NOW)
        self.message = gr.HTML(elem_id="pull-message", apply_default_css=False)

    def wire(self, choose: Callable[..., tuple[Any, ...]], context: list[Any], chosen: list[Any]) -> Any:
        """Pull when the button is pressed; gives the event. choose: the updates of `chosen` for an adapter and the
        page's `context`.
        """

        def on_pull(repository: str, *values: Any) -> tuple[Any, ...]:
            def pull() -> tuple[Any, ...]:
                adapter = pull_to_try(self._archive, (repository or "").strip())
                return _done(adapter), *choose(adapter, *values)

            return *said(pull, (gr.skip(),) * len(chosen)), gr.update(interactive=True)

        hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # Enter presses the button: a disabled one does nothing, so nothing is pulled twice at once.
        self.repository.submit(None, js="window.prancha.pressPull", api_visibility="private")
        pressed = [self.message, self.pull]
        begun = self.pull.click(
            self._on_press, self.repository, pressed, api_name="pull_pressed", queue=False, **hidden
        )
        return begun.success(
            on_pull,
            [self.repository, *context],
            [self.message, *chosen, self.pull],
            api_name="pull",
            concurrency_limit=1,
            concurrency_id="pull",
            **hidden,
        )

    def _on_press(self, repository: str) -> tuple[Any, ...]:
        what = (repository or "").strip()[:_SHOWN_CHARS]
        return _said(fill(texts.PULLING, what=what) if what else texts.PULL_INFO), gr.update(interactive=False)


def _said(text: Text, sign: str = "", style: str = "") -> str:
    return f'<p class="{style}" role="status">{sign}{text.both()}</p>'


def _done(adapter: Adapter) -> str:
    return _said(fill(texts.PULLED, name=adapter.folder.name, model=adapter.base_model), "✓ ", "pr-fits")
