"""`GET /health`, or HEAD, for whoever watches the server: open to all, so it names no person, path or repository."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from aac import __version__
from aac.errors import AacError
from aac.files import check_room
from aac.models.registry import EMBEDDED_ID
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers

PATH = "/health"
_KNOWN_FOR_S = 5.0
_log = logging.getLogger(__name__)


class Health:
    """One look at a time, and its answer for `_KNOWN_FOR_S`: asking often costs nothing."""

    def __init__(self, archive: Archive, speakers: Speakers, clock: Callable[[], float] = time.monotonic) -> None:
        self._archive = archive
        self._speakers = speakers
        self._clock = clock
        self._looking = asyncio.Lock()
        self._found: tuple[float, dict[str, Any]] | None = None

    async def answer(self) -> Response:
        """200; or 503 where the database or the data folder cannot be read and written.

        Annotations wait in people's browsers then; or nobody can be recognised, as sessions lie in the folder.
        """
        found = await self.found()
        return JSONResponse(found, 200 if (found["database"], found["folder"]) == ("ok", "ok") else 503)

    async def found(self) -> dict[str, Any]:
        """What was found at the last look, which is young enough."""
        async with self._looking:
            if self._found is None or self._clock() - self._found[0] >= _KNOWN_FOR_S:
                self._found = self._clock(), await asyncio.to_thread(self._look)
        return self._found[1]

    def _look(self) -> dict[str, Any]:
        database = _tried(lambda: self._archive.database.check_writable())  # first: it makes the folder
        folder = _tried(lambda: check_room(self._archive.settings.data_dir))
        if database == "ok" and self._archive.database.is_sqlite:  # beginning to write takes no room yet
            database = folder
        model = "ready" if self._speakers.has(EMBEDDED_ID) else "waiting"
        status = "ok" if (database, folder, model) == ("ok", "ok", "ready") else "degraded"
        return {"status": status, "version": __version__, "database": database, "folder": folder, "model": model}


def _tried(look: Callable[[], None]) -> str:
    try:
        look()
    except AacError as error:
        _log.warning("health: %s", error)
        return "failed"
    return "ok"
