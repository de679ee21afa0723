"""An archive of the test's own, and people who may write into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aac.settings import Settings
from aac.workflow.archive import Archive
from tests.store.sample import consented


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(Settings(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def ana(archive: Archive) -> str:
    """Somebody who agreed to the consent text."""
    return consented(archive.database)


@pytest.fixture
def bia(archive: Archive) -> str:
    """Somebody else who agreed to it."""
    return consented(archive.database)
