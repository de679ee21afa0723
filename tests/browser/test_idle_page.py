"""What a page costs that nobody touches: it lies open on a tablet all day."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

_COUNT = """window.framesAsked = 0;
const ask = window.requestAnimationFrame;
window.requestAnimationFrame = (callback) => { window.framesAsked += 1; return ask.call(window, callback); };"""
_TRIES = 30  # a slow machine is long at opening it


def frames_in_a_second(page: Page) -> int:
    before = page.evaluate("window.framesAsked")
    page.wait_for_timeout(1000)
    return page.evaluate("window.framesAsked") - before


def test_a_page_at_rest_asks_for_hardly_a_frame(open_page):
    page = open_page()
    page.add_init_script(_COUNT)
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    assert page.evaluate("window.framesAsked") > 0

    assert any(frames_in_a_second(page) < 8 for _ in range(_TRIES))
