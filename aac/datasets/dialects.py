"""How a CSV is written: enough to write the very bytes of an imported file again.

A dialect is kept as text, such as `minimal-lf-bom` or `all-crlf-nobom-semicolon-open:theme,level`: which cells stand in
quotes, how lines end, and whether Excel's mark for UTF-8 comes first; then the separator, where it is no comma, and
`open` where the last line has no end. Behind a colon stand the request columns that the file has, also those that no
row fills, and behind another one, for `cells`, which cells are quoted, in the order written.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aac.errors import WrongCall

BYTE_ORDER_MARK = "\ufeff"
_QUOTINGS = ("minimal", "all", "cells")
_ENDS = {"lf": "\n", "crlf": "\r\n"}
_MARKS = {"nobom": "", "bom": BYTE_ORDER_MARK}
_SEPARATORS = {"semicolon": ";", "tab": "\t"}
SEPARATORS = (",", *_SEPARATORS.values())


@dataclass(frozen=True, slots=True)
class Dialect:
    """cells: for the quoting "cells", packed bits, one a cell; names: None where the rows decide on the columns."""

    quoting: str = "minimal"
    end: str = "\n"
    mark: str = ""
    separator: str = ","
    is_open: bool = False
    names: tuple[str, ...] | None = None
    cells: bytes = b""

    @property
    def text(self) -> str:
        """The dialect as it is kept."""
        end = next(name for name, value in _ENDS.items() if value == self.end)
        mark = next(name for name, value in _MARKS.items() if value == self.mark)
        separator = [name for name, value in _SEPARATORS.items() if value == self.separator]
        kind = "-".join([self.quoting, end, mark, *separator, *(["open"] if self.is_open else [])])
        cells = base64.urlsafe_b64encode(zlib.compress(self.cells, 9)).decode() if self.cells else ""
        return ":".join([kind, ",".join(self.names or ()), cells]).rstrip(":")

    @classmethod
    def parse(cls, text: str) -> Dialect:
        """The inverse of `text`; `WrongCall` where it is none."""
        kind, names, cells = [*text.split(":"), "", ""][:3]
        parts = kind.split("-")
        quoting, end, mark = [*parts, "", ""][:3]
        rest = parts[3:]
        known = quoting in _QUOTINGS and end in _ENDS and mark in _MARKS and set(rest) <= {*_SEPARATORS, "open"}
        try:
            packed = zlib.decompress(base64.urlsafe_b64decode(cells)) if cells else b""
        except (zlib.error, binascii.Error, ValueError):
            known = False
        if not known:
            raise WrongCall(
                f"Não há jeito {text!r} de escrever um CSV. Use, por exemplo, minimal-lf-bom ou all-crlf-nobom.",
                f"There is no way {text!r} to write a CSV. Use minimal-lf-bom or all-crlf-nobom, for example.",
            )
        separator = next((_SEPARATORS[name] for name in rest if name in _SEPARATORS), ",")
        columns = tuple(names.split(",")) if names else None
        return cls(quoting, _ENDS[end], _MARKS[mark], separator, "open" in rest, columns, packed)

    def cell(self) -> Callable[[str], str]:
        """What writes one cell after the other."""
        needs_quotes = re.compile(f'[{re.escape(self.separator)}"\n\r]').search
        bits: Iterator[int] = iter(np.unpackbits(np.frombuffer(self.cells, np.uint8)).tolist())
        if self.quoting == "all":
            return _quoted
        if self.quoting == "cells":
            return lambda text: _quoted(text) if next(bits, 0) or needs_quotes(text) else text
        return lambda text: _quoted(text) if needs_quotes(text) else text


def quoted_cells(text: str, separator: str) -> bytes:
    """Which cells of a CSV's text stand in quotes, as packed bits."""
    sign = re.escape(separator)
    cell = re.compile(rf'("(?:[^"]|"")*"|[^"{sign}\r\n]*)(?:{sign}|\r\n|\n|\Z)')
    quoted, at = [], 0
    while at < len(text) and (found := cell.match(text, at)):
        quoted.append(found.group(1).startswith('"'))
        at = found.end()
    return np.packbits(np.array(quoted, np.uint8)).tobytes()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
