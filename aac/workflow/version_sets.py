"""A dataset version's rows as the sets that are trained on and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aac.datasets.card_files import card_set, references_by_request, sets_sha256
from aac.datasets.near_duplicates import Split
from aac.errors import DataError
from aac.records import CardSet, GenerationRequest
from aac.store.adapters import StoredEvaluation, list_evaluations
from aac.store.versions import Version
from aac.workflow import versions
from aac.workflow.archive import Archive


def measured_sets(archive: Archive, version: Version) -> tuple[CardSet, ...]:
    """The sets of a version's test split, by prompt; `DataError` where there are none."""
    sets = version_sets(archive, version, "test")
    if not sets:
        raise DataError(
            f"A versão {version.id} não tem conjuntos de teste: nada se mede nela. Congele uma com mais pedidos, ou "
            "com os cartões que vêm com a Prancha.",
            f"Version {version.id} has no test sets: nothing can be measured on it. Freeze one with more prompts, or "
            "with the shipped cards.",
        )
    return sets


def version_sets(archive: Archive, version: Version, split: Split) -> tuple[CardSet, ...]:
    """A version's sets of one split, sorted by what they answer: their hash then says the order too.

    The rows that answer the same request are its references, from 1 in the rows' order.
    """
    rows = versions.version_rows(archive, version, split)
    by_request = references_by_request(card_set(row.prompt, row.cards, row.columns) for row, _ in rows)
    return tuple(
        replace(one, reference=number)
        for request in sorted(by_request, key=_asked)
        for number, one in enumerate(by_request[request], start=1)
    )


def _asked(request: GenerationRequest) -> tuple[str, ...]:
    return request.prompt, request.context, request.follows, request.level, *request.given


def evaluations_on(
    archive: Archive, version: Version, adapter_ids: Sequence[str | None] | None = None, *, with_answers: bool = False
) -> list[StoredEvaluation]:
    """Evaluations on a version's test data, made on this version or on another; of a withdrawn one its own.

    adapter_ids, with_answers: as `list_evaluations` takes them. The latest first.
    """
    data = None if version.state == "withdrawn" else sets_sha256(version_sets(archive, version, "test"))
    with archive.database.read() as connection:
        found = list_evaluations(connection, adapter_ids, with_answers=with_answers)
    return [one for one in found if one.version_id == version.id or one.data_sha256 == data]
