"""The runs of the Train tab: the list, and one of them live."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import gradio as gr

from aac.store.runs import RESUMABLE
from aac.ui import train_actions as actions
from aac.ui import train_texts as words
from aac.ui.localised import Localised
from aac.ui.quiet import QUICK, said
from aac.ui.sent_values import said_of
from aac.ui.texts import TAB_TRAIN
from aac.ui.train_views import push_text, run_html, runs_html, said_html
from aac.workflow.archive import Archive
from aac.workflow.run_pushes import Pushes
from aac.workflow.running import RunView

_EVERY_S = 2
HIDDEN: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

Seen = tuple[str, str, str]
"""Of the run on the page: its id, its state, how its push stands. Only a change of these is told or changes buttons."""


class RunsPanel:
    """run_id: the chosen run, kept by the browser. seen: see `Seen`. changed: the event that it is another."""

    def __init__(self, archive: Archive, pushes: Pushes, page: Localised, run_id: Any) -> None:
        self._archive = archive
        self._pushes = pushes
        self.run_id = run_id
        self.seen = gr.State(None)
        self.timer = gr.Timer(_EVERY_S, active=False)
        self.said = gr.HTML(said_html(None, ""), elem_id="run-said", apply_default_css=False)
        self.changed = self.said.change
        self.runs = gr.HTML(
            elem_id="runs", apply_default_css=False, js_on_load="window.prancha.runPresses(element, trigger);"
        )
        self.refresh = page.add(gr.Button(size="sm", elem_id="refresh-runs"), value=words.REFRESH)
        self.live = gr.HTML(elem_id="run", apply_default_css=False)
        self.message = gr.HTML(elem_id="runs-message", apply_default_css=False)
        with gr.Row():
            self.cancel = page.add(gr.Button(variant="stop", visible=False, elem_id="cancel-run"), value=words.CANCEL)
            self.resume = page.add(gr.Button(visible=False, elem_id="resume-run"), value=words.RESUME)
            self.push_again = page.add(gr.Button(visible=False, elem_id="push-again"), value=words.PUSH_AGAIN)
        self._wire()

    @property
    def _outputs(self) -> list[Any]:
        buttons = [self.cancel, self.resume, self.push_again]
        return [self.message, self.seen, self.said, self.runs, self.live, *buttons, self.timer]

    def _wire(self) -> None:
        look = [self.run_id, self.seen]
        chosen = self.runs.click(self._on_choose, None, self.run_id, api_name="choose_run", **HIDDEN)
        self.show_after(chosen.success)
        self.show_after(self.timer.tick)
        self.show_after(self.refresh.click)
        for name, button, action in (
            ("cancel_run", self.cancel, partial(actions.cancel, self._archive)),
            ("resume_run", self.resume, partial(actions.resume, self._archive)),
            ("push_again", self.push_again, partial(actions.push, self._pushes)),
        ):
            button.click(self._doing(action), look, self._outputs, api_name=name, **QUICK)

    def show_after(self, event: Any) -> Any:
        """Show how things stand after an event."""
        return event(self.look, [self.run_id, self.seen], self._outputs, api_name="look_at_runs", **HIDDEN)

    def look(self, run_id: str | None, seen: Seen | None) -> tuple[Any, ...]:
        """How the list and the chosen run stand; the newest is chosen where none is."""
        return said(lambda: ("", *self._look(run_id, seen)), (gr.skip(),) * (len(self._outputs) - 1))

    def _look(self, run_id: str | None, seen: Seen | None) -> tuple[Any, ...]:
        runs, found = actions.look(self._archive, run_id or "")
        now = datetime.now(UTC)
        listed = runs_html(runs, found.run.id if found else "", now)
        if found is None:
            return None, said_html(None, ""), listed, "", *_buttons(None, False), gr.Timer(active=False)
        is_pushing = self._pushes.is_under_way(found.run.id)
        now_seen = _seen(found, is_pushing)
        ticking = gr.Timer(active=is_pushing or any(not run.has_ended for run in (*runs, found.run)))
        if now_seen == (tuple(seen) if seen else None):
            return *(gr.skip(),) * 2, listed, run_html(found, now), *(gr.skip(),) * 3, ticking
        said_now = said_html(found.run, "/".join(now_seen), push_text(found.run, found.push))
        return now_seen, said_now, listed, run_html(found, now), *_buttons(found, is_pushing), ticking

    def _on_choose(self, event: gr.EventData) -> Any:
        """A run of the list; any other leaves the choice as it is."""
        run_id = str(said_of(event, "run") or "")
        _, found = actions.look(self._archive, run_id)
        return run_id if found and found.run.id == run_id else gr.skip()

    def _doing(self, action: Any) -> Any:
        """A button's handler: act on the run that is on the page, which `seen` tells, and show how it stands."""

        def handler(run_id: str | None, seen: Seen | None) -> tuple[Any, ...]:
            def act() -> tuple[Any, ...]:
                if seen:
                    action(seen[0])
                return "", *self._look(seen[0] if seen else run_id, seen)

            return said(act, (gr.skip(),) * (len(self._outputs) - 1))

        return handler

    def on_tab(self, event: gr.EventData) -> Any:
        """Look no more while another tab is open; this tab's own opening looks and decides."""
        return gr.skip() if said_of(event, "value") in (TAB_TRAIN.pt, TAB_TRAIN.en) else gr.Timer(active=False)


def _seen(found: RunView, is_pushing: bool) -> Seen:
    push = found.push
    stands = f"{push.state}/{push.created_utc if push.state != 'pushing' else is_pushing}" if push else ""
    return found.run.id, f"{found.run.state}/{found.run.attempt}", stands


def _buttons(found: RunView | None, is_pushing: bool) -> tuple[Any, ...]:
    """Which of cancel, resume and push again apply; a push that nobody carries out any more can be made again."""
    state = found.run.state if found else ""
    is_push_failed = bool(found and found.push and found.push.state != "done" and found.run.has_ended)
    return (
        gr.update(visible=bool(found and not found.run.has_ended)),
        gr.update(visible=state in RESUMABLE),
        gr.update(visible=is_push_failed and not is_pushing),
    )
