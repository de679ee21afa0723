"""A server on loopback that nobody should ever call; it notes who does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import served


@dataclass
class Canary:
    """asked: the path of every request that came."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Canary]:
    canary = Canary()
    with served(_handler(canary)) as canary.url:
        yield canary


def _handler(canary: Canary) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None: ...

        def answer(self) -> None:
            canary.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"secret")

        do_GET = do_POST = do_HEAD = do_PUT = answer

    return Handler
