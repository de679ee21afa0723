"""What tests share: where the data lies, the real embedded model and a PostgreSQL server once a run, tiny models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Read by the Hub's client when it is imported; the stand-in models plain LFS only.
os.environ["HF_HUB_DISABLE_XET"] = "1"
# Two test processes with as many threads as there are cores each would mostly wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from aac.settings import Settings
from tests import mini_hub
from tests.postgresql import TEMPLATE, PostgresqlServer, running_server

ROOT = Path(__file__).resolve().parent.parent
HUB_TOKEN = "hf_alice"  # of the stand-in; nobody's
# Files that take minutes go first: two processes share the files, and none should be left alone with a long one.
LONGEST = (
    "workflow/test_worker",
    "browser/test_training_loop",
    "browser/",
    "models/test_generation",
    "test_quality_report",
    "test_cli_",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by what takes longest, files kept whole."""
    items.sort(key=lambda item: next((i for i, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST)))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data folder of the tests; `make test` has converted the embedded model into it."""
    return Path(os.environ.get("PRANCHA_DATA_DIR", ROOT / "build" / "test-data"))


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir)


@pytest.fixture(scope="session")
def speakers(settings: Settings):
    """The real embedded model, loaded once."""
    from aac.workflow.generating import Speakers

    return Speakers(settings)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """A random Llama of two layers with the embedded model's tokenizer, as a local folder."""
    from tests.tiny import make_tiny_llama

    return make_tiny_llama(tmp_path_factory.mktemp("tiny-llama"), settings)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Any]:
    """The stand-in of the Hub on loopback; alice may write, bob only read."""
    with mini_hub.running(tmp_path / "hub", {HUB_TOKEN: ("alice", "write"), "hf_bob": ("bob", "read")}) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server of our own; its database `TEMPLATE` has the schema of now."""
    from aac.store.database import Database

    try:
        with running_server() as server:
            server.execute(f"CREATE DATABASE {TEMPLATE}")
            Database.open(Path(), server.url(TEMPLATE)).close()
            yield server
    except FileNotFoundError as error:
        pytest.fail(str(error))


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the schema of now."""
    with postgresql.database(TEMPLATE) as url:
        yield url
