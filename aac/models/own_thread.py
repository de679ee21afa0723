"""One thread for work that must not be done twice at once, and that should always be done in the same thread."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
Task = tuple[Future[Any], Callable[[], Any]]


class OwnThread:
    """Does what it is given, one after the other; its thread begins with the first of it, and ends with this object.

    A `ThreadPoolExecutor` of one would be waited for where the program ends, however long its work goes on; this thread
    is a daemon. first: called in the thread before all else.
    """

    def __init__(self, first: Callable[[], None]) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._first = first
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], Result]) -> Future[Result]:
        """Its result to come; until it has begun it can be cancelled."""
        future: Future[Result] = Future()
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=_do_all, args=(self._tasks, self._first), daemon=True)
                thread.start()
                weakref.finalize(self, self._tasks.put, None)
                self._thread = thread
        self._tasks.put((future, work))
        return future

    def end(self, future: Future[Any]) -> None:
        """Cancel what has not begun, and wait for what has; but not in the thread itself, which would wait for ever.

        There an iterator that somebody forgot may be closed by the garbage collector.
        """
        if not future.cancel() and threading.current_thread() is not self._thread:
            wait([future])


def _do_all(tasks: SimpleQueue[Task | None], first: Callable[[], None]) -> None:
    first()
    while (task := tasks.get()) is not None:
        future, work = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
        del task, future, work  # what it holds may be a whole model
