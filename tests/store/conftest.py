"""The same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aac.store.database import Database
from tests.postgresql import PostgresqlServer
from tests.store.sample import consented


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    opened = Database.open(tmp_path, url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database in `tmp_path`."""
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
