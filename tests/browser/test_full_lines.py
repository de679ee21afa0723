"""What a person reads in the page whose request found a line full, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from aac.settings import Settings
from aac.ui import lines
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from tests.ui.conftest import NoModel

pytestmark = pytest.mark.browser


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[gr.Blocks, str]]:
    archive = Archive(Settings(tmp_path / "data", worker="off"))
    page = build_page(NoModel(archive.settings), archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    yield page, url
    page.close()
    archive.close()


def press(page: Page) -> None:
    page.locator("#prompt").get_by_role("textbox").fill("Querer")
    page.locator("#generate").click()


def check_shown(place: Any, said: str, language: str) -> None:
    """In the person's language, and in no other."""
    expect(place).to_contain_text(said, use_inner_text=True)
    other = "Wait a little" if language == "pt-BR" else "Espere um pouco"
    expect(place).not_to_contain_text(other, use_inner_text=True)


def check_nowhere(page: Page, said: str, *places: str) -> None:
    """Once what comes after a refusal has come, it is not said a second time."""
    expect(page.locator("#generate")).to_be_enabled()
    for place in places:
        expect(page.locator(place).filter(has_text=said)).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "said"), [("pt-BR", "Já esperam 0 pedidos deste tipo"), ("en-US", "0 requests of this kind wait")]
)
def test_cards_that_found_no_room_in_the_queue(
    open_page, served: tuple[gr.Blocks, str], monkeypatch: pytest.MonkeyPatch, language: str, said: str
):
    monkeypatch.setattr(lines, "WAITING_OF_A_KIND", 0)
    page = open_page(language, url=served[1])

    press(page)

    check_shown(page.locator(".pr-notice"), said, language)
    check_nowhere(page, said, ".toast-body", "#message")
    expect(page.locator("#generate")).to_be_enabled()
    monkeypatch.undo()
    press(page)
    expect(page.locator("#message")).to_contain_text("Falta o modelo" if language == "pt-BR" else "model is missing")
    expect(page.locator(".pr-notice")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "said"), [("pt-BR", "pedidos na fila do modelo"), ("en-US", "requests stand in the line at the model")]
)
def test_cards_that_found_the_line_at_the_model_full(
    open_page, served: tuple[gr.Blocks, str], monkeypatch: pytest.MonkeyPatch, language: str, said: str
):
    tab: Any = served[0].when_refused["make_cards"].__self__  # type: ignore[attr-defined]
    monkeypatch.setattr(tab._turns, "_most", 0)
    page = open_page(language, url=served[1])

    press(page)

    check_shown(page.locator(".pr-notice"), said, language)
    check_nowhere(page, said, ".toast-body", "#message")
    expect(page.locator("#generate")).to_be_enabled()
    monkeypatch.undo()
    press(page)
    expect(page.locator("#message")).to_contain_text("Falta o modelo" if language == "pt-BR" else "model is missing")
    expect(page.locator(".pr-notice")).to_have_count(0)
