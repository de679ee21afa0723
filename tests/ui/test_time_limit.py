"""What a person reads whose answer was cut by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.ui.asking import make_cards
from tests.workflow.test_time_limit import TickingClock

pytestmark = pytest.mark.real_model


@pytest.fixture
def slow(speakers: Speakers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[object, str]]:
    """A page whose every token takes a second, of the six that an answer has."""
    limited = replace(speakers.settings, generation_limit_s=6)
    monkeypatch.setattr(speakers, "settings", limited)
    monkeypatch.setattr(speakers, "clock", TickingClock())
    archive = Archive(replace(limited, data_dir=tmp_path))
    page = build_page(speakers, archive)
    _, url, _ = page.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, **launch_options())
    yield page, url
    page.close()
    archive.close()


def test_the_page_shows_what_is_there_as_unfinished_and_says_why_in_both_languages(slow: tuple[object, str]):
    page, url = slow
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        message, _, with_lora, *_ = make_cards(page, client, "Querer", "a-tab", mode="with")
        again, *_ = make_cards(page, client, "Comida", "a-tab", mode="with")

    assert 'role="alert"' in message
    assert "foi cortada" in message
    assert "was cut" in message
    assert "6 tokens" in with_lora
    assert "incompleto: cortado pelo tempo" in with_lora
    assert "unfinished: cut by time" in with_lora
    assert 'aria-busy="false"' in with_lora
    assert "pr-problems" not in with_lora
    assert "was cut" in again  # the slot was free for it
