"""Small rows for the store's tests, made as the workflow makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, func, select

from aac.cards import Card
from aac.records import (
    CorrectedCard,
    Correction,
    Generation,
    GenerationRequest,
    Rating,
    SetRow,
    StoredGeneration,
    Vote,
)
from aac.store.annotations import add_correction, add_rating, add_vote
from aac.store.database import Database
from aac.store.generations import add_fresh_generation
from aac.store.people import add_consent
from aac.store.queue import add_prompts, add_shipped, attach_answers, next_item, read_item
from aac.store.schema import corrections
from aac.store.versions import ImportFacts, RowChoice, add_version, chosen_rows, known_splits

CONSENT_VERSION = "2025-01"
ALL = RowChoice()
PARSER_VERSION = 1
WATER = Card("Água", "Por favor, quero água.", "💧")
APPLE = Card("Maçã", "Quero uma maçã.", "🍎")


def new_id() -> str:
    return str(uuid4())


def consented(database: Database) -> str:
    """The id of a new person who agreed to the consent text."""
    annotator_id = uuid4().hex
    add_consent(database, new_id(), annotator_id, CONSENT_VERSION, "pt")
    return annotator_id


def generation(prompt: str = "Querer", adapter: str | None = "default", raw_text: str = "") -> StoredGeneration:
    made = Generation(
        GenerationRequest(prompt), "a/base", "abc", adapter, raw_text or f"{prompt},Quero.,💧\n", 9, 0.5, "end"
    )
    return StoredGeneration(new_id(), made, "0123456789abcdef" if adapter else None)


def fresh(database: Database, annotator_id: str, prompt: str = "Querer") -> str:
    """The id of a generation that this person made for themselves."""
    stored = generation(prompt)
    add_fresh_generation(database, stored, annotator_id, PARSER_VERSION)
    return stored.id


def shipped(database: Database, *prompts: str) -> list[str]:
    """The ids of the generations of queued shipped sets, which anybody may judge."""
    sets = [generation(prompt, None) for prompt in prompts]
    add_shipped(database, sets, PARSER_VERSION)
    return [stored.id for stored in sets]


def rating(annotator_id: str, generation_id: str, **values: Any) -> Rating:
    """A "keep" of the first card, but for `values`."""
    return Rating(**{"id": new_id(), "card_index": 0, "verdict": "keep", **values}, annotator_id=annotator_id,
                  generation_id=generation_id)  # fmt: skip


def rate(database: Database, annotator_id: str, generation_id: str, **values: Any) -> Rating:
    """Store a rating, and give it back."""
    made = rating(annotator_id, generation_id, **values)
    add_rating(database, made)
    return made


def correction(annotator_id: str, generation_id: str, cards: Sequence[Card] | None = (WATER,)) -> Correction:
    corrected = None if cards is None else tuple(CorrectedCard(card, 0) for card in cards)
    return Correction(new_id(), annotator_id, generation_id, corrected)


def correct(
    database: Database, annotator_id: str, generation_id: str, cards: Sequence[Card] | None = (WATER,)
) -> Correction:
    """Store a correction, and give it back."""
    made = correction(annotator_id, generation_id, cards)
    add_correction(database, made)
    return made


def compare_item(database: Database, annotator_id: str, prompt: str = "Comparar") -> tuple[str, str, str]:
    """A queue item with two answers, served to this person: its id, and both generations' ids."""
    add_prompts(database, "compare", [prompt], [("a/base", "none"), ("a/base", "default")])
    item = next_item(database, annotator_id, "compare")
    assert item is not None
    attach_answers(database, item.id, [generation(prompt, None), generation(prompt)], 40.0, PARSER_VERSION)
    with database.read() as connection:
        left, right = read_item(connection, item.id).generation_ids
    return item.id, left, right


def vote(annotator_id: str, compared: tuple[str, str, str], choice: Any = "left") -> Vote:
    item_id, left, right = compared
    return Vote(new_id(), annotator_id, item_id, left, right, choice)


def cast(database: Database, annotator_id: str, compared: tuple[str, str, str], choice: Any = "left") -> Vote:
    """Store a vote, and give it back."""
    made = vote(annotator_id, compared, choice)
    add_vote(database, made)
    return made


def say_everything(database: Database, annotator_id: str, generation_id: str) -> None:
    """This person's rating and correction of an answer, and a vote."""
    rate(database, annotator_id, generation_id)
    correct(database, annotator_id, generation_id)
    cast(database, annotator_id, compare_item(database, annotator_id, f"Comparar {annotator_id[:4]}"))


def set_row(prompt: str, source: str = "livro", cards: Sequence[Card] = (WATER,), **columns: str) -> SetRow:
    return SetRow(new_id(), prompt, tuple(cards), tuple(columns.items()), "import", source)


def import_facts(source: str = "livro") -> ImportFacts:
    """Of a file that no other import is of."""
    return ImportFacts(new_id(), source, uuid4().hex * 2, "{}")


def manifest(name: str = "v1") -> dict[str, Any]:
    return {"id": new_id(), "name": name, "rows_sha256": "a" * 64}


def freeze(database: Database, choice: RowChoice = ALL, name: str = "v1", split: str = "train") -> str:
    """Store a version of the chosen rows, new prompts all in one split, and give its id."""
    with database.read() as connection:
        rows, known = list(chosen_rows(connection, choice)), known_splits(connection)
    facts = manifest(name)
    add_version(database, facts, [row.id for row in rows], {row.prompt: known.get(row.prompt, split) for row in rows})
    return str(facts["id"])


def rows_of(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def stored_rows(database: Database, table: Table = corrections) -> int:
    """How many rows the table has."""
    with database.read() as connection:
        return rows_of(connection, table)
