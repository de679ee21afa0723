"""What the server has and the Hub has not stays in the browser, which sends it again where a disk was lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aac.settings import Settings
from aac.store.schema import consents, generations, ratings
from aac.workflow.archive import Archive
from tests.browser.judging import is_saved, judge, rows, show
from tests.browser.killable import KillableServer
from tests.conftest import HUB_TOKEN
from tests.workflow.log_on_hub import REPO, ids

pytestmark = pytest.mark.browser
SALT = "a long random text"


@pytest.fixture
def server(tmp_path: Path, hub: Any) -> Iterator[KillableServer]:
    """A server that sends to the Hub when it starts, and not again while a test runs."""
    made = KillableServer(
        Settings(tmp_path / "disk", worker="off", salt=SALT, hub_endpoint=hub.base, hub_token=HUB_TOKEN,
                 sync_repository=REPO, hub_timeout_s=5)
    )  # fmt: skip
    made.start()
    yield made
    made.kill()


def stored(server: KillableServer, *tables: Any) -> list[list[str]]:
    archive = Archive(server.settings)
    found = [[str(row.id) for row in rows(archive, table)] for table in tables]
    archive.close()
    return found


def here(page: Page) -> list[str]:
    """What this browser keeps until it is on the Hub."""
    kept = "Object.entries(localStorage).filter(([key]) => key.startsWith('prancha-here:'))"
    return list(page.evaluate(f"{kept}.map(([, entry]) => JSON.parse(entry).name)"))


def until(page: Page, condition: str) -> None:
    """Wait for a condition that the page has to ask the server for: `wait_for_function` takes a promise for a yes."""
    asked = f"if (await ({condition})()) return true; await new Promise((go) => setTimeout(go, 100));"
    assert page.evaluate(f"async () => {{ for (let n = 0; n < 600; n++) {{ {asked} }} return false; }}"), condition


def looked(page: Page) -> None:
    """The page has asked how far the Hub is, of a server that has come up."""
    until(page, "async () => (await window.prancha.annotate.refresh()).ok")


def rated(page: Page, server: KillableServer) -> str:
    """A card was judged, and its server has acknowledged it; the row's id."""
    looked(page)
    archive = Archive(server.settings)
    show(page, archive)
    archive.close()
    judge(page, "Manter")
    is_saved(page)
    ((row_id,),) = stored(server, ratings)
    return row_id


def test_what_a_lost_disk_had_alone_is_sent_again_and_stored_once(server: KillableServer, open_page, hub: Any):
    page = open_page(url=server.url)
    row_id = rated(page, server)
    before = stored(server, consents, generations)
    assert sorted(here(page)) == ["consent", "open_generation", "rate"]
    expect(page.locator("#pr-rate .pr-behind")).to_contain_text("ainda não no Hub")
    assert ids(hub) == []

    server.kill()
    shutil.rmtree(server.settings.data_dir)
    server.start()
    looked(page)
    expect(page.locator("#pr-rate .pr-outbox")).not_to_contain_text("servidor ainda")
    page.wait_for_function("() => window.prancha.annotate.waiting().length === 0")

    assert stored(server, ratings, consents, generations) == [[row_id], *before]


def test_what_is_on_the_hub_is_said_and_kept_here_no_more(server: KillableServer, open_page, hub: Any):
    page = open_page(url=server.url)
    row_id = rated(page, server)
    page.locator("summary", has_text="O que eu já fiz").click()
    expect(page.locator(".pr-history-list")).to_contain_text("guardada aqui, ainda não no Hub", use_inner_text=True)
    server.kill()
    server.start()  # which sends what it has

    until(page, "async () => (await window.prancha.annotate.refresh()).ok && window.prancha.annotate.notOnHub() === 0")

    assert ids(hub) == [row_id]
    assert here(page) == []
    expect(page.locator("#pr-rate .pr-behind")).to_have_count(0)
    page.locator(".pr-history").get_by_role("button", name="Atualizar").click()
    expect(page.locator(".pr-history-list")).to_contain_text("guardada no Hub", use_inner_text=True)
