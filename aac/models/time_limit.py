"""How long one answer may take: what is asked for without an end must not keep the next from its turn."""

from __future__ import annotations

import time
from collections.abc import Callable


class TimeLimit:
    """Counts from the answer's own turn, so that nobody's wait is taken off their time.

    limit_s: 0 for none. clock: seconds that never go back.
    """

    def __init__(self, limit_s: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit_s = limit_s
        self.has_cut = False
        self._clock = clock
        self._end_s: float | None = None

    def begin(self) -> None:
        """The turn has come."""
        self._end_s = self._clock() + self.limit_s if self.limit_s else None

    def is_over(self) -> bool:
        """Whether the time is up; once it is, it stays so."""
        if self._end_s is not None and self._clock() >= self._end_s:
            self.has_cut = True
        return self.has_cut
