"""After a run: is it better, who speaks now, the leaderboard, and two adapters side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aac.errors import AacError
from aac.models.registry import EMBEDDED_ID
from aac.ui import texts, tiles
from aac.ui import train_actions as actions
from aac.ui import train_texts as words
from aac.ui.localised import Localised
from aac.ui.numbers import fill
from aac.ui.quiet import QUICK, said
from aac.ui.texts import Text
from aac.ui.train_runs import Seen
from aac.ui.train_scores import answers_html, decision_html, leaderboard_html, scores_html
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.running import RunView

_log = logging.getLogger(__name__)


class JudgingPanel:
    """What is known of the run on the page (`seen`), and of all adapters."""

    def __init__(self, archive: Archive, page: Localised, seen: Any) -> None:
        self._archive = archive
        self._seen = seen
        self.message = gr.HTML(elem_id="judging-message", apply_default_css=False)
        self.result = gr.HTML(elem_id="run-result", apply_default_css=False)
        self.promote = page.add(gr.Button(variant="primary", visible=False, elem_id="promote"), value=words.PROMOTE)
        with gr.Row(visible=False, elem_id="override-row") as self.overriding:
            self.reason = page.add(
                gr.Textbox(elem_id="override-reason", max_lines=3), label=words.OVERRIDE, info=words.OVERRIDE_INFO
            )
            self.override = page.add(gr.Button(elem_id="override"), value=words.PROMOTE)
        self.rollback = page.add(gr.Button(visible=False, elem_id="rollback"), value=words.ROLLBACK)
        self.leaderboard = gr.HTML(elem_id="leaderboard", apply_default_css=False)
        shown = [self.message, self.result, self.promote, self.overriding, self.rollback, self.leaderboard]
        self.shown = shown
        self.promote.click(self._on_promote, seen, shown, **QUICK)
        self.override.click(self._on_override, [seen, self.reason], shown, **QUICK)
        self.rollback.click(self._on_rollback, seen, shown, **QUICK)

    def show(self, seen: Seen | None) -> tuple[Any, ...]:
        """How the run on the page did, once it is done, and the leaderboard of its version."""
        return said(lambda: ("", *self._show(seen)), (gr.skip(),) * (len(self.shown) - 1))

    def _show(self, seen: Seen | None) -> tuple[Any, ...]:
        off = gr.update(visible=False)
        found = actions.view(self._archive, seen[0]) if seen else None
        if found is None:
            return "", off, off, off, leaderboard_html([])
        base_model = actions.base_model_of(found.run)
        rows = actions.score_rows(self._archive, found.run.version_id or "", base_model)
        board = leaderboard_html(rows, found.run.version_id or "")
        can_go_back = gr.update(visible=actions.was_promoted(self._archive, base_model))
        if found.run.state != "done" or found.adapter is None:
            return "", off, off, can_go_back, board
        return *self._judged(found, rows), can_go_back, board

    def _judged(self, found: RunView, rows: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
        """The scores that matter, the decision, and which way of promoting is offered."""
        off = gr.update(visible=False)
        name = found.adapter.name if found.adapter else ""
        active = actions.active_name(self._archive, actions.base_model_of(found.run))
        shown = [_noted(row, name) for row in rows if row["adapter"] in (actions.NONE, active, name)]
        title = f"<h2>{words.RESULT.both()}</h2>"
        if name == active:
            return title + scores_html(shown) + decision_html((), is_active=True), off, off
        try:
            decision = actions.decide(self._archive, found)
        except AacError as error:  # the scores can be read all the same
            return title + scores_html(shown) + tiles.message(Text(error.pt, error.en)), off, off
        can_override = bool(decision.reasons and decision.may_override)
        html = title + scores_html(shown) + decision_html(decision.reasons)
        return html, gr.update(visible=not decision.reasons), gr.update(visible=can_override)

    def _on_promote(self, seen: Seen | None) -> tuple[Any, ...]:
        return self._promoted(seen, "")

    def _on_override(self, seen: Seen | None, reason: str) -> tuple[Any, ...]:
        return self._promoted(seen, reason or "")

    def _promoted(self, seen: Seen | None, reason: str) -> tuple[Any, ...]:
        def promote() -> tuple[Any, ...]:
            name = actions.promote(self._archive, seen[0] if seen else "", reason)
            return _told(words.PROMOTED, name), *self._show(seen)

        return said(promote, (gr.skip(),) * (len(self.shown) - 1))

    def _on_rollback(self, seen: Seen | None) -> tuple[Any, ...]:
        def go_back() -> tuple[Any, ...]:
            run = actions.view(self._archive, seen[0]).run if seen else None
            name = actions.rollback(self._archive, actions.base_model_of(run) if run else EMBEDDED_ID)
            return _told(words.ROLLED_BACK, name), *self._show(seen)

        return said(go_back, (gr.skip(),) * (len(self.shown) - 1))


def _noted(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {**row, "notes": (*row["notes"], words.THIS_RUN)} if row["adapter"] == name else row


def _told(text: Text, name: str) -> str:
    return f'<p class="pr-fits" role="status">✓ {fill(text, name=name).both()}</p>'


class AnswersPanel:
    """Ten fixed prompts, as any two adapters answer them."""

    def __init__(self, archive: Archive, speakers: Speakers, page: Localised) -> None:
        self._archive = archive
        self._speakers = speakers
        gr.HTML(f"<h2>{words.ANSWERS.both()}</h2>", apply_default_css=False, elem_id="answers-title")
        with gr.Row(elem_id="answers-choice"):
            self.first = page.add(gr.Dropdown([], elem_id="answers-first"), label=words.FIRST)
            self.second = page.add(gr.Dropdown([], elem_id="answers-second"), label=words.SECOND)
        self.compare = page.add(gr.Button(elem_id="compare-answers"), value=words.COMPARE)
        self.answers = gr.HTML(elem_id="fixed-answers", apply_default_css=False)
        self.compare.click(
            self._on_compare,
            [self.first, self.second],
            self.answers,
            concurrency_limit=1,
            concurrency_id="model",
            **QUICK,
        )

    def choices(self, first: str | None, second: str | None) -> tuple[Any, Any]:
        """The adapters that there are; a choice that still is one stays."""
        names = actions.adapter_names(self._archive)
        pairs = [(_both(actions.shown_name(name)), name) for name in names]
        newest = names[2] if len(names) > 2 else names[1]
        kept = first if first in names else names[0], second if second in names else newest
        one, other = (gr.update(choices=pairs, value=value) for value in kept)
        return one, other

    def _on_compare(self, first: str | None, second: str | None) -> Iterator[str]:
        answers: list[tuple[str, str, str]] = []
        names = first or "", second or ""
        try:
            yield answers_html(answers, *names, still=True)
            for answer in actions.fixed_answers(self._archive, self._speakers, *names):
                answers.append(answer)
                yield answers_html(answers, *names, still=True)
            yield answers_html(answers, *names)
        except AacError as error:
            yield tiles.message(Text(error.pt, error.en)) + answers_html(answers, *names)
        except Exception:  # a person gets a sentence, the log gets the trace
            _log.exception("comparing answers failed")
            yield tiles.message(texts.UNEXPECTED) + answers_html(answers, *names)


def _both(text: Text) -> str:
    """A choice's words do not change with the page's language: a name says itself, the rest is said in both."""
    return text.pt if text.pt == text.en else f"{text.pt} · {text.en}"
