"""Whose turn it is at the model: what each browser tab asked for, and what was taken back while it still waited."""

from __future__ import annotations

import threading
from collections import Counter


class Turns:
    """For each browser tab (Gradio's session): the stop signal of what was asked for, whether it is running, and how
    many requests still in the queue were taken back. A person with many tabs has the turns of one person.
    """

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._people: dict[str, str] = {}
        self._running: set[str] = set()
        self._taken_back: Counter[str] = Counter()

    def ask(self, session: str, person: str = "", most: int = 2) -> bool:
        """The tab stands in the queue; unless this person's other tabs have `most` requests waiting or answered."""
        others = sum(self._people.get(other) == person for other in list(self._stops) if other != session)
        if session not in self._stops and others >= most:
            return False
        self._people[session] = person
        self._stops.setdefault(session, threading.Event())
        return True

    def is_busy(self, session: str) -> bool:
        """Whether the tab waits or is answered."""
        return session in self._stops

    def begin(self, session: str) -> threading.Event | None:
        """The tab's turn has come: its stop signal; None where it was taken back."""
        stop = self._stops.get(session)
        if stop is None or self._taken_back[session]:
            self._taken_back[session] = max(0, self._taken_back[session] - 1)
            return None
        self._running.add(session)
        return stop

    def end(self, session: str, stop: threading.Event) -> None:
        """The answer is whole, or has failed."""
        self._running.discard(session)
        if self._stops.get(session) is stop:
            del self._stops[session]
            self._people.pop(session, None)

    def stop(self, session: str) -> bool:
        """End what is running; take back what is still in the queue, and say so."""
        stop = self._stops.get(session)
        if stop is None or session in self._running:
            if stop:
                stop.set()
            return False
        del self._stops[session]
        self._people.pop(session, None)
        self._taken_back[session] += 1
        return True

    def forget(self, session: str) -> None:
        """Stop what a tab that was closed or reloaded had asked for."""
        stop = self._stops.pop(session, None)
        self._people.pop(session, None)
        if stop:
            stop.set()

    def running(self) -> int:
        """How many requests are being answered."""
        return len(self._running)

    def waiting(self) -> int:
        """How many stand in the queue."""
        return sum(session not in self._running for session in list(self._stops))
