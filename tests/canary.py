"""A server on loopback that nobody should ever call; it notes who does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Canary:
    """asked: the path of every request that came."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Canary]:
    canary = Canary()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(canary))
    canary.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield canary
    server.shutdown()
    server.server_close()
    thread.join()


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
