"""After a run: is it better, who speaks now, the leaderboard, and two adapters side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
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
from aac.workflow.fixed_answers import FixedAnswer
from aac.workflow.generating import Speakers
from aac.workflow.running import RunView

_log = logging.getLogger(__name__)


class JudgingPanel:
    """What is known of the run on the page (`seen`), and of all adapters."""

    def __init__(self, archive: Archive, page: Localised, seen: Any) -> None:
        self._archive = archive
        self._seen = seen
        self.result = gr.HTML(elem_id="run-result", apply_default_css=False)
        self.message = gr.HTML(elem_id="judging-message", apply_default_css=False)
        self.promote = page.add(gr.Button(variant="primary", visible=False, elem_id="promote"), value=words.PROMOTE)
        with gr.Column(visible=False, elem_id="override-row") as self.overriding:
            self.reason = page.add(
                gr.Textbox(elem_id="override-reason", lines=2, max_lines=4),
                label=words.REASON_WANTED,
                info=words.REASON_INFO,
            )
            self.reason_missing = gr.HTML(elem_id="reason-missing", apply_default_css=False)
            self.override = page.add(gr.Button(elem_id="override"), value=words.OVERRIDE)
        self.leaderboard = gr.HTML(elem_id="leaderboard", apply_default_css=False)
        self.rollback = page.add(gr.Button(visible=False, elem_id="rollback"), value=words.ROLLBACK)
        offers = [self.promote, self.overriding, self.reason_missing, self.rollback]
        self.shown = [self.message, self.result, *offers, self.leaderboard]
        self.promote.click(self._on_promote, seen, self.shown, api_name="promote", **QUICK)
        overridden = [*self.shown, self.reason]
        self.override.click(self._on_override, [seen, self.reason], overridden, api_name="override", **QUICK)
        self.rollback.click(self._on_rollback, seen, self.shown, api_name="roll_back", **QUICK)

    def show(self, seen: Seen | None) -> tuple[Any, ...]:
        """How the run on the page did, once it is done, and the leaderboard of its version."""
        return said(lambda: ("", *self._show(seen)), (gr.skip(),) * (len(self.shown) - 1))

    def _show(self, seen: Seen | None) -> tuple[Any, ...]:
        off = gr.update(visible=False)
        found = actions.view(self._archive, seen[0]) if seen else None
        if found is None:
            return "", off, off, "", off, leaderboard_html([])
        base_model, version_id = actions.base_model_of(found.run), found.run.version_id or ""
        rows = actions.score_rows(self._archive, version_id, base_model)
        has_test_split = actions.has_test_split(self._archive, version_id)
        board = leaderboard_html(rows, version_id, has_test_split)
        can_go_back = gr.update(visible=actions.was_promoted(self._archive, base_model))
        if found.run.state != "done" or found.adapter is None or not has_test_split:
            return "", off, off, "", can_go_back, board
        return *self._judged(found, rows), "", can_go_back, board

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
        return said(lambda: self._promoted(seen, ""), (gr.skip(),) * (len(self.shown) - 1))

    def _on_override(self, seen: Seen | None, reason: str | None) -> tuple[Any, ...]:
        """What is refused leaves the reason as it was written."""
        if not (reason or "").strip():
            missing = tiles.message(words.REASON_MISSING)
            return *(missing if one is self.reason_missing else gr.skip() for one in self.shown), gr.skip()
        return said(lambda: (*self._promoted(seen, reason or ""), ""), (gr.skip(),) * len(self.shown))

    def _promoted(self, seen: Seen | None, reason: str) -> tuple[Any, ...]:
        name = actions.promote(self._archive, seen[0] if seen else "", reason)
        return _told(words.PROMOTED, name), *self._show(seen)

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
    """Ten fixed prompts, as any two adapters answer them; `seen` tells the run, on whose version they are."""

    def __init__(self, archive: Archive, speakers: Speakers, page: Localised, seen: Any) -> None:
        self._archive = archive
        self._speakers = speakers
        gr.HTML(f"<h2>{words.ANSWERS.both()}</h2>", apply_default_css=False, elem_id="answers-title")
        with gr.Row(elem_id="answers-choice"):
            self.first = page.add(gr.Dropdown([], elem_id="answers-first"), label=words.FIRST)
            self.second = page.add(gr.Dropdown([], elem_id="answers-second"), label=words.SECOND)
        self.compare = page.add(gr.Button(elem_id="compare-answers"), value=words.COMPARE)
        self.answers = gr.HTML(elem_id="fixed-answers", apply_default_css=False)
        asked = [self.first, self.second, seen]
        # What is stored waits for no model; what is missing waits its turn, unless other adapters are asked for.
        shown = self.compare.click(self._on_compare, asked, self.answers, api_name="compare_answers", **QUICK)
        writing = shown.success(
            self._on_missing,
            asked,
            self.answers,
            api_name="write_answers",
            concurrency_limit=1,
            concurrency_id="model",
            show_progress="hidden",
            api_visibility="private",
        )
        self.compare.click(None, cancels=[writing])

    @property
    def chosen(self) -> list[Any]:
        """What `choices` reads, before the page's language, and updates."""
        return [self.first, self.second]

    def choices(self, first: str | None, second: str | None, language: str) -> tuple[Any, Any]:
        """The adapters that there are, in the page's language; a choice that still is one stays."""
        names = actions.adapter_names(self._archive)
        pairs = [(actions.shown_name(name).in_language(language), name) for name in names]
        newest = names[2] if len(names) > 2 else names[1]
        kept = first if first in names else names[0], second if second in names else newest
        one, other = (gr.update(choices=pairs, value=value) for value in kept)
        return one, other

    def _on_compare(self, first: str | None, second: str | None, seen: Seen | None) -> str:
        def compare() -> tuple[Any, ...]:
            two = self._duel(first, second, seen)
            return (_shown(two, actions.stored_answers(self._archive, two), is_writing=True),)

        found: str = said(compare, ())[0]
        return found

    def _duel(self, first: str | None, second: str | None, seen: Seen | None) -> actions.Duel:
        return actions.duel(self._archive, first or "", second or "", seen[0] if seen else "")

    def _on_missing(self, first: str | None, second: str | None, seen: Seen | None) -> Iterator[str]:
        shown = ""
        try:
            two = self._duel(first, second, seen)
            for answers in actions.written_answers(self._archive, self._speakers, two):
                shown = _shown(two, answers)
                yield _shown(two, answers, is_writing=True)
            yield shown
        except AacError as error:
            yield tiles.message(Text(error.pt, error.en)) + shown
        except Exception:  # a person gets a sentence, the log gets the trace
            _log.exception("comparing answers failed")
            yield tiles.message(texts.UNEXPECTED) + shown


def _shown(two: actions.Duel, answers: Sequence[FixedAnswer], is_writing: bool = False) -> str:
    names = actions.shown_name(two.first), actions.shown_name(two.second)
    is_missing = any(None in (one.first, one.second) for one in answers)
    return answers_html(answers, names, two.version_id, is_writing and is_missing)
