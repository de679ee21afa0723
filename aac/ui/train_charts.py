"""The Train tab's plots: the loss of a run, and adapters beside the paper's numbers. Colour alone says nothing."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from aac.ui import train_texts as words
from aac.ui.numbers import count, fill, number, round_axis
from aac.ui.texts import Text

_POINTS_SHOWN = 400
_HEIGHT_PX, _BOTTOM_PX, _TOP_PX = 220, 28, 10
_ROW_PX, _LABEL_CHARS = 46, 38

Points = Sequence[tuple[int, float]]


def curve_svg(losses: Points, validation: Points) -> str:
    """The loss over the steps as a line, and dots for validation; a picture a language, for its numbers."""
    if not losses and not validation:
        return f'<p class="pr-empty pr-no-curve">{words.NO_CURVE.both()}</p>'
    plots = "".join(
        f'<div class="pr-{language}" lang="{tag}">{_curve(losses, validation, language)}</div>'
        for language, tag in (("pt", "pt-BR"), ("en", "en"))
    )
    key = " ".join(
        f'<span class="pr-key"><span class="pr-key-{sign}" aria-hidden="true"></span> {text.both()}</span>'
        for sign, text in (("line", words.TRAINING_LINE), ("dot", words.VALIDATION_LINE))
    )
    caption = f"<figcaption><b>{words.CURVE.both()}</b> <small>{key}</small></figcaption>"
    return f'<figure class="pr-curve">{caption}{plots}</figure>'


@dataclass(frozen=True, slots=True)
class _Axes:
    """Shares of the width and of the height, of steps and losses."""

    last_step: int
    low: float
    high: float
    step: float

    def x(self, step: float) -> float:
        return 100 * step / max(1, self.last_step)

    def y(self, loss: float) -> float:
        return 100 * (self.high - loss) / (self.high - self.low)


def _curve(losses: Points, validation: Points, language: str) -> str:
    values = [value for _, value in (*losses, *validation)]
    low, high, tick = round_axis(min(values), max(values), 0.01)
    axes = _Axes(max(step for step, _ in (*losses, *validation)), low, high, tick)
    said = html.escape(_curve_said(losses, validation).in_language(language))
    line = " ".join(f"{axes.x(step):.2f},{axes.y(value):.2f}" for step, value in _thinned(losses))
    dots = "".join(
        f'<circle class="pr-curve-dot" cx="{axes.x(step):.2f}%" cy="{axes.y(value):.2f}%" r="5"/>'
        for step, value in validation
    )
    # The loss is a picture in a picture: the outer one is measured in pixels, so that words keep their size on a phone.
    # Its margin, in the style, is where the losses' numbers stand.
    height = _HEIGHT_PX - _BOTTOM_PX - _TOP_PX
    return (
        f'<svg class="pr-res-plot pr-curve-plot" role="img" aria-label="{said}" height="{_HEIGHT_PX}">'
        f'{_losses_axis(axes, language)}{_steps_axis(axes, language)}<svg y="{_TOP_PX}" width="100%" height="{height}" '
        'overflow="visible"><svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'overflow="visible"><polyline class="pr-curve-line" points="{line}" vector-effect="non-scaling-stroke"/></svg>'
        f"{dots}</svg></svg>"
    )


def _losses_axis(axes: _Axes, language: str) -> str:
    ticks = round((axes.high - axes.low) / axes.step)
    digits = 0 if axes.step >= 1 else 1 if axes.step >= 0.1 else 2
    parts = []
    for i in range(ticks + 1):
        value = axes.low + i * axes.step
        y = _TOP_PX + axes.y(value) / 100 * (_HEIGHT_PX - _BOTTOM_PX - _TOP_PX)
        text = number(value, digits).in_language(language)
        parts.append(
            f'<line class="pr-res-grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="pr-res-tick" x="-8" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        )
    return "".join(parts)


def _steps_axis(axes: _Axes, language: str) -> str:
    steps = sorted({0, axes.last_step // 2, axes.last_step})
    ends = {0: "start", axes.last_step: "end"}
    return "".join(
        f'<text class="pr-res-tick" x="{axes.x(step):.1f}%" y="{_HEIGHT_PX - 8}" '
        f'text-anchor="{ends.get(step, "middle")}">{count(step).in_language(language)}</text>'
        for step in steps
    )


def _thinned(points: Points) -> Points:
    every = -(-len(points) // _POINTS_SHOWN) or 1
    return [point for i, point in enumerate(points) if i % every == 0 or i == len(points) - 1]


def _curve_said(losses: Points, validation: Points) -> Text:
    said = words.CURVE
    if losses:
        (first, from_loss), (last, to_loss) = losses[0], losses[-1]
        said = fill(
            words.CURVE_SAID,
            first=count(first),
            last=count(last),
            from_loss=number(from_loss),
            to_loss=number(to_loss),
        )
    if validation:
        step, loss = validation[-1]
        more = fill(words.CURVE_VALIDATION_SAID, loss=number(loss), step=count(step))
        said = Text(said.pt + more.pt, said.en + more.en)
    return said


def dots_svg(title: Text, rows: Sequence[tuple[Text, float]], paper: float, shown_max: float | None = None) -> str:
    """Scores as dots on one axis from 0, and the paper's as a broken line that says it is no rival.

    shown_max: where the axis ends at the latest; a score beyond is an arrow at its end, beside its number. Where all
    are beyond, the axis goes on to them.
    """
    if not rows:
        return ""
    dots = _Dots.of(title, rows, paper, shown_max)
    plots = "".join(
        f'<div class="pr-{language}" lang="{tag}">{_dots(dots, language)}</div>'
        for language, tag in (("pt", "pt-BR"), ("en", "en"))
    )
    note = f'<span class="pr-key-paper" aria-hidden="true"></span> {words.PAPER_NOTE.both()}'
    caption = f"<figcaption><b>{title.both()}</b> <small>{note}</small></figcaption>"
    return f'<figure class="pr-dots-figure">{caption}{plots}</figure>'


@dataclass(frozen=True, slots=True)
class _Dots:
    """A plot of scores from 0 to `high`, with a tick each `tick`."""

    title: Text
    rows: Sequence[tuple[Text, float]]
    paper: float
    high: float
    tick: float

    @classmethod
    def of(cls, title: Text, rows: Sequence[tuple[Text, float]], paper: float, shown_max: float | None) -> _Dots:
        scores = [score for _, score in rows]
        within = [score for score in scores if shown_max is None or score <= shown_max]
        wanted = max(paper, *scores) if len(within) in (0, len(scores)) else (shown_max or 0.0)
        _, high, tick = round_axis(0, max(paper, wanted))
        return cls(title, rows, paper, high, tick)

    def x(self, score: float) -> str:
        return f"{2 + 92 * min(score, self.high) / self.high:.2f}%"

    def told(self, score: float) -> Text:
        found = number(score, 1)
        return fill(words.BEYOND, score=found) if score > self.high else found


def _dots(plot: _Dots, language: str) -> str:
    base = len(plot.rows) * _ROW_PX + 24
    said = [fill(words.CHART_ROW, name=name, score=plot.told(score)) for name, score in plot.rows]
    said.append(fill(words.CHART_PAPER, score=number(plot.paper, 1)))
    label = html.escape(" ".join(text.in_language(language) for text in (plot.title, *said)))
    rows = "".join(
        f'<text x="2%" y="{40 + i * _ROW_PX}">{_label(name, plot.told(score), language)}</text>'
        f"{_mark(plot, score, 54 + i * _ROW_PX)}"
        for i, (name, score) in enumerate(plot.rows)
    )
    return (
        f'<svg class="pr-res-plot" role="img" aria-label="{label}" width="100%" height="{base + 26}">'
        f"{_grid(plot, base, language)}{_paper_line(plot, base, language)}{rows}</svg>"
    )


def _mark(plot: _Dots, score: float, y: int) -> str:
    """A dot; an arrow where the axis has ended before."""
    if score <= plot.high:
        return f'<circle class="pr-res-dot" cx="{plot.x(score)}" cy="{y}" r="7"/>'
    arrow = '<path class="pr-res-dot" d="M-7 -8 L9 0 L-7 8 Z"/>'
    return f'<svg x="{plot.x(score)}" y="{y}" overflow="visible">{arrow}</svg>'


def _grid(plot: _Dots, base: int, language: str) -> str:
    ticks = [i * plot.tick for i in range(round(plot.high / plot.tick) + 1)]
    return "".join(
        f'<line class="pr-res-grid" x1="{plot.x(value)}" x2="{plot.x(value)}" y1="22" y2="{base}"/>'
        f'<text class="pr-res-tick" x="{plot.x(value)}" y="{base + 18}" text-anchor="middle">'
        f"{number(value, 0 if plot.tick >= 1 else 1).in_language(language)}</text>"
        for value in ticks
    )


def _paper_line(plot: _Dots, base: int, language: str) -> str:
    x = plot.x(plot.paper)
    name = f"{words.PAPER.in_language(language)} {number(plot.paper, 1).in_language(language)}"
    anchor = "end" if plot.paper / plot.high > 0.6 else "start"
    return (
        f'<line class="pr-paper-line" x1="{x}" x2="{x}" y1="20" y2="{base}"/>'
        f'<text class="pr-res-tick" x="{x}" y="13" text-anchor="{anchor}">{name}</text>'
    )


def _label(name: Text, score: Text, language: str) -> str:
    """A name and its score, of a long name both ends: what fits into a plot on a phone."""
    shown, told = name.in_language(language), score.in_language(language)
    room = _LABEL_CHARS - len(told)
    if len(shown) > room:
        kept = (room - 1) // 2
        shown = f"{shown[:kept]}…{shown[-kept:]}"
    return html.escape(f"{shown}: {told}")
