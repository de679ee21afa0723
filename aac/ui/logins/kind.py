"""What every kind of login can."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from aac.access import Asker


class Login(Protocol):
    """One of these stands in the gate. entrance: where people log in; empty where there is no such place."""

    @property
    def entrance(self) -> str:
        """See above."""
        ...

    async def asker(self, request: Request) -> Asker:
        """Who asks. Raises `aac.ui.answers.Refusal` where a request may not even be asked who it is of."""
        ...

    async def answer(self, request: Request) -> Response | None:
        """The answer where the address is one of this login's own, such as `/login`; None elsewhere."""
        ...
