"""What a worker in the background says, in a file that does not grow for ever."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 1_000_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _WholeLog(RotatingFileHandler):
    """Takes in what is printed too, by whatever library: standard output and error are always the file of now."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        for number in (1, 2):
            os.dup2(stream.fileno(), number)
        return stream


def log_to(path: Path, most_bytes: int = MOST_BYTES) -> None:
    """Send all that this process says from now on to `path`; past `most_bytes` that becomes `path`.1, the one before
    goes.
    """
    handler = _WholeLog(path, maxBytes=most_bytes, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.getLogger().addHandler(handler)
