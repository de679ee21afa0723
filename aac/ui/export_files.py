"""Files made for download: they may hold what a person erases later, so none lies about for long."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from pathlib import Path

_PREFIX = "prancha-export-"
_KEPT_S = 3600
_log = logging.getLogger(__name__)


def new_folder(cache: Path) -> Path:
    """A folder in Gradio's own cache, from where a file is served as it lies and not copied once more."""
    clear(cache, _KEPT_S)
    cache.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=cache))


def clear(cache: Path, older_than_s: float = 0) -> None:
    """Remove what was made for download, whichever server made it, also one that was killed."""
    for folder in cache.glob(f"{_PREFIX}*/"):
        try:
            if time.time() - folder.stat().st_mtime >= older_than_s:
                shutil.rmtree(folder)
        except FileNotFoundError:  # another server was faster
            continue
        except OSError as error:
            _log.error("%s may hold what somebody erased and cannot be removed (%s): remove it by hand", folder, error)
