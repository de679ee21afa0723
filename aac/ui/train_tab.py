"""The Train tab: a form, the runs, and what came of them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from aac.ui import train_texts as words
from aac.ui.localised import Localised
from aac.ui.quiet import said
from aac.ui.train_form import TrainForm
from aac.ui.train_judging import AnswersPanel, JudgingPanel
from aac.ui.train_push import PushPanel
from aac.ui.train_runs import HIDDEN, RunsPanel
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.run_pushes import Pushes


class TrainTab:
    """The tab's panels. The run on the page is the one its browser chose, else the newest."""

    def __init__(self, archive: Archive, speakers: Speakers, page: Localised, language: gr.Radio) -> None:
        self._language = language
        # The key hides nothing: with a fixed one, the browser's choice outlives the server.
        run_id = gr.BrowserState("", storage_key="prancha-run", secret="prancha-run")  # noqa: S106
        gr.HTML(f"<p>{words.INTRO.both()}</p>", elem_id="train-intro", apply_default_css=False)
        self.message = gr.HTML(elem_id="train-message", apply_default_css=False)
        self.form = TrainForm(archive, page, run_id)
        pushes = Pushes(archive)
        self.runs = RunsPanel(archive, pushes, page, run_id)
        self.push = PushPanel(archive, pushes, page, self.runs)
        self.judging = JudgingPanel(archive, page, self.runs.seen)
        self.answers = AnswersPanel(archive, speakers, page, self.runs.seen)

    def wire(self, opened: Any, tabs: gr.Tabs) -> None:
        """Show what is there when the tab is `opened`, and watch the runs only while it is."""
        choices = self.answers.chosen
        tabs.select(self.runs.on_tab, None, self.runs.timer, api_name="tab_chosen", **HIDDEN)
        shown = [self.message, *self.form.shown, *choices]
        opened(self._show, [*choices, self._language], shown, api_name="train_opened", **HIDDEN)
        self.runs.show_after(opened)
        self.runs.show_after(self.form.started)
        for event in (self.runs.changed, self.runs.refresh.click):
            event(self.judging.show, self.runs.seen, self.judging.shown, api_name="run_result", **HIDDEN)
            event(self.push.show, self.push.look, self.push.shown, api_name="push_form", **HIDDEN)
        self.form.go_to_data.click(lambda: gr.Tabs(selected="data"), None, tabs, api_name="go_to_data", **HIDDEN)

    def _show(self, first: str | None, second: str | None, language: str) -> tuple[Any, ...]:
        return said(lambda: ("", *self.form.show(), *self.answers.choices(first, second, language)), (gr.skip(),) * 5)
