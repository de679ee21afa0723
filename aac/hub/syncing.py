"""Files that are only added to a private dataset repository; their names are the only memory of what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from huggingface_hub import CommitOperationAdd, HfApi

from aac.hub.access import HubAccess, call, need_token
from aac.hub.pushing import PushOrder, commit, ensure_repository

NewFiles = Callable[[frozenset[str]], Mapping[str, bytes]]


def append_files(access: HubAccess, repository: str, message: str, new_files: NewFiles) -> tuple[str, ...]:
    """Add what `new_files` makes of the names that are there, in one commit; the paths that were added.

    `new_files` is asked again, with the names of then, when somebody committed meanwhile or the Hub's answer was lost:
    what has arrived is among the names and is not sent twice. A file that is there is never written over. The
    repository is made, private, where it is missing; a public one is refused. Raises `HubError`.
    """
    need_token(access)
    order = PushOrder(repository, "dataset", private=True, message=message)
    sent: list[str] = []

    def append(api: HfApi) -> None:
        head = ensure_repository(api, order).commit
        names = frozenset(api.list_repo_files(repository, revision=head, repo_type="dataset"))
        files = {path: data for path, data in new_files(names).items() if path not in names}
        sent.extend(path for path in files if path not in sent)
        if files:
            commit(api, order, head, [CommitOperationAdd(path, data) for path, data in files.items()])

    call(access, append, repository)
    return tuple(sent)
