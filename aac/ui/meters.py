"""What a server counts of itself while it runs, for `/metrics`. No label tells of a person, an address or a word:
each has a few values, all of them named here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from aac.access import Route
from aac.records import Generation
from aac.ui.answers import KINDS as REFUSALS
from aac.ui.turns import Turns

ROUTES = ("page", "health", "metrics", "login", "read", "call", "stream", "upload", "tool", "other")
STATUSES = ("2xx", "3xx", "4xx", "5xx")
# Why somebody was sent away: the kinds of a refusal (403 "role", 429 "rate", …), a person's turns that are taken, a
# line that is full, and a day's allowance that is used up.
REASONS = (*dict.fromkeys(REFUSALS.values()), "turn", "full", "day")
# "end" and "length" are whole answers; "refused" is what may not be asked, "failed" what the server could not do.
OUTCOMES = ("end", "length", "stopped", "time", "refused", "failed")
_OF_OWN = {"/": "page", "/health": "health", "/metrics": "metrics"}
_BUCKETS_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300)


def kind_of(path: str, route: Route | None) -> str:
    """One of `ROUTES`, whatever the path is; what has no row, or is nobody's, is "other"."""
    if path.startswith(("/login", "/logout")):
        return "login"
    if route is None or route.least is None:
        return "other"
    return _OF_OWN.get(path, route.use)


@dataclass
class Answering:
    """One request to the model. A tab that is closed meanwhile has stopped it."""

    outcome: str = "stopped"
    tokens: int = 0

    def take(self, columns: Sequence[Generation]) -> None:
        """What is there so far."""
        self.tokens = sum(column.tokens for column in columns)
        ends = {column.finish for column in columns}
        if "running" not in ends:
            self.outcome = next((end for end in ("time", "stopped", "length") if end in ends), "end")


class Meters:
    """Of one server, in a registry of its own: a process may have many."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        self._requests = Counter(
            "prancha_requests", "Requests by kind of route and class of status", ("route", "status"), registry=own
        )
        self._refused = Counter("prancha_refused", "Requests that were refused, by reason", ("reason",), registry=own)
        self._answers = Counter(
            "prancha_generations", "Answers of the model that are over, by how they ended", ("outcome",), registry=own
        )
        self._tokens = Counter("prancha_generation_tokens", "Tokens that the model wrote for people", registry=own)
        self._seconds = Histogram(
            "prancha_generation_seconds", "From a request's turn to its answer's end", registry=own, buckets=_BUCKETS_S
        )
        self._running = Gauge("prancha_generations_running", "Requests being answered", registry=own)
        self._waiting = Gauge("prancha_generations_waiting", "Requests waiting for their turn", registry=own)
        for route in ROUTES:
            for status in STATUSES:
                self._requests.labels(route, status)
        for reason in REASONS:
            self._refused.labels(reason)
        for outcome in OUTCOMES:
            self._answers.labels(outcome)

    def watch(self, turns: Turns) -> None:
        """Tell of these turns at the model."""
        self._running.set_function(turns.running)
        self._waiting.set_function(turns.waiting)

    def answered(self, route: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(route, STATUSES[min(max(status // 100, 2), 5) - 2]).inc()
        if status in REFUSALS:
            self.refused(REFUSALS[status])

    def refused(self, reason: str) -> None:
        """Somebody was sent away by other means than the answer's status. reason: one of `REASONS`."""
        self._refused.labels(reason).inc()

    @contextmanager
    def answering(self) -> Iterator[Answering]:
        """While the model answers a request. Seconds are counted where it wrote anything."""
        one, started_s = Answering(), time.perf_counter()
        try:
            yield one
        finally:
            self._answers.labels(one.outcome).inc()
            self._tokens.inc(one.tokens)
            if one.tokens:
                self._seconds.observe(time.perf_counter() - started_s)
