"""Dataset versions: imported sets, the choice of rows, and which prompt stands in which split for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, true

from aac.errors import StoreError, WrongCall
from aac.records import CorrectedCard, SetRow
from aac.store.annotations import cards_json, read_plain_cards
from aac.store.database import Database, now_utc
from aac.store.generations import find_or_add_prompt
from aac.store.history import is_current
from aac.store.schema import (
    consents,
    corrections,
    dataset_version_events,
    dataset_version_rows,
    dataset_versions,
    generations,
    import_rows,
    imports,
    prompt_splits,
    prompts,
    ratings,
    tombstones,
)

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """An import: its id, where the sets came from, the file's hash, and how its bytes can be written again."""

    id: str
    source: str
    file_sha256: str
    dialect: str | None


def add_import(database: Database, facts: ImportFacts, rows: Sequence[SetRow]) -> int:
    """Store imported sets, and say how many were new: neither a set nor an import is stored twice."""

    def work(connection: Connection) -> int:
        if connection.scalar(select(imports.c.id).where(imports.c.id == facts.id)):
            return 0
        stamp = now_utc()
        connection.execute(
            insert(imports),
            {
                "id": facts.id,
                "source": facts.source,
                "file_sha256": facts.file_sha256,
                "dialect": facts.dialect,
                "created_utc": stamp,
            },
        )
        new = 0
        for chunk in _chunks(rows):
            known = _known_ids(connection, [row.id for row in chunk])
            fresh = {row.id: row for row in chunk if row.id not in known}.values()
            new += len(fresh)
            if fresh:
                connection.execute(insert(corrections), [_import_values(connection, row, stamp) for row in fresh])
        positions = [
            {"import_id": facts.id, "position": position, "correction_id": row.id} for position, row in enumerate(rows)
        ]
        for some in _chunks(positions):
            connection.execute(insert(import_rows), list(some))
        return new

    return database.write_once(work)


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _ROWS_AT_ONCE):
        yield items[start : start + _ROWS_AT_ONCE]


def _known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    return set(connection.scalars(select(corrections.c.id).where(corrections.c.id.in_(ids))))


def _import_values(connection: Connection, row: SetRow, stamp: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "prompt_id": find_or_add_prompt(connection, row.prompt, "import"),
        "author": "import",
        "source": row.source,
        "columns": json.dumps(dict(row.columns), ensure_ascii=False),
        "theme": dict(row.columns).get("theme", ""),
        "cards": cards_json(tuple(CorrectedCard(card) for card in row.cards)),
        "card_count": len(row.cards),
        "previous_card_count": 0,
        "day": stamp[:10],
        "created_utc": stamp,
    }


@dataclass(frozen=True, slots=True)
class RowChoice:
    """Which corrections go into a version, of those that hold now: all, or those of one author or one import's source.

    first_day, last_day: only those stored in these days (UTC), such as "2026-03-31". without_people: none of people
    whose pseudonyms begin so.
    """

    author: str | None = None
    source: str | None = None
    first_day: str = ""
    last_day: str = ""
    without_people: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether it leaves out some rows of an author or source."""
        return bool(self.first_day or self.last_day or self.without_people)


def chosen_rows(connection: Connection, choice: RowChoice) -> Iterator[SetRow]:
    """The corrections that hold now, in the order stored (those of one source in their file's order), as a stream."""
    columns = [corrections.c[name] for name in ("id", "cards", "columns", "author", "source")]
    query = (_chosen if choice.source is None else _of_source)(choice, *columns, prompts.c.text)
    result = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    for row_id, cards, given, author, source, prompt in result:
        yield SetRow(row_id, prompt, read_plain_cards(cards), tuple(json.loads(given).items()), author, source)


def chosen_prompts(connection: Connection, choice: RowChoice) -> list[str]:
    """The different prompts of the chosen rows, sorted."""
    query = (_chosen if choice.source is None else _of_source)(choice, prompts.c.text)
    return sorted(set(connection.scalars(query.order_by(None).distinct())))


def _chosen(choice: RowChoice, *columns: Any) -> Select[Any]:
    query = (
        select(*columns)
        .select_from(corrections)
        .join(prompts, prompts.c.id == corrections.c.prompt_id)
        .where(corrections.c.cards.is_not(None), is_current(corrections), *_limits(choice))
        .order_by(corrections.c.seq)
    )
    return query.where(corrections.c.author == choice.author) if choice.author else query


def _limits(choice: RowChoice) -> Iterator[ColumnElement[bool]]:
    if choice.first_day:
        yield corrections.c.day >= choice.first_day
    if choice.last_day:
        yield corrections.c.day <= choice.last_day
    for person in choice.without_people:
        yield corrections.c.annotator_id.is_(None) | corrections.c.annotator_id.not_like(f"{person}%")


def _of_source(choice: RowChoice, *columns: Any) -> Select[Any]:
    first = (
        select(
            import_rows.c.correction_id, func.min(imports.c.seq * 10_000_000 + import_rows.c.position).label("place")
        )
        .join(imports, imports.c.id == import_rows.c.import_id)
        .where(imports.c.source == choice.source)
        .group_by(import_rows.c.correction_id)
        .subquery()
    )
    return (
        _chosen(replace(choice, source=None), *columns)
        .join(first, first.c.correction_id == corrections.c.id)
        .order_by(None)
        .order_by(first.c.place)
    )


def only_import(connection: Connection, choice: RowChoice) -> ImportFacts | None:
    """The one import that the chosen rows are, if they are just that."""
    if choice.author == "person" or choice.is_partial:
        return None
    wanted = imports.c.source == choice.source if choice.source is not None else true()
    if (
        choice.source is None
        and choice.author != "import"
        and connection.scalar(_chosen(RowChoice("person"), corrections.c.seq).order_by(None).limit(1))
    ):
        return None
    # The same file may have been imported twice: that adds nothing.
    files = select(imports.c.file_sha256, imports.c.dialect).where(wanted).distinct()
    if len(connection.execute(files.limit(2)).all()) != 1:
        return None
    row = connection.execute(select(imports).where(wanted).order_by(imports.c.seq).limit(1)).one()
    return ImportFacts(row.id, row.source, row.file_sha256, row.dialect)


def provenance(connection: Connection, choice: RowChoice) -> dict[str, Any]:
    """Who the chosen rows are by, as a datasheet says it: contestants corrected, people, days, consent versions."""
    query = _chosen if choice.source is None else _of_source
    base = query(choice, corrections).order_by(None).subquery()
    models = (
        select(generations.c.contestant, func.count())
        .join(base, base.c.generation_id == generations.c.id)
        .group_by(generations.c.contestant)
    )
    first, last, people = connection.execute(
        select(func.min(base.c.day), func.max(base.c.day), func.count(base.c.annotator_id.distinct()))
    ).one()
    versions = select(base.c.consent_version).where(base.c.consent_version.is_not(None)).distinct()
    sources = select(base.c.source).where(base.c.author == "import").distinct()
    return {
        "corrected_models": {name: int(count) for name, count in connection.execute(models)},
        "people": int(people),
        "first_day": first,
        "last_day": last,
        "consent_versions": sorted(connection.scalars(versions)),
        "sources": sorted(connection.scalars(sources)),
    }


def reviewed(connection: Connection, generation_ids: Sequence[str]) -> dict[str, int]:
    """Of these (shipped) sets: how many people rated or corrected, and how many different cards they rated.

    cards_keep, cards_fix, cards_wrong: of how many cards somebody said so; a card may be in several.
    """
    rated: set[tuple[str, int]] = set()
    corrected: set[str] = set()
    verdicts: dict[str, set[tuple[str, int]]] = {}
    for some in _chunks(generation_ids):
        holds = select(ratings.c.generation_id, ratings.c.card_index, ratings.c.verdict).where(
            ratings.c.generation_id.in_(some), ratings.c.verdict.is_not(None), is_current(ratings)
        )
        for generation_id, card_index, verdict in connection.execute(holds):
            rated.add((generation_id, card_index))
            verdicts.setdefault(verdict, set()).add((generation_id, card_index))
        corrected |= corrected_generations(connection, some)
    return {
        "sets": len({generation_id for generation_id, _ in rated} | corrected),
        "sets_corrected": len(corrected),
        "cards": len(rated),
        **{f"cards_{verdict}": len(cards) for verdict, cards in sorted(verdicts.items())},
    }


def corrected_generations(
    connection: Connection, generation_ids: Sequence[str], choice: RowChoice = RowChoice()
) -> set[str]:
    """Those of these generations of which a correction holds that is chosen."""
    query = select(corrections.c.generation_id).where(
        corrections.c.cards.is_not(None), is_current(corrections), *_limits(choice)
    )
    found: set[str] = set()
    for some in _chunks(generation_ids):
        found |= set(connection.scalars(query.where(corrections.c.generation_id.in_(some))))
    return found


def known_splits(connection: Connection) -> dict[str, str]:
    """The split of every prompt that was in a version."""
    return {row.text: row.split for row in connection.execute(select(prompt_splits))}


@dataclass(frozen=True, slots=True)
class Version:
    """A dataset version as the store knows it.

    state: "kept", "published" or "withdrawn". erasures: of how many people a published version holds rows that they
    erased since: its owner has to see to the copies. published_at: where, as its owner said last.
    """

    id: str
    name: str
    rows_sha256: str
    manifest: dict[str, Any]
    created_utc: str
    state: str
    erasures: int = 0
    published_at: str = ""


def add_version(
    database: Database, manifest: Mapping[str, Any], row_ids: Iterable[str], splits: Mapping[str, str]
) -> None:
    """Store a version whose files are complete. `StoreError` where a row of it was erased meanwhile."""
    ids = list(row_ids)

    def work(connection: Connection) -> None:
        version_id = manifest["id"]
        if connection.scalar(select(dataset_versions.c.id).where(dataset_versions.c.id == version_id)):
            return
        values = {
            "id": version_id,
            "name": manifest["name"],
            "rows_sha256": manifest["rows_sha256"],
            "manifest": json.dumps(manifest, ensure_ascii=False),
            "created_utc": now_utc(),
        }
        connection.execute(insert(dataset_versions), values)
        for some in _chunks(ids):
            erased = select(tombstones.c.row_id).where(
                tombstones.c.row_id.in_(some), tombstones.c.table_name == corrections.name
            )
            if connection.scalar(erased.limit(1)):
                raise StoreError(
                    "Uma pessoa apagou os seus dados enquanto a versão era feita. Congele de novo.",
                    "A person erased their data while the version was made. Freeze again.",
                )
            connection.execute(
                insert(dataset_version_rows), [{"version_id": version_id, "row_id": row_id} for row_id in some]
            )
        known = known_splits(connection)
        if any(known.get(text, split) != split for text, split in splits.items()):
            raise StoreError(
                "Outra versão deu a um destes pedidos outro lado enquanto esta era feita. Congele de novo.",
                "Another version put one of these prompts into another split while this one was made. Freeze again.",
            )
        new = [
            {"text": text, "split": split, "version_id": version_id}
            for text, split in splits.items()
            if text not in known
        ]
        for some in _chunks(new):
            connection.execute(insert(prompt_splits), list(some))

    database.write_once(work)


def list_versions(connection: Connection) -> list[Version]:
    """Every version, the latest first."""
    events: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for row in connection.execute(select(dataset_version_events).order_by(dataset_version_events.c.seq)):
        events.setdefault(row.version_id, []).append(row.event)
        if row.event == "published":
            places[row.version_id] = row.note
    rows = connection.execute(select(dataset_versions).order_by(dataset_versions.c.created_utc.desc()))
    return [
        Version(
            row.id,
            row.name,
            row.rows_sha256,
            json.loads(row.manifest),
            row.created_utc,
            next((event for event in reversed(events.get(row.id, [])) if event != "erased"), "kept"),
            events.get(row.id, []).count("erased"),
            places.get(row.id, ""),
        )
        for row in rows
    ]


def find_version(connection: Connection, version_id: str) -> Version:
    """The version with this id, or the latest of this name that has its files; `WrongCall` where there is none."""
    versions = list_versions(connection)
    for version in versions:
        if version.id == version_id:
            return version
    named = [version for version in versions if version.name == version_id]
    if named:
        return next((version for version in named if version.state != "withdrawn"), named[0])
    there = ", ".join(version.id for version in versions[:10]) or "-"
    raise WrongCall(
        f"Não há versão {version_id!r}. Há: {there}. Veja com: python -m aac dataset list",
        f"There is no version {version_id!r}. There are: {there}. See them with: python -m aac dataset list",
    )


def add_version_event(database: Database, version_id: str, event: str, note: str) -> None:
    """Note that a version was published (and where) or withdrawn (and why); `schema.py` names the events."""
    with database.write() as connection:
        find_version(connection, version_id)
        connection.execute(
            insert(dataset_version_events),
            {"version_id": version_id, "event": event, "note": note, "created_utc": now_utc()},
        )


def consents_given(connection: Connection) -> int:
    """How many people ever agreed to the consent text, those who erased their data not counted."""
    return int(connection.scalar(select(func.count(consents.c.annotator_id.distinct()))) or 0)
