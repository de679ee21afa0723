"""What a visitor, an annotator and a maintainer see, and logging in and out, in both languages and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.widths import resized
from tests.browser.with_logins import another_tab, installed, log_in


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # Five tries to log in are let through at once for each name: these tests share them out.
    with installed(tmp_path_factory.mktemp("roles")) as installation:
        yield installation.url


def tabs(page: Page) -> list[str]:
    return [tab.inner_text() for tab in page.get_by_role("tab").all() if tab.is_visible()]


each_language = pytest.mark.parametrize("language", ["pt-BR", "en-US"])


def fits(page: Page) -> bool:
    """Whether nothing is wider than a screen and a phone."""
    return all(page.evaluate("document.documentElement.scrollWidth") <= width for width in resized(page, 1280, 390))


@each_language
def test_a_visitor_sees_no_data_and_no_training(open_page, url: str, language: str):
    page = open_page(language, url=url)
    is_pt = language.startswith("pt")

    expect(page.locator(".pr-who a")).to_have_text("Entrar" if is_pt else "Log in", use_inner_text=True)
    for name in ("Dados", "Treinar") if is_pt else ("Data", "Train"):
        expect(page.get_by_role("tab", name=name, exact=True)).to_have_count(0)
    assert fits(page)


@each_language
def test_a_maintainer_sees_everything_and_logs_out(open_page, url: str, language: str):
    page = open_page(language, url=url)
    is_pt = language.startswith("pt")

    log_in(page, "ana")

    who = "ana · quem mantém" if is_pt else "ana · maintainer"
    expect(page.locator(".pr-who span").first).to_have_text(who, use_inner_text=True)
    for name in ("Dados", "Treinar") if is_pt else ("Data", "Train"):
        expect(page.get_by_role("tab", name=name, exact=True)).to_be_visible()
    assert fits(page)
    page.locator(".pr-who button").click()
    expect(page.locator(".pr-who a")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "said"), [("pt-BR", "Você saiu em outra aba"), ("en-US", "You logged out in another tab")]
)
def test_who_logs_out_in_one_tab_is_named_in_no_other_and_keeps_what_is_typed_there(
    open_page, url: str, language: str, said: str
):
    page = open_page(language, url=url)
    log_in(page, "caio")
    other = another_tab(page, url)
    other.locator("#prompt").get_by_role("textbox").fill("Querer")

    page.locator(".pr-who button").click()

    expect(other.locator(".pr-who")).to_contain_text(said, use_inner_text=True)
    expect(other.get_by_text("caio", exact=True)).to_have_count(0)
    expect(other.locator("#prompt").get_by_role("textbox")).to_have_value("Querer")
    other.locator(".pr-who button").click()
    expect(other.locator(".pr-who a")).to_be_visible()


def test_a_logout_that_failed_tells_no_other_tab(open_page, url: str):
    page = open_page(url=url)
    log_in(page, "caio")
    other = another_tab(page, url)
    other.locator(".pr-who-name").wait_for()
    page.route("**/logout", lambda route: route.fulfill(status=503, body="away"))
    page.locator(".pr-who button").click()
    page.get_by_text("away").wait_for()

    page.goto(url)
    page.wait_for_function("() => window.prancha?.isReady")

    expect(page.locator(".pr-who-name")).to_be_visible()
    expect(other.locator(".pr-who-name")).to_be_visible()


@pytest.mark.parametrize("channel", ["undefined", "class { constructor() { throw new Error('not allowed'); } }"])
def test_a_browser_whose_tabs_cannot_speak_with_each_other_has_the_page_all_the_same(
    chromium: Browser, url: str, channel: str
):
    page = chromium.new_page(locale="pt-BR")
    page.add_init_script(f"window.BroadcastChannel = {channel}")
    page.goto(url)

    page.wait_for_function("() => window.prancha?.isReady")

    page.close()


def test_an_annotator_rates_and_sees_no_training(open_page, url: str):
    page = open_page(url=url)

    log_in(page, "bia")

    expect(page.locator(".pr-who span").first).to_have_text("bia · quem anota", use_inner_text=True)
    expect(page.get_by_role("tab", name="Treinar", exact=True)).to_have_count(0)
    assert page.evaluate("window.prancha.annotate.ensureRole('correct')")


@pytest.mark.parametrize(
    ("language", "tab", "without", "with_login"),
    [
        ("pt-BR", "Avaliar", "não sabe quem você é", "feito do seu login"),
        ("en-US", "Rate", "does not know who you are", "made from your login"),
    ],
)
def test_my_data_says_what_links_a_person_to_it_without_a_login_and_with_one(
    open_page, url: str, language: str, tab: str, without: str, with_login: str
):
    page = open_page(language, url=url)
    line = page.locator(".pr-my-data .pr-small").first
    page.get_by_role("tab", name=tab, exact=True).click()
    expect(line).to_contain_text(without, use_inner_text=True)

    log_in(page, "bia")
    page.get_by_role("tab", name=tab, exact=True).click()

    expect(line).to_contain_text(with_login, use_inner_text=True)
    expect(line).not_to_contain_text(without, use_inner_text=True)


@pytest.mark.parametrize(("language", "said"), [("pt-BR", "é preciso entrar"), ("en-US", "you need to log in")])
def test_who_may_not_rate_is_told_how(open_page, url: str, language: str, said: str):
    page = open_page(language, url=url)
    page.get_by_role("tab", name="Avaliar" if language == "pt-BR" else "Rate", exact=True).click()
    page.locator(".pr-toast").first.wait_for(state="attached")

    assert not page.evaluate("window.prancha.annotate.ensureConsent()")

    expect(page.locator(".pr-toast").first).to_contain_text(said, use_inner_text=True)


def test_what_is_annotated_after_the_session_ended_waits_and_is_sent_after_the_login(open_page, url: str):
    page = open_page(url=url)
    page.get_by_role("tab", name="Avaliar", exact=True).click()
    page.evaluate("""() => { window.prancha.annotate.send("rate", {id: window.prancha.annotate.uuid()}); }""")

    expect(page.locator(".pr-toast").first).to_contain_text("Você não tem acesso a isto", use_inner_text=True)
    assert page.evaluate("window.prancha.annotate.waiting().length") == 1


def test_an_event_that_is_refused_says_so(open_page, url: str):
    page = open_page("en-US", url=url)

    page.evaluate("""() => { document.getElementById("pull-row")?.classList.remove("hidden", "hide"); }""")
    said = page.evaluate(
        """async () => (await (await fetch("/gradio_api/run/pull_pressed", {method: "POST",
        headers: {"Content-Type": "application/json"}, body: JSON.stringify({data: ["a/b"]})})).json()).refusal.en"""
    )

    assert "Log in" in said


def test_a_wrong_password_is_told_in_the_same_colour_in_both_languages(open_page, url: str):
    page = open_page(url=url)
    page.goto(f"{url}login")
    page.locator("#name").fill("ana")
    page.locator("#password").fill("outra senha qualquer")
    page.keyboard.press("Enter")

    said = page.locator(".bad span")
    said.first.wait_for()
    colours = said.evaluate_all("(all) => all.map((one) => getComputedStyle(one).color)")
    assert len(colours) == 2
    assert len(set(colours)) == 1


def test_who_may_not_open_an_address_gets_there_by_logging_in(open_page, url: str):
    page = open_page(url=url)
    page.goto(f"{url}metrics")

    page.get_by_role("link", name="Entrar").click()

    expect(page.locator("#password")).to_be_visible()
