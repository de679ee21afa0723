"""A real `app.py` in a process of its own, and the processes that it starts for its data folder."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from aac.settings import Settings
from tests.conftest import ROOT
from tests.workflow.runs import PATIENCE_S, wait_for


class AppProcess:
    """`python app.py` over one data folder and on one port, to be killed and started again.

    set_there: variables that its owner set. log: where its words go, by default beside its data. program: what Python
    is to run in place of `app.py`.
    """

    def __init__(
        self,
        settings: Settings,
        set_there: Mapping[str, str] | None = None,
        log: Path | None = None,
        program: Sequence[str] = ("app.py",),
    ) -> None:
        self._settings = settings
        self._set_there = dict(set_there or {})
        self.log = log or settings.data_dir / "app.log"
        self._program = tuple(program)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and come back at once."""
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program, "--port", self.url.rstrip("/").rpartition(":")[2]],
                cwd=ROOT,
                env=self._settings.child_environment() | self._set_there,
                stdout=log,
                stderr=log,
            )

    def answers(self) -> bool:
        """Whether the page is served."""
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(self.url, timeout=20) as answer:
            return bool(answer.status == 200)
        return False

    @property
    def is_running(self) -> bool:
        """Whether its process is there and has not ended: one that nobody waited for yet has still a number."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a power cut would; what it started is left alone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE_S)
            self._process = None

    def end(self) -> None:
        """The app and its worker."""
        self.kill()
        end_workers(self._settings)


def end_workers(settings: Settings) -> None:
    """The workers of this data folder, and what trains for them."""
    for worker in workers(settings):
        with suppress(psutil.NoSuchProcess):
            worker.terminate()
    wait_for(lambda: not workers(settings) and not trainers(settings), "processes that do not end")


def workers(settings: Settings) -> list[psutil.Process]:
    """The workers of this data folder."""
    return _running(settings, ("worker",))


def trainers(settings: Settings) -> list[psutil.Process]:
    """What trains or measures for this data folder now."""
    return _running(settings, ("train", "measure"))


def _running(settings: Settings, commands: tuple[str, ...]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            words = process.cmdline()
            is_ours = words[1:3] == ["-m", "aac"] and words[3:4] and words[3] in commands
            if is_ours and process.environ().get("PRANCHA_DATA_DIR") == str(settings.data_dir):
                found.append(process)
    return found
