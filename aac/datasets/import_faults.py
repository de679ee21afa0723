"""What can be wrong with a record of a file from outside, in words that say how to mend it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from aac.cards import SPOKEN_MAX_CHARS, WRITTEN_MAX_CHARS, Card, card_faults, is_image_id, qualified
from aac.datasets.card_files import REFERENCE
from aac.errors import DataError
from aac.safety import stopped

PROMPT_MAX_CHARS = 200  # as aac.prompts has it, which this room may not import; a test keeps them equal
COLUMN_MAX_CHARS = 10_000
SHORT_COLUMN_MAX_CHARS = 200  # of all columns but GIVEN; PostgreSQL's index of themes takes no more than 2,704 bytes
GIVEN = "given"
_ASKED = ("context", "follows")  # what a request says in words beside its prompt
CELL_MAX_CHARS = 1 << 24  # beyond it reading ends: the memory of an unclosed quote in a big file

_TEXT_SHOWN_CHARS = 80
_REFERENCE = re.compile(r"[1-9][0-9]{0,8}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # what card_faults does not let a card hold
_CARD_WORDS = {
    "empty_text": (
        "O texto do cartão e a fala precisam ter letras ou números.",
        "The written text and the speech need letters or digits.",
    ),
    "long_text": (
        f"O texto do cartão pode ter {WRITTEN_MAX_CHARS} letras e a fala {SPOKEN_MAX_CHARS}. Encurte.",
        f"The written text may have {WRITTEN_MAX_CHARS} characters and the speech {SPOKEN_MAX_CHARS}. Shorten it.",
    ),
    "control_character": (
        "O cartão tem quebra de linha, tabulação ou outro caractere invisível. Escreva tudo numa linha só.",
        "The card holds a line break, a tab or another invisible character. Write it in one line.",
    ),
}

Words = tuple[str, str, str]  # the reason's name, what to do in Portuguese, and in English


class Fault(Exception):
    """Why a record cannot be imported: each thing that is wrong with it."""

    def __init__(self, *words: Words) -> None:
        super().__init__()
        self.words = words


def record_faults(prompt: str, columns: Sequence[tuple[str, str]], cards: Iterable[Card], whole: bool) -> list[Words]:
    """Everything wrong with a record; whole: say which card is meant."""
    faults = [*_prompt_faults(prompt), *_column_faults(columns)]
    for number, card in enumerate(cards, start=1):
        place = f" ({number}: “{shown(card.written_text)}”)" if whole else ""
        faults += [(name, pt + place, en + place) for name, pt, en in _card_faults(card)]
    return faults


def content_faults(prompt: str, columns: Sequence[tuple[str, str]], cards: Iterable[Card]) -> Iterator[Words]:
    """What the content filter stops in a record: in its request, and in its cards."""
    asked = [value for name, value in columns if name in _ASKED]
    for texts in ((prompt, *asked), *map(astuple, cards)):
        found = stopped(texts)
        if found:
            yield found.category, found.pt, found.en


def _prompt_faults(prompt: str) -> Iterator[Words]:
    if not prompt.strip():
        yield "empty_prompt", "Falta o pedido (prompt).", "The prompt is empty."
    if len(prompt) > PROMPT_MAX_CHARS:
        pt = f"O pedido tem {len(prompt)} letras; o máximo é {PROMPT_MAX_CHARS}."
        yield "long_prompt", pt, f"The prompt has {len(prompt)} characters; at most {PROMPT_MAX_CHARS} are read."
    if _CONTROL.search(prompt):
        pt = "O pedido tem quebra de linha, tabulação ou outro caractere invisível."
        yield "control_character", pt, "The prompt holds a line break, a tab or another invisible character."


def _column_faults(columns: Sequence[tuple[str, str]]) -> Iterator[Words]:
    for name, value in columns:
        most = COLUMN_MAX_CHARS if name == GIVEN else SHORT_COLUMN_MAX_CHARS
        if len(value) > most:
            pt = f"A coluna {name} tem {len(value)} letras; o máximo é {most}."
            yield "long_text", pt, f"The column {name} has {len(value)} characters; at most {most} fit."
        if "\0" in value or not is_text(value):
            pt = f"A coluna {name} tem um caractere que não é texto: NUL ou meio emoji."
            yield "control_character", pt, f"The column {name} holds what is no text: NUL or half an emoji."
        if name == REFERENCE and not _REFERENCE.fullmatch(value):
            pt = f"A coluna reference tem “{shown(value)}”. Escreva 1, 2, 3…"
            yield "reference_not_a_number", pt, f"The column reference has “{shown(value)}”. Write 1, 2, 3…"


def _card_faults(card: Card) -> Iterator[Words]:
    for name in card_faults(card):
        if name == "not_one_image":
            yield name, *_image_words(card.image_id)
        else:
            yield name, *_CARD_WORDS[name]


def _image_words(image: str) -> tuple[str, str]:
    right = qualified(image)
    if is_image_id(right):
        return (
            f"O emoji “{image}” não está na forma inteira do Unicode. Copie este: {right}",
            f"The emoji “{image}” is not in Unicode's fully qualified form. Copy this one: {right}",
        )
    return (
        f"“{shown(image)}” não é um só emoji, nem um código como arasaac:2462. Ponha um deles.",
        f"“{shown(image)}” is neither one emoji nor an id such as arasaac:2462. Put one of them.",
    )


def bad_file(path: Path, pt: str, en: str) -> DataError:
    """For a file that cannot be read at all."""
    return DataError(f"{path.name} {pt}.", f"{path.name} {en}.")  # on a page the folder is the server's own


def not_utf8() -> Fault:
    """For a record with bytes that are not UTF-8."""
    pt = "A linha não está em UTF-8. Salve a planilha como CSV, UTF-8."
    return Fault(("not_utf8", pt, "The line is not in UTF-8. Save the sheet as CSV, UTF-8."))


def wrong_fields(found: int, expected: int) -> Fault:
    """For a record with more or fewer fields than the header."""
    return Fault(
        (
            "wrong_fields",
            f"A linha tem {found} campos; o cabeçalho tem {expected}. Ponha entre aspas o texto que tem vírgula, e "
            "uma vírgula para cada campo vazio.",
            f"The line has {found} fields; the header has {expected}. Put quotes round a text that holds a comma, and "
            "a comma for each empty field.",
        )
    )


def not_csv(error: csv.Error, first: int, last: int) -> Fault:
    """For the lines `first` to `last`, in which the csv module met an error."""
    if "end of data" in str(error):
        pt = "A aspa que abre neste registro nunca fecha; nada depois dela foi lido. Feche-a."
        return Fault(("unclosed_quote", pt, "The quote that opens here never closes; nothing after it was read."))
    if "limit" in str(error):
        pt = f"Um campo tem mais de {CELL_MAX_CHARS} letras, ou uma aspa não fecha; nada depois dele foi lido."
        en = f"A field has more than {CELL_MAX_CHARS} characters, or a quote never closes; nothing after it was read."
        return Fault(("long_text", pt, en))
    if "new-line" in str(error):
        pt = "Há um fim de linha solto (CR) no meio da linha. Termine as linhas com LF ou CRLF."
        return Fault(("lone_carriage_return", pt, "There is a lone CR in the line. End lines with LF or CRLF."))
    pt = 'As aspas não fecham no fim de um campo. Escreva a aspa de dentro duas vezes: "".'
    en = 'Quotes do not close at the end of a field. Write an inner quote twice: "".'
    if last > first:
        pt += f" O registro foi até a linha {last}; nada dele foi lido."
        en += f" The record went up to line {last}; nothing of it was read."
    return Fault(("bad_quotes", pt, en))


def is_text(text: str) -> bool:
    """Whether `text` is Unicode without halves of pairs, which also stand for bytes that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(text: str) -> str:
    """The beginning of `text` as it can be shown: one line, whole characters."""
    line = re.sub("[\ud800-\udfff]", "\ufffd", text[: _TEXT_SHOWN_CHARS + 2].rstrip("\r\n"))
    return line if len(line) <= _TEXT_SHOWN_CHARS else line[: _TEXT_SHOWN_CHARS - 1] + "…"
