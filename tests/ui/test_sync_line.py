"""Whether annotations go to the Hub too, as the Data tab says it."""

from __future__ import annotations

import pytest

from aac.errors import AacError, HubError
from aac.ui.data_views import sync_html
from aac.workflow.syncing import SyncState
from tests.ui.test_results import read

WHEN = "2026-03-01T12:30:45.000Z"
FAILED = HubError("O Hub falhou. <b>", "The Hub failed. <b>")


@pytest.mark.parametrize(("language", "said"), [("pt", "ficam só neste servidor"), ("en", "on this server only")])
def test_where_nothing_is_sent_it_says_so_and_how_to(language: str, said: str):
    told = read(sync_html(None), language)

    assert said in told
    assert "PRANCHA_SYNC_REPO" in told


@pytest.mark.parametrize(
    ("waiting", "said"),
    [(0, "Nenhuma espera."), (1, "Uma espera."), (1234, "1.234 esperam.")],
)
def test_it_tells_where_to_when_last_and_what_waits(waiting: int, said: str):
    told = read(sync_html(SyncState("alice/ditos", WHEN, waiting)))

    assert "alice/ditos" in told
    assert "2026-03-01 12:30 (UTC)" in told
    assert said in told


def test_before_anything_arrived_that_is_said_and_nothing_is_counted():
    told = read(sync_html(SyncState("alice/ditos")), "en")

    assert told.endswith("Nothing has arrived since the server was started.")


@pytest.mark.parametrize(("language", "said"), [("pt", "O Hub falhou. <b>"), ("en", "The Hub failed. <b>")])
def test_the_last_failure_is_told_and_never_markup(language: str, said: str):
    html = sync_html(SyncState("alice/ditos", None, 3, FAILED, WHEN))

    assert said in read(html, language)
    assert "<b>" not in html


def test_why_nobody_is_asked_now_is_told_with_and_without_a_repository():
    closed = AacError("A coleta está fechada. <b>", "Collecting is closed. <b>")

    for state in (None, SyncState("alice/ditos", WHEN, 0)):
        html = sync_html(state, closed)
        assert "Collecting is closed. <b>" in read(html, "en")
        assert "<b>" not in html


def test_it_tells_how_often():
    assert "a cada 1 min" in read(sync_html(SyncState("alice/ditos", WHEN, 0, every_s=60)))
