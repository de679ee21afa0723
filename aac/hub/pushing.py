"""A folder, as it is, as a repository on the Hub: made where it is missing, and the same one twice is one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import DatasetInfo, ModelInfo, SpaceInfo

from aac.errors import HubError, WrongCall
from aac.hub.access import HubAccess, call, need_token

Kind = Literal["model", "dataset", "space"]
_AT = {"model": "", "dataset": "datasets/", "space": "spaces/"}


@dataclass(frozen=True, slots=True)
class PushOrder:
    """Where to push to. replaces: patterns of files that go from the repository when the folder has them no more."""

    repository: str
    kind: Kind = "model"
    private: bool = True
    message: str = "Prancha"
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    """What stands on the Hub now. commit: the one that holds the folder. is_private: whether few may see it."""

    repository: str
    url: str
    commit: str
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """A repository as it stands: its latest commit, and whether it is private."""

    commit: str
    is_private: bool


def push_folder(access: HubAccess, order: PushOrder, folder: Path, guard: Callable[[], None] = lambda: None) -> Pushed:
    """Push the files of `folder`, and give the commit that holds them: an earlier one where nothing has changed.

    guard: called after the files are uploaded and before the commit; what it raises leaves the repository as it was. It
    is called again with each try. Raises `HubError`.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not paths:
        raise WrongCall(f"{folder} está vazia: nada a enviar.", f"{folder} is empty: nothing to push.")
    need_token(access)

    def push(api: HfApi) -> Pushed:
        found = ensure_repository(api, order)
        # New ones at each try: the client notes in them what it believes to be on the Hub.
        adds = [CommitOperationAdd(path.relative_to(folder).as_posix(), path) for path in paths]
        api.preupload_lfs_files(order.repository, adds, repo_type=order.kind, free_memory=False)
        removed = _removed(api, order, found.commit, {add.path_in_repo for add in adds})
        guard()
        made = commit(api, order, found.commit, [*adds, *removed])
        return Pushed(order.repository, repository_url(access, order), made, found.is_private)

    return call(access, push, order.repository)


def delete_repository(access: HubAccess, repository: str, kind: Kind = "model") -> None:
    """Remove a repository with all its history; one that is not there is as good as removed. Raises `HubError`."""
    need_token(access)
    call(access, lambda api: api.delete_repo(repository, repo_type=kind, missing_ok=True), repository)


def commit(
    api: HfApi, order: PushOrder, parent: str, operations: Iterable[CommitOperationAdd | CommitOperationDelete]
) -> str:
    """Commit on top of `parent`, which must still be the latest; the new commit, or `parent` where nothing changed."""
    made = api.create_commit(
        order.repository, operations, commit_message=order.message, repo_type=order.kind, parent_commit=parent
    )
    return str(made.oid)


def ensure_repository(api: HfApi, order: PushOrder) -> Head:
    """The repository as it stands, made where it is missing.

    A private repository stays private whatever is asked for; a public one takes nothing that should be private.
    """
    try:
        info = _info(api, order)
    except RepositoryNotFoundError:
        api.create_repo(order.repository, private=order.private, repo_type=order.kind, exist_ok=True)
        info = _info(api, order)
    if order.private and not info.private:
        raise HubError(
            f"{order.repository} é público, e o envio é privado. Torne-o privado no Hub, escolha outro nome, ou diga "
            "que pode ser público (“Público” na página, --public no comando).",
            f"{order.repository} is public, and this is to be private. Make it private on the Hub, choose another "
            "name, or say that it may be public (“Public” on the page, --public of the command).",
        )
    return Head(str(info.sha), bool(info.private))


def repository_url(access: HubAccess, order: PushOrder) -> str:
    """Where people see the repository."""
    return f"{access.endpoint}/{_AT[order.kind]}{order.repository}"


def _info(api: HfApi, order: PushOrder) -> ModelInfo | DatasetInfo | SpaceInfo:
    if order.kind == "dataset":
        return api.dataset_info(order.repository)
    if order.kind == "space":
        return api.space_info(order.repository)
    return api.model_info(order.repository)


def _removed(api: HfApi, order: PushOrder, revision: str, kept: set[str]) -> list[CommitOperationDelete]:
    if not order.replaces:
        return []
    names = api.list_repo_files(order.repository, revision=revision, repo_type=order.kind)
    gone = [name for name in names if name not in kept and any(fnmatch(name, one) for one in order.replaces)]
    return [CommitOperationDelete(name, is_folder=False) for name in gone]
