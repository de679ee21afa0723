"""axe-core finds no violation of ours, in either language, light and dark, before and after an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_generate_page import choose, make_cards, wait_until_done

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

# What is in Gradio's own markup and cannot be mended from outside: (rule, part of the element's HTML).
GRADIOS_OWN: list[tuple[str, str]] = []


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not any(violation["id"] == rule and part in node["html"] for rule, part in GRADIOS_OWN)
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_the_empty_page_has_no_serious_violation(open_page, language: str, dark: bool):
    page = open_page(language, dark=dark)
    page.get_by_role("button", name="Ajustes" if language == "pt-BR" else "Settings").click()

    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_answer_has_no_serious_violation(open_page, dark: bool):
    page = open_page(dark=dark)
    choose(page, "Só com LoRA")
    make_cards(page)
    wait_until_done(page, "#with-lora")

    assert violations(page) == []


def test_an_error_has_no_serious_violation(open_page):
    page = open_page()
    page.locator("#generate").click()
    page.get_by_role("alert").wait_for()

    assert violations(page) == []


def test_an_answer_on_a_phone_has_no_serious_violation(open_page):
    page = open_page(width=390)
    choose(page, "Só com LoRA")
    make_cards(page, "Na farmácia")
    wait_until_done(page, "#with-lora")

    assert violations(page) == []
