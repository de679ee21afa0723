"""The same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aac.store.database import FILE_NAME, Database
from tests.postgresql import PostgresqlServer
from tests.store.sample import consented


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database without rows; copy it, do not open it."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    Database.open(folder).close()
    return folder / FILE_NAME


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    opened = Database.open(tmp_path, request.getfixturevalue("postgresql_url"))
    yield opened
    opened.close()


@pytest.fixture
def sqlite(sqlite_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database in `tmp_path`."""
    shutil.copy(sqlite_file, tmp_path)
    opened = Database.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def empty_postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """The URL of a PostgreSQL database without any tables."""
    with postgresql.database() as url:
        yield url


@pytest.fixture
def ana(database: Database) -> str:
    """Somebody who agreed to the consent text."""
    return consented(database)


@pytest.fixture
def bia(database: Database) -> str:
    """Somebody else who agreed to it."""
    return consented(database)
