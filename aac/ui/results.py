"""What all votes and ratings say together, as HTML in both languages: tables, plots of the same, and plain words."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from aac.agreement import Agreement
from aac.preferences import MOST_VOTES_MISSING, Strength, WinRate
from aac.ui import compare_texts as words
from aac.ui.numbers import count, fill, number, percent, round_axis
from aac.ui.tables import stacking_table
from aac.ui.texts import WITH_LORA, WITHOUT_LORA, Text
from aac.workflow.annotating import Results

_NAME_CHARS = 34  # what fits into a plot on the narrowest phone
_FEW_ITEMS = 10
_LINE_PX, _LABEL_PX, _AXIS_PX = 36, 26, 34


def results_html(results: Results) -> str:
    """All results, or what will be here once there are votes."""
    parts = [f"<h2>{words.RESULTS.both()}</h2><p>{_votes(results.votes).both()}</p>"]
    if results.win_rates:
        later = f'<p class="pr-res-help">{words.STRENGTHS_LATER.both()}</p>'
        parts += [_win_rates(results.win_rates), _strengths(results.strengths) if results.strengths else later]
    parts.append(_agreement(results.card_agreement, results.set_agreement))
    return "".join(parts)


def _votes(votes: int) -> Text:
    if not votes:
        return words.NO_VOTES
    return words.VOTES_ONE if votes == 1 else fill(words.VOTES_MANY, n=count(votes))


# --- numbers and names ------------------------------------------------------------------------------------------------


def _p_value(p: float) -> Text:
    return Text("<\u00a00,001", "<\u00a00.001") if p < 0.001 else number(p, 3)


def _interval(middle: Text, low: Text, high: Text) -> str:
    """The value, and its interval below it in small."""
    return f"<strong>{middle.both()}</strong> <small>{fill(words.INTERVAL, low=low, high=high).both()}</small>"


def _name(contestant: str) -> str:
    tag = WITH_LORA if " + " in contestant else WITHOUT_LORA
    return f'<span class="pr-res-name">{html.escape(contestant)}</span> <small>{tag.both()}</small>'


def _shortened(name: str) -> str:
    """Both ends are kept: a name ends with the adapter."""
    if len(name) <= _NAME_CHARS:
        return name
    kept = (_NAME_CHARS - 1) // 2
    return f"{name[:kept]}…{name[-kept:]}"


# --- tables -----------------------------------------------------------------------------------------------------------


def _section(name: str, title: Text, explanation: Text, *content: str) -> str:
    return (
        f'<section class="pr-res-part" aria-labelledby="pr-res-{name}"><h3 id="pr-res-{name}">{title.both()}</h3>'
        f'<p class="pr-res-help">{explanation.both()}</p>{"".join(content)}</section>'
    )


def _win_rates(rates: Sequence[WinRate]) -> str:
    headers = [getattr(words, n) for n in ("PAIR", "WINS", "LOSSES", "TIES", "BOTH_BAD", "RATE", "P_VALUE", "DECISION")]
    table = stacking_table(headers, map(_win_rate_row, rates), "pr-res-wins")
    return _section("wins", words.WIN_RATES, words.WIN_RATES_HELP, table, _wins_plot(rates))


def _win_rate_row(rate: WinRate) -> list[str]:
    pair = "".join(
        f'<span class="pr-res-one"><small>{place.both()}</small> {_name(name)}</span>'
        for place, name in ((words.FIRST, rate.one), (words.SECOND, rate.other))
    )
    counts = [count(n).both() for n in (rate.wins, rate.losses, rate.ties, rate.both_bad)]
    share, p_value = "–", "–"
    if rate.rate is not None and rate.low is not None and rate.high is not None:
        share = _interval(percent(rate.rate), percent(rate.low), percent(rate.high))
    if rate.p_value is not None:
        p_value = _p_value(rate.p_value).both()
    return [pair, *counts, share, p_value, _decision(rate).both()]


def _decision(rate: WinRate) -> Text:
    missing = rate.votes_missing
    if rate.is_decided:
        return fill(words.DECIDED, place=words.FIRST if rate.wins > rate.losses else words.SECOND)
    if missing is None:
        return words.EVEN if rate.wins == rate.losses else fill(words.TOO_MANY, n=count(MOST_VOTES_MISSING))
    if not rate.decisive:
        return fill(words.MISSING_FIRST, n=count(missing))
    return words.MISSING_ONE if missing == 1 else fill(words.MISSING_MANY, n=count(missing))


def _strengths(strengths: Sequence[Strength]) -> str:
    rows = (
        [
            _name(row.contestant),
            _interval(number(row.strength), number(row.low), number(row.high)),
            percent(1 / (1 + math.exp(-row.strength)), 0).both(),
            count(row.votes).both(),
        ]
        for row in strengths
    )
    headers = [words.CONTESTANT, words.STRENGTH, words.AGAINST_MEAN, words.VOTES]
    table = stacking_table(headers, rows, "pr-res-strengths")
    return _section("strengths", words.STRENGTHS, words.STRENGTHS_HELP, table, _strengths_plot(strengths))


def _agreement(cards: Agreement, sets: Agreement) -> str:
    if not cards.pairs + sets.pairs:
        nothing = f'<p class="pr-res-nothing">{words.TOO_FEW.both()}.</p>'
        return _section("agreement", words.AGREEMENT, words.AGREEMENT_HELP, nothing)
    rows = (
        [what.both(), *_agreement_cells(found)]
        for what, found in ((words.CARD_VERDICTS, cards), (words.SET_USEFULNESS, sets))
    )
    headers = [words.WHAT, words.ALPHA, words.READING, words.PAIRWISE, words.STANDS_ON]
    return _section(
        "agreement", words.AGREEMENT, words.AGREEMENT_HELP, stacking_table(headers, rows, "pr-res-agreement")
    )


def _agreement_cells(found: Agreement) -> list[str]:
    pairwise, counts = "–", words.NO_COUNTS
    if found.pairwise is not None:
        pairwise = fill(words.PAIRWISE_VALUE, share=percent(found.pairwise, 0), pairs=count(found.pairs)).both()
    if found.pairs:
        numbers = {name: count(getattr(found, name)) for name in ("judgements", "annotators", "items")}
        counts = fill(words.COUNTS, **numbers)
    alpha = "–" if found.alpha is None else f"<strong>{number(found.alpha).both()}</strong>"
    return [alpha, _reading(found).both(), pairwise, counts.both()]


def _reading(found: Agreement) -> Text:
    """Plain words for alpha, with Krippendorff's own bounds (2004): 0.8 to rely on, 0.667 for tentative conclusions."""
    if found.alpha is None:
        return words.ALL_THE_SAME if found.pairs else words.TOO_FEW
    shown = round(found.alpha, 2)  # what is read must fit the number shown
    reading = next((text for bound, text in words.READINGS if shown >= bound), words.NO_BETTER)
    few = words.FEW_ITEMS if found.items < _FEW_ITEMS else Text("", "")
    return Text(reading.pt + few.pt, reading.en + few.en)


# --- plots ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """One interval of a plot, 0 to 1 along the axis, with a name above its left and below its right end."""

    said: Text
    low: float
    middle: float
    high: float
    left: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class _Plot:
    """ticks: (place along the axis, words); centre: where the line stands that all are compared with."""

    name: str
    title: Text
    help: Text
    lines: Sequence[_Line]
    ticks: Sequence[tuple[float, Text]]
    centre: float


def _wins_plot(rates: Sequence[WinRate]) -> str:
    lines = [
        _Line(
            fill(
                words.WINS_PLOT_ROW,
                one=r.one,
                other=r.other,
                rate=percent(r.rate),
                low=percent(r.low),
                high=percent(r.high),
            ),
            *(r.low, r.rate, r.high, r.other, r.one),
        )
        for r in rates
        if r.rate is not None and r.low is not None and r.high is not None
    ]
    ticks = [(place, percent(place, 0)) for place in (0, 0.25, 0.5, 0.75, 1)]
    return _figure(_Plot("wins", words.WINS_PLOT, words.WINS_PLOT_HELP, lines, ticks, 0.5)) if lines else ""


def _strengths_plot(strengths: Sequence[Strength]) -> str:
    start, end, step = round_axis(min(0, *(s.low for s in strengths)), max(0, *(s.high for s in strengths)))

    def place(value: float) -> float:
        return (value - start) / (end - start)

    lines = [
        _Line(
            fill(
                words.STRENGTHS_PLOT_ROW,
                name=row.contestant,
                strength=number(row.strength),
                low=number(row.low),
                high=number(row.high),
            ),
            *(place(row.low), place(row.strength), place(row.high), row.contestant),
        )
        for row in strengths
    ]
    values = [start + i * step for i in range(round((end - start) / step) + 1)]
    ticks = [(place(value), number(value, 0 if step >= 1 else 1)) for value in values]
    return _figure(_Plot("strengths", words.STRENGTHS_PLOT, words.STRENGTHS_PLOT_HELP, lines, ticks, place(0)))


def _figure(plot: _Plot) -> str:
    """A picture for each language, for its numbers and its words; the page shows one."""
    return (
        f'<figure class="pr-res-figure"><figcaption><b>{plot.title.both()}</b> {plot.help.both()}</figcaption>'
        f'<div class="pr-pt" lang="pt-BR">{_svg(plot, "pt")}</div><div class="pr-en" lang="en">{_svg(plot, "en")}</div>'
        "</figure>"
    )


def _svg(plot: _Plot, language: str) -> str:
    """Places are shares of the width and sizes are pixels: on a phone it gets narrow, not small."""
    row = _LINE_PX + _LABEL_PX * (1 + any(line.right for line in plot.lines)) - 8
    base = len(plot.lines) * row
    said = " ".join(line.said.in_language(language) for line in plot.lines)
    title_id, said_id = (f"pr-res-{plot.name}-{part}-{language}" for part in ("title", "desc"))
    grid = "".join(
        f'<line class="pr-res-grid" x1="{_x(at)}" x2="{_x(at)}" y1="0" y2="{base + 6}"/>'
        f'<text class="pr-res-tick" x="{_x(at)}" y="{base + 24}" text-anchor="{_anchor(at)}">'
        f"{text.in_language(language)}</text>"
        for at, text in plot.ticks
    )
    centre = f'<line class="pr-res-centre" x1="{_x(plot.centre)}" x2="{_x(plot.centre)}" y1="0" y2="{base + 6}"/>'
    lines = "".join(_svg_line(line, i * row) for i, line in enumerate(plot.lines))
    return (
        f'<svg class="pr-res-plot" role="img" aria-labelledby="{title_id} {said_id}" width="100%" '
        f'height="{base + _AXIS_PX}"><title id="{title_id}">{html.escape(plot.title.in_language(language))}</title>'
        f'<desc id="{said_id}">{html.escape(said)}</desc>{grid}{centre}{lines}</svg>'
    )


def _svg_line(line: _Line, top: int) -> str:
    y = top + _LINE_PX
    ends = "".join(
        f'<line class="pr-res-end" x1="{_x(at)}" x2="{_x(at)}" y1="{y - 6}" y2="{y + 6}"/>'
        for at in (line.low, line.high)
    )
    right = f'<text x="100%" y="{y + 24}" text-anchor="end">{html.escape(_shortened(line.right))}</text>'
    rule = f'<line class="pr-res-grid" x1="0" x2="100%" y1="{top}" y2="{top}"/>' if top else ""
    return (
        f'{rule}<text x="0" y="{y - 16}">{html.escape(_shortened(line.left))}</text>{right if line.right else ""}'
        f'<line class="pr-res-range" x1="{_x(line.low)}" x2="{_x(line.high)}" y1="{y}" y2="{y}"/>{ends}'
        f'<circle class="pr-res-dot" cx="{_x(line.middle)}" cy="{y}" r="7"/>'
    )


def _x(share: float) -> str:
    """A little room at both ends, for dots that lie on them."""
    return f"{3 + 94 * share:.2f}%"


def _anchor(share: float) -> str:
    return "middle" if 0.02 < share < 0.98 else "start" if share < 0.5 else "end"
