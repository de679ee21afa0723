"""What an adapter has seen: the prompts that it trained on or was chosen by, themselves and near ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.datasets.near_duplicates import near_marks
from aac.errors import AacError
from aac.models.adapters import DEFAULT_FOLDER, PROVENANCE, TRAINING, read_json, weights_sha256
from aac.models.registry import local_folder
from aac.store.adapters import StoredAdapter, adapter_of, list_evaluations
from aac.store.runs import Run, find_run
from aac.store.versions import find_version
from aac.training.config import taught_from
from aac.workflow import versions
from aac.workflow.active import DEFAULT, name_of
from aac.workflow.archive import Archive
from aac.workflow.shipped import shipped_sets


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The prompts of an adapter's training and validation; None where nobody here knows them.

    is_withdrawn: they were of a dataset version that a person's erasure took back.
    """

    prompts: frozenset[str] | None
    is_withdrawn: bool = False


def trained_on(archive: Archive, adapter: StoredAdapter | None) -> TrainedOn:
    """What an adapter (None: no adapter, which saw nothing) was trained on, by its run, or as the shipped one was.

    What the adapter that it started from was trained on counts too.
    """
    if adapter is None:
        return TrainedOn(frozenset())
    if adapter.weights_sha256 == weights_sha256(DEFAULT_FOLDER):
        return TrainedOn(_default_prompts())
    run = _run_of(archive, adapter)
    if run is None:
        return TrainedOn(_shipped_prompts() if _is_of_shipped(archive, adapter) else None)
    return _together(_read_in(archive, run), _before(archive, run))


def _read_in(archive: Archive, run: Run) -> TrainedOn:
    """The prompts of the version that a run trained on."""
    with archive.database.read() as connection:
        version = find_version(connection, run.version_id or "")
    if version.state == "withdrawn":
        return TrainedOn(None, is_withdrawn=True)
    try:
        return TrainedOn(
            frozenset(row.prompt for row, split in versions.version_rows(archive, version) if split != "test")
        )
    except AacError:  # its files are missing or damaged
        return TrainedOn(None)


def _before(archive: Archive, run: Run) -> TrainedOn:
    """The prompts of the adapter that a run started from; none where it began with fresh weights."""
    start = str(run.config.get("start_from") or "")
    if not start:
        return TrainedOn(frozenset())
    if start == DEFAULT:
        return TrainedOn(_default_prompts())
    with archive.database.read() as connection:
        behind = adapter_of(connection, str(run.options.get("start_adapter_id") or ""))
    return trained_on(archive, behind) if behind else TrainedOn(None)


def _together(one: TrainedOn, other: TrainedOn) -> TrainedOn:
    known = None if one.prompts is None or other.prompts is None else one.prompts | other.prompts
    return TrainedOn(known, one.is_withdrawn or other.is_withdrawn)


def seen(prompts: Sequence[str], trained: Iterable[str]) -> frozenset[str]:
    """Those of the prompts that are among the trained ones, or near-duplicates of one."""
    others = dict.fromkeys(trained, 1)
    if not others or not prompts:
        return frozenset()
    return frozenset(prompt for prompt, mark in zip(prompts, near_marks(prompts, others), strict=True) if mark)


def _run_of(archive: Archive, adapter: StoredAdapter) -> Run | None:
    """The run on a version that made an adapter's weights."""
    with archive.database.read() as connection:
        ids = [adapter.run_id, *(evaluation.run_id for evaluation in list_evaluations(connection, [adapter.id]))]
        runs = (find_run(connection, run_id) for run_id in filter(None, ids))
        return next((run for run in runs if run.version_id), None)


def _is_of_shipped(archive: Archive, adapter: StoredAdapter) -> bool:
    """Whether the adapter's own provenance says that it was trained on the cards that ship."""
    try:
        name = name_of(archive.settings, adapter)
        said = read_json(DEFAULT_FOLDER if name == DEFAULT else local_folder(name), PROVENANCE)
    except (AacError, OSError, ValueError):
        return False
    sets = shipped_sets()
    return all(said.get(f"{split}_sha256") == sets_sha256(sets[split]) for split in ("train", "validation"))


@cache
def _default_prompts() -> frozenset[str]:
    """What the shipped adapter was trained on and chosen by, as the configuration beside its weights says."""
    root = Path(__file__).parent.parent.parent
    folders = taught_from(read_json(DEFAULT_FOLDER, TRAINING))
    files = [root / folder / f"{split}.csv" for folder in folders for split in ("train", "validation")]
    return frozenset(one.prompt for file in files if file.exists() for one in read_card_sets(file))


def _shipped_prompts() -> frozenset[str]:
    sets = shipped_sets()
    return frozenset(card_set.prompt for split in ("train", "validation") for card_set in sets[split])
