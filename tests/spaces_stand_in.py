"""A stand-in of the package `spaces` on a ZeroGPU Space: a forked process a call, and pickles to and fro.

What it does like spaces 0.51.3: the decorated generator runs in the fork; arguments, yields and nothing else pass
between; an exception comes back as its class's name; closing tells the fork, which ends at its next yield. What it does
not model: the platform's queue and shares, CUDA, and PyTorch's emulation of it in the server.
"""

from __future__ import annotations

import inspect
import multiprocessing
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial, wraps
from types import ModuleType
from typing import Any

import torch

_fork = multiprocessing.get_context("fork")


class GradioLikeError(Exception):
    """As `gr.Error`: its words are its `message`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass
class StandIn:
    """decorated: how often. durations_s, processes, ended: what was asked for, ids and exit codes, call by call.

    refusal: why no GPU is lent now.
    """

    decorated: int = 0
    durations_s: list[int] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    refusal: str = ""

    @property
    def module(self) -> ModuleType:
        """What `import spaces` gives."""
        made = ModuleType("spaces")
        made.GPU = self.gpu  # type: ignore[attr-defined]
        return made

    def gpu(self, task: Callable[..., Any] | None = None, *, duration: Any = None) -> Any:
        """`spaces.GPU`."""
        if task is None:
            return partial(self.gpu, duration=duration)
        if not inspect.isgeneratorfunction(task):
            raise NotImplementedError("this stand-in knows generator functions only")
        self.decorated += 1

        @wraps(task)
        def handler(*arguments: Any) -> Generator[Any]:
            self.durations_s.append(duration(*arguments) if callable(duration) else duration)
            if self.refusal:
                raise GradioLikeError(self.refusal)
            yield from self._forked(task, arguments)

        return handler

    def _forked(self, task: Callable[..., Any], arguments: tuple[Any, ...]) -> Generator[Any]:
        asked, told, stop = _fork.SimpleQueue(), _fork.SimpleQueue(), _fork.Event()
        process = _fork.Process(target=_work, args=(task, asked, told, stop), daemon=True)
        process.start()
        self.processes.append(process.pid or 0)
        asked.put(arguments)
        kind = ""
        try:
            while (found := told.get())[0] != "end":
                kind, value = found
                if kind == "failed":
                    raise GradioLikeError(value)
                yield value
            kind = "end"
        finally:
            stop.set()
            while kind != "end":
                kind = told.get()[0]
            process.join(60)
            self.ended.append(-1 if process.exitcode is None else process.exitcode)


def _work(task: Callable[..., Any], asked: Any, told: Any, stop: Any) -> None:
    torch.set_num_threads(1)  # the other threads of the server's pool did not come along
    try:
        made = task(*asked.get())
        for value in made:
            if stop.is_set():
                made.close()
                break
            told.put(("yield", value))
    except Exception as error:
        told.put(("failed", type(error).__name__))
    told.put(("end", None))
