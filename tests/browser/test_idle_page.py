"""What a page costs that nobody touches: it lies open on a tablet all day."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

_COUNT = """window.framesAsked = 0;
const ask = window.requestAnimationFrame;
window.requestAnimationFrame = (callback) => { window.framesAsked += 1; return ask.call(window, callback); };"""
_FEW_IN_A_SECOND = """async () => {
    const before = window.framesAsked;
    await new Promise((go) => setTimeout(go, 1000));
    return window.framesAsked - before < 8;
}"""


def test_a_page_at_rest_asks_for_hardly_a_frame(open_page):
    page = open_page()
    page.add_init_script(_COUNT)
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    assert page.evaluate("window.framesAsked") > 0

    page.wait_for_function(_FEW_IN_A_SECOND, polling=500)
