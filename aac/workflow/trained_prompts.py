"""What an adapter has seen: the prompts that it trained on or was chosen by, themselves and near ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aac.datasets.card_files import sets_sha256
from aac.datasets.near_duplicates import near_marks
from aac.errors import AacError
from aac.models.adapters import DEFAULT_FOLDER, PROVENANCE, read_json, weights_sha256
from aac.models.registry import local_folder
from aac.store.adapters import StoredAdapter, list_evaluations
from aac.store.runs import find_run
from aac.store.versions import Version, find_version
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
    """What an adapter (None: no adapter, which saw nothing) was trained on, by its run, or as the shipped one was."""
    if adapter is None:
        return TrainedOn(frozenset())
    if adapter.weights_sha256 == weights_sha256(DEFAULT_FOLDER):
        return TrainedOn(_shipped_prompts())
    version = _version_of(archive, adapter)
    if version is None:
        return TrainedOn(_shipped_prompts() if _is_of_shipped(archive, adapter) else None)
    if version.state == "withdrawn":
        return TrainedOn(None, is_withdrawn=True)
    try:
        return TrainedOn(
            frozenset(row.prompt for row, split in versions.version_rows(archive, version) if split != "test")
        )
    except AacError:  # its files are missing or damaged
        return TrainedOn(None)


def seen(prompts: Sequence[str], trained: Iterable[str]) -> frozenset[str]:
    """Those of the prompts that are among the trained ones, or near-duplicates of one."""
    others = dict.fromkeys(trained, 1)
    if not others or not prompts:
        return frozenset()
    return frozenset(prompt for prompt, mark in zip(prompts, near_marks(prompts, others), strict=True) if mark)


def _version_of(archive: Archive, adapter: StoredAdapter) -> Version | None:
    with archive.database.read() as connection:
        runs = [adapter.run_id, *(evaluation.run_id for evaluation in list_evaluations(connection, [adapter.id]))]
        for run_id in filter(None, runs):
            version_id = find_run(connection, run_id).version_id
            if version_id:
                return find_version(connection, version_id)
    return None


def _is_of_shipped(archive: Archive, adapter: StoredAdapter) -> bool:
    """Whether the adapter's own provenance says that it was trained on the cards that ship."""
    try:
        name = name_of(archive.settings, adapter)
        said = read_json(DEFAULT_FOLDER if name == DEFAULT else local_folder(name), PROVENANCE)
    except (AacError, OSError, ValueError):
        return False
    sets = shipped_sets()
    return all(said.get(f"{split}_sha256") == sets_sha256(sets[split]) for split in ("train", "validation"))


def _shipped_prompts() -> frozenset[str]:
    sets = shipped_sets()
    return frozenset(card_set.prompt for split in ("train", "validation") for card_set in sets[split])
