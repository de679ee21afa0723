"""What people write is read in a time that grows as its length does, whatever it is: four times as much, not sixteen.

Processor time is compared with itself, the least of some tries, so that it does not matter how fast or busy the
computer is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aac.cards import Card, card_faults, emoji_spans
from aac.corrections import changes, set_faults
from aac.datasets.imports import read_import
from aac.datasets.near_duplicates import are_near_duplicates
from aac.datasets.spelling import words_of
from aac.errors import AacError
from aac.parsing import parse
from aac.privacy import privacy_warnings
from aac.prompts import check_content, check_request
from aac.records import CorrectedCard, GenerationRequest
from aac.safety import distress, harm, stopped
from aac.training.config import module_names
from aac.ui.payloads import TEXT_MAX_CHARS
from aac.words import plain_letters, stem
from aac.words.glosses import gloss
from aac.words.understanding import understood
from aac.workflow.days import check_day
from tests.ui.attacks import UNITS

SHORT, LONG = 3_000, 12_000
# Linear is 4 and quadratic 16; below the floor the clock says nothing.
RATIO_MAX, FLOOR_S = 9.0, 0.001
HEADER = "prompt,written_text,spoken_text,image_id\n"
Read = Callable[[str], object]


def imported(folder: Path, suffix: str, head: str = "") -> Read:
    def read(text: str) -> object:
        path = folder / f"file{suffix}"
        path.write_text(head + text, encoding="utf-8", newline="")
        return read_import(path)

    return read


def corrected(text: str) -> object:
    """As long as the page takes a card's texts to be."""
    some = text[: TEXT_MAX_CHARS * len(text) // LONG]
    before, after = Card(some, some, "💧"), Card(some[::-1] + "x", "y" + some, "💧")
    return changes([before], [CorrectedCard(after, 0)])


READERS: dict[str, Any] = {
    "a model's answer": parse,
    "personal data": privacy_warnings,
    "the filter": lambda text: stopped([text]),
    "the filter of many texts": lambda text: stopped([text[:100]] * (len(text) // 100)),
    "distress": lambda text: distress([text]),
    "harm": lambda text: harm([text]),
    "a card": lambda text: (card_faults(Card(text, text, text)), emoji_spans(text)),
    "a set of cards": lambda text: set_faults([Card(text, text, text)] * 3),
    "a request": lambda text: check_request(GenerationRequest(text, context=text, follows=text, given=(text,))),
    "a request's content": lambda text: check_content(GenerationRequest(text, context=text, given=(text,))),
    "a correction": corrected,
    "a gloss": gloss,
    "what is meant": understood,
    "words": lambda text: (words_of([text]), plain_letters(text), stem(text)),
    "prompts that are alike": lambda text: are_near_duplicates(text, text[::-1]),
    "names of layers": module_names,
    "a day": check_day,
    "a CSV with a header": lambda folder: imported(folder, ".csv", HEADER),
    "a CSV": lambda folder: imported(folder, ".csv"),
    "a CSV of one long cell": lambda folder: imported(folder, ".csv", f'{HEADER}a,"'),
    "a JSONL": lambda folder: imported(folder, ".jsonl"),
}


def time_s(read: Read, text: str, tries: int) -> float:
    least = float("inf")
    for _ in range(tries):
        start = time.process_time()
        with suppress(AacError):  # that it is refused is as good
            read(text)
        least = min(least, time.process_time() - start)
    return least


def growth(read: Read, unit: str) -> float:
    """How many times as long four times as much takes; looked at again where it seems too long."""
    ratio = RATIO_MAX
    for tries in (1, 3, 9):
        short, long = (time_s(read, (unit * size)[:size] + "!", tries) for size in (SHORT, LONG))
        ratio = long / max(short, FLOOR_S)
        if ratio < RATIO_MAX:
            break
    return ratio


@pytest.mark.parametrize("what", READERS)
def test_no_text_takes_long(what: str, tmp_path: Path):
    read = READERS[what]
    read = read(tmp_path) if what.startswith(("a CSV", "a JSONL")) else read

    slow = {unit: round(ratio, 1) for unit in UNITS if (ratio := growth(read, unit)) >= RATIO_MAX}

    assert slow == {}


def test_what_does_grow_with_the_square_is_noticed():
    assert growth(lambda text: re.search(r"\s+$", text), " ") >= RATIO_MAX
