"""What the owner sees of all that people did: pages of rows, counts, charts, and the queue."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.cards import Card
from aac.errors import DataError
from aac.parsing import parse
from aac.privacy import privacy_warnings
from aac.prompts import PROMPT_MAX_CHARS
from aac.safety import stopped
from aac.store import browse, queue
from aac.store.browse import Filter, RowPage, Verdicts
from aac.workflow.archive import Archive
from aac.workflow.days import check_day
from aac.workflow.queueing import queue_prompts, queue_shipped
from aac.workflow.shipped import shipped_prompts

PROMPTS_MAX = 20_000
FILE_MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Overview:
    """What the Data tab shows first. queue: by kind, all items and those that enough people finished."""

    totals: dict[str, int]
    queue: dict[str, tuple[int, int]]
    overlap: int


def overview(archive: Archive) -> Overview:
    """Counts that are quick to have."""
    with archive.database.read() as connection:
        return Overview(browse.totals(connection), queue.queue_counts(connection), queue.overlap(connection))


@dataclass(frozen=True, slots=True)
class Charts:
    """What the Data tab draws once its lists are there. reasons: how often each was given."""

    per_day: tuple[tuple[str, str, int], ...]
    by_theme: tuple[tuple[str, int], ...]
    verdicts: tuple[Verdicts, ...]
    reasons: dict[str, int]


def charts(archive: Archive) -> Charts:
    """Counts over everything, for charts: about half a second for a million ratings."""
    with archive.database.read() as connection:
        verdicts, reasons = browse.verdicts(connection)
        return Charts(
            tuple(browse.per_day(connection)), tuple(browse.cards_by_theme(connection)), tuple(verdicts), reasons
        )


def browse_rows(archive: Archive, wanted: Filter, before: int | None = None) -> RowPage:
    """One page of rows, the latest first, a rating's with the card that it is of; `WrongCall` where a day is none."""
    for day in filter(None, (wanted.first_day, wanted.last_day)):
        check_day(day)
    with archive.database.read() as connection:
        page = browse.browse(connection, wanted, before)
    return RowPage(tuple({**row, "card": _rated_card(row)} for row in page.rows), page.before)


def _rated_card(row: Mapping[str, Any]) -> Card | None:
    """The card that a rating is of; None where it is of the whole set."""
    index = row.get("card_index", -1)
    cards = parse(row["raw_text"]).cards if index >= 0 else ()
    return cards[index] if 0 <= index < len(cards) else None


@dataclass(frozen=True, slots=True)
class PromptList:
    """Prompts read from a file: the good ones, the lines that are none with why, and those that look personal."""

    prompts: tuple[str, ...]
    bad_lines: tuple[tuple[int, str, str], ...]
    personal: tuple[str, ...]


def read_prompts(path: Path, *, filters: bool = True) -> PromptList:
    """Read a CSV with a column `prompt`, or with one prompt a line and no header. Nothing is stored.

    filters: what the content filter stops is a bad line.
    """
    good: list[str] = []
    bad: list[tuple[int, str, str]] = []
    for number, words in _prompt_lines(_text_of(path)):
        prompt = " ".join(words.split())
        fault = _prompt_fault(prompt) or (_content_fault(prompt) if filters else None)
        if fault:
            bad.append((number, *fault))
        else:
            good.append(prompt)
    if not good or len(good) > PROMPTS_MAX:
        raise DataError(
            f"O arquivo tem {len(good)} pedidos; esperava-se de 1 a {PROMPTS_MAX}, um por linha ou na coluna prompt.",
            f"The file holds {len(good)} prompts; 1 to {PROMPTS_MAX} were expected, one a line or in column prompt.",
        )
    good = list(dict.fromkeys(good))
    return PromptList(tuple(good), tuple(bad), tuple(prompt for prompt in good if privacy_warnings(prompt)))


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_MAX_BYTES:
            most = FILE_MAX_BYTES // 1_000_000
            raise DataError(
                f"O arquivo tem mais de {most} MB. Divida-o em partes.",
                f"The file has more than {most} MB. Cut it into parts.",
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise DataError(
            f"O arquivo não é um texto em UTF-8 ({error}). Salve a planilha como CSV, UTF-8.",
            f"The file is no text in UTF-8 ({error}). Save the sheet as CSV, UTF-8.",
        ) from error


def _prompt_lines(text: str) -> list[tuple[int, str]]:
    """Each prompt with the line where it ends: of a CSV (with comma, semicolon or tab), else of lines of text."""
    first = text.partition("\n")[0]
    for delimiter in ",;\t":
        names = [cell.strip(' "\r').casefold() for cell in first.split(delimiter)]
        if "prompt" in names:
            return _csv_prompts(text, delimiter, names.index("prompt"))
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _csv_prompts(text: str, delimiter: str, column: int) -> list[tuple[int, str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(reader)
        return [(reader.line_num, row[column] if column < len(row) else "") for row in reader if any(row)]
    except csv.Error as error:
        raise DataError(
            f"A linha {reader.line_num} não é de um CSV ({error}). Confira as aspas.",
            f"Line {reader.line_num} is of no CSV ({error}). Check its quotes.",
        ) from error


def _prompt_fault(prompt: str) -> tuple[str, str] | None:
    if not prompt:
        return "está vazia", "is empty"
    if len(prompt) > PROMPT_MAX_CHARS:
        return f"tem {len(prompt)} letras", f"has {len(prompt)} characters"
    if any(unicodedata.category(char) == "Cc" for char in prompt):
        return "tem um caractere invisível", "holds an invisible character"
    return None


def _content_fault(prompt: str) -> tuple[str, str] | None:
    found = stopped((prompt,))
    return (f"foi retida pelo filtro: {found.pt}", f"was stopped by the filter: {found.en}") if found else None


def fill_queue(archive: Archive, kind: str, prompts: Sequence[str] | None = None) -> int:
    """Queue these prompts, the shipped ones when none are given, or the shipped sets for review; how many are new."""
    if kind == "review":
        return queue_shipped(archive)
    return queue_prompts(archive, kind, shipped_prompts() if prompts is None else prompts)


def set_overlap(archive: Archive, people: int) -> None:
    """Let each item be seen by this many people."""
    queue.set_overlap(archive.database, people)
