"""What the stand-in of the Hub holds, read behind the client's back."""

from __future__ import annotations

from typing import Any

Repository = dict[str, Any]


def repository(server: Any, name: str, kind: str = "models") -> Repository:
    found: Repository = server.store.load(kind, name)
    return found


def files(server: Any, name: str, kind: str = "models") -> dict[str, bytes]:
    """The bytes of the latest commit, by path."""
    repo = repository(server, name, kind)
    latest = repo["commits"][repo["main"]]["files"]
    return {path: server.store.blob(entry["sha256"]).read_bytes() for path, entry in latest.items()}


def commits(server: Any, name: str, kind: str = "models") -> int:
    """How many commits there are, the first one, which holds nothing, left out."""
    return len(repository(server, name, kind)["commits"]) - 1


def requests(server: Any, path: str) -> list[int]:
    """The statuses of the requests whose path holds `path`."""
    return [entry["status"] for entry in server.log if path in entry["path"]]
