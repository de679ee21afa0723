"""Tables and bars as HTML in both languages. Whatever people wrote is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from aac.ui.texts import Text

Cell = Text | str | int | float | None


def cell(value: Cell) -> str:
    """One value: a text of ours in both languages, or anybody's words, escaped."""
    if isinstance(value, Text):
        return value.both()
    return html.escape("" if value is None else str(value))


def table(caption: Text, headers: Sequence[Text], rows: Iterable[Sequence[Cell]], empty: Text) -> str:
    """A table that scrolls sideways by itself, or a sentence where there are no rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    if not body:
        return f'<p class="pr-empty">{empty.both()}</p>'
    head = "".join(f'<th scope="col">{header.both()}</th>' for header in headers)
    name = html.escape(f"{caption.pt} · {caption.en}")
    return (
        f'<div class="pr-scroll" tabindex="0" role="region" aria-label="{name}">'
        f'<table class="pr-table"><caption>{caption.both()}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def stacking_table(headers: Sequence[Text], rows: Iterable[Sequence[str]], labelled_by: str) -> str:
    """A table whose rows are blocks on a phone, each value after its header: hence the roles, and the header repeated.

    Cells are HTML, the first of a row its name. labelled_by: the id of the table's title.
    """
    head = "".join(f'<th role="columnheader" scope="col">{header.both()}</th>' for header in headers)
    body = "".join(f'<tr role="row">{"".join(_stacking_cells(headers, row))}</tr>' for row in rows)
    return (
        f'<table class="pr-res-table" role="table" aria-labelledby="{html.escape(labelled_by)}">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _stacking_cells(headers: Sequence[Text], row: Sequence[str]) -> Iterable[str]:
    yield f'<th role="rowheader" scope="row">{row[0]}</th>'
    for header, value in zip(headers[1:], row[1:], strict=True):
        label = f'<span class="pr-res-label" aria-hidden="true">{header.both()}</span>'
        yield f'<td role="cell">{label}<span class="pr-res-value">{value}</span></td>'


def bars(caption: Text, rows: Sequence[tuple[Cell, float, str]], empty: Text) -> str:
    """Bars with their values in words: (name, length, value). The longest fills its line."""
    longest = max((length for _, length, _ in rows), default=0)
    if not longest:
        return f'<figure class="pr-bars"><figcaption>{caption.both()}</figcaption><p>{empty.both()}</p></figure>'
    lines = "".join(
        f'<tr><th scope="row">{cell(name)}</th><td><span class="pr-bar" style="width:{100 * length / longest:.1f}%">'
        f"</span></td><td>{html.escape(value)}</td></tr>"
        for name, length, value in rows
    )
    title = f"<figcaption>{caption.both()}</figcaption>"
    return f'<figure class="pr-bars">{title}<table><tbody>{lines}</tbody></table></figure>'


def facts(pairs: Iterable[tuple[Text, Cell]]) -> str:
    """A short list of names and values."""
    items = "".join(f"<div><dt>{name.both()}</dt><dd>{cell(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="pr-facts">{items}</dl>'
