"""What a Space's build leaves behind: a model in the Hub client's own cache, laid out as the client does."""

from __future__ import annotations

from pathlib import Path

from aac.models.registry import BaseModel

CACHE = Path(".cache") / "huggingface" / "hub"


def preload(cache: Path, entry: BaseModel, model: Path) -> Path:
    """Lay the files of `model` out in `cache` as the entry's pinned revision; its folder there."""
    repository = cache / f"models--{entry.repository.replace('/', '--')}"
    blobs, snapshot = repository / "blobs", repository / "snapshots" / entry.revision
    for folder in (blobs, snapshot, repository / "refs"):
        folder.mkdir(parents=True)
    (repository / "refs" / "main").write_text(entry.revision, encoding="utf-8")
    for file in sorted(path for path in model.iterdir() if path.is_file()):
        (blobs / file.name).symlink_to(file)
        (snapshot / file.name).symlink_to(Path("..") / ".." / "blobs" / file.name)
    return snapshot
