"""Adapters on the test split of a dataset version: the new one, the active one and none, on the same prompts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from aac import __version__
from aac.datasets.card_files import sets_sha256
from aac.evaluation import PROTOCOL
from aac.evaluation import evaluate as evaluate_adapter
from aac.models.adapters import Adapter, find_adapter, weights_sha256
from aac.models.loading import locate
from aac.models.registry import BaseModel, find_base_model
from aac.records import CardSet
from aac.store.adapters import (
    StoredAdapter,
    StoredEvaluation,
    add_adapter,
    add_evaluation,
    list_evaluations,
    without_answers,
)
from aac.store.runs import find_run
from aac.store.versions import Version
from aac.workflow import versions
from aac.workflow.active import DEFAULT, NONE, look_up_active, read_named
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.version_sets import measured_sets

_EVALUATIONS = UUID("d0a9f1f6-5d0b-4a55-8f0f-0a2f8f7b1c3e")


def evaluate_on_version(
    archive: Archive,
    speakers: Speakers,
    adapter_name: str,
    version_id: str,
    run_id: str | None = None,
    on_answers: Callable[[int, int], None] = lambda done, total: None,
) -> list[StoredEvaluation]:
    """Evaluate no adapter, the active one of that base model and this one on a version's test split, and store it.

    adapter_name: "default", a folder among the adapters, or a path; run_id: the run that trained it. What was stored
    of the same weights, data, base model and protocol before is taken, so that a repeated call stores nothing twice.
    on_answers is told how many of the answers still wanted are there. The last one of the list is this adapter's.
    Raises `DataError` where the split is empty, `WrongCall` where the version was withdrawn or there is no such run.
    """
    stored_name, adapter = read_named(archive.settings, adapter_name)
    version = versions.find_version(archive, version_id)
    with archive.database.read() as connection:
        test = _TestSplit(version, measured_sets(archive, version), without_answers(connection))
    base = find_base_model(adapter.base_model)
    _, revision = locate(base, archive.settings)
    wanted = [_Contestant(base, revision, None), *_incumbent(archive, base, revision, adapter)]
    run_id = _known_run(archive, run_id) if run_id else None
    weights = weights_sha256(adapter.folder)
    stored = add_adapter(archive.database, stored_name, base.id, weights, run_id)
    wanted.append(_Contestant(base, revision, adapter, stored, run_id))
    _evaluate_missing(archive, speakers, test, wanted, on_answers)
    with archive.database.read() as connection:
        found = {evaluation.id: evaluation for evaluation in list_evaluations(connection, with_answers=True)}
    return [found[contestant.evaluation_id(test)] for contestant in wanted]


def _known_run(archive: Archive, run_id: str) -> str:
    with archive.database.read() as connection:
        return find_run(connection, run_id).id


@dataclass(frozen=True)
class _TestSplit:
    version: Version
    sets: tuple[CardSet, ...]
    erased: frozenset[str]  # evaluations that can be compared with nothing any more

    @property
    def sha256(self) -> str:
        return sets_sha256(self.sets)

    @property
    def prompts(self) -> int:
        return len({card_set.prompt for card_set in self.sets})


@dataclass(frozen=True)
class _Contestant:
    """An adapter (or none) on a base model, with its row in the store."""

    base: BaseModel
    revision: str
    adapter: Adapter | None
    stored: StoredAdapter | None = None
    run_id: str | None = None

    def evaluation_id(self, test: _TestSplit) -> str:
        weights = self.stored.weights_sha256 if self.stored else NONE
        named = "\n".join((weights, test.sha256, self.base.id, self.revision, PROTOCOL))
        lives = (str(uuid5(_EVALUATIONS, f"{named}\n{life}" if life else named)) for life in count())
        return next(made for made in lives if made not in test.erased)


def _incumbent(archive: Archive, base: BaseModel, revision: str, challenger: Adapter) -> list[_Contestant]:
    """The adapter that speaks now, where there is one and it is not the one to be evaluated anyway."""
    incumbent = find_adapter(look_up_active(archive, base.id).name, base)
    if incumbent is None:
        return []
    weights = weights_sha256(incumbent.folder)
    if weights == weights_sha256(challenger.folder):
        return []
    name = DEFAULT if incumbent.name == DEFAULT else incumbent.folder.name
    return [_Contestant(base, revision, incumbent, add_adapter(archive.database, name, base.id, weights))]


def _evaluate_missing(
    archive: Archive,
    speakers: Speakers,
    test: _TestSplit,
    wanted: list[_Contestant],
    on_answers: Callable[[int, int], None],
) -> None:
    with archive.database.read() as connection:
        known = {evaluation.id for evaluation in list_evaluations(connection)}
    missing = [contestant for contestant in wanted if contestant.evaluation_id(test) not in known]
    total = test.prompts * len(missing)
    for index, contestant in enumerate(missing):
        before = index * test.prompts
        evaluation, answers = evaluate_adapter(
            speakers.get(contestant.base.id),
            contestant.adapter,
            test.sets,
            on_answers=lambda done, _, before=before: on_answers(before + done, total),  # type: ignore[misc]
        )
        texts = tuple(answer.generation.raw_text for answer in answers)
        add_evaluation(archive.database, _stored(contestant, test, asdict(evaluation), texts))


def _stored(
    contestant: _Contestant, test: _TestSplit, scores: dict[str, Any], answers: tuple[str, ...]
) -> StoredEvaluation:
    stored = contestant.stored
    facts = {
        "base_model": contestant.base.id,
        "base_revision": contestant.revision,
        "adapter": stored.name if stored else None,
        "weights_sha256": stored.weights_sha256 if stored else None,
        "data_sha256": test.sha256,
        "protocol": PROTOCOL,
        "prancha": __version__,
        "command": f"python -m aac measure {stored.name if stored else 'ADAPTER'} --dataset {test.version.id}",
    }
    return StoredEvaluation(
        contestant.evaluation_id(test),
        stored.id if stored else None,
        test.version.id,
        contestant.run_id or (stored.run_id if stored else None),
        test.sha256,
        {**scores, **facts},
        answers,
    )
