"""A column as HTML: tiles that speak, the raw text, its problems, and what may be taken away. Words are escaped."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aac.cards import FIELDS, Card, is_emoji
from aac.parsing import parse
from aac.records import Generation, Parsed, Problem
from aac.safety import WITHHELD
from aac.ui import texts
from aac.ui.asked import asked_html
from aac.ui.request_texts import WHAT_NEXT
from aac.ui.texts import Text
from aac.workflow.generating import generation_json, request_json

_PROBLEMS_SHOWN = 8
_PROBLEM_CHARS = 90


def empty_column(title: Text, body: Text = texts.EMPTY) -> str:
    """A column before there is anything in it."""
    return f'<section class="pr-column"><h2>{title.both()}</h2><p class="pr-empty">{body.both()}</p></section>'


def column(generation: Generation, signed: tuple[str, str] | None = None) -> str:
    """One generation, finished or still running. signed: its document and signature, where it can be rated."""
    parsed = parse(generation.raw_text)
    running = generation.finish == "running"
    title = texts.WITH_LORA if generation.adapter else texts.WITHOUT_LORA
    # While the model writes, its last line is not a problem yet.
    problems = _told(generation, parsed)
    parts = [
        f"<h2>{title.both()} <small>{_escape(_model_name(generation))}</small></h2>",
        asked_html(generation.request),
        card_tiles(parsed.cards, offers_next=not running)
        if parsed.cards
        else ("" if running else f'<p class="pr-empty">{texts.NO_CARDS.both()}</p>'),
        _status(generation),
        _problems(problems),
        f"<h3>{texts.RAW_TEXT.both()}</h3>",
        _raw_text(generation.raw_text, running),
        "" if running else _toolbar(generation, parsed, signed),
    ]
    busy = "true" if running else "false"
    return f'<section class="pr-column" aria-busy="{busy}">{"".join(parts)}</section>'


def _raw_text(text: str, running: bool) -> str:
    """Verbatim; while it grows, its end stays in view."""
    verbatim = f'<pre class="pr-raw" tabindex="0" lang="pt-BR">{_escape(text)}</pre>'
    return f'<div class="pr-follow">{verbatim}</div>' if running else verbatim


def speech_line() -> str:
    """What the pressed tile says, in words too. It stands outside the columns, which are drawn anew with each token."""
    return (
        '<p class="pr-speech" aria-live="polite"><span class="pr-said" lang="pt-BR"></span> '
        f'<span class="pr-no-voice" hidden>{texts.NO_VOICE.both()}</span></p>'
    )


def _told(generation: Generation, parsed: Parsed) -> tuple[Problem, ...]:
    """While the model writes, and where it was stopped or cut, the last line is unfinished rather than wrong."""
    if generation.finish == "running":
        return ()
    last = parsed.pieces[-1].line if parsed.pieces and generation.finish in ("stopped", "time") else None
    return tuple(problem for problem in parsed.problems if problem.line != last)


def _model_name(generation: Generation) -> str:
    """The base model and the adapter; of one in a folder, the folder's name."""
    return f"{generation.model} + {Path(generation.adapter).name}" if generation.adapter else generation.model


def card_tiles(cards: Sequence[Card], *, offers_next: bool = False) -> str:
    """Cards as buttons that speak. offers_next: one that was pressed asks what comes after it."""
    tiles = "".join(
        f'<li><button type="button" class="pr-tile" data-say="{_escape(card.spoken_text)}" '
        f'title="{_escape(card.spoken_text)}">{_image(card)}'
        f'<span class="pr-written">{_escape(card.written_text)}</span></button>'
        f"{_next(card) if offers_next else ''}</li>"
        for card in cards
    )
    return f'<ul class="pr-tiles" lang="pt-BR">{tiles}</ul>'


def _next(card: Card) -> str:
    written = _escape(card.written_text)
    return (
        f'<button type="button" class="pr-what-next" data-written="{written}" hidden>{WHAT_NEXT.both()} '
        f'<span class="pr-hidden">{written}</span></button>'
    )


def _image(card: Card) -> str:
    kind = "pr-emoji" if is_emoji(card.image_id) else "pr-pictogram"
    return f'<span class="{kind}" aria-hidden="true">{_escape(card.image_id)}</span>'


def _status(generation: Generation) -> str:
    speed = generation.tokens_per_s
    numbers = f"{generation.duration_s:.1f} s · {generation.tokens} tokens · {speed:.1f} tokens/s"
    return f'<p class="pr-status">{numbers} · {texts.FINISHED[generation.finish].both()}</p>'


def _problems(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    shown = "".join(
        f"<li>{texts.LINE.both()} {problem.line}: {_problem(problem)}</li>" for problem in problems[:_PROBLEMS_SHOWN]
    )
    more = f"<li>+ {len(problems) - _PROBLEMS_SHOWN}</li>" if len(problems) > _PROBLEMS_SHOWN else ""
    return f'<h3>{texts.PROBLEMS.both()} ({len(problems)})</h3><ul class="pr-problems">{shown}{more}</ul>'


def _problem(problem: Problem) -> str:
    if problem.text == WITHHELD:
        return texts.CARD_WITHHELD.both()
    return f"{texts.PROBLEM_KINDS[problem.kind].both()} <q>{_escape(_shortened(problem.text))}</q>"


def _shortened(text: str) -> str:
    return text if len(text) <= _PROBLEM_CHARS else text[:_PROBLEM_CHARS] + "…"


def _toolbar(generation: Generation, parsed: Parsed, signed: tuple[str, str] | None) -> str:
    document = json.dumps(
        {**request_json(generation.request), **generation_json(generation)}, ensure_ascii=False, indent=2
    )
    name = "".join(c if c.isalnum() else "-" for c in generation.request.prompt.casefold())[:40].strip("-") or "prancha"
    name += "-lora" if generation.adapter else "-base"
    has_cards = bool(parsed.cards)
    buttons = [
        _button("copy", "csv", texts.COPY_CSV, has_cards),
        _button("copy", "json", texts.COPY_JSON, True),
        _button("download", "csv", texts.DOWNLOAD_CSV, has_cards),
        _button("download", "json", texts.DOWNLOAD_JSON, True),
    ]
    rate = ""
    if signed:
        data = f'data-document="{_escape(signed[0])}" data-signature="{_escape(signed[1])}"'
        rate = f'<button type="button" class="pr-rate-this" {data}>{texts.RATE_OR_CORRECT.both()}</button>'
    return (
        f'<div class="pr-toolbar" data-name="{_escape(name)}" data-csv="{_escape(cards_csv(parsed.cards))}" '
        f'data-json="{_escape(document)}">{rate}{"".join(buttons)}'
        f'<span class="pr-copied" role="status" hidden>{texts.COPIED.both()}</span>'
        f'<span class="pr-not-copied" role="status" hidden>{texts.NOT_COPIED.both()}</span></div>'
    )


def _button(action: str, kind: str, text: Text, enabled: bool) -> str:
    disabled = "" if enabled else " disabled"
    return f'<button type="button" class="pr-{action}" data-kind="{kind}"{disabled}>{text.both()}</button>'


def cards_csv(cards: Sequence[Card]) -> str:
    """The cards as a table with the columns' names, for a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([getattr(card, field) for field in FIELDS] for card in cards)
    return buffer.getvalue()


def message(text: Text | None) -> str:
    """What a person has to know now, or nothing."""
    return f'<p class="pr-message" role="alert">{text.both()}</p>' if text else ""


def note(text: Text | None) -> str:
    """What is good to know, and nothing is wrong."""
    return f'<p class="pr-note" role="status">{text.both()}</p>' if text else ""


def _escape(text: Any) -> str:
    return html.escape(str(text), quote=True)
