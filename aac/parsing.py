"""`raw_text → cards, problems`: a pure function that never raises and loses nothing.

The text is cut into pieces; joined again they are the text. A piece is a card, a problem, or white space between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aac.cards import FIELDS, Card, card_faults, emoji_spans, qualified
from aac.records import Parsed, Piece

PARSER_VERSION = 1

PROBLEM_KINDS = (
    "not_a_card",  # a line that is not three fields
    "header",  # the columns' names
    "cards_on_one_line",  # several cards without a line end between them, as in the paper's Figure 4
    "unquoted_comma",  # a comma in the speech without quotes round it
    "unclosed_quote",  # a quote that never ends
    "repeated_card",  # the same written text again
    "empty_text",
    "long_text",
    "control_character",
    "not_one_image",
)


def parse(raw_text: str) -> Parsed:
    """Read a model's answer. Joining the pieces' texts gives `raw_text` again."""
    pieces: list[Piece] = []
    line = 1
    for source in _lines(raw_text):
        pieces += _read_line(source, line)
        line += source.count("\n")
    return Parsed(_mark_repeats(pieces))


def _lines(text: str) -> list[str]:
    """Cut after each line end outside quotes, line ends kept; a quote that never closes ends with its line."""
    lines, start = [], 0
    while start < len(text):
        end = _line_end(text, start)
        lines.append(text[start:end])
        start = end
    return lines


def _line_end(text: str, start: int) -> int:
    quoted = False
    field_start = True
    for at in range(start, len(text)):
        char = text[at]
        is_mark = char == '"' and (quoted or field_start)
        if is_mark:
            quoted = not quoted
        elif char == "\n" and not quoted:
            return at + 1
        # after a closing mark another one opens again: together they are one quote inside the field
        field_start = is_mark or char == "," or (field_start and char == " ")
        if quoted and at - start > 400:  # no field is that long: the quote was never closed
            break
    else:
        if not quoted:
            return len(text)
    newline = text.find("\n", start)
    return len(text) if newline < 0 else newline + 1


_FIELD = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(,|$)')


def _fields(source: str) -> list[str]:
    """The fields of one CSV line, quotes undone, outer spaces and a quote that never ends off."""
    return [
        (bare.removeprefix('"') if quoted is None else quoted.replace('""', '"')).strip()
        for quoted, bare in _written_fields(source)
    ]


def _has_unclosed_quote(source: str) -> bool:
    return any(quoted is None and bare.startswith('"') for quoted, bare in _written_fields(source))


def _written_fields(source: str) -> Iterator[tuple[str | None, str]]:
    """Each field of one CSV line as (what stands between its quotes, None without quotes; what stands bare)."""
    at = 0
    while match := _FIELD.match(source, at):
        quoted, bare, comma = match.groups()
        yield quoted, bare
        at = match.end()
        if not comma:
            break


def _read_line(source: str, line: int) -> list[Piece]:
    if not source.strip():
        return [Piece(source, line)]
    fields = _fields(source.strip())
    if tuple(field.casefold() for field in fields) == FIELDS:
        return [Piece(source, line, None, ("header",))]
    if len(fields) == 3:
        faults = card_faults(_card(fields))
        if not faults:
            kinds = ("unclosed_quote",) if _has_unclosed_quote(source.strip()) else ()
            return [Piece(source, line, _card(fields), kinds)]
    several = _split_after_emoji(source, line)
    if several:
        return several
    if len(fields) == 3:
        return [Piece(source, line, None, faults)]
    return [_repaired(source, fields, line)]


def _card(fields: list[str]) -> Card:
    written, spoken, image = fields
    return Card(written, spoken, qualified(image))


def _repaired(source: str, fields: list[str], line: int) -> Piece:
    """A speech with a comma and no quotes is still readable: the first field, the last, and all between."""
    is_unclosed = _has_unclosed_quote(source.strip())
    if len(fields) > 3:
        card = _card([fields[0], ", ".join(fields[1:-1]), fields[-1]])
        if not card_faults(card):
            return Piece(source, line, card, ("unclosed_quote" if is_unclosed else "unquoted_comma",))
    return Piece(source, line, None, ("unclosed_quote" if is_unclosed else "not_a_card",))


def _split_after_emoji(source: str, line: int) -> list[Piece]:
    """Several cards on one line: each ends with its emoji. Empty unless at least two can be read so."""
    cuts = [end for _, end in emoji_spans(source)]
    if len(cuts) < 2:
        return []
    starts = [0, *cuts]
    pieces = [
        _read_part(source[start:end], line)
        for start, end in zip(starts, [*cuts, len(source)], strict=True)
        if start < end
    ]
    return pieces if sum(piece.card is not None for piece in pieces) >= 2 else []


def _read_part(source: str, line: int) -> Piece:
    fields = _fields(source.strip())
    if not source.strip():
        return Piece(source, line)
    if len(fields) == 3 and not card_faults(_card(fields)):
        return Piece(source, line, _card(fields), ("cards_on_one_line",))
    return _repaired(source, fields, line)


def _mark_repeats(pieces: list[Piece]) -> tuple[Piece, ...]:
    seen: set[str] = set()
    marked = []
    for piece in pieces:
        if piece.card and piece.card.key in seen:
            piece = Piece(piece.text, piece.line, piece.card, (*piece.kinds, "repeated_card"))
        if piece.card:
            seen.add(piece.card.key)
        marked.append(piece)
    return tuple(marked)
