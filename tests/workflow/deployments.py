"""Names of a deployment to the Hub's stand-in, and a clock that waiting moves."""

from __future__ import annotations

SPACE = "alice/prancha"
POLL_S = 5.0


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
