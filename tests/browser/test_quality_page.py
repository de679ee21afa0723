"""The Quality tab, as a visitor finds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from aac.ui import quality_texts as words
from aac.workflow.quality import read_report
from tests.conftest import ROOT


@pytest.mark.parametrize(("language", "tab"), [("pt-BR", "Qualidade"), ("en-US", "Quality")])
def test_the_tab_tells_the_kept_report_or_what_to_do(open_page, language: str, tab: str):
    page = open_page(language)

    page.get_by_role("tab", name=tab).click()

    there = read_report(Path(ROOT / "docs" / "quality"))
    expected = words.INTRO if there else words.EMPTY
    expect(page.locator("#quality")).to_contain_text(expected.in_language(language[:2])[:40], use_inner_text=True)
