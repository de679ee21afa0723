"""Several people in one browser, one after another: what waits there, and what was being written, stays theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aac.ui.consent import CONSENT_VERSION
from tests.browser.with_logins import Installation, another_tab, installed, log_in, log_out

WAITING = "window.prancha.annotate.waiting().length"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as found:
        yield found


def agreements(installation: Installation) -> int:
    with installation.archive.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM consents").scalar_one())


def agree(page: Page) -> None:
    """Something that is stored as the person's own, by way of what waits in the browser."""
    page.evaluate(
        """(version) => { const A = window.prancha.annotate;
        A.send("consent", {id: A.uuid(), version, language: "pt"}); }""",
        CONSENT_VERSION,
    )


def kept_here(page: Page) -> list[str]:
    """Drafts and what waits, anybody's."""
    entries = "Object.entries(localStorage).filter(([key]) => /draft|outbox/.test(key))"
    return [str(value) for _, value in page.evaluate(entries)]


def has_agreed(page: Page) -> bool:
    return bool(page.evaluate("async () => (await window.prancha.annotate.refresh()).consented"))


def leave_something_waiting(page: Page, name: str, draft: str = "") -> None:
    """Log in, annotate without the server, write a draft where there is one, and log out: until then nothing goes."""
    log_in(page, name)
    page.route("**/run/consent", lambda route: route.abort())
    agree(page)
    page.wait_for_function(f"() => {WAITING} === 1")
    if draft:
        write_a_draft(page, draft)
    log_out(page)
    page.unroute("**/run/consent")


def write_a_draft(page: Page, words: str) -> None:
    page.evaluate(
        """(words) => window.prancha.annotate.drafts.open({prompt: "Querer"}, {id: "1"}, () => {}).save(
        [{written_text: words, spoken_text: words, image_id: "💧"}])""",
        words,
    )


@pytest.mark.parametrize(
    ("language", "tab", "said"),
    [("pt-BR", "Avaliar", "1 resposta de outra pessoa"), ("en-US", "Rate", "of somebody else")],
)
def test_what_waits_is_not_sent_as_somebody_elses_and_they_are_told_of_it(
    open_page, installation: Installation, language: str, tab: str, said: str
):
    page = open_page(language, url=installation.url)
    leave_something_waiting(page, "bia")

    log_in(page, "caio")
    page.evaluate("window.prancha.annotate.flushOutbox()")

    assert not has_agreed(page)
    assert agreements(installation) == 0
    page.get_by_role("tab", name=tab, exact=True).click()
    expect(page.locator("#pr-rate .pr-outbox")).to_contain_text(said, use_inner_text=True)
    expect(page.locator("#pr-rate .pr-outbox button")).to_have_text(
        "Tirar daqui" if language == "pt-BR" else "Remove from here", use_inner_text=True
    )


def test_what_waits_goes_out_when_its_person_is_back(open_page, installation: Installation):
    page = open_page(url=installation.url)
    leave_something_waiting(page, "bia")
    log_in(page, "caio")
    log_out(page)

    log_in(page, "bia")

    page.wait_for_function(f"() => {WAITING} === 0")
    assert agreements(installation) == 1
    assert has_agreed(page)


def test_a_page_that_somebody_else_has_logged_in_since_sends_nothing_as_theirs(open_page, installation: Installation):
    stale = open_page(url=installation.url)
    log_in(stale, "bia")
    stale.get_by_role("tab", name="Avaliar", exact=True).click()
    page = another_tab(stale, installation.url)
    log_out(page)
    log_in(page, "caio")

    agree(stale)

    expect(stale.locator(".pr-toast").first).to_contain_text("O login desta página não vale mais", use_inner_text=True)
    assert stale.evaluate(WAITING) == 1
    assert agreements(installation) == 0
    assert not has_agreed(page)


def test_a_tab_says_that_somebody_logged_in_in_another_until_its_own_person_is_back(
    open_page, installation: Installation
):
    stale = open_page(url=installation.url)
    log_in(stale, "bia")
    page = another_tab(stale, installation.url)
    log_out(page)
    log_in(page, "caio")

    expect(stale.locator(".pr-who")).to_contain_text("Alguém entrou em outra aba", use_inner_text=True)
    expect(stale.locator(".pr-who-name")).to_have_count(0)

    log_out(page)
    log_in(page, "bia")

    expect(stale.locator(".pr-who-name")).to_have_text("bia")


def test_a_draft_is_offered_only_to_who_wrote_it(open_page, installation: Installation):
    page = open_page(url=installation.url)
    log_in(page, "bia")
    write_a_draft(page, "Quero sair daqui")
    log_out(page)

    log_in(page, "caio")
    page.get_by_role("tab", name="Avaliar", exact=True).click()
    page.locator(".pr-drafts").wait_for(state="attached")

    expect(page.locator(".pr-drafts > *")).to_have_count(0)
    assert page.evaluate("window.prancha.annotate.drafts.of('1')") is None
    log_out(page)
    log_in(page, "bia")
    page.get_by_role("tab", name="Avaliar", exact=True).click()
    expect(page.locator(".pr-drafts > *")).to_have_count(1)


def test_who_erases_everything_leaves_what_others_have_in_this_browser(open_page, installation: Installation):
    page = open_page(url=installation.url)
    leave_something_waiting(page, "bia", "Quero sair daqui")
    log_in(page, "caio")
    write_a_draft(page, "Quero ficar")

    page.evaluate("window.prancha.annotate.erased()")

    kept = kept_here(page)
    assert len(kept) == 2
    assert not any("Quero ficar" in value for value in kept)


@pytest.mark.parametrize(("language", "said"), [("pt-BR", "não vale mais"), ("en-US", "no longer valid")])
def test_a_session_that_ended_is_said_at_the_top_and_what_is_done_then_is_kept(
    open_page, installation: Installation, language: str, said: str
):
    page = open_page(language, url=installation.url)
    log_in(page, "bia")
    page.get_by_role("tab", name="Avaliar" if language == "pt-BR" else "Rate", exact=True).click()
    page.context.clear_cookies()

    agree(page)

    expect(page.locator(".pr-who")).to_contain_text(said, use_inner_text=True)
    expect(page.locator(".pr-who-name")).to_have_count(0)
    expect(page.locator(".pr-toast").first).to_contain_text(said, use_inner_text=True)
    assert page.evaluate(WAITING) == 1


def test_a_page_whose_person_left_in_another_tab_keeps_what_is_done_there_until_they_are_back(
    open_page, installation: Installation
):
    stale = open_page(url=installation.url)
    log_in(stale, "bia")
    page = another_tab(stale, installation.url)
    log_out(page)
    expect(stale.locator(".pr-who-name")).to_have_count(0)

    assert stale.evaluate("window.prancha.annotate.ensureRole('correct')")
    agree(stale)
    log_in(page, "bia")

    stale.wait_for_function(f"() => {WAITING} === 0")
    assert agreements(installation) == 1


def test_what_waits_of_who_never_comes_back_can_be_removed(open_page, installation: Installation):
    page = open_page(url=installation.url)
    leave_something_waiting(page, "bia", "Quero sair daqui")
    log_in(page, "caio")
    write_a_draft(page, "Quero ficar")
    page.get_by_role("tab", name="Avaliar", exact=True).click()

    page.locator("#pr-rate .pr-outbox button").click()
    page.get_by_role("dialog").get_by_role("button", name="Tirar daqui").click()

    expect(page.locator("#pr-rate .pr-outbox button")).to_have_count(0)
    kept = kept_here(page)
    assert len(kept) == 1
    assert "Quero ficar" in kept[0]


def test_what_somebody_did_before_they_logged_in_is_sent_as_theirs_once_they_say_so(
    open_page, installation: Installation
):
    page = open_page(url=installation.url)
    page.route("**/run/consent", lambda route: route.abort())
    agree(page)
    page.wait_for_function(f"() => {WAITING} === 1")
    log_in(page, "bia")
    page.unroute("**/run/consent")
    page.get_by_role("tab", name="Avaliar", exact=True).click()
    expect(page.locator("#pr-rate .pr-outbox")).to_contain_text("1 resposta dada sem login", use_inner_text=True)
    assert agreements(installation) == 0

    page.locator("#pr-rate .pr-outbox").get_by_role("button", name="É minha: enviar").click()
    page.get_by_role("button", name="Concordo").click()

    page.wait_for_function(f"() => {WAITING} === 0")
    assert has_agreed(page)
