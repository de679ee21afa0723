"""Whose turn it is at the model: one line, in rounds; a person has one turn in each, first come first served.

So nobody waits while another has had two turns. A person has one request in the line. People who are not logged in
share what their address may have, and all but the first of those wait for later rounds (start-time fair queueing, Goyal
et al. 1996, with turns for lengths).
"""

from __future__ import annotations

import asyncio
import bisect
import threading
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Literal

MOST_IN_LINE = 200  # of all people together
# How often to look whether the turn has come, and, without any change, to see whether who waits is still there.
_LOOK_S, _SAY_S = 0.1, 2.0
# What was asked for and then never came to the line (its page was closed in between) keeps no place for longer.
_ASKED_FOR_S = 15.0


@dataclass(eq=False, slots=True)
class Ticket:
    """What one browser tab asked for. stop: the signal to end its answer. asked_s: when, on the turns' own clock.

    round: in which it has its turn, once it stands in the line. begun_s: when that began.
    """

    session: str
    person: str
    asked_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    state: Literal["asked", "waiting", "running", "over"] = "asked"
    round: int = 0
    begun_s: float | None = None


class LineFull(Exception):
    """As many as may stand in the line stand in it."""


class Turns:
    """A browser tab (Gradio's session) has one ticket; a person with many tabs has one that waits, and one that runs.

    clock: seconds that never go back. most: tickets of all people together.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_IN_LINE) -> None:
        self._clock = clock
        self._most = most
        self._tickets: dict[str, Ticket] = {}  # by session
        self._line: list[Ticket] = []
        self._running: Ticket | None = None
        self._round = 0  # of the turn that was begun last
        self._rounds: dict[
            str, int
        ] = {}  # the last one of each person who had or will have a turn in this one or later
        self._lock = threading.Lock()

    def ask(self, session: str, person: str = "", most: int = 2) -> bool:
        """Let the tab ask for one answer; False where this person's other tabs have as many waiting as may wait.

        most: how many requests of the person there may be; one of them runs, the others wait. Raises `LineFull`.
        """
        with self._lock:
            self._drop_lost()
            if session in self._tickets:
                return True
            waiting = sum(one.person == person and one.state != "running" for one in self._tickets.values())
            if waiting >= most - 1:
                return False
            if len(self._tickets) >= self._most:
                raise LineFull
            self._tickets[session] = Ticket(session, person, self._clock())
            return True

    def _drop_lost(self) -> None:
        oldest_s = self._clock() - _ASKED_FOR_S
        lost = [one for one in self._tickets.values() if one.state == "asked" and one.asked_s < oldest_s]
        for ticket in lost:
            self._take_out(ticket)

    def is_busy(self, session: str) -> bool:
        """Whether the tab waits or is answered."""
        return session in self._tickets

    def join(self, session: str) -> Ticket | None:
        """Stand at the end of a round; None for who did not ask, took it back, or stands there already."""
        with self._lock:
            ticket = self._tickets.get(session)
            if ticket is None or ticket.state != "asked":
                return None
            ticket.state = "waiting"
            ticket.round = max(self._round, self._rounds.get(ticket.person, -1) + 1)
            self._rounds[ticket.person] = ticket.round
            bisect.insort_right(self._line, ticket, key=lambda one: one.round)
            return ticket

    def ahead(self, ticket: Ticket) -> int:
        """How many are answered before this one, with the one that is being answered now."""
        with self._lock:
            place = self._line.index(ticket) if ticket in self._line else 0
            return place + (self._running is not None and self._running is not ticket)

    def begin(self, ticket: Ticket) -> bool:
        """Take the turn, where it has come: nobody is being answered, and nobody stands before."""
        with self._lock:
            if self._running is not None or not self._line or self._line[0] is not ticket:
                return False
            self._running = self._line.pop(0)
            self._round = ticket.round
            self._rounds = {person: last for person, last in self._rounds.items() if last >= self._round}
            ticket.state, ticket.begun_s = "running", self._clock()
            return True

    def end(self, ticket: Ticket) -> float:
        """The answer is whole, has failed, or whoever waited for it is gone; for how many seconds it held the model."""
        with self._lock:
            held_s = 0.0
            if self._running is ticket:
                self._running = None
                held_s = self._clock() - (ticket.begun_s or 0.0)
            self._take_out(ticket)
            return held_s

    def stop(self, session: str) -> bool:
        """End what is running; take back what still waits, and say so."""
        with self._lock:
            ticket = self._tickets.get(session)
            if ticket is None:
                return False
            ticket.stop.set()
            if ticket.state == "running":
                return False
            self._take_out(ticket)
            return True

    def withdraw(self, session: str) -> None:
        """Take back what the tab asked for and was then refused; what stands in the line already stays there."""
        with self._lock:
            ticket = self._tickets.get(session)
            if ticket is not None and ticket.state == "asked":
                self._take_out(ticket)

    def forget(self, session: str) -> None:
        """Stop what a tab that was closed or reloaded had asked for."""
        with self._lock:
            ticket = self._tickets.get(session)
            if ticket is not None:
                ticket.stop.set()
                self._take_out(ticket)

    def running(self) -> int:
        """How many requests are being answered: one or none."""
        with self._lock:
            return int(self._running is not None)

    def waiting(self) -> int:
        """How many have asked for an answer and do not have their turn yet."""
        with self._lock:
            return sum(one.state in ("asked", "waiting") for one in self._tickets.values())

    def _take_out(self, ticket: Ticket) -> None:
        """The one that runs holds the model until its `end`, whoever forgot it."""
        ticket.state = "over"
        if ticket in self._line:
            self._line.remove(ticket)
            if self._rounds.get(ticket.person) == ticket.round:  # a turn that was not had costs none
                self._rounds[ticket.person] -= 1
        if self._tickets.get(ticket.session) is ticket:
            del self._tickets[ticket.session]


async def places(turns: Turns, ticket: Ticket) -> AsyncGenerator[int]:
    """How many come before, each time that it changes, until the turn has come or was taken back."""
    said, unsaid_s = -1, 0.0
    while ticket.state == "waiting" and not turns.begin(ticket):
        ahead = turns.ahead(ticket)
        if ahead != said or unsaid_s >= _SAY_S:
            said, unsaid_s = ahead, 0.0
            yield ahead
        await asyncio.sleep(_LOOK_S)
        unsaid_s += _LOOK_S
