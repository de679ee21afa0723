"""The real page on loopback, called over HTTP as its JavaScript calls it, with a fresh database a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from aac.errors import MissingError
from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.ui.people import Person


class NoModel(Speakers):
    """Speakers of a computer without the embedded model, which no answer needs to be written for here."""

    def get(self, *arguments, **options):
        raise MissingError("Falta o modelo.", "The model is missing.")


@pytest.fixture(scope="session")
def served_archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return Archive(Settings(tmp_path_factory.mktemp("unused")))


@pytest.fixture(scope="session")
def api(served_archive: Archive) -> Iterator[httpx.Client]:
    """A client of the page's endpoints."""
    page = build_page(NoModel(served_archive.settings), served_archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    with httpx.Client(base_url=f"{url}gradio_api/run", timeout=60, trust_env=False) as client:
        yield client
    page.close()


@pytest.fixture
def archive(served_archive: Archive, tmp_path: Path) -> Iterator[Archive]:
    """The server's archive, over a database that no other test has seen."""
    before = served_archive.settings
    served_archive.settings, served_archive._salt = Settings(tmp_path / "data"), b""
    yield served_archive
    served_archive.close()
    served_archive.settings, served_archive._salt = before, b""


@pytest.fixture
def stranger(api: httpx.Client, archive: Archive) -> Person:
    """Somebody whose browser has its secret, and who has agreed to nothing."""
    return Person(api, archive)


@pytest.fixture
def someone(api: httpx.Client, archive: Archive) -> Callable[[], Person]:
    """A new person who agreed to the consent text, each time."""
    return lambda: Person(api, archive).agreed()


@pytest.fixture
def ana(someone: Callable[[], Person]) -> Person:
    return someone()


@pytest.fixture
def bia(someone: Callable[[], Person]) -> Person:
    return someone()
