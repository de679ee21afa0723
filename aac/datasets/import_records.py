"""The records of a file of cards, CSV or JSON Lines, with the physical line where each begins."""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from aac.cards import FIELDS, Card
from aac.datasets.card_files import COLUMNS, REFERENCE, telling_columns
from aac.datasets.dialects import BYTE_ORDER_MARK, SEPARATORS
from aac.datasets.import_faults import Fault, bad_file, is_text, not_csv, not_utf8, shown, wrong_fields
from aac.records import REQUEST_COLUMNS

_MARK = BYTE_ORDER_MARK.encode()
_TEXT_KEPT_CHARS = 100
_OWN_KEYS = frozenset(("messages", "id", "split", "author", "source", "position"))  # of our own exports: no news
_COUNTS = (REFERENCE, "cards_wanted")  # JSON may give these as whole numbers


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


@dataclass
class Report:
    """What there is to say of a file, as it is read. ignored: names of columns, in the order met."""

    bad_lines: list[BadLine] = field(default_factory=list)
    ignored: dict[str, None] = field(default_factory=dict)
    blank_lines: int = 0
    is_written_otherwise: bool = False

    def add(self, line: int, text: str, fault: Fault) -> None:
        """The record that begins in `line` is bad."""
        reasons, pt, en = (dict.fromkeys(part) for part in zip(*fault.words, strict=True))
        self.bad_lines.append(BadLine(line, ", ".join(reasons), shown(text), " ".join(pt), " ".join(en)))

    def notes(self) -> Iterator[tuple[str, str]]:
        """What is not about one line."""
        if self.ignored:
            names = ", ".join(f"“{shown(name)}”" for name in self.ignored)
            yield f"Colunas que não foram importadas: {names}.", f"Columns that were not imported: {names}."
        if self.blank_lines:
            count = self.blank_lines
            yield f"Linhas em branco, puladas: {count}.", f"Blank lines, skipped: {count}."
        if self.is_written_otherwise:
            yield (
                "Exportadas, as linhas serão as mesmas, mas não os bytes do arquivo (linhas em branco, fins de linha "
                "misturados, ou conjuntos espalhados).",
                "Exported, the rows will be the same, but not the file's bytes (blank lines, mixed line ends, or "
                "scattered sets).",
            )


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file. whole: a set by itself; else a card of the set with the same prompt and columns."""

    prompt: str
    columns: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    whole: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What the cards of one set share."""
        return self.prompt, *telling_columns(self.columns)


class Lines(Iterator[str]):
    """The physical lines of a file, with where the record being read begins and how its text does.

    Bytes that are not UTF-8 come as halves of pairs, which no text holds.
    """

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
        if len(self.text) < _TEXT_KEPT_CHARS:
            self.text += line[:_TEXT_KEPT_CHARS]
        return line


class CsvReader:
    """The records of a CSV with a header, separated by what its header is.

    names, separator: its request columns in their order, and the separator, once `records` has begun.
    """

    def __init__(self, path: Path, lines: Lines) -> None:
        self.path, self.lines, self.report = path, lines, Report()
        self.names: tuple[str, ...] = ()
        self.separator = ","

    def records(self) -> Iterator[Record]:
        """Each record that has the header's fields; what has not goes to the report."""
        first = next(self.lines, "")
        if not first:
            raise bad_file(self.path, "está vazio. Salve a planilha de novo", "is empty. Save the sheet again")
        self.separator = _separator(first)
        reader = csv.reader(itertools.chain([first], self.lines), strict=True, delimiter=self.separator)
        header = self._header(reader)
        self.names = tuple(name for name in header if name in REQUEST_COLUMNS)
        names = [name for name in REQUEST_COLUMNS if name in header]
        for fields in self._fields(reader):
            try:
                cells = _cells(header, fields)
            except Fault as fault:
                self.report.add(self.lines.first, self.lines.text, fault)
            else:
                columns = tuple((name, cells[name]) for name in names)
                yield Record(cells["prompt"], columns, (Card(*(cells[name] for name in FIELDS)),))

    def _fields(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        while True:
            self.lines.begin()
            try:
                fields = next(reader, None)
            except csv.Error as error:
                self.report.add(self.lines.first, self.lines.text, not_csv(error, self.lines.first, self.lines.number))
                if "limit" in str(error):
                    return  # the end of that cell is not known, so neither is where the next record begins
                continue
            if fields is None:
                return
            if fields:
                yield fields
            else:
                self.report.blank_lines += 1

    def _header(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            header = next(reader, [])
        except csv.Error as error:
            raise bad_file(
                self.path,
                f"não começa com uma linha de colunas ({error}). Escreva na primeira linha {','.join(COLUMNS)}",
                f"does not begin with a line of columns ({error}). Write {','.join(COLUMNS)} in the first line",
            ) from error
        missing = [name for name in COLUMNS if name not in header]
        twice = [name for name in (*COLUMNS, *REQUEST_COLUMNS) if header.count(name) > 1]
        if missing or twice:
            found = shown(",".join(header))
            raise bad_file(
                self.path,
                f"tem as colunas “{found}”; {_what_pt(missing, twice)}. Salve como CSV, UTF-8, separado por "
                f"vírgulas, com {','.join(COLUMNS)} na primeira linha",
                f"has the columns “{found}”; {_what_en(missing, twice)}. Save it as CSV, UTF-8, separated by "
                f"commas, with {','.join(COLUMNS)} in the first line",
            )
        self.report.ignored.update((name, None) for name in header if name not in (*COLUMNS, *REQUEST_COLUMNS))
        return header


def _what_pt(missing: Sequence[str], twice: Sequence[str]) -> str:
    return f"falta {','.join(missing)}" if missing else f"{','.join(twice)} está mais de uma vez"


def _what_en(missing: Sequence[str], twice: Sequence[str]) -> str:
    return f"{','.join(missing)} is missing" if missing else f"{','.join(twice)} is there more than once"


def _separator(line: str) -> str:
    """What stands between the columns' names, if they are there: Excel in Portuguese writes semicolons."""
    for mark in SEPARATORS:
        if set(COLUMNS) <= {name.strip('"\r\n') for name in line.split(mark)}:
            return mark
    return ","


def _cells(header: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    if not is_text("".join(fields)):
        raise not_utf8()
    if len(fields) != len(header):
        raise wrong_fields(len(fields), len(header))
    return dict(zip(header, fields, strict=True))


class JsonReader:
    """The records of a file of JSON objects, one a line."""

    def __init__(self, path: Path, lines: Lines) -> None:
        self.path, self.lines, self.report = path, lines, Report()

    def records(self) -> Iterator[Record]:
        """Each line that holds a card or a set; what does not goes to the report."""
        is_first = True
        while True:
            self.lines.begin()
            line = next(self.lines, None)
            if line is None:
                return
            if not line.strip():
                self.report.blank_lines += 1
                continue
            if is_first and line.lstrip().startswith("["):
                raise bad_file(
                    self.path,
                    "é uma lista JSON. Salve como JSON Lines: um objeto por linha",
                    "is one JSON list. Save it as JSON Lines: one object a line",
                )
            is_first = False
            try:
                record = self._record(_json_object(line))
            except Fault as fault:
                self.report.add(self.lines.first, self.lines.text, fault)
            else:
                yield record

    def _record(self, found: Mapping[str, Any]) -> Record:
        (prompt,), columns = _texts(found, ("prompt",)), self._columns(found)
        if "cards" not in found:
            if "messages" in found and not set(FIELDS) & set(found):
                pt = "A conversa não traz os cartões à parte. Ponha “prompt” e “cards” ao lado de “messages”."
                en = "The conversation does not hold the cards apart. Put “prompt” and “cards” beside “messages”."
                raise Fault(("no_cards", pt, en))
            self._ignore_but(("prompt", "columns", *FIELDS, *REQUEST_COLUMNS, *_OWN_KEYS), found)
            return Record(prompt, columns, (Card(*_texts(found, FIELDS)),))
        cards = found["cards"]
        if not isinstance(cards, list) or not cards or not all(isinstance(card, dict) for card in cards):
            pt, en = "“cards” não é uma lista de cartões.", "“cards” is no list of cards."
            raise Fault(("no_cards", f"{pt} Escreva ao menos um.", f"{en} Write at least one."))
        self._ignore_but(("prompt", "columns", "cards", *REQUEST_COLUMNS, *_OWN_KEYS), found)
        for card in cards:
            self._ignore_but(FIELDS, card, "cards.")
        return Record(prompt, columns, tuple(Card(*_texts(card, FIELDS)) for card in cards), whole=True)

    def _ignore_but(self, names: Sequence[str], found: Mapping[str, Any], place: str = "") -> None:
        self.report.ignored.update((place + name, None) for name in found if name not in names)

    def _columns(self, found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        nested = {} if found.get("columns") is None else found["columns"]
        if not isinstance(nested, dict):
            pt, en = "“columns” não é um objeto JSON.", "“columns” is no JSON object."
            raise Fault(("not_text", f'{pt} Escreva {{"theme": …}}.', f'{en} Write {{"theme": …}}.'))
        self._ignore_but(REQUEST_COLUMNS, nested, "columns.")
        _check_once([name for name in (*found, *nested) if name in REQUEST_COLUMNS])
        columns = []
        for name in REQUEST_COLUMNS:
            value = nested.get(name, found.get(name))
            if name in _COUNTS and type(value) is int and 0 <= value < 10**9:
                value = str(value)
            if value is not None:  # null is how libraries write what a line does not have
                (text,) = _texts({name: value}, (name,))
                columns.append((name, text))
        return tuple(columns)


def _json_object(line: str) -> dict[str, Any]:
    if not is_text(line):
        raise not_utf8()
    try:
        found = json.loads(line, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        column = error.colno if isinstance(error, json.JSONDecodeError) else 1
        pt, en = f"A linha não é JSON (letra {column}).", f"The line is no JSON (character {column})."
        raise Fault(("not_json", f"{pt} Escreva um objeto por linha.", f"{en} Write one object a line.")) from error
    if not isinstance(found, dict):
        pt, en = "A linha não é um objeto JSON.", "The line is no JSON object."
        raise Fault(("not_json", f'{pt} Escreva {{"prompt": …}}.', f'{en} Write {{"prompt": …}}.'))
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _check_once([name for name, _ in pairs])
    return found


def _check_once(names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        name = shown(twice[0])
        pt, en = f"“{name}” está mais de uma vez. Deixe só um.", f"“{name}” is there more than once. Leave only one."
        raise Fault(("repeated_key", pt, en))


def _texts(found: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    wrong = [name for name in names if not isinstance(found.get(name), str)]
    if wrong:
        pt = f"Falta {', '.join(wrong)}, ou não é um texto. Escreva-o entre aspas."
        en = f"{', '.join(wrong)} is missing, or is no text. Write it in quotes."
        raise Fault(("not_text", pt, en))
    return tuple(found[name] for name in names)
