"""The Quality tab, as a visitor finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from aac.ui import quality_texts as words
from aac.workflow.quality import read_report
from tests.conftest import ROOT

# How many lines each element's words take, but for those that are only heard.
LINES = """(all) => all.map((one) => new Set([...one.querySelectorAll("span:not(.pr-hidden, .pr-hidden *)")]
    .flatMap((span) => [...span.getClientRects()]).map((line) => Math.round(line.bottom))).size)"""

BEYOND = """(tab) => [...tab.querySelectorAll("*:not(.pr-scroll *, .pr-raw *, .pr-hidden, .pr-hidden *)")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize(("language", "tab"), [("pt-BR", "Qualidade"), ("en-US", "Quality")])
def test_the_tab_tells_the_kept_report_or_what_to_do(open_page, language: str, tab: str):
    page = open_page(language)

    page.get_by_role("tab", name=tab).click()

    there = read_report(Path(ROOT / "docs" / "quality"))
    expected = words.INTRO if there else words.EMPTY
    expect(page.locator("#quality")).to_contain_text(expected.in_language(language[:2])[:40], use_inner_text=True)


@pytest.fixture(params=[390, 1280])
def tab(open_page, request: pytest.FixtureRequest) -> Locator:
    """The tab on a phone and on a wide screen."""
    page = open_page(width=request.param)
    page.locator('button[role=tab][data-tab-id="quality"]').click()
    expect(page.locator("#quality .pr-quality")).to_be_visible()
    return page.locator("#quality")


def test_a_bar_s_number_stands_on_one_line(tab: Locator):
    numbers = tab.locator(".pr-quality-bars td:last-child")

    assert "→" in "".join(numbers.all_inner_texts())
    assert set(numbers.evaluate_all(LINES)) == {1}


def test_the_learning_curve_s_picture_is_drawn(tab: Locator):
    picture = tab.locator(".pr-quality-curve img")
    picture.scroll_into_view_if_needed()

    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0


def test_nothing_reaches_beyond_the_screen_but_what_scrolls_by_itself(tab: Locator):
    tab.evaluate("(tab) => tab.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert tab.evaluate(BEYOND) == []
