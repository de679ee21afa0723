"""How often, and how much at once, one person and one address may ask of a server that others can reach."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from aac.access import Asker, Role, Use
from aac.ui.access_texts import TOO_OFTEN
from aac.ui.answers import Refusal
from aac.ui.limits import Addresses, Allowance, Buckets
from aac.ui.spending import Spender

# Of a person: what many hands on one page do not reach. Of an address: a school behind one line.
# A program that calls one tool sends four requests.
_PER_PERSON: dict[Use, Allowance] = {
    "call": Allowance(120, 10),
    "upload": Allowance(20, 0.2),
    "tool": Allowance(60, 2),
}
_PER_ADDRESS: dict[Use, Allowance] = {
    "read": Allowance(2_000, 100),
    "call": Allowance(600, 50),
    "stream": Allowance(600, 20),
    "upload": Allowance(60, 1),
    "tool": Allowance(200, 8),
}
_STREAMS_PER_PERSON, _STREAMS_PER_ADDRESS = 20, 400
_STREAM_WAIT_S = "5"
_TURNS_PER_PERSON, _TURNS_PER_ADDRESS = 2, 8  # one that runs and one that waits; a class that shares a line
# Days' allowances of an address. The first few people of a class would use up one; with as many as a class has people,
# one person with many browsers, whom nobody can tell from a class, would have the model all day. Four is a choice, not
# measured.
_DAYS_PER_ADDRESS = 4


class Pace:
    """Who is not logged in has the limits of their address only: a browser's own code would be anybody's to change."""

    def __init__(self, addresses: Addresses, buckets: Buckets | None = None) -> None:
        self._addresses = addresses
        # A new secret would be a new key for the same address, which forgives what was used under the old one. It may
        # stay: what is counted is forgotten after a day.
        self._spenders = addresses.with_lasting_secret()
        self._buckets = Buckets() if buckets is None else buckets  # an empty one counts as false
        self._streams: Counter[str] = Counter()
        self._lock = threading.Lock()

    def check_address(self, request: Request, use: Use) -> None:
        """Raise `Refusal` 429, with `Retry-After` in seconds, for what comes too often from one address.

        It is asked before who asks is: a cookie that somebody made up costs a look into a file.
        """
        self._take(f"{use}:address:{self._addresses.key(request)}", _PER_ADDRESS[use])

    def check_person(self, asker: Asker, use: Use) -> None:
        """As `check_address`, of who is logged in."""
        if asker.key and use in _PER_PERSON:
            self._take(f"{use}:person:{asker.key}", _PER_PERSON[use])

    def _take(self, key: str, allowance: Allowance) -> None:
        if wait_s := self._buckets.wait_s(key, allowance):
            raise Refusal(429, TOO_OFTEN, {"Retry-After": str(math.ceil(wait_s))})

    def turns(self, request: Request, asker: Asker) -> tuple[str, int]:
        """The key under which requests to the model are counted, and how many may wait or run at once."""
        if asker.key:
            return f"person:{asker.key}", _TURNS_PER_PERSON
        return f"address:{self._addresses.key(request)}", _TURNS_PER_ADDRESS

    def spender(self, request: Request, asker: Asker) -> Spender:
        """Under which key the model's seconds are counted; a maintainer's are not."""
        if asker.role >= Role.MAINTAINER:
            return Spender()
        if asker.key:
            return Spender(f"person:{asker.key}")
        return Spender(f"address:{self._spenders.key(request)}", _DAYS_PER_ADDRESS, is_address=True)

    @contextmanager
    def stream(self, request: Request, asker: Asker) -> Iterator[None]:
        """While an answer that does not end is under way. Raises `Refusal` where there are too many already."""
        most = {f"address:{self._addresses.key(request)}": _STREAMS_PER_ADDRESS}
        if asker.key:
            most[f"person:{asker.key}"] = _STREAMS_PER_PERSON
        with self._lock:
            if any(self._streams[key] >= count for key, count in most.items()):
                raise Refusal(429, TOO_OFTEN, {"Retry-After": _STREAM_WAIT_S})
            self._streams.update(most.keys())
        try:
            yield
        finally:
            with self._lock:
                self._streams.subtract(most.keys())
                self._streams += Counter()  # what is at none any more is not kept
