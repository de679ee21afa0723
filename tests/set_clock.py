"""A program whose clock can be set: `python -m tests.set_clock FILE PROGRAM [ARGUMENT …]`.

FILE holds the seconds by which the clock of the wall is off; it is read again every tenth of a second. The clock that
never goes back (`time.monotonic`) is left alone, as it is where somebody sets a computer's clock.
"""

from __future__ import annotations

import datetime
import importlib
import runpy
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_REAL_TIME, _REAL_DATETIME = time.time, datetime.datetime
_TELLING_TIME = ("aac.store.database", "aac.store.queue")  # the others ask `now_utc`, or do not serve
_off_s = 0.0


class _Datetime(_REAL_DATETIME):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _REAL_DATETIME.fromtimestamp(time.time(), tz)


def _follow(file: Path) -> None:
    global _off_s
    while True:
        with suppress(OSError, ValueError):
            _off_s = float(file.read_text(encoding="utf-8"))
        time.sleep(0.1)


def main(file: str, program: str, *arguments: str) -> None:
    threading.Thread(target=_follow, args=(Path(file),), daemon=True).start()
    time.time = lambda: _REAL_TIME() + _off_s
    for module in _TELLING_TIME:  # not for other libraries: some are built for the real class
        vars(importlib.import_module(module))["datetime"] = _Datetime
    sys.path.insert(0, str(Path(program).parent.absolute()))
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
