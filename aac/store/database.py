"""Opening the database, moving its schema forward, and transactions whose failures a person can understand."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, OperationalError, SQLAlchemyError

from aac.errors import AacError, CorruptError, StoreError, WrongCall
from aac.store.schema_version import check_not_newer, upgrade

FILE_NAME = "prancha.sqlite3"
_POSTGRESQL_PORT = 5432
_BUSY_TIMEOUT_S = 10
_TURN_S = 8  # with the other, less than the 20 s that the page waits for an answer
_WRITER_LOCK = 7226242
_TRIES = 3
T = TypeVar("T")


def now_utc() -> str:
    """The time now as the tables hold it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Database:
    """One database. `read` and `write` give a connection in a transaction; leaving it commits, an error undoes all.

    Writers go one after the other, so that each sees all that the earlier ones did. On SQLite those of one process wait
    for each other here, in order, rather than in SQLite's own polling; on PostgreSQL a lock of ours does the same.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.name = str(engine.url.database) if self.is_sqlite else f"{engine.url.host}/{engine.url.database}"
        self._writer = threading.Lock()
        self._file: tuple[int, int] | None = None  # which file it is: device and number

    @classmethod
    def open(cls, data_dir: Path, url: str = "") -> Database:
        """Open the database at `url`, or the file in `data_dir`, and bring its schema up to date.

        Raises `StoreError` where it cannot be reached or written, `CorruptError` where it is damaged, and `WrongCall`
        where the URL is none or the schema is newer than this program.
        """
        database = cls(_engine(url) if url else _sqlite_engine(data_dir / FILE_NAME))
        with explained(database.name):
            if not database.is_sqlite:
                _migrate(database)
                return database
            file = Path(database.name)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _not_writable(database.name, str(error), is_begun=False) from error
            file.touch(mode=0o600)  # for nobody else on this computer; SQLite's other files are as this one
            with FileLock(file.with_name(f".{file.name}.lock"), timeout=60):
                _migrate(database)
            database._check_there()
            return database

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing may be written in it."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            explained(self.name),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that has been synchronised to disk when it ends without an error."""
        if not self.is_sqlite:
            with explained(self.name), self.engine.begin() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_TIMEOUT_S}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
                yield connection
            return
        with self._turn(), explained(self.name):
            self._check_there()
            with self.engine.connect().execution_options(prancha_writes=True) as connection, connection.begin():
                yield connection
            self._check_there()

    def check_writable(self) -> None:
        """Raises where nothing can be stored: also where there is room, and a quota or a limit takes no more."""
        with self.write() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SELECT 1")
                return
            same = connection.exec_driver_sql("PRAGMA user_version").scalar()
            connection.exec_driver_sql(f"PRAGMA user_version = {same}")  # one page is written and synchronised

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time. Where another program holds the database, each would wait here for all those before."""
        if not self._writer.acquire(timeout=_TURN_S):
            raise _busy("writers wait")
        try:
            yield
        finally:
            self._writer.release()

    def _check_there(self) -> None:
        """A connection goes on writing into a file that was moved or deleted: that must not be acknowledged."""
        try:
            stat = Path(self.name).stat()
        except FileNotFoundError as error:
            raise StoreError(
                f"O banco de dados não está mais em {self.name}: a pasta foi movida, ou o disco saiu. Traga-o de "
                "volta; o que você escreveu continua aqui.",
                f"The database is no longer at {self.name}: its folder was moved, or its disk is gone. Bring it back; "
                "what you wrote is still here.",
            ) from error
        file = stat.st_dev, stat.st_ino
        if self._file not in (None, file):  # another one lies in its place, such as a restored one
            self.engine.dispose()
        self._file = file

    def write_once(self, work: Callable[[Connection], T]) -> T:
        """`work` in a transaction, again where another one stored the same id, or superseded the same row, first."""
        for _ in range(_TRIES - 1):
            try:
                with self.write() as connection:
                    return work(connection)
            except _Collision:
                continue
        with self.write() as connection:
            return work(connection)

    def overwrite_deleted(self, tables: Iterable[str]) -> None:
        """Let nothing of deleted rows lie about: SQLite's files are written anew, PostgreSQL's dead rows are freed.

        `StoreError` where another program reads on and on, or the disk has no room for it; ask again later.
        """
        with self._writer, explained(self.name):
            if not self.is_sqlite:
                with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    for table in tables:
                        connection.exec_driver_sql(f"VACUUM {table}")
                return
            raw = self.engine.raw_connection()
            try:
                cursor = raw.cursor()
                cursor.execute("VACUUM")  # secure_delete leaves copies of rows that SQLite once moved between pages
                is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
            if is_busy:
                raise sqlite3.OperationalError("database is locked")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def look_at(data_dir: Path, url: str = "") -> str:
    """What kind of database there is, and that it is sound, changing nothing; "" where it is yet to be made.

    Raises what `Database.open` does.
    """
    database = Database(_engine(url) if url else _sqlite_engine(data_dir / FILE_NAME))
    if database.is_sqlite and not Path(database.name).exists():
        return ""
    try:
        with database.read() as connection:
            check_not_newer(connection)
            if database.is_sqlite:
                found = connection.exec_driver_sql("PRAGMA quick_check").scalar()
                if found != "ok":
                    raise _damaged(database.name, str(found))
    finally:
        database.close()
    return f"SQLite, {database.name}" if database.is_sqlite else f"PostgreSQL, {database.engine.url.host}"


def server_port(url: str) -> int | None:
    """The port of the server that an address names; None where it names a file, 0 where it names several.

    Raises `WrongCall` for what is no address of a database.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        return None
    given = str(engine.url.port or engine.url.query.get("port") or _POSTGRESQL_PORT)
    return int(given) if given.isdecimal() else 0


class _Collision(StoreError):
    """Two writers met; one more try sees what the other wrote."""


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if "password" in parsed.query:  # where SQLAlchemy would show it
            password = str(parsed.query["password"])
            parsed = parsed.difference_update_query(["password"]).set(password=password)
        if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
            return _sqlite_engine(Path(str(parsed.database)))
        # An @ in the host is the rest of a password with an @ in it, and no message may show it.
        if parsed.drivername == "postgresql+psycopg" and "@" not in (parsed.host or ""):
            arguments = {"connect_timeout": _BUSY_TIMEOUT_S}
            return create_engine(parsed, pool_pre_ping=True, connect_args=arguments, hide_parameters=True)
    except (ArgumentError, ValueError):
        pass
    raise WrongCall(
        "PRANCHA_DATABASE_URL não é o endereço de um banco que a Prancha conheça. Use "
        "postgresql://usuário:senha@servidor/banco (um @ na senha se escreve %40), ou deixe vazio para um arquivo na "
        "pasta de dados.",
        "PRANCHA_DATABASE_URL is not the address of a database that Prancha knows. Use "
        "postgresql://user:password@host/database (an @ in the password is written %40), or leave it empty for a "
        "file in the data folder.",
    )


def _sqlite_engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # Never made here: where the folder is gone, or a disk is not mounted, an empty one would take its place.
        there = f"{path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(there, uri=True, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)

    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=connect,
        pool_size=40,
        hide_parameters=True,  # what people wrote stays out of logs
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself: SQLAlchemy does, below
        # SQLite's own knows A to Z only: "água" would not find "Água".
        connection.create_function("lower", 1, lambda text: text and str(text).lower(), deterministic=True)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an acknowledged annotation survives a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # what was erased is overwritten, not only forgotten
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer asks for the lock at once: one that reads first and then writes could be refused half-way.
        writes = connection.get_execution_options().get("prancha_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _migrate(database: Database) -> None:
    with database.read() as connection:
        is_current = check_not_newer(connection)
    if not is_current:
        with database.write() as connection:
            upgrade(connection)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what SQLAlchemy raises into what was found, what was expected and what to do."""
    try:
        yield
    except AacError:
        raise
    except (IntegrityError, DataError, UnicodeEncodeError, OverflowError) as error:
        raise _refusal(error) from error
    except (SQLAlchemyError, sqlite3.Error, TimeoutError) as error:
        raise _explanation(where, error) from error
    except OSError as error:
        raise _not_writable(where, str(error)) from error


def _refusal(error: Exception) -> AacError:
    found = _found(error)
    text = found.lower()
    if "was erased" in text:
        return WrongCall(
            "Esta resposta foi apagada a pedido da pessoa e não volta.",
            "This answer was erased at the person's request and does not come back.",
        )
    if "unique" in text or _state(error) == "23505":
        return _Collision(
            "Outra resposta chegou no mesmo instante. Tente de novo.", "Another answer came at once. Try again."
        )
    return WrongCall(
        f"O banco de dados recusou o que foi enviado ({found}). Recarregue a página e tente de novo.",
        f"The database refused what was sent ({found}). Reload the page and try again.",
    )


def _found(error: Exception) -> str:
    """What the database said, in one line."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


# By PostgreSQL's code, whatever language its server speaks.
_STATES = {"25006": "read-only", "53100": "disk is full", "55P03": "locked", "40P01": "locked"}


def _state(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _explanation(where: str, error: Exception) -> AacError:
    found = _found(error)
    text = f"{found} {_STATES.get(_state(error), '')}".lower()
    if "was erased" in text or "append-only" in text:
        return _refusal(error)
    if _is_away(error):
        return StoreError(
            f"O banco de dados não responde ({found}). Confira se o servidor está de pé e tente de novo; o que você "
            "escreveu continua aqui.",
            f"The database does not answer ({found}). Check that its server is up and try again; what you wrote is "
            "still here.",
        )
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return _not_writable(where, found)
    if "disk is full" in text or "no space" in text or "disk i/o" in text:
        return StoreError(
            f"O disco de {where} está cheio ou com defeito ({found}). Libere espaço e tente de novo; o que você "
            "escreveu continua aqui.",
            f"The disk of {where} is full or failing ({found}). Free some space and try again; what you wrote is "
            "still here.",
        )
    if "malformed" in text or "not a database" in text:
        return _damaged(where, found)
    if "locked" in text or "busy" in text or "timeout" in text or isinstance(error, TimeoutError):
        return _busy(found)
    return StoreError(f"O banco de dados recusou o pedido: {found}", f"The database refused the request: {found}")


def _busy(found: str) -> StoreError:
    return StoreError(
        f"O banco de dados está ocupado por outro programa ({found}). Tente de novo em instantes; o que você escreveu "
        "continua aqui.",
        f"The database is held by another program ({found}). Try again in a moment; what you wrote is still here.",
    )


def _is_away(error: Exception) -> bool:
    """Whether PostgreSQL cannot be reached: then its driver has no code of the server's, or one of going down."""
    if not isinstance(error, DatabaseError) or not hasattr(error.orig, "sqlstate"):
        return False
    state = _state(error)
    has_no_answer = isinstance(error, OperationalError) and not state
    return error.connection_invalidated or has_no_answer or state.startswith(("08", "57P"))


def _not_writable(where: str, found: str, *, is_begun: bool = True) -> StoreError:
    """is_begun: whether the folder is there, so that somebody may have written something."""
    kept = ("; o que você escreveu continua aqui", "; what you wrote is still here") if is_begun else ("", "")
    return StoreError(
        f"Não é possível escrever em {where} ({found}). Dê permissão de escrita ou aponte PRANCHA_DATA_DIR para "
        f"outra pasta{kept[0]}.",
        f"{where} cannot be written ({found}). Give write permission or point PRANCHA_DATA_DIR to another "
        f"folder{kept[1]}.",
    )


def _damaged(where: str, found: str) -> CorruptError:
    return CorruptError(
        f"O banco de dados {where} está danificado ({found}). Guarde o arquivo e volte à última cópia.",
        f"The database {where} is damaged ({found}). Keep the file and go back to the last backup.",
    )
