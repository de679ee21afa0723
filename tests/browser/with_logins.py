"""An installation with passwords, and people who log in and out in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Page

from aac.access_settings import AccessSettings
from aac.passwords import Logins
from aac.settings import Settings
from aac.ui.logins.choosing import choose_login
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from tests.ui.conftest import NoModel

PASSWORD = "uma senha comprida"


@dataclass
class Installation:
    """A page that is served."""

    url: str
    archive: Archive


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A page of its own, where ana maintains, and bia and caio annotate."""
    for name, is_maintainer in (("ana", True), ("bia", False), ("caio", False)):
        Logins(folder).add(name, PASSWORD, is_maintainer)
    settings = replace(Settings(folder, worker="off"), access=AccessSettings(login="password"))
    archive = Archive(settings)
    page = build_page(NoModel(settings), archive)
    options = launch_options(choose_login(archive, "127.0.0.1"), settings.access)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    yield Installation(url, archive)
    page.close()
    archive.close()


def log_in(page: Page, name: str) -> None:
    """From the page, by its link, until the page is there again."""
    page.locator(".pr-who a").click()
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    page.locator(".pr-who-name").wait_for()
    page.wait_for_function("() => window.prancha?.isReady")


def log_out(page: Page) -> None:
    """The same, out."""
    page.locator(".pr-who form button").click()
    page.locator(".pr-who a").wait_for()
    page.wait_for_function("() => window.prancha?.isReady")


def another_tab(page: Page, url: str) -> Page:
    """Of the same browser, until the page is there."""
    other = page.context.new_page()
    other.goto(url)
    other.wait_for_function("() => window.prancha?.isReady")
    return other
