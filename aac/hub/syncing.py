"""A log of files in a private dataset repository: files are added; their names are the only memory of what was sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError

from aac.hub.access import HubAccess, call, need_token
from aac.hub.pushing import PushOrder, commit, ensure_repository

CARD = "README.md"
NewFiles = Callable[[frozenset[str]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class There:
    """The files of a repository's commit."""

    commit: str
    names: frozenset[str]


def append_files(access: HubAccess, repository: str, message: str, new_files: NewFiles) -> tuple[str, ...]:
    """Add what `new_files` makes of the names that are there, in one commit; the paths that were added.

    `new_files` is asked again, with the names of then, when somebody committed meanwhile or the Hub's answer was lost:
    what has arrived is among the names and is not sent twice. A file that is there is never written over, but for the
    card. The repository is made, private, where it is missing; a public one is refused. Raises `HubError`.
    """
    need_token(access)
    order = _order(repository, message)
    sent: list[str] = []

    def append(api: HfApi) -> None:
        head = ensure_repository(api, order).commit
        names = frozenset(api.list_repo_files(repository, revision=head, repo_type="dataset"))
        files = {path: data for path, data in new_files(names).items() if path == CARD or path not in names}
        sent.extend(path for path in files if path not in sent)
        if files:
            commit(api, order, head, [CommitOperationAdd(path, data) for path, data in files.items()])

    call(access, append, repository)
    return tuple(sent)


def list_files(access: HubAccess, repository: str, *, is_made: bool = False) -> There | None:
    """The names of the files that are there; None where there is no such repository. Raises `HubError`.

    is_made: it is made where it is missing. The Hub says "missing" also to a token that may not see it; only who may
    make it knows that it is.
    """
    need_token(access)

    def look(api: HfApi) -> There | None:
        if is_made:
            head = ensure_repository(api, _order(repository, "")).commit
        else:
            try:
                head = str(api.dataset_info(repository).sha)
            except RepositoryNotFoundError:
                return None
        return There(head, frozenset(api.list_repo_files(repository, revision=head, repo_type="dataset")))

    return call(access, look, repository)


def replace_files(
    access: HubAccess, repository: str, parent: str, files: Mapping[str, bytes], removed: Collection[str]
) -> None:
    """Put `files` in the place of those `removed`, in one commit on top of `parent`, or not at all.

    Raises `HubError`, also where somebody has committed since `parent`.
    """
    need_token(access)
    order = _order(repository, "One file for many")

    def replace(api: HfApi) -> None:
        ensure_repository(api, order)
        adds = [CommitOperationAdd(path, data) for path, data in files.items()]
        api.preupload_lfs_files(repository, adds, repo_type="dataset", free_memory=False)
        commit(api, order, parent, [*adds, *(CommitOperationDelete(path, is_folder=False) for path in sorted(removed))])

    call(access, replace, repository)


def _order(repository: str, message: str) -> PushOrder:
    return PushOrder(repository, "dataset", private=True, message=message)
