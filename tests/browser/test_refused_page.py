"""What the page says where the server refuses something, and where a table is read on a phone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

from aac.ui.access_texts import NOT_ALLOWED, NOT_NOW, TOO_OFTEN
from aac.ui.answers import KINDS
from aac.ui.texts import Text

pytestmark = pytest.mark.browser

REFUSALS = {403: NOT_ALLOWED, 429: TOO_OFTEN, 503: NOT_NOW}


def refuse(page: Page, status: int, text: Text) -> None:
    """Let every event of Gradio's be refused from now on, as the gate does it."""
    content = {"error": text.both(), "refusal": {"kind": KINDS[status], "pt": text.pt, "en": text.en}}

    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(content))

    page.route("**/gradio_api/run/predict", answer)


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize(("language", "width"), [("pt-BR", 390), ("en-US", 1280)])
def test_a_refused_event_is_told_of_within_the_screen_and_closed_by_keyboard(
    open_page, status: int, language: str, width: int
):
    page = open_page(language, width)
    refuse(page, status, REFUSALS[status])

    page.locator("#generate").click()

    told = page.locator(".pr-refused")
    said = REFUSALS[status].pt if language == "pt-BR" else REFUSALS[status].en
    expect(told.get_by_role("alert")).to_contain_text(said, use_inner_text=True)
    box = told.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 900
    told.get_by_role("button", name="Fechar" if language == "pt-BR" else "Close").focus()
    page.keyboard.press("Enter")
    expect(told).to_have_count(0)


def test_what_is_refused_twice_is_said_once(open_page):
    page = open_page()
    refuse(page, 429, TOO_OFTEN)

    for _ in range(2):
        page.locator("#generate").click()
        expect(page.locator(".pr-refused")).to_be_visible()

    expect(page.locator(".pr-refused")).to_have_count(1)


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_the_queues_numbers_are_read_on_a_phone_without_scrolling(open_page, language: str):
    page = open_page(language, 390)
    page.locator('button[role=tab][data-tab-id="data"]').click()
    table = page.locator(".pr-scroll").filter(has_text="Fila para avaliar" if language == "pt-BR" else "Queue").first
    table.wait_for()

    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth")
