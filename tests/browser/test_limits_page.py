"""What a person reads whose day's time of the model is used up, and who chooses a model that has no place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from aac.access_settings import AccessSettings
from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.ui.logins.choosing import choose_login
from aac.ui.page import build_page, launch_options
from aac.workflow import generating
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.browser.test_generate_page import BOTH, make_cards, wait_until_done
from tests.ui.sharing import add_model

SMALL = "um-pequeno"


@contextmanager
def served(speakers: Speakers, folder: Path, day_limit_s: float = 3600) -> Iterator[str]:
    """The page for strangers, with the model that is in memory already."""
    speakers.get(EMBEDDED_ID)
    access = AccessSettings(login="password")
    settings: Settings = replace(
        speakers.settings, data_dir=folder, worker="off", access=access, day_limit_s=day_limit_s
    )
    own = Speakers(settings, keeps_default=True, _loaded=dict(speakers._loaded))
    archive = Archive(settings)
    page = build_page(own, archive)
    options = launch_options(choose_login(archive, "127.0.0.1"), access)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **options)
    yield url
    page.close()
    archive.close()


def test_who_has_used_their_day_up_reads_so_and_keeps_their_cards(open_page, speakers: Speakers, tmp_path: Path):
    with served(speakers, tmp_path, day_limit_s=1e-6) as url:
        page = open_page(url=url)
        make_cards(page, cards=1)
        wait_until_done(page, *BOTH)
        expect(page.locator("#generate")).to_be_enabled()
        cards = page.locator("#with-lora .pr-tiles").inner_text()

        page.locator("#generate").click()

        message = page.locator("#message")
        expect(message).to_contain_text("Desta rede já se usou o tempo do modelo", use_inner_text=True)
        expect(message).not_to_contain_text("From this network", use_inner_text=True)
        expect(page.locator("#generate")).to_be_enabled()
        assert page.locator("#with-lora .pr-tiles").inner_text() == cards
        in_english = open_page("en-US", 390, url=url)
        in_english.locator("#generate").click()
        expect(in_english.locator("#message")).to_contain_text("From this network the time of the model was used")
        assert in_english.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_chooses_a_model_that_has_no_place_reads_why_and_which_to_choose(
    open_page, speakers: Speakers, tmp_path: Path, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
):
    add_model(monkeypatch, SMALL, tiny_llama)
    monkeypatch.setattr(generating, "free_bytes", lambda device: 0)
    with served(speakers, tmp_path) as url:
        page = open_page(url=url)
        page.get_by_role("button", name="Ajustes").click()
        page.locator("#model input").click()
        page.get_by_role("option", name=SMALL).click()
        expect(page.locator("#with-lora")).to_be_hidden()  # it has no adapter: the choice has come through
        page.locator("#prompt").get_by_role("textbox").fill("Querer")

        page.locator("#generate").click()

        said = f"Na memória deste servidor não cabe {SMALL} ao lado de {EMBEDDED_ID}"
        expect(page.locator("#message")).to_contain_text(said, use_inner_text=True)
        expect(page.locator("#generate")).to_be_enabled()
