"""Files of card sets: reading, writing and hashing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from aac.cards import FIELDS, Card, card_faults
from aac.errors import DataError, MissingError
from aac.records import GIVEN, LEVELS, REQUEST_COLUMNS, CardSet, GenerationRequest, Level

COLUMNS = ("prompt", *FIELDS)
REFERENCE = "reference"
USUAL_CARDS = 5  # how many cards a set has where `cards_wanted` says nothing

_ONE_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: it is asked for every row


def read_card_sets(path: Path) -> tuple[CardSet, ...]:
    """Read a CSV of `prompt,written_text,spoken_text,image_id` and whichever of `REQUEST_COLUMNS` it has.

    One set is the rows of one prompt, its request columns and one reference (1, 2, …), in the file's order. Raises
    `MissingError` where there is no file and `DataError` where a column is missing, a row is no valid card (with the
    line's number) or `cards_wanted` is not the number of a set's cards.
    """
    frame = _read_frame(path)
    sets: dict[tuple[str, tuple[tuple[str, str], ...]], list[Card]] = {}
    for row_number, row in enumerate(frame.to_dict("records"), start=1):
        card = Card(*(str(row[field]) for field in FIELDS))
        prompt = str(row["prompt"])
        columns = tuple((name, str(row[name]).strip()) for name in REQUEST_COLUMNS if name in row)
        faults = [*card_faults(card), *(["empty_prompt"] if not prompt.strip() else []), *_column_faults(dict(columns))]
        if faults:
            raise DataError(
                f"{path}, cartão {row_number} ({card.written_text!r}): {', '.join(faults)}. Corrija a linha.",
                f"{path}, card {row_number} ({card.written_text!r}): {', '.join(faults)}. Mend the row.",
            )
        sets.setdefault((prompt, telling_columns(columns)), []).append(card)
    for (prompt, columns), cards in sets.items():
        wanted = dict(columns).get("cards_wanted", len(cards))
        if int(wanted) != len(cards):
            raise DataError(
                f"{path}, pedido {prompt!r}: {len(cards)} cartões, e cards_wanted diz {wanted}. Acerte um dos dois.",
                f"{path}, prompt {prompt!r}: {len(cards)} cards, and cards_wanted says {wanted}. Mend one of the two.",
            )
    return tuple(card_set(prompt, cards, columns) for (prompt, columns), cards in sets.items())


def _column_faults(columns: Mapping[str, str]) -> list[str]:
    faults = []
    for name in (REFERENCE, "cards_wanted"):
        text = columns.get(name) or "1"
        if not text.isdecimal() or int(text) < 1:
            faults.append(f"{name}_not_a_number")
    if columns.get("level", "") not in LEVELS:
        faults.append("unknown_level")
    if columns.get("given", "") not in ("", GIVEN):
        faults.append("unknown_given")
    return faults


def card_set(prompt: str, cards: Sequence[Card], columns: Iterable[tuple[str, str]]) -> CardSet:
    """The set that rows with these request columns make; a value that the words of a request do not know is left."""
    said = dict(columns)
    level: Level = next((level for level in LEVELS if level == said.get("level")), "")
    reference = said.get(REFERENCE) or "1"
    return CardSet(
        prompt,
        tuple(cards),
        int(reference) if reference.isdecimal() else 1,
        context=said.get("context", ""),
        follows=said.get("follows", ""),
        level=level,
        given=said.get("given") == GIVEN,
        theme=said.get("theme", ""),
    )


def _columns(card_set: CardSet, has_references: bool) -> dict[str, str | int]:
    """The request columns of a set, empty where it says nothing."""
    return {
        REFERENCE: card_set.reference if has_references else "",
        "theme": card_set.theme,
        "level": card_set.level,
        "context": card_set.context,
        "follows": card_set.follows,
        "cards_wanted": len(card_set.cards) if len(card_set.cards) != USUAL_CARDS else "",
        "given": GIVEN if card_set.given else "",
    }


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
    """Write sets in the order given, with the request columns that say something anywhere."""
    sets = list(sets)
    has_references = any(s.reference > 1 for s in sets)
    rows = [
        {"prompt": s.prompt, **{field: getattr(card, field) for field in FIELDS}, **_columns(s, has_references)}
        for s in sets
        for card in s.cards
    ]
    used = [name for name in REQUEST_COLUMNS if any(row[name] != "" for row in rows)]
    pd.DataFrame(rows, columns=[*COLUMNS, *used]).to_csv(path, index=False, lineterminator="\n")


def sets_sha256(sets: Iterable[CardSet]) -> str:
    """A hash of what the sets say and answer: the same on any machine, whatever the order of the sets."""
    lines = sorted("\x1f".join([s.prompt, *_asked(s), str(s.reference), s.text]) for s in sets)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def _asked(card_set: CardSet) -> list[str]:
    """What a request says beside its prompt; nothing for most, whose hash stays that of before these columns."""
    names = ("context", "follows", "level", "given")
    return [f"{name}={getattr(card_set, name)}" for name in names if getattr(card_set, name)]


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


def references_by_request(sets: Iterable[CardSet]) -> dict[GenerationRequest, list[CardSet]]:
    """The sets that answer each request, in the order in which the requests first appear.

    How many cards are wanted is that of the first of them: a second author's set may be of another size.
    """
    firsts: dict[tuple[str, ...], GenerationRequest] = {}
    grouped: dict[GenerationRequest, list[CardSet]] = {}
    for card_set in sets:
        asked = card_set.request
        key = (asked.prompt, asked.context, asked.follows, asked.level, *asked.given)
        grouped.setdefault(firsts.setdefault(key, asked), []).append(card_set)
    return grouped
