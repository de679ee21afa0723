"""Programs and people have one allowance of the model's time, and one line before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from aac.access import Role
from aac.ui.access_texts import LINE_FULL
from aac.ui.numbers import fill
from aac.ui.turns import MOST_IN_LINE, LineFull, Turns
from aac.workflow.generating import Speakers
from tests.ui.programs import said
from tests.ui.test_tools import MAKE, Place, opened

pytestmark = pytest.mark.real_model
USED_UP = "Você já usou o tempo do modelo"


@pytest.fixture
def place(speakers: Speakers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Of a server that gives everybody so little that any answer uses it up."""
    monkeypatch.setattr(speakers, "settings", replace(speakers.settings, day_limit_s=1e-6))
    found = opened(speakers, tmp_path)
    yield found
    found.page.close()
    found.archive.close()


def test_who_has_used_the_day_up_is_told_so_in_both_languages(place: Place):
    program = place.program(Role.ANNOTATOR)
    assert not program.call(MAKE, prompt="Querer", cards_wanted=1).isError

    again = program.call(MAKE, prompt="Querer", cards_wanted=1)

    assert again.isError
    assert USED_UP in said(again)
    assert "You have used the time of the model" in said(again)
    assert [place.count("prancha_refused_total", reason=reason) for reason in ("day", "rate")] == [1, 1]


def test_what_a_program_used_is_gone_for_the_same_person_s_page(place: Place):
    place.program(Role.ANNOTATOR).call(MAKE, prompt="Querer", cards_wanted=1)

    with httpx.Client(base_url=place.url, trust_env=False, headers={"x-test-role": "ANNOTATOR"}) as page:
        answer = page.post("/gradio_api/run/begin", json={"data": [], "session_hash": "a-tab"})

    assert USED_UP in answer.text


def test_others_go_on(place: Place):
    place.program(Role.ANNOTATOR).call(MAKE, prompt="Querer", cards_wanted=1)

    assert not place.program(Role.VISITOR).call(MAKE, prompt="Querer", cards_wanted=1).isError


def test_a_full_line_is_told_in_both_languages(place: Place, monkeypatch: pytest.MonkeyPatch):
    def is_full(*_: Any) -> bool:
        raise LineFull

    monkeypatch.setattr(Turns, "ask", is_full)

    result = place.program().call(MAKE, prompt="Querer")

    full = fill(LINE_FULL, n=str(MOST_IN_LINE))
    assert full.pt in said(result)
    assert full.en in said(result)
    assert [place.count("prancha_refused_total", reason=reason) for reason in ("full", "rate")] == [1, 1]
