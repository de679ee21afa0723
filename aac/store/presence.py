"""Which workers are alive, told by locks that die with their holders: no clocks to compare, nothing to clean up."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from types import TracebackType

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aac.errors import WrongCall
from aac.store.database import Database, explained


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
                self._connection.close()
                self._connection.detach()

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
    with explained(database.name), _autocommit(database) as connection:
        is_free = _take(connection, worker)
        if is_free:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(worker)})
        return not is_free


def _take(connection: Connection, worker: str) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(worker)}))


def _autocommit(database: Database) -> Connection:
    return database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _key(worker: str) -> int:
    return int.from_bytes(hashlib.sha256(f"prancha worker {worker}".encode()).digest()[:8], signed=True)
