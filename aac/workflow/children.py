"""Work in a process of its own, so that neither its memory nor its end is the worker's."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from aac.settings import Settings

_ROOT = Path(__file__).parent.parent.parent
_LOOK_S = 0.25
_GRACE_S = 3.5  # to keep a checkpoint in; a person who cancels is not kept waiting for 5 s
NICE = 10


def run_child(
    arguments: Sequence[str], settings: Settings, log: Path, is_wanted: Callable[[], bool], grace_s: float = _GRACE_S
) -> int:
    """`python -m aac ARGUMENTS` at low priority, its words appended to `log`; its exit code, negative for a signal.

    It is asked to stop, and after grace_s made to, as soon as is_wanted says no. It gets no token.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-m", "aac", *arguments],
            cwd=_ROOT,
            env=settings.child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _give_way(process)
        while process.poll() is None and is_wanted():
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace_s)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    return process.returncode


def run_quick_child(arguments: Sequence[str], settings: Settings, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """The same for a short work whose output is wanted. Raises `subprocess.TimeoutExpired`, the child being ended."""
    command = [sys.executable, "-m", "aac", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own commands
        command,
        cwd=_ROOT,
        env=settings.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            _give_way(process)
            out, error = process.communicate(timeout=timeout_s)
        finally:
            process.kill()  # nothing to do where it has ended
    return subprocess.CompletedProcess(command, process.returncode, out, error)


def _give_way(process: subprocess.Popen[Any]) -> None:
    """Let people's own work go first."""
    with suppress(psutil.Error):
        psutil.Process(process.pid).nice(NICE if sys.platform != "win32" else psutil.BELOW_NORMAL_PRIORITY_CLASS)


def spawn_detached(arguments: Sequence[str], settings: Settings, log: Path) -> None:
    """`python -m aac ARGUMENTS` that goes on when this process ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-m", "aac", *arguments],
            cwd=_ROOT,
            env=settings.child_environment(with_token=True),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until(is_so: Callable[[], bool], timeout_s: float, look_s: float = _LOOK_S) -> bool:
    """Whether it became so in time."""
    end_s = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > end_s:
            return False
        time.sleep(look_s)
    return True
