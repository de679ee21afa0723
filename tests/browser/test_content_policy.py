"""The page under its Content-Security-Policy: everything of its own runs, nothing that came in by another way does."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

TABS = ("rate", "compare", "quality", "data", "train", "generate")
# What somebody would try who got an element into the page; each sets `window.hacked`.
TRIES = {
    "a handler in an attribute": "e.innerHTML = '<img src=x onerror=window.hacked=1>'",
    "a handler that is set later": "e.setAttribute('onclick', 'window.hacked=1'); e.click()",
    "a script element": "s = document.createElement('script'); s.textContent = 'window.hacked=1'; e.append(s)",
    "a link": "e.innerHTML = '<a href=\"javascript:window.hacked=1\">x</a>'; e.firstChild.click()",
    "a frame": "e.innerHTML = '<iframe srcdoc=\"<script>parent.hacked=1</script>\"></iframe>'",
    "a string in a timer": "setTimeout('window.hacked=1')",
    "a string as a function": "try { Function('window.hacked=1')() } catch {}",
    "a string as a function, made with new": "try { new Function('window.hacked=1')() } catch {}",
    "the maker of functions that a function knows": "try { (() => {}).constructor('window.hacked=1')() } catch {}",
    "the maker of functions that wait": "try { (async () => {}).constructor('window.hacked=1')() } catch {}",
    "a call among those that are known":
        "try { (async () => {}).constructor('return (\\nwindow.prancha.a, window.hacked=1\\n);')() } catch {}",
    "eval": "try { eval('window.hacked=1') } catch {}",
}  # fmt: skip
_NOTE = """window.refused = []; addEventListener("securitypolicyviolation",
    (event) => window.refused.push([event.effectiveDirective, event.blockedURI, event.sample]));"""


def ran(page: Page) -> list[str]:
    """Those of the tries that got something to run. What a test runs may use `eval`, what it only begins may not."""
    trials = ", ".join(f"{json.dumps(name)}: (e, s) => {{ {trial} }}" for name, trial in TRIES.items())
    found = page.evaluate(f"""async () => {{
        const trials = {{ {trials} }}, wait = () => new Promise((go) => setTimeout(go, 200)), ran = [];
        for (const [name, trial] of Object.entries(trials)) {{
            await wait();
            delete window.hacked;
            const element = document.createElement("div");
            document.body.append(element);
            setTimeout(() => trial(element));
            await wait();
            if (window.hacked) ran.push(name);
        }}
        return ran;
    }}""")
    return list(found)


@pytest.fixture
def noted(open_page) -> Page:
    page = open_page()
    page.add_init_script(_NOTE)
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    return page


def test_no_tab_needs_what_is_forbidden(noted: Page):
    for name in TABS:
        noted.locator(f'button[role=tab][data-tab-id="{name}"]').click()
        expect(noted.get_by_role("tabpanel").filter(visible=True).first).to_be_visible()
        noted.wait_for_timeout(500)  # what the tab asks the server for is drawn
    noted.get_by_role("radio", name="English").check()
    expect(noted.locator("#generate")).to_have_text("Make cards")
    noted.get_by_role("button", name="Caiu a luz").click()

    expect(noted.get_by_label("What does the person want to say?")).to_have_value("Caiu a luz")
    assert noted.evaluate("window.refused") == []


def test_nothing_runs_that_came_into_the_page_by_another_way(open_page):
    assert ran(open_page()) == []


def test_each_of_these_ways_would_be_open_without_the_policy(chromium: Browser, app_url: str):
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(app_url)
    page.wait_for_function("() => window.prancha?.isReady")

    found = ran(page)

    context.close()
    assert found == list(TRIES)
