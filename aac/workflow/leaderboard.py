"""Every evaluation beside the others, and the source paper's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aac.store.adapters import StoredEvaluation, list_adapters, list_evaluations
from aac.workflow import versions
from aac.workflow.active import NONE, look_up_active
from aac.workflow.archive import Archive
from aac.workflow.deciding import stored_active
from aac.workflow.version_sets import evaluations_on


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of the source paper. Its test set is its own and not public: a line to look at, not to compare with."""

    name: str
    base_model: str
    bleu: float
    ter: float


PAPER = (
    PaperRow("paper, without LoRA", "TinyLlama-1.1B", 10.0, 142.69),
    PaperRow("paper, with LoRA", "TinyLlama-1.1B", 62.0, 54.98),
)
PAPER_NOTE = (
    "Números do artigo, num conjunto de teste dele que não vimos: não se comparam com estes.",
    "The paper's numbers, on a test set of its own that we have not seen: not comparable with these.",
)


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One adapter (adapter_id None: none) on one test data. scores: as `StoredEvaluation` has them.

    aligned_chrf: None where the evaluation was made before there was such a score.
    """

    evaluation_id: str
    adapter_id: str | None
    name: str
    base_model: str
    version_id: str | None
    data_sha256: str
    run_id: str | None
    is_active: bool
    aligned_chrf: float | None
    scores: Mapping[str, Any]
    created_utc: str


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The evaluations, those on the same data together, the latest data first, by aligned chrF; and the paper's."""

    rows: tuple[LeaderboardRow, ...]
    paper: tuple[PaperRow, ...] = PAPER


def leaderboard(archive: Archive, version_id: str | None = None) -> Leaderboard:
    """Every evaluation, or those on one version's test data; of several of one adapter on the same data the latest."""
    version = versions.find_version(archive, version_id) if version_id else None
    on_it = evaluations_on(archive, version) if version else None
    with archive.database.read() as connection:
        found = list_evaluations(connection) if on_it is None else on_it
        names = {adapter.id: adapter.name for adapter in list_adapters(connection)}
    latest: dict[tuple[Any, ...], StoredEvaluation] = {}
    for evaluation in found:
        latest.setdefault((evaluation.adapter_id, _base_model(evaluation), evaluation.data_sha256), evaluation)
    active = {base: _active_id(archive, base) for base in {_base_model(evaluation) for evaluation in found}}
    rows = [
        LeaderboardRow(
            evaluation_id=evaluation.id,
            adapter_id=evaluation.adapter_id,
            name=names[evaluation.adapter_id] if evaluation.adapter_id else NONE,
            base_model=_base_model(evaluation),
            version_id=evaluation.version_id,
            data_sha256=evaluation.data_sha256,
            run_id=evaluation.run_id,
            is_active=evaluation.adapter_id == active[_base_model(evaluation)],
            aligned_chrf=evaluation.scores.get("aligned", {}).get("chrf"),
            scores=evaluation.scores,
            created_utc=evaluation.created_utc,
        )
        for evaluation in latest.values()
    ]
    data = list(dict.fromkeys(evaluation.data_sha256 for evaluation in found))
    rows.sort(key=lambda row: (data.index(row.data_sha256), -(row.aligned_chrf or 0.0)))
    return Leaderboard(tuple(rows))


def _base_model(evaluation: StoredEvaluation) -> str:
    return str(evaluation.scores.get("base_model", ""))


def _active_id(archive: Archive, base_model: str) -> str | None:
    """The stored id of what speaks for a base model, None where no adapter does."""
    incumbent = stored_active(archive, look_up_active(archive, base_model), base_model)
    return incumbent.id if incumbent else None
