"""One page at several widths: it follows a window that changes."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page


def resized(page: Page, *widths: int) -> Iterator[int]:
    """Each width in turn, once the page has it."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        yield width
