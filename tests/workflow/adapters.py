"""Adapters that were evaluated, with answers written by hand, for the tests of what is promoted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import insert, update

from aac.cards import cards_to_csv
from aac.datasets.card_files import read_card_sets, references_by_request, sets_sha256
from aac.evaluation import PROTOCOL
from aac.models.adapters import DEFAULT_FOLDER, PROVENANCE, read_json, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.records import CardSet
from aac.store.adapters import StoredAdapter, StoredEvaluation, add_adapter, add_evaluation
from aac.store.database import now_utc
from aac.store.runs import add_run
from aac.store.schema import evaluations as table
from aac.store.schema import tombstones
from aac.store.versions import Version
from aac.workflow.archive import Archive
from aac.workflow.version_sets import version_sets
from tests.store.sample import new_id
from tests.workflow.cards import CARDS_V1

Answerer = Callable[[int, Sequence[CardSet], Sequence[CardSet]], str]


def right(index: int, references: Sequence[CardSet], others: Sequence[CardSet]) -> str:
    """The first card of the reference: whole ones would cost TER a second a comparison."""
    return cards_to_csv(references[0].cards[:1])


def wrong(index: int, references: Sequence[CardSet], others: Sequence[CardSet]) -> str:
    """A valid card, of another prompt."""
    return cards_to_csv(others[0].cards[:1])


def unreadable(index: int, references: Sequence[CardSet], others: Sequence[CardSet]) -> str:
    return "Claro! Aqui estão os cartões."


def of_the_shipped_cards(folder: Path) -> Path:
    """The default adapter's files as an adapter's that was trained on the cards that ship, `folder` then."""
    shutil.copytree(DEFAULT_FOLDER, folder)
    path = folder / PROVENANCE
    said = {**read_json(folder, PROVENANCE), "train_sha256": sets_sha256(read_card_sets(CARDS_V1 / "train.csv"))}
    path.write_text(json.dumps(said), encoding="utf-8")
    return folder


def made_folder(archive: Archive, name: str, text: str = "") -> Path:
    """An adapter's folder, whole but for weights that nobody loads here."""
    folder = Path(shutil.copytree(DEFAULT_FOLDER, archive.settings.adapters_dir / name))
    (folder / "adapter_model.safetensors").write_bytes((text or name).encode())
    (folder / PROVENANCE).write_text(f'{{"base_model": "{EMBEDDED_ID}"}}', encoding="utf-8")
    return folder


def trained(
    archive: Archive, name: str, version: Version | None, start: StoredAdapter | str | None = None
) -> StoredAdapter:
    """An adapter that a run trained on a version; None: it came from elsewhere. start: what the run started from."""
    run_id = None
    if version:
        run_id = new_id()
        config = {"start_from": start if isinstance(start, str) else start.name} if start else {}
        options = {"start_adapter_id": start.id} if isinstance(start, StoredAdapter) else {}
        add_run(archive.database, run_id, version.id, config, options)
    folder = made_folder(archive, name)
    return add_adapter(archive.database, name, EMBEDDED_ID, weights_sha256(folder), run_id)


def shipped(archive: Archive) -> StoredAdapter:
    return add_adapter(archive.database, "default", EMBEDDED_ID, weights_sha256(DEFAULT_FOLDER))


def evaluated(
    archive: Archive, adapter: StoredAdapter | None, version: Version, answer: Answerer, aligned_chrf: float = 1.0
) -> StoredEvaluation:
    """Store an evaluation with these answers to the version's test prompts, of the adapter's base model."""
    sets = version_sets(archive, version, "test")
    references = list(references_by_request(sets).values())
    texts = [answer(n, one, references[n - 1]) for n, one in enumerate(references)]
    scores = {
        "base_model": adapter.base_model if adapter else EMBEDDED_ID,
        "base_revision": "abc",
        "protocol": PROTOCOL,
        "adapter": adapter.name if adapter else None,
        **{name: {"score": aligned_chrf, "signature": ""} for name in ("bleu", "ter", "chrf")},
        "aligned": {"chrf": aligned_chrf, "card_f1": 0.5},
        "valid_cards": 0.5,
    }
    evaluation = StoredEvaluation(
        new_id(), adapter.id if adapter else None, version.id, None, sets_sha256(sets), scores, tuple(texts)
    )
    add_evaluation(archive.database, evaluation)
    return evaluation


def forget_answers(archive: Archive, *evaluations: StoredEvaluation) -> None:
    """As where a person erased a prompt that these evaluations answered."""
    with archive.database.write() as connection:
        for evaluation in evaluations:
            stone = {"row_id": evaluation.id, "table_name": "evaluations", "erasure_id": "e", "created_utc": now_utc()}
            connection.execute(insert(tombstones), stone)
            connection.execute(update(table).where(table.c.id == evaluation.id).values(answers=None))
