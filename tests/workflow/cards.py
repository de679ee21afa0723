"""Files of cards, and what people say of the shipped ones, for the tests of datasets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aac.cards import Card
from aac.records import SetRow
from aac.workflow import browsing, versions
from aac.workflow.archive import Archive
from aac.workflow.shipped import shipped_id, shipped_sets
from tests.conftest import ROOT
from tests.store.sample import correct

CARDS_V1 = ROOT / "annotations" / "cards_v1"
ICE = Card("Quero gelo", "Eu quero gelo.", "🧊")
HEADER = "prompt,written_text,spoken_text,image_id"


def card_file(path: Path, *prompts: str) -> Path:
    """A CSV with one card for each prompt."""
    lines = [f"{prompt},Quero {n},Eu quero {n}.,💧" for n, prompt in enumerate(prompts, start=1)]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def bring_in(archive: Archive, path: Path, source: str = "escola") -> int:
    """Import a file; how many sets were new."""
    _, new = versions.store_import(archive, versions.look_at_import(path, source), source)
    return new


def frozen(archive: Archive, name: str = "v", **choice: Any) -> versions.Version:
    """A version of what `choice` says: `shipped`, and the fields of a `RowChoice`."""
    with_shipped = bool(choice.pop("shipped", False))
    order = versions.FreezeOrder(name, versions.RowChoice(**choice), with_shipped)
    return versions.freeze(archive, order).version


def rows(archive: Archive, version: versions.Version) -> dict[str, list[SetRow]]:
    """A version's rows, by prompt."""
    found: dict[str, list[SetRow]] = {}
    for row, _ in versions.version_rows(archive, version):
        found.setdefault(row.prompt, []).append(row)
    return found


def splits(archive: Archive, version: versions.Version) -> dict[str, str]:
    """The split of each prompt of a version."""
    return {row.prompt: split for row, split in versions.version_rows(archive, version)}


def shipped(prompt: str) -> str:
    """The id of a shipped set."""
    return next(shipped_id(s) for some in shipped_sets().values() for s in some if s.prompt == prompt)


def correct_shipped(archive: Archive, annotator_id: str, prompt: str, cards: Sequence[Card] | None = (ICE,)) -> str:
    """A person's correction of a shipped set; its id."""
    browsing.fill_queue(archive, "review")
    return correct(archive.database, annotator_id, shipped(prompt), cards).id


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
