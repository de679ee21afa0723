"""The page in a process of its own, on one port, to be killed without warning and started again."""

from __future__ import annotations

import multiprocessing
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.syncing import sync_of, syncing

# Each server is forked from a process that has its modules loaded: starting again takes a second.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])
_START_S = 120


class KillableServer:
    """One port and one data folder; whatever process serves them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Serve, and come back once the page answers."""
        is_up = _PROCESSES.Event()
        self._process = _PROCESSES.Process(target=_serve, args=(self.settings, self.port, is_up), daemon=True)
        self._process.start()
        if not is_up.wait(_START_S):
            raise RuntimeError(f"no page at {self.url} after {_START_S} s")

    @contextmanager
    def without_disk(self) -> Iterator[None]:
        """The system lets the server write nothing to any file, as where a disk is full or failing."""
        assert self._process is not None
        _, most = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (0, most))
        try:
            yield
        finally:
            resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most, most))

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def _serve(settings: Settings, port: int, is_up: Event) -> None:
    archive = Archive(settings)
    sync = sync_of(archive)
    page = build_page(Speakers(settings), archive, sync)
    options = {**launch_options(), "prevent_thread_lock": True, "quiet": True}
    page.launch(server_name="127.0.0.1", server_port=port, **options)
    is_up.set()
    with syncing(sync):
        page.block_thread()
