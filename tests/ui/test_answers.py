"""What the gate answers by itself to a person's browser."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from aac.access_settings import AccessSettings
from aac.passwords import Logins
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
