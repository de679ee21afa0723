"""Whose a browser tab is: Gradio's `session_hash` is made by the browser, and whoever knows one could use it."""

from __future__ import annotations

import threading
from collections import OrderedDict

_KEPT = 10_000


class Tabs:
    """A tab is of who used it first. All who are not logged in are one here; nobody's tab is a logged-in person's."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def is_of(self, session_hash: str, key: str) -> bool:
        """Whether the tab is of this person (`Asker.key`); it is from now on, where it was nobody's."""
        with self._lock:
            owner = self._owners.setdefault(session_hash, key)
            self._owners.move_to_end(session_hash)
            if len(self._owners) > self._kept:
                self._owners.popitem(last=False)
            return owner == key
