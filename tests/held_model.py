"""A model that is kept from writing, as if a long answer were before what comes now."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aac.models.generation import Speaker

PATIENCE_S = 120


@contextmanager
def held(speaker: Speaker) -> Iterator[None]:
    """Until the end of the block its thread does something else."""
    is_over = threading.Event()
    ahead = speaker._thread.do(lambda: is_over.wait(PATIENCE_S))
    try:
        yield
    finally:
        is_over.set()
        ahead.result()
