"""Files of cards from outside, CSV or JSON Lines: the good lines as rows, each bad one with why. Nothing is guessed."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from aac.cards import FIELDS, SPOKEN_MAX_CHARS, WRITTEN_MAX_CHARS, Card, card_faults, is_image_id, qualified
from aac.datasets.card_files import COLUMNS, REFERENCE, set_json, telling_columns
from aac.datasets.exports import BYTE_ORDER_MARK, csv_lines
from aac.errors import DataError, MissingError
from aac.records import REQUEST_COLUMNS, SetRow

PROMPT_MAX_CHARS = 200  # as aac.prompts has it, which this room may not import; a test keeps them equal
FILE_MAX_BYTES = 200_000_000

_SETS = UUID("0c6f1f6e-54b0-4f0a-9a3c-7d3f5f0b9e21")
_CELL_MAX_CHARS = 1 << 24  # beyond it reading ends: the memory of an unclosed quote in a big file
_TEXT_SHOWN_CHARS = 80
_REFERENCE = re.compile(r"[1-9][0-9]{0,8}")
_MARK = BYTE_ORDER_MARK.encode()
_OWN_KEYS = frozenset(("messages", "id", "split", "author", "source", "position"))  # of our own exports: no news
_COUNTS = (REFERENCE, "cards_wanted")  # JSON may give these as whole numbers
_FIELD_LIMIT_LOCK = threading.Lock()  # the csv module has one limit for all


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that was not imported. line: where it begins, from 1; text: its words, shortened.

    reason: one or several names, such as `long_text` or `empty_text, not_one_image`.
    """

    line: int
    reason: str
    text: str
    pt: str
    en: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds. A bad line is left out; the rest of its set stays.

    dialect: the name of `exports.DIALECTS` in which `write_csv` gives the file's bytes again, None if none does.
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


def read_import(path: Path, source: str = "") -> Imported:
    """Read a .csv with a header, or a .jsonl with a card, a set or one of our conversations a line.

    One set is the cards of one prompt and the same request columns, in the file's order; a line of JSON that holds
    "cards" is a set by itself. Raises `MissingError` where there is no file and `DataError` where it is none of these.
    """
    kind = path.suffix.lower()
    try:
        with path.open("rb") as file:
            _check_file(path, file)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            lines = _Lines(file)
            reader = _CsvReader(path, lines) if kind == ".csv" else _JsonReader(path, lines)
            rows = _read(reader, source)
    except OSError as error:
        raise MissingError(
            f"O arquivo {path} não pôde ser lido ({error}). Esperava-se um .csv ou .jsonl: confira o caminho.",
            f"The file {path} cannot be read ({error}). A .csv or .jsonl was expected: check the path.",
        ) from error
    report = reader.report
    if not rows and not report.bad_lines:
        raise _bad_file(path, "não tem nenhum cartão. Escreva ao menos um", "holds no card. Write at least one")
    dialect = _dialect(path, rows, digest) if kind == ".csv" and not report.bad_lines else None
    return Imported(rows, tuple(report.bad_lines), dialect, digest, tuple(report.notes()))


def _check_file(path: Path, file: BinaryIO) -> None:
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise _bad_file(path, "não é .csv nem .jsonl. Salve a planilha como CSV", "is no .csv or .jsonl. Save it as CSV")
    size = path.stat().st_size
    if size > FILE_MAX_BYTES:
        most = FILE_MAX_BYTES // 1_000_000
        raise _bad_file(
            path,
            f"tem {size // 1_000_000} MB; o máximo é {most} MB. Divida-o em partes",
            f"has {size // 1_000_000} MB; at most {most} MB are read. Cut it into parts",
        )
    start = file.read(1 << 12)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        raise _bad_file(
            path,
            "é uma planilha (.xlsx, .ods). Salve-a como CSV, UTF-8, separado por vírgulas",
            "is a spreadsheet (.xlsx, .ods). Save it as CSV, UTF-8, separated by commas",
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start.split(b"\n")[0]:
        raise _bad_file(
            path,
            "está em UTF-16 (“texto Unicode”). Salve como CSV, UTF-8, separado por vírgulas",
            "is in UTF-16 (“Unicode text”). Save it as CSV, UTF-8, separated by commas",
        )


def _bad_file(path: Path, pt: str, en: str) -> DataError:
    return DataError(f"{path} {pt}.", f"{path} {en}.")


class _Lines(Iterator[str]):
    """The physical lines of a file, with where the record being read begins and how its text does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """A record begins with the next line."""
        self.first = self.number + 1
        self.text = ""

    def __next__(self) -> str:
        raw = next(self._file)
        if self.number == 0:
            raw = raw.removeprefix(_MARK)
        self.number += 1
        line = raw.decode("utf-8", "surrogateescape")
        if len(self.text) <= _TEXT_SHOWN_CHARS:
            self.text += line[: _TEXT_SHOWN_CHARS + 1]
        return line


class _Fault(Exception):
    """Why a record cannot be imported: (reason, pt, en) for each thing that is wrong."""

    def __init__(self, *faults: tuple[str, str, str]) -> None:
        super().__init__()
        self.faults = faults


@dataclass
class _Report:
    """What there is to say of a file, as it is read."""

    bad_lines: list[BadLine] = field(default_factory=list)
    ignored: dict[str, None] = field(default_factory=dict)  # names of columns, in the order met
    blank_lines: int = 0

    def add(self, lines: _Lines, faults: Sequence[tuple[str, str, str]]) -> None:
        """The record that `lines` just gave is bad."""
        reasons, pt, en = zip(*faults, strict=True)
        unique = ", ".join(dict.fromkeys(reasons))
        self.bad_lines.append(BadLine(lines.first, unique, _shown(lines.text), " ".join(pt), " ".join(en)))

    def notes(self) -> Iterator[tuple[str, str]]:
        """What is not about one line."""
        if self.ignored:
            names = ", ".join(map(_shown, self.ignored))
            yield f"Colunas que não foram importadas: {names}.", f"Columns that were not imported: {names}."
        if self.blank_lines:
            count = self.blank_lines
            yield f"Linhas em branco, puladas: {count}.", f"Blank lines, skipped: {count}."


@dataclass(slots=True)
class _Draft:
    """A set as it grows. seen: the line of each card, by its key."""

    prompt: str
    columns: tuple[tuple[str, str], ...]
    cards: list[Card] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, card: Card, line: int) -> None:
        """Add a card; `_Fault` where the set has it."""
        first = self.seen.setdefault(card.key, line)
        if len(self.seen) == len(self.cards):
            text = _shown(card.written_text)
            raise _Fault(
                (
                    "repeated_card",
                    f"O conjunto já tem o cartão “{text}”, da linha {first}. Apague um dos dois.",
                    f"The set has the card “{text}” already, from line {first}. Delete one of them.",
                )
            )
        self.cards.append(card)

    def row(self, source: str) -> SetRow:
        """The set with its id."""
        cards = tuple(self.cards)
        return SetRow(set_id(self.prompt, self.columns, cards), self.prompt, cards, self.columns, "import", source)


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of the file. whole: a set by itself; else one card of the set with the same prompt and columns."""

    prompt: str
    columns: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    whole: bool = False


def _read(reader: _CsvReader | _JsonReader, source: str) -> tuple[SetRow, ...]:
    drafts: list[_Draft] = []
    open_sets: dict[tuple[object, ...], _Draft] = {}
    wholes: dict[str, int] = {}
    lines = reader.lines
    for record in reader.records():
        try:
            _check(record)
            draft = _Draft(record.prompt, record.columns)
            if not record.whole:
                draft = open_sets.get((record.prompt, *telling_columns(record.columns)), draft)
            for card in record.cards:
                draft.add(card, lines.first)
            if record.whole:
                _check_new(draft.row("").id, wholes, lines.first)
            elif len(draft.cards) == 1:
                open_sets[(record.prompt, *telling_columns(record.columns))] = draft
        except _Fault as fault:
            reader.report.add(lines, fault.faults)
        else:
            if record.whole or len(draft.cards) == 1:
                drafts.append(draft)
    return tuple(draft.row(source) for draft in drafts)
