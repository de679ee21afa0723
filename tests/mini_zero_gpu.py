"""What the package `spaces` meets on a ZeroGPU Space, in small: the platform's own answers, and a GPU that is a CPU.

With it the package itself runs: it emulates CUDA in the server, reports the start, asks for a GPU, forks a process and
takes it back. What is left out: the queue and people's shares, and whatever would touch a GPU in the forked process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.loopback import served

# Runs in place of `python app.py`: the package first, then its two functions that want a GPU replaced, then the app.
PROGRAM = (
    "-c",
    """
import runpy
import sys

import torch

torch.version.cuda = torch.version.cuda or "13.0"  # a build for CPUs has none, and the package asks for it
import spaces
import spaces.zero.torch

# The other threads of the server's pool did not come along into the fork: with them two cores wait for one another.
spaces.zero.torch.init = lambda nvidia_uuid: torch.set_num_threads(1)
spaces.zero.torch.move = lambda callback=None: None
sys.path.insert(0, "")
runpy.run_path("app.py", run_name="__main__")
""",
)
_LENT = {"idle": True, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": "nobody's"}


@contextmanager
def running(asked: list[str]) -> Iterator[dict[str, str]]:
    """The platform, and what its Space is told besides. asked: gets what the package asked for, in order."""

    class Platform(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            asked.append(path)
            body = json.dumps(_LENT if path == "/schedule" else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing is printed."""

    with served(Platform) as url:
        yield {"SPACES_ZERO_GPU": "true", "SPACES_ZERO_DEVICE_API_URL": url, "ACCELERATOR": "zero-a10g"}
