"""Prompts and generations: written once, and then only read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from aac.errors import WrongCall
from aac.records import Generation, GenerationRequest, StoredGeneration
from aac.store.database import Database, now_utc
from aac.store.people import check_consent
from aac.store.schema import generations, prompts


def find_or_add_prompt(connection: Connection, text: str, source: str, annotator_id: str | None = None) -> str:
    """The id of this prompt of this person (or of nobody, for prompts from lists and files)."""
    found = connection.scalar(
        select(prompts.c.id).where(
            prompts.c.text == text, prompts.c.source == source, prompts.c.annotator_id == annotator_id
        )
        if annotator_id
        else select(prompts.c.id).where(
            prompts.c.text == text, prompts.c.source == source, prompts.c.annotator_id.is_(None)
        )
    )
    if found:
        return str(found)
    prompt_id = str(uuid4())
    connection.execute(
        insert(prompts),
        {"id": prompt_id, "text": text, "source": source, "annotator_id": annotator_id, "created_utc": now_utc()},
    )
    return prompt_id


def add_generation(connection: Connection, stored: StoredGeneration, prompt_id: str, parser_version: int) -> None:
    """Keep a generation; one that is there already stays as it is."""
    if connection.scalar(select(generations.c.id).where(generations.c.id == stored.id)):
        return
    made = stored.generation
    connection.execute(
        insert(generations),
        {
            "id": stored.id,
            "prompt_id": prompt_id,
            "contestant": stored.contestant,
            "model": made.model,
            "revision": made.revision,
            "adapter": made.adapter,
            "adapter_sha256": stored.adapter_sha256,
            "request": json.dumps(asdict(made.request), ensure_ascii=False),
            "raw_text": made.raw_text,
            "parser_version": parser_version,
            "finish": made.finish,
            "tokens": made.tokens,
            "duration_s": made.duration_s,
            "created_utc": now_utc(),
        },
    )


def add_fresh_generation(database: Database, stored: StoredGeneration, annotator_id: str, parser_version: int) -> None:
    """Keep what a person generated and means to judge; the prompt is theirs and goes when they go."""

    def work(connection: Connection) -> None:
        check_consent(connection, annotator_id)
        prompt_id = find_or_add_prompt(connection, stored.generation.request.prompt, "person", annotator_id)
        add_generation(connection, stored, prompt_id, parser_version)

    database.write_once(work)


def read_generations(connection: Connection, ids: Sequence[str]) -> list[StoredGeneration]:
    """The generations with these ids, in the order asked for; `WrongCall` where one is not there."""
    rows = {row.id: row for row in connection.execute(select(generations).where(generations.c.id.in_(ids)))}
    missing = [generation_id for generation_id in ids if generation_id not in rows]
    if missing:
        raise WrongCall(
            f"Não há resposta {missing[0]!r} no banco de dados. Gere de novo ou passe ao próximo item.",
            f"There is no generation {missing[0]!r} in the database. Generate again or go to the next item.",
        )
    return [
        StoredGeneration(
            row.id,
            Generation(
                GenerationRequest.from_json(json.loads(row.request)),
                row.model,
                row.revision,
                row.adapter,
                row.raw_text,
                row.tokens,
                row.duration_s,
                row.finish,
            ),
            row.adapter_sha256,
        )
        for row in (rows[generation_id] for generation_id in ids)
    ]
