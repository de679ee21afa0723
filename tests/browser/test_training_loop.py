"""The whole loop in a browser, on the embedded model: freeze, train, watch, promote, speak, push, pull elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.publishing import pull_adapter
from aac.workflow.running import list_runs, view_run
from tests import mini_hub
from tests.browser.test_data_page import freeze, open_data
from tests.browser.test_train_page import open_train
from tests.workflow.apps import end_workers
from tests.workflow.cards import bring_in, card_file
from tests.workflow.runs import some_prompts

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

TOKEN = "hf_canary_of_the_loop"  # no real one
PATIENCE_MS = 900_000  # a bound for a machine that does other things too; nothing is measured by it


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Any]:
    with mini_hub.running(tmp_path / "hub", {TOKEN: ("alice", "write")}) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, settings: Settings, hub: Any) -> Iterator[Settings]:
    """A data folder of the test's own, with the model, a Hub and its token; its worker ends with the test."""
    made = Settings(tmp_path / "data", hub_endpoint=hub.base, hub_token=TOKEN)
    made.data_dir.mkdir()
    made.models_dir.symlink_to(settings.models_dir)
    yield made
    end_workers(made)


@pytest.fixture
def own_archive(home: Settings, tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(home)
    bring_in(opened, card_file(tmp_path / "cards.csv", *some_prompts()[:12]))
    yield opened
    opened.close()


@pytest.fixture
def url(home: Settings, own_archive: Archive) -> Iterator[str]:
    page = build_page(Speakers(home), own_archive)
    page.queue(default_concurrency_limit=4)
    _, address, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    yield address
    page.close()


def test_from_a_frozen_dataset_to_an_adapter_that_speaks_here_and_elsewhere(
    open_page, url: str, own_archive: Archive, home: Settings, hub: Any, tmp_path: Path
):
    page = open_page(url=url)

    freeze(open_data(page), "laco")
    expect(page.locator("#frozen")).to_contain_text("laco-")

    open_train(page)
    page.get_by_label("teste: dois passos, para ver funcionar").check()
    page.locator("#train-push button").first.click()
    page.locator("#push-to").get_by_role("textbox").fill("alice/cartoes")
    page.locator("#train").click()
    expect(page.locator("#estimated")).to_contain_text("Cabe neste computador", timeout=PATIENCE_MS)
    expect(page.locator("#run svg").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#run h3")).to_contain_text("pronto", timeout=PATIENCE_MS)
    expect(page.locator("#run-result tbody tr", has_text="este treino")).to_be_visible()

    expect(page.locator("#run-result")).to_contain_text("são precisos 30")
    expect(page.locator("#promote")).to_be_hidden()
    page.locator("#override-reason").get_by_role("textbox").fill("para experimentar")
    page.locator("#override").click()
    (run,) = list_runs(own_archive)
    view = view_run(own_archive, run.id)
    assert view.adapter is not None
    expect(page.locator("#leaderboard tbody tr", has_text=view.adapter.name)).to_contain_text("em uso")

    page.locator('button[role=tab][data-tab-id="generate"]').click()
    page.locator("#prompt").get_by_role("textbox").fill("Querer")
    page.locator("#cards input[type=number]").fill("1")
    page.locator("#generate").click()
    expect(page.locator("#with-lora")).to_contain_text(view.adapter.name, timeout=PATIENCE_MS)
    expect(page.locator("#stop")).to_be_disabled(timeout=PATIENCE_MS)

    assert view.push is not None
    assert (view.push.state, hub.store.load("models", "alice/cartoes")["private"]) == ("done", True)
    elsewhere = Settings(tmp_path / "elsewhere", hub_endpoint=hub.base, hub_token=TOKEN)
    pulled = pull_adapter(elsewhere, "alice/cartoes", None, TOKEN)
    own = home.adapters_dir / view.adapter.name
    assert pulled.base_model == EMBEDDED_ID
    for name in ("adapter_model.safetensors", "template.json"):
        assert (pulled.folder / name).read_bytes() == (own / name).read_bytes()
    assert files_with(TOKEN, home.data_dir) == []


def files_with(words: str, folder: Path) -> list[str]:
    """The files below a folder that hold these words, models aside."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if words.encode() in path.read_bytes()]
