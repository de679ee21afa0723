"""What the gate answers by itself to a person's browser."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request

from aac.access_settings import AccessSettings
from aac.passwords import Logins
from aac.ui.access_texts import ASKS_AGAIN, NOT_NOW
from aac.ui.answers import Refusal, answer
from tests.ui.doors import login_of
from tests.ui.roles import Served, served

BY_PASSWORD = AccessSettings(login="password")
OPENS_A_TAB = 'href="/login" target="_blank" rel="noopener"'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("answers")
    Logins(folder).add("ana", "uma senha comprida", is_maintainer=True)
    found = served(folder, login_of(folder, BY_PASSWORD), BY_PASSWORD)
    yield found
    found.page.close()
    found.archive.close()


def refused(page: Served, **headers: str) -> str:
    """What a visitor reads at a maintainers' address."""
    answer = httpx.get(f"{page.url}metrics", headers={"Accept": "text/html", **headers}, trust_env=False)
    assert answer.status_code == 403
    return answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Dest": "iframe"}, {}])
def test_the_way_to_log_in_leaves_the_frame_in_which_no_login_is_kept(page: Served, headers: dict[str, str]):
    assert OPENS_A_TAB in refused(page, **headers)


def test_the_way_to_log_in_stays_in_a_tab_that_is_the_pages_own(page: Served):
    told = refused(page, **{"Sec-Fetch-Dest": "document"})

    assert 'href="/login"' in told
    assert "_blank" not in told


def away(method: str, headers: dict[str, str], path: str = "/") -> tuple[str | None, str]:
    """After what the browser asks again by itself, and what is read."""
    scope = {"type": "http", "method": method, "path": path, "headers": [(b"accept", b"text/html")]}
    found = answer(Refusal(503, NOT_NOW, headers), Request(scope))
    return found.headers.get("Refresh"), bytes(found.body).decode()


def test_a_page_that_is_not_there_for_a_while_is_asked_for_again_by_itself():
    after, told = away("GET", {"Retry-After": "30"})

    assert after == "30"
    assert ASKS_AGAIN.pt in told
    assert ASKS_AGAIN.en in told


@pytest.mark.parametrize(
    ("method", "headers", "path"),
    [("POST", {"Retry-After": "30"}, "/"), ("GET", {}, "/"), ("GET", {"Retry-After": "30"}, "/login/callback")],
)
def test_what_was_sent_or_is_good_once_is_not_asked_again_nor_what_has_no_end(
    method: str, headers: dict[str, str], path: str
):
    after, told = away(method, headers, path)

    assert after is None
    assert ASKS_AGAIN.pt not in told


def test_a_login_that_has_to_begin_again_has_the_way_there(page: Served):
    answer = httpx.get(f"{page.url}login/nowhere", headers={"Accept": "text/html"}, trust_env=False)

    assert 'href="/login"' in answer.text
