"""The files of a dataset version: rows, datasheet and, written last, the manifest that makes them whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aac.cards import FIELDS, Card
from aac.datasets.card_files import card_json, set_json
from aac.datasets.near_duplicates import SPLITS, Split
from aac.errors import CorruptError, DataError, WrongCall
from aac.files import no_room, sync_file, sync_folder
from aac.records import SetRow

FORMAT = 1
ROWS = "rows.jsonl"
DATASHEET = "DATASHEET.md"
MANIFEST = "manifest.json"
FILES = (ROWS, DATASHEET, MANIFEST)
PART = ".part"  # what is being written; whoever writes next clears it away
_ID_DIGITS = 12
_LINE = json.JSONEncoder(ensure_ascii=False)


def write_version(
    folder: Path,
    rows: Iterable[tuple[SetRow, Split]],
    facts: Mapping[str, Any],
    datasheet: Callable[[Mapping[str, Any]], str],
) -> dict[str, Any]:
    """Write a version into `folder`/id and return its manifest; one writer at a time.

    The id is `facts["name"]` with the first digits of the rows' hash: where that version is there and whole it stays
    as it is, and its manifest comes back. facts go into the manifest as they are; datasheet makes DATASHEET.md of the
    manifest. Raises `NoRoomError`, and whatever `rows` does: then nothing is there, or what was before.
    """
    part = folder / PART
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        manifest = _write_rows(part / ROWS, rows, facts)
        target = folder / str(manifest["id"])
        whole = _whole_manifest(target, manifest["rows_sha256"])
        if whole:
            return whole
        manifest["files"][DATASHEET] = _write_text(part / DATASHEET, datasheet(manifest))
        _write_text(part / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        sync_folder(part)
        _clear(target)
        part.rename(target)
        sync_folder(folder)
    except OSError as error:
        raise no_room(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a version says of itself; `CorruptError` where it is not whole."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _corrupt(folder, f"{MANIFEST}: {error}", f"{MANIFEST}: {error}") from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise _corrupt(folder, f"formato {found!r}, esperava-se {FORMAT}", f"format {found!r} instead of {FORMAT}")
    return manifest


def read_rows(folder: Path, split: Split | None = None) -> Iterator[tuple[SetRow, Split]]:
    """The rows in export order, all or those of one split, as a stream. Raises `CorruptError`."""
    try:
        with (folder / ROWS).open("rb") as file:
            for line in file:
                values = json.loads(line)
                if values["split"] not in SPLITS:
                    raise ValueError(f"split {values['split']!r}")
                if split in (None, values["split"]):
                    yield _row(values), values["split"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{ROWS}: {type(error).__name__}: {error}"
        raise _corrupt(folder, said, said) from error


def verify(folder: Path) -> None:
    """Compare a version's files with what its manifest says; `CorruptError` names the first that differs."""
    manifest = read_manifest(folder)
    try:
        for name, said in manifest["files"].items():
            if name not in FILES:  # such as one that lies elsewhere, or has no end
                raise _corrupt(folder, f"{MANIFEST} fala de {name!r}", f"{MANIFEST} speaks of {name!r}")
            with (folder / name).open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if sha256 != said["sha256"]:
                raise _corrupt(folder, f"{name} não é o que era", f"{name} is not what it was")
        if ROWS not in manifest["files"]:
            raise _corrupt(folder, f"{MANIFEST} não fala de {ROWS}", f"{MANIFEST} does not speak of {ROWS}")
        rows_sha256 = manifest["rows_sha256"]
    except (OSError, KeyError, TypeError, AttributeError) as error:
        said = f"{type(error).__name__}: {error}"
        raise _corrupt(folder, said, said) from error
    tally = _Tally()
    for row, split in read_rows(folder):
        tally.add(row, split)
    if tally.sha256() != rows_sha256 or tally.counts() != manifest.get("counts"):
        raise _corrupt(folder, f"{MANIFEST} não é destas linhas", f"{MANIFEST} is not of these rows")


@dataclass
class _Tally:
    """What the rows are in all, as they pass: 32 bytes of each are kept, and every prompt once."""

    digests: list[bytes] = field(default_factory=list)
    splits: dict[str, Split] = field(default_factory=dict)
    by_split: Counter[str] = field(default_factory=Counter)
    by_author: Counter[str] = field(default_factory=Counter)
    cards: int = 0

    def add(self, row: SetRow, split: Split) -> None:
        """Count a row; `DataError` where its prompt stands in another split."""
        other = self.splits.setdefault(row.prompt, split)
        if other != split:
            raise DataError(
                f"O pedido {row.prompt!r} está em {other} e em {split}; só pode estar em um. Divida de novo.",
                f"The prompt {row.prompt!r} stands in {other} and in {split}; only one may hold it. Split anew.",
            )
        said = f"{row.id}\x1f{set_json(row.prompt, row.columns, row.cards)}"
        self.digests.append(hashlib.sha256(said.encode()).digest())
        self.by_split[split] += 1
        self.by_author[row.author] += 1
        self.cards += len(row.cards)

    def sha256(self) -> str:
        """The hash of the rows, whatever their order: of the sorted hashes of each row's id, \\x1f and words."""
        return hashlib.sha256(b"".join(sorted(self.digests))).hexdigest()

    def counts(self) -> dict[str, Any]:
        """Sets, cards and different prompts; sets by split, in the splits' order, and by author."""
        return {
            "sets": len(self.digests),
            "cards": self.cards,
            "prompts": len(self.splits),
            "by_split": {split: self.by_split[split] for split in SPLITS},
            "by_author": dict(sorted(self.by_author.items())),
        }


def _write_rows(path: Path, rows: Iterable[tuple[SetRow, Split]], facts: Mapping[str, Any]) -> dict[str, Any]:
    tally, size, digest = _Tally(), 0, hashlib.sha256()
    with path.open("xb") as file:
        for row, split in rows:
            tally.add(row, split)
            line = _line(row, split)
            digest.update(line)
            size += file.write(line)
        sync_file(file)
    rows_sha256 = tally.sha256()
    return {
        "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        **facts,
        "format": FORMAT,
        "id": f"{facts['name']}-{rows_sha256[:_ID_DIGITS]}",
        "rows_sha256": rows_sha256,
        "counts": tally.counts(),
        "files": {ROWS: {"size_bytes": size, "sha256": digest.hexdigest()}},
    }


def _line(row: SetRow, split: Split) -> bytes:
    values = {
        "id": row.id,
        "prompt": row.prompt,
        "columns": dict(row.columns),
        "cards": [card_json(card) for card in row.cards],
        "author": row.author,
        "source": row.source,
        "split": split,
    }
    return (_LINE.encode(values) + "\n").encode()


def _row(values: Mapping[str, Any]) -> SetRow:
    cards = tuple(Card(*(card[field] for field in FIELDS)) for card in values["cards"])
    columns = tuple(values["columns"].items())
    return SetRow(values["id"], values["prompt"], cards, columns, values["author"], values["source"])


def _write_text(path: Path, text: str) -> dict[str, Any]:
    """Write a file to the disk; its size and hash, as the manifest says them."""
    content = text.encode()
    with path.open("xb") as file:
        file.write(content)
        sync_file(file)
    return {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _whole_manifest(folder: Path, rows_sha256: str) -> dict[str, Any] | None:
    """The manifest of the version in `folder` if it is whole and of these rows."""
    try:
        verify(folder)
        manifest = read_manifest(folder)
    except CorruptError:
        return None
    return manifest if manifest["rows_sha256"] == rows_sha256 else None


def _clear(folder: Path) -> None:
    """Make room for a version where half of one lies; anything else there is not ours to delete."""
    if not folder.exists():
        return
    others = [path.name for path in folder.iterdir() if path.name not in FILES]
    if others:
        raise WrongCall(
            f"Em {folder} há {', '.join(sorted(others))}, que não é de uma versão. Mude a pasta de lugar.",
            f"{folder} holds {', '.join(sorted(others))}, which is no part of a version. Move the folder away.",
        )
    shutil.rmtree(folder)


def _corrupt(folder: Path, pt: str, en: str) -> CorruptError:
    return CorruptError(
        f"A versão em {folder} não está inteira ({pt}). Traga a pasta da última cópia, ou congele de novo.",
        f"The version in {folder} is not whole ({en}). Bring the folder back from the last backup, or freeze again.",
    )
