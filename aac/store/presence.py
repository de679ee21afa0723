"""Which workers are alive, told by locks that die with their holders: no clocks to compare, nothing to clean up."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from types import TracebackType

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aac.errors import WrongCall
from aac.store.database import Database, explained

# Looked up rather than tried: whoever tries a lock holds it for a moment, and a worker that starts then is turned away.
_HELD = """
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
 AND (classid::bigint << 32 | objid::bigint) = CAST(:key AS bigint))
"""


class Presence:
    """A worker's sign that it is alive, held while the context is open.

    On PostgreSQL a session's advisory lock; a file has one worker only, which its own lock file guards.
    """

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._connection: Connection | None = None

    def __enter__(self) -> Presence:
        """`WrongCall` where a worker of that name is alive already."""
        if not self._database.is_sqlite:
            with explained(self._database.name):
                self._connection = _autocommit(self._database)
                # A machine that vanished is noticed within a minute, not in the two hours of most systems.
                for name, value in (("idle", 20), ("interval", 10), ("count", 4)):
                    self._connection.exec_driver_sql(f"SET tcp_keepalives_{name} = {value}")
                if not _take(self._connection, self._worker):
                    self._connection.close()
                    raise WrongCall(
                        f"Já há um processo de treino chamado {self._worker}. Encerre-o antes.",
                        f"There is a worker called {self._worker} already. End it first.",
                    )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.detach()  # not back to the pool, with its lock
                self._connection.close()

    def is_held(self) -> bool:
        """Whether the others still see it; they may have taken this worker's runs where not."""
        if self._connection is None:
            return True
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return False
        return True


def is_present(database: Database, worker: str) -> bool:
    """Whether that worker is alive. A file's only worker takes up its own runs, so there the answer is yes."""
    if database.is_sqlite:
        return True
    with database.read() as connection:
        return bool(connection.scalar(text(_HELD), {"key": _key(worker)}))


def _take(connection: Connection, worker: str) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(worker)}))


def _autocommit(database: Database) -> Connection:
    return database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _key(worker: str) -> int:
    return int.from_bytes(hashlib.sha256(f"prancha worker {worker}".encode()).digest()[:8], signed=True)
