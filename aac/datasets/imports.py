"""Files of cards from outside, CSV or JSON Lines: the good lines as rows, each bad one with why. Nothing is guessed."""

from __future__ import annotations

import csv
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid5

from aac.cards import Card
from aac.datasets.card_files import set_json, telling_columns
from aac.datasets.dialects import BYTE_ORDER_MARK, Dialect, quoted_cells
from aac.datasets.exports import csv_lines
from aac.datasets.import_faults import CELL_MAX_CHARS, Fault, bad_file, content_faults, record_faults, shown
from aac.datasets.import_records import BadLine, CsvReader, JsonReader, Lines, Record, Report
from aac.errors import MissingError
from aac.records import SetRow

__all__ = ["FILE_MAX_BYTES", "BadLine", "Imported", "read_import", "set_id"]

FILE_MAX_BYTES = 200_000_000
_SCANNED_MAX_BYTES = 20_000_000  # for which cells stand in quotes

_SETS = UUID("0c6f1f6e-54b0-4f0a-9a3c-7d3f5f0b9e21")
_FIELD_LIMIT_LOCK = threading.Lock()  # the csv module has one limit for all


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds. A bad line is left out; the rest of its set stays.

    dialect: that in which `write_csv` gives the file's bytes again, None if none does.
    notes: what else there is to know of the file, in Portuguese and English.
    """

    rows: tuple[SetRow, ...]
    bad_lines: tuple[BadLine, ...]
    dialect: str | None
    sha256: str
    notes: tuple[tuple[str, str], ...]

    @property
    def cards(self) -> int:
        """How many cards the rows hold."""
        return sum(len(row.cards) for row in self.rows)


def set_id(prompt: str, columns: Sequence[tuple[str, str]], cards: Sequence[Card]) -> str:
    """The id of a set that came in a file: the same on any machine. Empty columns and reference 1 do not count."""
    return str(uuid5(_SETS, set_json(prompt, telling_columns(columns), cards)))


def read_import(path: Path, source: str = "", *, filters: bool = True) -> Imported:
    """Read a .csv with a header, or a .jsonl with a card, a set or one of our conversations a line.

    One set is the cards of one prompt and the same request columns, in the file's order; a line of JSON that holds
    "cards" is a set by itself. filters: what the content filter stops is a bad line. Raises `MissingError` where there
    is no file and `DataError` where it is none of these.
    """
    try:
        with path.open("rb") as file:
            _check_file(path, file)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            kind = CsvReader if path.suffix.lower() == ".csv" else JsonReader
            reader = kind(path, Lines(file))
            with _long_cells():
                rows = _read(reader, source, filters)
            report = reader.report
            if not rows and not report.bad_lines:
                raise bad_file(path, "não tem nenhum cartão. Escreva ao menos um", "holds no card. Write at least one")
            dialect = None
            if isinstance(reader, CsvReader) and not report.bad_lines:
                dialect = _dialect(file, rows, digest, reader)
                report.is_written_otherwise = dialect is None
    except OSError as error:
        raise MissingError(
            f"O arquivo {path} não pôde ser lido ({error}). Esperava-se um .csv ou .jsonl: confira o caminho.",
            f"The file {path} cannot be read ({error}). A .csv or .jsonl was expected: check the path.",
        ) from error
    return Imported(rows, tuple(report.bad_lines), dialect, digest, tuple(report.notes()))


def _check_file(path: Path, file: BinaryIO) -> None:
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise bad_file(path, "não é .csv nem .jsonl. Salve a planilha como CSV", "is no .csv or .jsonl. Save it as CSV")
    size = path.stat().st_size
    if size > FILE_MAX_BYTES:
        most = FILE_MAX_BYTES // 1_000_000
        raise bad_file(
            path,
            f"tem {size // 1_000_000} MB; o máximo é {most} MB. Divida-o em partes",
            f"has {size // 1_000_000} MB; at most {most} MB are read. Cut it into parts",
        )
    start = file.read(1 << 12)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        raise bad_file(
            path,
            "é uma planilha (.xlsx, .ods). Salve-a como CSV, UTF-8, separado por vírgulas",
            "is a spreadsheet (.xlsx, .ods). Save it as CSV, UTF-8, separated by commas",
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:4]:
        raise bad_file(
            path,
            "está em UTF-16 (“texto Unicode”). Salve como CSV, UTF-8, separado por vírgulas",
            "is in UTF-16 (“Unicode text”). Save it as CSV, UTF-8, separated by commas",
        )


@dataclass(slots=True)
class _Draft:
    """A set as it grows, and where it began. seen: the line of each card, by its key."""

    first: Record
    line: int
    text: str
    cards: list[Card] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, card: Card, line: int) -> None:
        """Add a card; `Fault` where the set has it."""
        if card.key in self.seen:
            text = shown(card.written_text)
            pt = f"O conjunto já tem o cartão “{text}”, da linha {self.seen[card.key]}. Apague um dos dois."
            en = f"The set has the card “{text}” already, from line {self.seen[card.key]}. Delete one of them."
            raise Fault(("repeated_card", pt, en))
        self.seen[card.key] = line
        self.cards.append(card)

    def row(self, source: str) -> SetRow:
        """The set with its id."""
        prompt, columns, cards = self.first.prompt, telling_columns(self.first.columns), tuple(self.cards)
        return SetRow(set_id(prompt, columns, cards), prompt, cards, columns, "import", source)


def _read(reader: CsvReader | JsonReader, source: str, filters: bool) -> tuple[SetRow, ...]:
    lines, report = reader.lines, reader.report
    drafts: list[_Draft] = []
    growing: dict[tuple[object, ...], _Draft] = {}
    for record in reader.records():
        known = None if record.whole else growing.get(record.key)
        draft = known or _Draft(record, lines.first, lines.text)
        try:
            faults = record_faults(record.prompt, record.columns, record.cards, record.whole)
            if filters:
                faults += content_faults(record.prompt, record.columns, record.cards)
            if faults:
                raise Fault(*faults)
            for card in record.cards:
                draft.add(card, lines.first)
        except Fault as fault:
            report.add(lines.first, lines.text, fault)
            continue
        if not known:
            drafts.append(draft)
        if not record.whole:
            growing[record.key] = draft
    return tuple(_different_rows(drafts, source, report))


def _different_rows(drafts: list[_Draft], source: str, report: Report) -> Iterator[SetRow]:
    lines: dict[str, int] = {}
    for draft in drafts:
        row = draft.row(source)
        if row.id in lines:
            pt = f"O mesmo conjunto está na linha {lines[row.id]}. Apague um dos dois."
            en = f"The same set is in line {lines[row.id]}. Delete one of them."
            report.add(draft.line, draft.text, Fault(("repeated_set", pt, en)))
            continue
        lines[row.id] = draft.line
        yield row
    report.bad_lines.sort(key=lambda bad: bad.line)


@contextmanager
def _long_cells() -> Iterator[None]:
    """While it lasts the csv module reads cells of any length that a report may complain of."""
    with _FIELD_LIMIT_LOCK:
        before = csv.field_size_limit(CELL_MAX_CHARS)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _dialect(file: BinaryIO, rows: Sequence[SetRow], sha256: str, reader: CsvReader) -> str | None:
    """How to write the file's bytes again; None where no dialect does, as with blank lines or scattered sets."""
    file.seek(0)
    start = file.readline()
    size = file.seek(0, os.SEEK_END)
    file.seek(size - 1)
    simple = Dialect(
        end="\r\n" if start.endswith(b"\r\n") else "\n",
        mark=BYTE_ORDER_MARK if start.startswith(BYTE_ORDER_MARK.encode()) else "",
        separator=reader.separator,
        is_open=file.read() != b"\n",
        names=reader.names or None,
    )
    for quoting in ("minimal", "all"):
        dialect = replace(simple, quoting=quoting).text
        if _sha256(rows, dialect) == sha256:
            return dialect
    if size > _SCANNED_MAX_BYTES:
        return None
    file.seek(0)
    text = file.read().decode().removeprefix(BYTE_ORDER_MARK)
    dialect = replace(simple, quoting="cells", cells=quoted_cells(text, reader.separator)).text
    return dialect if _sha256(rows, dialect) == sha256 else None


def _sha256(rows: Sequence[SetRow], dialect: str) -> str:
    digest = hashlib.sha256()
    for line in csv_lines(rows, dialect):
        digest.update(line.encode())
    return digest.hexdigest()
