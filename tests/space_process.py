"""An assembled Space as a process of its own, in the environment that a Space has; for tests and for a trial."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from aac.workflow.deploy_order import our_variables

SPACE_ID = "alice/prancha"
NOWHERE = "http://127.0.0.1:9"
SALT = "the salt of the Space"
_LOOK_S = 0.5


def environment_of(place: Path, port: int) -> dict[str, str]:
    """What a CPU Basic Space tells its app, and what a deployment adds where visitors may rate, far from any Hub.

    place: for all files.

    Facts of the platform: https://huggingface.co/docs/hub/spaces-overview, and public build logs.
    """
    platform = {
        **{"SYSTEM": "spaces", "SPACE_ID": SPACE_ID, "SPACE_HOST": f"127.0.0.1:{port}", "SPACE_AUTHOR_NAME": "alice"},
        **{"CPU_CORES": "2", "MEMORY": "16Gi", "ACCELERATOR": "none", "PYTHONUNBUFFERED": "1"},
        **{"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": str(port), "GRADIO_NUM_PORTS": "1"},
        **{"GRADIO_ALLOW_FLAGGING": "never", "GRADIO_THEME": "huggingface", "GRADIO_SSR_MODE": "true"},
        **{"GRADIO_MCP_SERVER": "true", "HF_ENDPOINT": NOWHERE},
    }
    ours = {
        **{name: value for name, value in our_variables("cpu-basic").items() if value},
        **{"PRANCHA_DATA_DIR": str(place / "data"), "HF_XET_CACHE": str(place / "data" / "xet")},
        **{"PRANCHA_OPEN_TO_ALL": "1", "PRANCHA_SALT": SALT, "TMPDIR": str(place / "tmp"), "HOME": str(place / "home")},
    }
    return {"PATH": os.environ.get("PATH", os.defpath), **platform, **ours}


class SpaceProcess:
    """`python app.py` in the assembled folder `place`/app, with `place`/home, which it cannot write to.

    set_there: variables and secrets that its owner set. program: what Python is told to run.
    """

    def __init__(
        self,
        place: Path,
        python: str = sys.executable,
        set_there: Mapping[str, str] | None = None,
        program: Sequence[str] = ("app.py",),
    ) -> None:
        self._place, self.set_there, self._command = place, dict(set_there or {}), [python, *program]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_s: float) -> None:
        """Start it, and come back once the page answers. Raises `RuntimeError` with its log where it does not."""
        (self._place / "tmp").mkdir(exist_ok=True)
        with (self._place / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._place / "app",
                env=environment_of(self._place, self.port) | self.set_there,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        end_s = time.monotonic() + timeout_s
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end_s:
                self.end()
                raise RuntimeError(self.log())
            time.sleep(_LOOK_S)

    def _answers(self) -> bool:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(self.url, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def log(self) -> str:
        """All that it has said so far."""
        return (self._place / "log").read_text(encoding="utf-8")

    def memory_peak_bytes(self) -> int:
        """The most memory that it has held so far, where Linux tells."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8") if self._process else ""
        return sum(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))

    def end(self) -> None:
        """As the platform ends it, with the processes that it forked."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
