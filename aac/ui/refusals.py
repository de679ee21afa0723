"""Why a browser tab's request was refused, until its page has come back to say it."""

from __future__ import annotations

import threading
from collections import OrderedDict

from aac.ui.texts import Text

_KEPT = 1_000


class Refusals:
    """One a tab, the last; the oldest go where pages do not come back for theirs."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._texts: OrderedDict[str, Text] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, session: str, text: Text) -> None:
        """Keep it in the place of an earlier one."""
        with self._lock:
            self._texts.pop(session, None)
            self._texts[session] = text
            if len(self._texts) > self._kept:
                self._texts.popitem(last=False)

    def take(self, session: str) -> Text | None:
        """It, once; None where there is none."""
        with self._lock:
            return self._texts.pop(session, None)
