"""The folder that a Space gets, started as a Space starts it, and used as a visitor does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from aac.models.embedded import ensure_converted
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.settings import Settings
from aac.store.schema import generations, ratings
from aac.workflow.archive import Archive
from aac.workflow.space_files import assemble
from tests import mini_hub, mini_openid
from tests.browser.judging import agree, is_saved, judge, rows
from tests.browser.test_generate_page import only_with_lora
from tests.conftest import HUB_TOKEN
from tests.hub.preload import CACHE, preload
from tests.mini_openid import CLIENT_ID, CLIENT_SECRET, Provider
from tests.space_process import SALT, SpaceProcess
from tests.workflow.log_on_hub import REPO
from tests.workflow.runs import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

BASE = find_base_model(EMBEDDED_ID)
OWNERS_TABS = ("generate", "rate", "compare", "data", "train", "quality")
TABS = ("generate", "rate", "compare", "quality")  # a visitor's


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """What a build leaves: the files, and a home that holds the base model and may not be written to."""
    made = tmp_path_factory.mktemp("space")
    (made / "app").mkdir()
    assemble(made / "app", "cpu-basic")
    preload(made / "home" / CACHE, BASE, ensure_converted(settings.models_dir))
    for folder in (made / "home", *(path for path in (made / "home").rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    return made


def home(place: Path) -> set[str]:
    return {str(path) for path in (place / "home").rglob("*")}


@pytest.fixture(scope="module")
def annotations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A stand-in of the Hub that holds the annotations, and nothing else."""
    with mini_hub.running(tmp_path_factory.mktemp("hub"), {HUB_TOKEN: ("alice", "write")}) as server:
        yield server


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A stand-in of where people log in, which lets the Space's owner in."""
    with mini_openid.running() as found:
        found.person = {"sub": "id-of-alice", "preferred_username": "alice"}
        yield found


@pytest.fixture(scope="module")
def space(place: Path, annotations: Any, provider: Provider) -> Iterator[SpaceProcess]:
    sent_to = {"HF_ENDPOINT": annotations.base, "HF_TOKEN": HUB_TOKEN, "PRANCHA_SYNC_REPO": REPO}
    oauth = {"OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET, "OPENID_PROVIDER_URL": provider.url}
    started = SpaceProcess(place, set_there={**sent_to, **oauth})
    started.set_there["PRANCHA_URL"] = started.url  # a Space's own is https, which nobody serves here
    started.start(PATIENCE_S)
    yield started
    started.end()
    for folder in (place / "home", *(path for path in (place / "home").rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # so that it can be cleared away


@pytest.fixture
def page(chromium: Browser, space: SpaceProcess) -> Iterator[Page]:
    """A visitor's browser; the test fails on any error in the console."""
    errors: list[str] = []
    context = chromium.new_context(locale="pt-BR")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(space.url)
    opened.wait_for_function("() => window.prancha?.isReady")
    yield opened
    context.close()
    assert errors == []


def test_a_visitor_generates_and_rates_with_no_base_on_the_hub_and_nothing_is_written_to_the_home(
    page: Page, place: Path
):
    before = home(place)

    only_with_lora(page)
    expect(page.locator("#with-lora .pr-tile").nth(1)).to_be_visible()
    archive = Archive(Settings(place / "data"))
    assert rows(archive, generations) == []  # as the Space's README promises: not before somebody says something of it
    page.locator("#with-lora .pr-rate-this").click()
    agree(page)
    judge(page, "Manter")
    is_saved(page)

    assert [row.revision for row in rows(archive, generations)] == [BASE.revision]
    assert [row.verdict for row in rows(archive, ratings)] == ["keep"]
    archive.close()
    assert home(place) == before


def test_every_tab_that_a_visitor_sees_opens(page: Page):
    seen = [tab.get_attribute("data-tab-id") for tab in page.get_by_role("tab").all()]
    assert seen == list(TABS)

    for name in TABS:
        page.locator(f'button[role=tab][data-tab-id="{name}"]').click()
        expect(page.locator(f'button[role=tab][data-tab-id="{name}"]')).to_have_attribute("aria-selected", "true")


def test_its_owner_logs_in_at_the_provider_and_maintains_until_they_log_out(page: Page):
    page.locator(".pr-who a").click()
    expect(page.locator(".pr-who-name")).to_have_text("alice")
    page.wait_for_function("() => window.prancha?.isReady")
    seen = [tab.get_attribute("data-tab-id") for tab in page.get_by_role("tab").all() if tab.is_visible()]
    assert seen == list(OWNERS_TABS)

    page.locator(".pr-who button").click()

    expect(page.locator(".pr-who a")).to_be_visible()


def test_it_serves_every_address_of_its_machine_and_says_no_secret(space: SpaceProcess):
    assert httpx.get(f"http://127.0.0.2:{space.port}/", timeout=60).status_code == 200
    assert SALT not in space.log()
    assert HUB_TOKEN not in space.log()
    assert CLIENT_SECRET not in space.log()


@pytest.mark.parametrize("path", ["monitoring", "monitoring/summary", "gradio_api/mcp/sse", "gradio_api/mcp/"])
def test_what_gradio_would_add_is_off(path: str, space: SpaceProcess):
    assert httpx.get(f"{space.url}{path}", timeout=60).status_code in (403, 404)


def test_no_history_of_runs_is_kept_in_the_browser(space: SpaceProcess):
    assert httpx.get(f"{space.url}config", timeout=60).json()["run_history"] is False
