"""Whether a dataset version is what an adapter was trained and scored on: told by hashes, not by names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aac.datasets.card_files import read_card_sets, sets_sha256
from aac.datasets.exports import write_csv
from aac.datasets.near_duplicates import Split
from aac.errors import AacError, WrongCall
from aac.files import scratch_folder
from aac.store.versions import Version
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.version_sets import version_sets

_DIGITS = 12


def check_trained_on(archive: Archive, adapter: str, provenance: Mapping[str, Any], version: Version) -> None:
    """`WrongCall` where the version's train split is not what the adapter was trained on, with a version that is."""
    trained = str(provenance.get("train_sha256") or "")
    found = _split_sha256s(archive, version, "train")
    if trained and trained in found:
        return
    told = ", ".join(sha256[:_DIGITS] for sha256 in found)
    pt, en = _way_out(archive, trained)
    if not trained:
        raise WrongCall(
            f"O adaptador {adapter} não diz com que dados foi treinado (falta train_sha256): não se pode dizer que foi "
            f"com a versão {version.id} ({told or 'sem treino'}). {pt}",
            f"The adapter {adapter} does not say what it was trained on (no train_sha256): it cannot be said to be "
            f"version {version.id} ({told or 'no train split'}). {en}",
        )
    raise WrongCall(
        f"O adaptador {adapter} não foi treinado na versão {version.id}: o treino dela tem o sha256 "
        f"{told or '(vazio)'}, e o do adaptador é {trained[:_DIGITS]}. {pt}",
        f"The adapter {adapter} was not trained on version {version.id}: its train split has the sha256 "
        f"{told or '(empty)'}, and the adapter's is {trained[:_DIGITS]}. {en}",
    )


def is_scored_on(archive: Archive, scores: Mapping[str, Any], version: Version) -> bool:
    """Whether scores were measured on the version's test split, and so may be told under its name."""
    measured = str(scores.get("data_sha256") or "")
    return bool(measured) and measured in _split_sha256s(archive, version, "test")


def _split_sha256s(archive: Archive, version: Version, split: Split) -> tuple[str, ...]:
    """The hashes of a split: as a training reads it from its CSV, and as an evaluation reads it from the rows.

    They differ where a prompt was asked for in more than one way: in a CSV those are one set.
    """
    rows = [row for row, _ in versions.version_rows(archive, version, split)]
    if not rows:
        return ()
    with scratch_folder() as folder:
        path = folder / f"{split}.csv"
        write_csv(path, rows)
        as_trained = sets_sha256(read_card_sets(path))
    return tuple(dict.fromkeys((as_trained, sets_sha256(version_sets(archive, version, split)))))


def _way_out(archive: Archive, trained: str) -> tuple[str, str]:
    fitting = next(_fitting(archive, trained), None) if trained else None
    if fitting is None:
        return (
            "Nenhuma versão daqui serve: publique sem --dataset.",
            "No version here fits: publish without --dataset.",
        )
    return f"Diga --dataset {fitting}.", f"Say --dataset {fitting}."


def _fitting(archive: Archive, trained: str) -> Iterator[str]:
    for version in versions.list_versions(archive):
        try:
            if trained in _split_sha256s(archive, version, "train"):
                yield version.id
        except AacError:  # withdrawn, or its files are missing or damaged
            continue
