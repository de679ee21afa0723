"""A repository of the Hub as a folder: of one commit, whole and checked byte for byte, or not at all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.hf_api import RepoFile

from aac.errors import DataError, HubError
from aac.files import no_room
from aac.hub.access import HubAccess, call
from aac.hub.pushing import Kind

# Nothing that runs code when it is opened: no pickles, no Python.
SAFE_FILES = ("*.safetensors", "*.json", "*.md", "*.jinja", "*.txt", "*.csv", "*.jsonl", "*.parquet")
SIZE_MAX_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to pull. revision: a branch, a tag or a commit. files: patterns, always within `SAFE_FILES`.

    found_max: how many files the repository may hold in all.
    """

    repository: str
    kind: Kind = "model"
    revision: str | None = None
    files: tuple[str, ...] = SAFE_FILES
    size_max_bytes: int = SIZE_MAX_BYTES
    found_max: int = 10_000


@dataclass(frozen=True, slots=True)
class Pulled:
    """A folder that holds the files of one commit."""

    folder: Path
    commit: str


def pull_folder(
    access: HubAccess, wanted: Wanted, into: Path, check: Callable[[Pulled], None] = lambda pulled: None
) -> Pulled:
    """Put the files of a repository's commit into `into`, in place of what is there.

    check: called with the whole folder before it takes its place; what it raises leaves `into` as it was. Nothing comes
    out of a cache: what the Hub does not give is an error. Raises `HubError`, `DataError` where the repository holds
    none of the files or too much, and `NoRoomError`.
    """
    name = wanted.repository
    commit = call(access, lambda api: _commit(api, wanted), name)
    files = _chosen(wanted, call(access, lambda api: _listed(api, wanted, commit), name))
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=into.parent) as temporary:
            part = Path(temporary) / "files"
            call(access, lambda api: _download(access, wanted, commit, files, part), name)
            shutil.rmtree(part / ".cache", ignore_errors=True)
            check(Pulled(part, commit))
            _put(part, into)
    except OSError as error:
        raise no_room(into, error) from error
    return Pulled(into, commit)


def _commit(api: HfApi, wanted: Wanted) -> str:
    return str(api.repo_info(wanted.repository, revision=wanted.revision, repo_type=wanted.kind).sha)


def _listed(api: HfApi, wanted: Wanted, commit: str) -> list[RepoFile]:
    tree = api.list_repo_tree(wanted.repository, recursive=True, revision=commit, repo_type=wanted.kind)
    found = [entry for entry, _ in zip(tree, range(wanted.found_max + 1), strict=False) if isinstance(entry, RepoFile)]
    if len(found) > wanted.found_max:
        raise _too_much(wanted, f"> {wanted.found_max}")
    return found


def _chosen(wanted: Wanted, found: Sequence[RepoFile]) -> list[RepoFile]:
    chosen = [file for file in found if _is_wanted(wanted, file.path)]
    if not chosen:
        expected = ", ".join(wanted.files)
        raise DataError(
            f"{wanted.repository} não tem nenhum destes arquivos: {expected}. Confira DONO/NOME e a revisão.",
            f"{wanted.repository} holds none of these files: {expected}. Check OWNER/NAME and the revision.",
        )
    size_bytes = sum(file.size for file in chosen)
    if size_bytes > wanted.size_max_bytes:
        raise _too_much(wanted, f"{size_bytes / 1e9:.2f} GB > {wanted.size_max_bytes / 1e9:.2f} GB")
    return chosen


def _is_wanted(wanted: Wanted, path: str) -> bool:
    parts = PurePosixPath(path).parts
    is_safe = not path.startswith("/") and "\\" not in path and not any(part.startswith(".") for part in parts)
    return is_safe and all(any(fnmatch(path, one) for one in some) for some in (wanted.files, SAFE_FILES))


def _too_much(wanted: Wanted, found: str) -> DataError:
    return DataError(
        f"{wanted.repository} tem arquivos demais ({found}). Não parece ser um adaptador ou conjunto da Prancha.",
        f"{wanted.repository} holds too much ({found}). It does not look like an adapter or a dataset of Prancha's.",
    )


def _download(access: HubAccess, wanted: Wanted, commit: str, files: Sequence[RepoFile], part: Path) -> None:
    """Into an empty folder, or one that an earlier try filled in part: each file is compared with the Hub's list."""
    snapshot_download(
        wanted.repository,
        repo_type=wanted.kind,
        revision=commit,
        local_dir=part,
        cache_dir=part / ".cache" / "hub",
        allow_patterns=[file.path for file in files],
        endpoint=access.endpoint,
        token=access.token or False,
        etag_timeout=access.timeout_s,
    )
    broken = [file.path for file in files if not _is_whole(part / file.path, file)]
    if broken:
        for path in broken:
            (part / path).unlink(missing_ok=True)
        raise HubError(
            f"{', '.join(broken)} de {wanted.repository} não chegou inteiro. Tente de novo.",
            f"{', '.join(broken)} of {wanted.repository} did not arrive whole. Try again.",
            is_retryable=True,
        )


def _is_whole(path: Path, file: RepoFile) -> bool:
    """Whether the bytes are those that the Hub lists: by sha256, or by git's own hash for small files."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    if file.lfs:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.lfs.sha256
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == file.blob_id


def _put(part: Path, into: Path) -> None:
    """`part` takes the name `into`; what had it comes back where that fails."""
    if not into.exists():
        part.replace(into)
        return
    old = part.with_name("old")
    into.replace(old)
    try:
        part.replace(into)
    except OSError:
        old.replace(into)
        raise
