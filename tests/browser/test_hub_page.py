"""The Hub from the page: an adapter pushed and pushed again, one pulled to be tried, and whether annotations arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aac.hub.access import HubAccess
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.store.adapters import add_adapter
from aac.store.runs import Note
from aac.ui.page import build_page, launch_options
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.running import RunOrder, adapter_name, start_run, view_run
from aac.workflow.syncing import AnnotationSync
from tests.browser.test_accessibility import violations
from tests.browser.test_data_page import open_data
from tests.browser.test_train_page import add_run, open_train
from tests.conftest import HUB_TOKEN
from tests.hub.reading import repository
from tests.workflow.adapters import of_the_shipped_cards

pytestmark = [pytest.mark.browser, pytest.mark.real_model]


@dataclass
class Served:
    """A page with a Hub and its token; the run on it is done and was never pushed."""

    url: str
    hub: Any
    archive: Archive
    sync: AnnotationSync


@pytest.fixture
def served(tmp_path: Path, hub: Any) -> Iterator[Served]:
    settings = Settings(tmp_path / "data", worker="off", hub_endpoint=hub.base, hub_token=HUB_TOKEN, hub_timeout_s=5)
    archive = Archive(settings)
    versions.freeze(archive, versions.FreezeOrder("cartoes", with_shipped=True))
    adapter = add_adapter(archive.database, "cpu", EMBEDDED_ID, weights_sha256(DEFAULT_FOLDER))
    run_id = add_run(archive, "done", Note(adapter_id=adapter.id))
    of_the_shipped_cards(settings.adapters_dir / adapter_name(view_run(archive, run_id).run))
    sync = AnnotationSync(archive, HubAccess(hub.base, HUB_TOKEN, 5.0, 1), "alice/ditos")
    page = build_page(Speakers(settings), archive, sync)
    page.queue(default_concurrency_limit=4)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    yield Served(url, hub, archive, sync)
    page.close()
    archive.close()


def open_push(page: Page) -> Page:
    open_train(page)
    page.locator("#push-run button").first.click()
    page.locator("#push-run-now").wait_for()
    return page


def test_a_run_that_asked_for_no_push_is_pushed_to_where_a_person_says_then(open_page, served: Served):
    page = open_push(open_page(url=served.url))
    page.get_by_label("Público").check()
    page.get_by_label("Enviar também a versão do conjunto de dados").last.check()
    repository_name = page.locator("#push-run-to").get_by_role("textbox")
    repository_name.fill("alice/cartoes")

    repository_name.press("Enter")

    expect(page.locator("#push-run-message")).to_contain_text("✓ enviado a alice/cartoes")
    expect(page.locator("#run-said")).to_contain_text("enviado a alice/cartoes")
    expect(page.get_by_role("link", name="abrir alice/cartoes")).to_have_attribute(
        "href", f"{served.hub.base}/alice/cartoes"
    )
    kinds = [repository(served.hub, "alice/cartoes", kind)["private"] for kind in ("models", "datasets")]
    assert kinds == [False, False]


def test_a_push_that_failed_says_why_and_goes_the_same_way_again(open_page, served: Served):
    served.hub.faults.append({"times": 1, "match": "/api/models/alice/again", "status": 403})
    page = open_push(open_page("en-US", url=served.url))
    page.locator("#push-run-to").get_by_role("textbox").fill("alice/again")
    page.locator("#push-run-now").click()
    expect(page.locator("#push-run-message")).to_contain_text("the push to alice/again failed", use_inner_text=True)

    page.get_by_role("button", name="Push to the Hub again").click()

    expect(page.locator("#push-run-message")).to_contain_text("✓ pushed to alice/again", use_inner_text=True)
    expect(page.locator("#push-again")).to_be_hidden()
    assert repository(served.hub, "alice/again")["private"]


def test_a_name_that_is_none_is_refused_and_what_a_person_wrote_stays(open_page, served: Served):
    page = open_push(open_page(url=served.url))
    page.locator("#push-run-to").get_by_role("textbox").fill("cartões")

    page.locator("#push-run-now").click()

    expect(page.locator("#push-run-message").get_by_role("alert")).to_contain_text("DONO/NOME")
    expect(page.locator("#push-run-to").get_by_role("textbox")).to_have_value("cartões")


def test_another_run_brings_its_own_fields(open_page, served: Served):
    page = open_push(open_page(url=served.url))
    page.locator("#push-run-to").get_by_role("textbox").fill("alice/cartoes")
    expect(page.locator("#push-run")).to_be_visible()

    other = start_run(served.archive, RunOrder(versions.list_versions(served.archive)[0].id))
    page.locator("#refresh-runs").click()
    page.locator(f'[data-run="{other}"]').click()

    expect(page.locator("#push-run")).to_be_hidden()


def open_pull(page: Page, settings: str) -> Page:
    page.get_by_role("button", name=settings).click()
    page.locator("#pull").wait_for()
    return page


def test_an_adapter_of_the_hub_is_pulled_and_chosen(open_page, served: Served):
    access = HubAccess(served.hub.base, HUB_TOKEN)
    access.api().create_repo("alice/deles", private=True)
    access.api().upload_folder(repo_id="alice/deles", folder_path=DEFAULT_FOLDER)
    page = open_pull(open_page(url=served.url), "Ajustes")
    field = page.get_by_label("Experimentar um adaptador do Hub")
    field.fill("alice/deles")

    field.press("Enter")

    expect(page.locator("#pull-message").get_by_role("status")).to_contain_text("alice--deles chegou")
    expect(page.locator("#adapter input")).to_have_value("alice--deles")
    expect(page.locator("#pull")).to_be_enabled()
    assert str(served.archive.settings.data_dir) not in page.content()


def test_what_cannot_be_pulled_is_told_in_the_pages_language(open_page, served: Served):
    page = open_pull(open_page("en-US", url=served.url), "Settings")
    page.get_by_label("Try an adapter of the Hub").fill("alice/nothing")

    page.locator("#pull").click()

    told = page.locator("#pull-message").get_by_role("alert")
    expect(told).to_contain_text("The Hub has no alice/nothing", use_inner_text=True)
    expect(page.locator("#pull")).to_be_enabled()
    expect(page.locator("#adapter input")).to_have_value("active (the promoted one): default")


def test_the_data_tab_tells_whether_annotations_arrive(open_page, served: Served):
    served.sync.send()
    page = open_data(open_page(url=served.url))
    expect(page.locator("#sync")).to_contain_text("alice/ditos, no Hub, a cada 5 min")
    expect(page.locator("#sync")).to_contain_text("Nenhuma espera.")

    served.hub.faults.append({"times": 1, "match": "/api/", "status": 401})
    served.sync.send()
    page.locator("#refresh-data").click()

    expect(page.locator("#sync .pr-message")).to_contain_text("O Hub não aceita o token")


@pytest.mark.parametrize(("language", "width", "dark"), [("pt-BR", 1280, False), ("en-US", 390, True)])
def test_nothing_of_it_is_a_barrier(open_page, served: Served, language: str, width: int, dark: bool):
    served.sync.send()
    page = open_pull(open_page(language, width, dark, served.url), "Ajustes" if language == "pt-BR" else "Settings")
    page.locator("#pull-from").get_by_role("textbox").fill("alice/nada")
    page.locator("#pull").click()
    page.locator("#pull-message").get_by_role("alert").wait_for()
    found = violations(page)
    open_push(page)
    page.locator("#push-run-to").get_by_role("textbox").fill("alice/cartoes")
    page.locator("#push-run-now").click()
    page.locator("#push-run-message .pr-fits").wait_for()
    found += violations(page)
    open_data(page)

    assert found + violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
