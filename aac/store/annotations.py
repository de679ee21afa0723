"""Ratings, votes and corrections: each a new row, the latest of its kind holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from aac.errors import WrongCall
from aac.records import GIVEN, Card, CorrectedCard, Correction, Rating, Vote
from aac.store.database import Database, now_utc
from aac.store.people import check_consent, is_repeat
from aac.store.schema import corrections, generations, prompts, ratings, votes

WHOLE_SET = -1


def add_rating(database: Database, rating: Rating, parser_version: int | None = None) -> bool:
    """Store a rating; False where this very one is there already. parser_version: that which counted the cards."""
    index = WHOLE_SET if rating.card_index is None else rating.card_index
    values = {
        "id": rating.id,
        "annotator_id": rating.annotator_id,
        "generation_id": rating.generation_id,
        "item_id": rating.item_id,
        "card_index": index,
        "verdict": rating.verdict,
        "reasons": json.dumps(rating.reasons),
        "usefulness": rating.usefulness,
    }

    def work(connection: Connection) -> bool:
        if is_repeat(connection, ratings, values):
            return False
        version = check_consent(connection, rating.annotator_id)
        contestant = check_judgeable(connection, rating.generation_id, rating.annotator_id).contestant
        before = connection.execute(
            select(ratings.c.id, ratings.c.verdict)
            .where(
                ratings.c.annotator_id == rating.annotator_id,
                ratings.c.generation_id == rating.generation_id,
                ratings.c.card_index == index,
            )
            .order_by(ratings.c.seq.desc())
            .limit(1)
        ).first()
        superseded = {"supersedes": before.id, "previous": before.verdict} if before else {}
        rest = {"contestant": contestant, "parser_version": parser_version, **superseded}
        connection.execute(insert(ratings), {**values, **rest, **_stamp(version)})
        return True

    return database.write_once(work)


def add_vote(database: Database, vote: Vote) -> bool:
    """Store a vote; False where this very one is there already."""
    values = {
        "id": vote.id,
        "annotator_id": vote.annotator_id,
        "item_id": vote.item_id,
        "left_generation_id": vote.left_generation_id,
        "right_generation_id": vote.right_generation_id,
        "choice": vote.choice,
    }

    def work(connection: Connection) -> bool:
        if is_repeat(connection, votes, values):
            return False
        version = check_consent(connection, vote.annotator_id)
        sides = {
            side: check_judgeable(connection, generation_id, vote.annotator_id).contestant
            for side, generation_id in (
                ("left_contestant", vote.left_generation_id),
                ("right_contestant", vote.right_generation_id),
            )
        }
        before = connection.scalar(
            select(votes.c.id)
            .where(votes.c.annotator_id == vote.annotator_id, votes.c.item_id == vote.item_id)
            .order_by(votes.c.seq.desc())
            .limit(1)
        )
        connection.execute(insert(votes), {**values, **sides, "supersedes": before, **_stamp(version)})
        return True

    return database.write_once(work)


def add_correction(database: Database, correction: Correction) -> bool:
    """Store a correction; False where this very one is there already."""
    cards = None if correction.cards is None else cards_json(correction.cards)
    values = {
        "id": correction.id,
        "annotator_id": correction.annotator_id,
        "generation_id": correction.generation_id,
        "item_id": correction.item_id,
        "cards": cards,
    }

    def work(connection: Connection) -> bool:
        if is_repeat(connection, corrections, values):
            return False
        version = check_consent(connection, correction.annotator_id)
        corrected = check_judgeable(connection, correction.generation_id, correction.annotator_id)
        before = connection.execute(
            select(corrections.c.id, corrections.c.card_count)
            .where(
                corrections.c.annotator_id == correction.annotator_id,
                corrections.c.generation_id == correction.generation_id,
            )
            .order_by(corrections.c.seq.desc())
            .limit(1)
        ).first()
        found = {
            "prompt_id": corrected.prompt_id,
            "columns": _request_columns(corrected.request),
            "card_count": len(correction.cards or ()),
            "supersedes": before.id if before else None,
            "previous_card_count": before.card_count if before else 0,
        }
        rest = {"author": "person", "source": "", "theme": ""}
        connection.execute(insert(corrections), {**values, **rest, **found, **_stamp(version)})
        return True

    return database.write_once(work)


def _request_columns(request: str) -> str:
    """What was asked beside the prompt, as the columns of the dataset that the correction goes into."""
    said = json.loads(request)
    said["given"] = GIVEN if said.get("given") else ""
    asked = {name: said[name] for name in ("level", "context", "follows", "given") if said.get(name)}
    return json.dumps(asked, ensure_ascii=False)


def cards_json(cards: tuple[CorrectedCard, ...]) -> str:
    """Corrected cards as the table holds them."""
    return json.dumps(
        [
            {
                "written_text": c.card.written_text,
                "spoken_text": c.card.spoken_text,
                "image_id": c.card.image_id,
                "origin": c.origin,
            }
            for c in cards
        ],
        ensure_ascii=False,
    )


def read_cards(text: str) -> tuple[CorrectedCard, ...]:
    """The inverse of `cards_json`."""
    return tuple(
        CorrectedCard(Card(c["written_text"], c["spoken_text"], c["image_id"]), c.get("origin"))
        for c in json.loads(text)
    )


def read_plain_cards(text: str) -> tuple[Card, ...]:
    """The same cards without where they came from."""
    return tuple([Card(c["written_text"], c["spoken_text"], c["image_id"]) for c in json.loads(text)])


def _stamp(consent_version: str) -> dict[str, str]:
    created = now_utc()
    return {"consent_version": consent_version, "created_utc": created, "day": created[:10]}


def check_judgeable(connection: Connection, generation_id: str, annotator_id: str) -> Any:
    """What is judged: a generation of the queue, or of the person's own prompt; nobody sees another's."""
    row = connection.execute(
        select(generations.c.contestant, generations.c.prompt_id, generations.c.request, prompts.c.annotator_id)
        .join(prompts, prompts.c.id == generations.c.prompt_id)
        .where(generations.c.id == generation_id)
    ).first()
    if row is None or row.annotator_id not in (None, annotator_id):
        raise WrongCall(
            f"Não há resposta {generation_id!r} no banco de dados. Gere de novo ou passe ao próximo item.",
            f"There is no generation {generation_id!r} in the database. Generate again or go to the next item.",
        )
    return row


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What one person thinks of one generation, as it holds now."""

    verdicts: dict[int, tuple[str, tuple[str, ...]]]
    usefulness: int | None
    correction: tuple[CorrectedCard, ...] | None


def own_work(connection: Connection, annotator_id: str, generation_id: str) -> OwnWork:
    """The person's latest rating of each card and of the set, and their latest correction."""
    verdicts: dict[int, tuple[str, tuple[str, ...]]] = {}
    usefulness = None
    for row in connection.execute(
        select(ratings)
        .where(ratings.c.annotator_id == annotator_id, ratings.c.generation_id == generation_id)
        .order_by(ratings.c.seq)
    ):
        if row.card_index == WHOLE_SET:
            usefulness = row.usefulness
        elif row.verdict:
            verdicts[row.card_index] = row.verdict, tuple(json.loads(row.reasons))
        else:
            verdicts.pop(row.card_index, None)
    cards = connection.scalar(
        select(corrections.c.cards)
        .where(corrections.c.annotator_id == annotator_id, corrections.c.generation_id == generation_id)
        .order_by(corrections.c.seq.desc())
        .limit(1)
    )
    return OwnWork(verdicts, usefulness, read_cards(cards) if cards else None)
