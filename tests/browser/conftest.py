"""The real app on loopback and a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.browser.killable import KillableServer
from tests.browser.launching import launched
from tests.browser.profiles import Profiles

# A headless Chromium has no voices: what would be said is kept where the test can read it.
_FAKE_VOICE = "window.said = []; window.speechSynthesis.speak = (u) => window.said.push([u.lang, u.text]);"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The annotations of the page under test, in a database of its own."""
    return Archive(Settings(tmp_path_factory.mktemp("annotations"), worker="off"))


@pytest.fixture
def empty_archive(archive: Archive, tmp_path: Path) -> Iterator[Archive]:
    """The same, for one test over a database that no other test has seen."""
    before = archive.settings
    archive.close()
    archive.settings = Settings(tmp_path, worker="off")
    yield archive
    archive.close()
    archive.settings = before


@pytest.fixture
def frozen(empty_archive: Archive) -> Archive:
    """An archive with a version to train on."""
    versions.freeze(empty_archive, versions.FreezeOrder("cartoes", with_shipped=True))
    return empty_archive


@pytest.fixture(scope="session")
def app_url(speakers: Speakers, archive: Archive) -> Iterator[str]:
    """The whole page with the embedded model, already in memory."""
    speakers.get(EMBEDDED_ID)
    page = build_page(speakers, archive)
    page.queue(default_concurrency_limit=4)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    yield url
    page.close()


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[KillableServer]:
    """A server of the test's own, running, that may be killed and started again."""
    server = KillableServer(Settings(tmp_path / "killable"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched("--process-per-site") as browser:
        yield browser


@pytest.fixture(scope="session")
def profiles(chromium: Browser) -> Profiles:
    return Profiles(chromium)


@pytest.fixture
def open_page(profiles: Profiles, app_url: str):
    """Opens the app as a person of that language and screen would; fails the test on any error in the console."""
    errors: list[str] = []

    def open_(language: str = "pt-BR", width: int = 1280, dark: bool = False, url: str = app_url) -> Page:
        page = profiles.open(language, width, dark, url)
        page.set_default_timeout(60_000)
        page.add_init_script(_FAKE_VOICE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#generate")
        # The page's words come in one answer after the load; what is typed before it may be lost.
        page.wait_for_function("() => window.prancha?.isReady")
        page.get_by_role("button", name="Gerar cartões" if language.startswith("pt") else "Make cards").wait_for()
        return page

    yield open_
    profiles.give_back()
    assert errors == []
