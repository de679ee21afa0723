"""A run, the list of them, and what a run will take, as HTML in both languages. Whatever others wrote is escaped.

Gradio changes a page's HTML in place, element by element: what can come and go stands in an element that stays.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aac.store.adapters import PushEvent
from aac.store.runs import Run
from aac.ui import train_texts as words
from aac.ui.numbers import count, duration, fill, number, size
from aac.ui.tables import facts, table
from aac.ui.texts import Text
from aac.ui.train_charts import curve_svg
from aac.workflow.run_progress import RunProgress
from aac.workflow.running import RunView

_ID_CHARS = 8
_ROWS_SHOWN = 40


def state_html(state: str) -> str:
    """A state in words, behind a sign of its own."""
    icon = f'<span class="pr-run-icon" aria-hidden="true">{words.ICONS[state]}</span>'
    return f'<span class="pr-run-state pr-run-{state}">{icon} {words.STATES[state].both()}</span>'


def runs_html(runs: Sequence[Run], chosen: str, now: datetime) -> str:
    """The latest runs as buttons, the chosen one pressed."""
    if not runs:
        return f'<p class="pr-empty">{words.NO_RUNS.both()}</p>'
    items = "".join(f"<li>{_run_button(run, run.id == chosen, now)}</li>" for run in runs)
    title = f'<h2 id="pr-runs-title">{words.RUNS.both()}</h2>'
    return f'{title}<ul class="pr-runs" aria-labelledby="pr-runs-title">{items}</ul>'


def _run_button(run: Run, is_chosen: bool, now: datetime) -> str:
    pressed = "true" if is_chosen else "false"
    parts = [_name(run), _how_long(run, now), fill(words.WHEN, when=run.created_utc[:16].replace("T", " "))]
    small = "".join(f"<span>{part.both()}</span>" for part in parts)
    return (
        f'<button type="button" class="pr-run" data-run="{html.escape(run.id)}" aria-pressed="{pressed}">'
        f'{state_html(run.state)}<span class="pr-run-version">{html.escape(run.version_id or "–")}</span>'
        f'<span class="pr-run-small">{small}</span></button>'
    )


def short_id(run_id: str) -> str:
    """As much of an id as tells it from the others of a page."""
    return run_id[:_ID_CHARS]


def _name(run: Run) -> Text:
    preset = _preset(run)
    return Text(f"{short_id(run.id)} · {preset.pt}", f"{short_id(run.id)} · {preset.en}")


def _preset(run: Run) -> Text:
    name = str(run.options.get("preset") or "–")
    return words.PRESET_NAMES.get(name, Text(name, name))


def _how_long(run: Run, now: datetime) -> Text:
    """From its first step in this attempt; a run that waits, for how long."""
    last = [event for event in run.events if event.created_utc >= run.queued_utc]
    begun = next((event for event in last if event.state == "running"), None)
    if run.has_ended and not begun:
        return words.NEVER_BEGAN
    end = _moment(run.events[-1].created_utc) if run.has_ended else now
    seconds = (end - _moment(begun.created_utc if begun else run.queued_utc)).total_seconds()
    return fill(words.TOOK if run.has_ended else words.FOR, time=duration(max(0, seconds)))


def _moment(utc: str) -> datetime:
    return datetime.fromisoformat(utc).astimezone(UTC)


def said_html(run: Run | None, seen: str, push: Text | None = None) -> str:
    """What a screen reader says when the state of the run on the page, or of its push, changes.

    seen: all whose change matters.
    """
    said = fill(words.STATE_SAID, id=short_id(run.id), state=words.STATES[run.state]).both() if run else ""
    said += f". {words.PUSH_STATE.both()}: {push.both()}" if push else ""
    data = html.escape(seen)
    return f'<p class="pr-hidden" role="status" aria-live="polite" data-seen="{data}">{said}</p>'


def run_html(view: RunView, now: datetime) -> str:
    """One run as it stands."""
    run = view.run
    title = fill(words.RUN, id=short_id(run.id)).both()
    head = f'<h3 id="pr-run-title">{title} {state_html(run.state)}</h3>'
    about = (html.escape(run.version_id or "–"), _preset(run).both(), _how_long(run, now).both())
    where = f'<p class="pr-small">{" · ".join(about)}</p>'
    return (
        f'<section class="pr-run-one" aria-labelledby="pr-run-title">{head}{where}'
        f'<div class="pr-run-note">{_note(view)}</div><div class="pr-run-bar">{_bar(view)}</div>'
        f"{_numbers(view)}<div>{_push(view)}</div>"
        f"<div>{curve_svg(view.progress.losses, view.progress.validation_losses)}</div>"
        f"<div>{_curve_numbers(view.progress)}</div><div>{notes_html(view.progress.substitutions)}</div>"
        f"{_log(view.log_tail)}</section>"
    )


def _note(view: RunView) -> str:
    """What a person has to know of the state."""
    run, last = view.run, view.run.events[-1]
    if view.obstacle:
        return f'<p class="pr-message" role="status">{Text(*view.obstacle).both()}</p>'
    if run.state == "failed":
        reason = Text(last.pt, last.en) if last.pt or last.en else words.NO_REASON
        return f'<p class="pr-message"><strong>{words.REASON.both()}</strong><br>{reason.both()}</p>'
    note = {"queued": words.WAITING, "cancelled": words.CANCELLED_NOTE}.get(run.state)
    if view.adapter and view.adapter.run_id not in (None, run.id):
        note = fill(words.SAME_WEIGHTS, name=view.adapter.name)
    return f"<p>{note.both()}</p>" if note else ""


def _bar(view: RunView) -> str:
    done = view.progress
    if not done.steps:
        return f'<p id="pr-run-steps">{words.NO_STEPS.both()}</p>'
    said = [fill(words.STEP_OF, step=count(done.step), steps=count(done.steps))]
    if done.left_s and view.run.state == "running":
        said.append(fill(words.LEFT, time=duration(done.left_s)))
    if done.answers_wanted and view.run.state == "evaluating":
        said.append(fill(words.MEASURED, answers=count(done.answers), wanted=count(done.answers_wanted)))
    shown = " · ".join(text.both() for text in said)
    return (
        f'<p id="pr-run-steps">{shown}</p>'
        f'<progress max="{done.steps}" value="{min(done.step, done.steps)}" aria-labelledby="pr-run-steps"></progress>'
    )


def _numbers(view: RunView) -> str:
    done = view.progress
    pairs: list[tuple[Text, Text | str]] = [
        (words.LOSS, number(done.losses[-1][1], 3) if done.losses else "–"),
        (words.VALIDATION_LOSS, number(done.validation_losses[-1][1], 3) if done.validation_losses else "–"),
        (words.SPEED, count(done.tokens_per_s) if done.tokens_per_s else "–"),
        (words.MEMORY, size(done.memory_bytes) if done.memory_bytes else "–"),
    ]
    return facts(pairs)


def push_text(run: Run, push: PushEvent | None) -> Text | None:
    """The push is told apart: a run is done whatever becomes of it."""
    if push is None:
        wanted = str(run.options.get("push_to") or "")
        return fill(words.PUSH_WANTED, where=wanted) if wanted and not run.has_ended else None
    said = fill(words.PUSHES[push.state], where=push.repository)
    return Text(f"{said.pt}: {push.pt}", f"{said.en}: {push.en}") if push.pt else said


def _push(view: RunView) -> str:
    said = push_text(view.run, view.push)
    kind = "pr-message" if view.push and view.push.state == "failed" else "pr-push"
    return f'<p class="{kind}"><strong>{words.PUSH_STATE.both()}:</strong> {said.both()}</p>' if said else ""


def _curve_numbers(done: RunProgress) -> str:
    """The curve for whoever does not see it; a long one is thinned."""
    losses, validation = dict(done.losses), dict(done.validation_losses)
    steps = sorted(losses.keys() | validation.keys())
    if not steps:
        return ""
    every = -(-len(steps) // _ROWS_SHOWN)
    shown = [step for i, step in enumerate(steps) if step in validation or i % every == 0 or step == steps[-1]]
    rows = [(count(step), _loss(losses.get(step)), _loss(validation.get(step))) for step in shown]
    headers = (words.STEP, words.LOSS, words.VALIDATION_LOSS)
    rows_html = table(words.CURVE_NUMBERS, headers, rows, words.NO_CURVE)
    return f'<details class="pr-keep"><summary>{words.CURVE_NUMBERS.both()}</summary>{rows_html}</details>'


def _loss(value: float | None) -> Text | str:
    return "" if value is None else number(value, 4)


def notes_html(notes: Iterable[Mapping[str, str]], title: Text = words.SUBSTITUTIONS) -> str:
    """Sentences in both languages, below a title; nothing where there is none."""
    items = "".join(f"<li>{Text(note.get('pt', ''), note.get('en', '')).both()}</li>" for note in notes)
    return f'<p class="pr-notes-title">{title.both()}</p><ul class="pr-notes">{items}</ul>' if items else ""


def _log(tail: str) -> str:
    """The end of what the process wrote; its last line stays in view unless a person scrolls up."""
    title = f'<h4 id="pr-log-title">{words.LOG.both()}</h4>'
    if not tail.strip():
        return f'{title}<div class="pr-empty">{words.NO_LOG.both()}</div>'
    return (
        f'{title}<div class="pr-follow pr-log" tabindex="0" role="region" aria-labelledby="pr-log-title">'
        f'<pre class="pr-raw">{html.escape(tail)}</pre></div>'
    )


def estimate_html(found: Mapping[str, Any]) -> str:
    """What a run will take, whether it fits, and what is different on this machine."""
    pairs: list[tuple[Text, Text | str]] = [
        (words.TOKENS, _about(found["tokens"], count)),
        (words.STEPS, "–" if found["steps"] is None else count(found["steps"])),
        (words.TIME, _about(found["duration_s"], duration)),
        (words.PEAK_MEMORY, _of_free(found["peak_memory_bytes"], found["free_memory_bytes"])),
        (words.DISK, _of_free(found["disk_bytes"], found["free_disk_bytes"])),
    ]
    obstacles = found.get("obstacles") or ()
    if obstacles:
        verdict = f'<div class="pr-message" role="alert">{notes_html(obstacles, words.FITS_NOT)}</div>'
    elif unknown := found.get("not_measured"):
        why = Text(*(said[:1].upper() + said[1:] for said in (unknown["pt"], unknown["en"])))
        verdict = f'<p class="pr-fits" role="status">{fill(words.MAY_TRAIN, why=why).both()}</p>'
    else:
        verdict = f'<p class="pr-fits" role="status">✓ {words.FITS.both()}</p>'
    return verdict + facts(pairs) + notes_html(found.get("substitutions") or ())


def _about(value: float | None, told: Callable[[float], Text]) -> Text | str:
    """A measured value; what was not measured, as an obstacle came before, is a dash."""
    return "–" if value is None else fill(words.ABOUT, n=told(value))


def _of_free(needed: float | None, free: float) -> Text:
    return fill(words.OF_FREE, size=Text("–", "–") if needed is None else size(needed), free=size(free))
