"""Files of card sets: reading, writing and hashing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from aac.cards import FIELDS, Card, card_faults
from aac.errors import DataError, MissingError
from aac.records import CardSet

COLUMNS = ("prompt", *FIELDS)
REFERENCE = "reference"

_ONE_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: it is asked for every row


def read_card_sets(path: Path) -> tuple[CardSet, ...]:
    """Read a CSV of `prompt,written_text,spoken_text,image_id` and, where there are several, `reference` (1, 2, …).

    One set is the rows of one prompt and one reference, in the file's order. Raises `MissingError` where there is no
    file and `DataError` where a column is missing or a row is no valid card, with the line's number.
    """
    frame = _read_frame(path)
    sets: dict[tuple[str, int], list[Card]] = {}
    for row_number, row in enumerate(frame.to_dict("records"), start=1):
        card = Card(*(str(row[field]) for field in FIELDS))
        prompt, reference = str(row["prompt"]), str(row.get(REFERENCE, "1"))
        faults = [*card_faults(card), *(["empty_prompt"] if not prompt.strip() else [])]
        if not reference.isdecimal() or int(reference) < 1:
            faults.append("reference_not_a_number")
        if faults:
            raise DataError(
                f"{path}, cartão {row_number} ({card.written_text!r}): {', '.join(faults)}. Corrija a linha.",
                f"{path}, card {row_number} ({card.written_text!r}): {', '.join(faults)}. Mend the row.",
            )
        sets.setdefault((prompt, int(reference)), []).append(card)
    return tuple(CardSet(prompt, tuple(cards), reference) for (prompt, reference), cards in sets.items())


def _read_frame(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise MissingError(
            f"Não há arquivo {path}. Esperava-se um CSV com as colunas {','.join(COLUMNS)}.",
            f"There is no file {path}. A CSV with the columns {','.join(COLUMNS)} was expected.",
        )
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", on_bad_lines="error")
    except (ValueError, UnicodeError) as error:
        raise DataError(
            f"{path} não é um CSV em UTF-8 ({error}). Salve a planilha como CSV, UTF-8, separado por vírgulas.",
            f"{path} is no CSV in UTF-8 ({error}). Save the sheet as CSV, UTF-8, separated by commas.",
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus first columns for the rows' names
        raise DataError(
            f"{path} tem linhas com mais valores do que colunas. Ponha entre aspas o texto que tem vírgula.",
            f"{path} has rows with more values than columns. Put quotes round a text that holds a comma.",
        )
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise DataError(
            f"{path} tem as colunas {','.join(frame.columns)}; falta {','.join(missing)}.",
            f"{path} has the columns {','.join(frame.columns)}; {','.join(missing)} is missing.",
        )
    if frame.empty:
        raise DataError(
            f"{path} não tem nenhum cartão. Escreva ao menos uma linha.",
            f"{path} holds no card. Write at least one row.",
        )
    return frame


def write_card_sets(path: Path, sets: Iterable[CardSet]) -> None:
    """Write sets in the order given, without `reference` where every set is the first."""
    sets = list(sets)
    rows = [
        {"prompt": s.prompt, **{field: getattr(card, field) for field in FIELDS}, REFERENCE: s.reference}
        for s in sets
        for card in s.cards
    ]
    columns = [*COLUMNS, *([REFERENCE] if any(s.reference > 1 for s in sets) else [])]
    pd.DataFrame(rows, columns=[*COLUMNS, REFERENCE])[columns].to_csv(path, index=False, lineterminator="\n")


def sets_sha256(sets: Iterable[CardSet]) -> str:
    """A hash of what the sets say: the same on any machine, whatever the order of the sets."""
    lines = sorted(f"{s.prompt}\x1f{s.reference}\x1f{s.text}" for s in sets)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def set_json(prompt: str, columns: Iterable[tuple[str, str]], cards: Iterable[Card]) -> str:
    """What a set says as one line of JSON, the same on any machine: columns by name, cards in their order."""
    written = [(card.written_text, card.spoken_text, card.image_id) for card in cards]
    return _ONE_LINE.encode((prompt, sorted(columns), written))


def card_json(card: Card) -> dict[str, str]:
    """A card as JSON has it."""
    return {"written_text": card.written_text, "spoken_text": card.spoken_text, "image_id": card.image_id}


def telling_columns(columns: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The request columns that say something: an empty one, or the first reference, is as good as none."""
    return tuple((name, value) for name, value in columns if value and (name, value) != (REFERENCE, "1"))


def references_by_prompt(sets: Iterable[CardSet]) -> dict[str, list[CardSet]]:
    """The sets of each prompt, in the order in which the prompts first appear."""
    grouped: dict[str, list[CardSet]] = {}
    for card_set in sets:
        grouped.setdefault(card_set.prompt, []).append(card_set)
    return grouped
