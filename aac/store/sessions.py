"""Who is logged in: a file of its own beside the database, because it is of one server and belongs in no backup.

Of a session only digests stand in it: of its id, which the browser has, and of the login.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from aac.errors import StoreError
from aac.files import check_folder

FILE_NAME = "sessions.sqlite3"
IDLE_S = 8 * 3600
LONGEST_S = 7 * 24 * 3600
_TOUCHED_EVERY_S = 300
_ID_BYTES = 32
_PATIENCE_S = 0.5  # with another program that holds the file: so long waits each request of who has a session
_TABLE = (
    "CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, kind TEXT NOT NULL, login TEXT NOT NULL, "
    "mark TEXT NOT NULL, created_s REAL NOT NULL, seen_s REAL NOT NULL) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Session:
    """kind: of login. login: its digest. mark: the digest of what has to hold still, or is looked up, of the login."""

    kind: str
    login: str
    mark: str


class Sessions:
    """The file is opened for each look, so that many threads may look at once, each waiting for itself where another
    program holds it, and what stands in the file's place holds at once. clock: seconds since 1970.
    """

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = data_dir / FILE_NAME
        self._clock = clock

    def begin(self, session: Session) -> str:
        """The id of a new session, which no request can choose. Raises `StoreError`."""
        made, now = secrets.token_urlsafe(_ID_BYTES), self._clock()
        with self._file(make=True) as file, file:
            file.execute("DELETE FROM sessions WHERE seen_s < ? OR created_s < ?", (now - IDLE_S, now - LONGEST_S))
            file.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                (_digest(made), session.kind, session.login, session.mark, now, now),
            )
        return made

    def find(self, session_id: str) -> Session | None:
        """The session of this id, unless it has ended: not used for `IDLE_S`, or begun `LONGEST_S` ago."""
        if not self._path.exists():
            check_folder(self._path.parent)
            return None
        now = self._clock()
        with self._file() as file:
            if not _is_made(file):
                return None
            row = file.execute(
                "SELECT kind, login, mark, created_s, seen_s FROM sessions WHERE id = ?", (_digest(session_id),)
            ).fetchone()
            if row is None or now - row[3] > LONGEST_S or now - row[4] > IDLE_S:
                return None
            if now - row[4] > _TOUCHED_EVERY_S:
                # On a full disk who is logged in still is, until the session ends; and nobody waits for this.
                file.execute("PRAGMA busy_timeout = 0")
                with suppress(sqlite3.OperationalError), file:
                    file.execute("UPDATE sessions SET seen_s = ? WHERE id = ?", (now, _digest(session_id)))
        return Session(*row[:3])

    def end(self, session_id: str) -> None:
        """Delete it: the browser's cookie, or a copy of it, is worth nothing from now on."""
        if not self._path.exists():
            check_folder(self._path.parent)
            return
        with self._file() as file, file:
            if _is_made(file):
                file.execute("DELETE FROM sessions WHERE id = ?", (_digest(session_id),))

    def check_writable(self) -> None:
        """Raise `StoreError` where no session could be written now. Nothing is made or changed."""
        try:
            if not self._path.exists():
                place = next(place for place in self._path.parents if place.exists())
                if not (place.is_dir() and os.access(place, os.W_OK)):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                return
            with closing(self._opened()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("SELECT count(*) FROM sqlite_master")
                connection.rollback()
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error

    @contextmanager
    def _file(self, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with closing(self._opened()) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                if make:
                    connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self._path} não pode ser usado ({error}): ninguém pode entrar agora. Libere espaço, dê permissão ou "
            "feche o programa que o prende.",
            f"{self._path} cannot be used ({error}): nobody can log in now. Free some room, give permission, or end "
            "the program that holds it.",
        )

    def _opened(self) -> sqlite3.Connection:
        """Never made here: that would be with another mode."""
        return sqlite3.connect(f"file:{quote(str(self._path))}?mode=rw", uri=True, timeout=_PATIENCE_S)


def _is_made(file: sqlite3.Connection) -> bool:
    """Whether the table is there: the first login makes the file, then the table, and others may look in between."""
    return file.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone() is not None


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()
