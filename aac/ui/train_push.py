"""The adapter of the run on the page, pushed to a repository that is named now."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr

from aac.ui import train_actions as actions
from aac.ui import train_texts as words
from aac.ui.localised import Localised
from aac.ui.numbers import fill
from aac.ui.quiet import QUICK, said
from aac.ui.train_runs import RunsPanel, Seen
from aac.ui.train_views import push_text
from aac.workflow.archive import Archive
from aac.workflow.run_pushes import Pushes, PushWish
from aac.workflow.running import RunView


class PushPanel:
    """Shown for a run that has ended and left an adapter; its fields begin as the last push had them."""

    def __init__(self, archive: Archive, pushes: Pushes, page: Localised, runs: RunsPanel) -> None:
        self._archive = archive
        self._pushes = pushes
        self._filled_for = gr.State("")
        is_on = actions.can_push(archive)
        with page.add(gr.Accordion(open=False, visible=False, elem_id="push-run"), label=words.PUSH_THIS) as self.panel:
            self.repository = page.add(
                gr.Textbox(max_lines=1, interactive=is_on, elem_id="push-run-to"),
                label=words.PUSH_TO,
                info=words.PUSH_NOW_INFO if is_on else words.NO_TOKEN,
            )
            with gr.Row(elem_id="push-run-options"):
                self.with_dataset = page.add(
                    gr.Checkbox(interactive=is_on, elem_id="push-run-dataset"),
                    label=words.PUSH_DATASET,
                    info=words.PUSH_DATASET_INFO,
                )
                self.is_public = page.add(
                    gr.Checkbox(interactive=is_on, elem_id="push-run-public"),
                    label=words.PUSH_PUBLIC,
                    info=words.PUSH_PUBLIC_INFO,
                )
            self.push = page.add(gr.Button(interactive=is_on, elem_id="push-run-now"), value=words.PUSH_NOW)
            self.message = gr.HTML(elem_id="push-run-message", apply_default_css=False)
        fields = [self.repository, self.with_dataset, self.is_public]
        self.look = [runs.seen, self._filled_for]
        self.shown = [self.message, self._filled_for, self.panel, *fields]
        pressed = self.push.click(self._on_push, [runs.seen, *fields], self.message, api_name="push_run", **QUICK)
        # Enter presses the button: a disabled one does nothing.
        self.repository.submit(None, js="window.prancha.pressPushRun", api_visibility="private")
        runs.show_after(pressed.success)

    def show(self, seen: Seen | None, filled_for: str) -> tuple[Any, ...]:
        """The panel for the run on the page; what a person has written stays until another run is chosen."""
        return said(lambda: self._show(seen, filled_for), (gr.skip(),) * (len(self.shown) - 1))

    def _show(self, seen: Seen | None, filled_for: str) -> tuple[Any, ...]:
        found = actions.view(self._archive, seen[0]) if seen else None
        if found is None or found.adapter is None or not found.run.has_ended:
            return "", "", gr.update(visible=False), *(gr.skip(),) * 3
        panel, status = gr.update(visible=True), self._status(found)
        if filled_for == found.run.id:
            return status, filled_for, panel, *(gr.skip(),) * 3
        wish = actions.push_wish(self._archive, found.run)
        if not filled_for and wish == PushWish(""):  # the fields are as they were built, or being written
            return status, found.run.id, panel, *(gr.skip(),) * 3
        return status, found.run.id, panel, wish.repository, wish.with_dataset, wish.is_public

    def _status(self, found: RunView) -> str:
        """How the push stands, beside its button too; the run's own line says it aloud."""
        stands = push_text(found.run, found.push)
        if found.push is None or stands is None:
            return ""
        if found.push.state == "failed":
            return f'<p class="pr-message">{stands.both()}</p>'
        if found.push.state == "pushing":
            return f"<p>{stands.both()}</p>"
        address = html.escape(actions.repository_address(self._archive, found.push.repository))
        opened = fill(words.PUSH_OPEN, where=found.push.repository).both()
        link = f'<a href="{address}" target="_blank" rel="noopener">{opened}</a>'
        return f'<p class="pr-fits">✓ {stands.both()} · {link}</p>'

    def _on_push(self, seen: Seen | None, repository: str, with_dataset: bool, is_public: bool) -> str:
        def push() -> tuple[str]:
            wish = PushWish(repository or "", bool(with_dataset), bool(is_public))
            run_id = seen[0] if seen else ""
            actions.push(self._pushes, run_id, wish)
            return (self._status(actions.view(self._archive, run_id)),)

        return str(said(push, ())[0])
