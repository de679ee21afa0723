"""What the page says where the server refuses something, and where a table is read on a phone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from aac.ui.access_texts import FILE_TOO_LARGE, NOT_ALLOWED, NOT_KEPT, NOT_NOW, TOO_OFTEN
from aac.ui.answers import KINDS
from aac.ui.bodies import UPLOAD_MAX_BYTES
from aac.ui.texts import Text

pytestmark = pytest.mark.browser

REFUSALS = {403: NOT_ALLOWED, 429: TOO_OFTEN, 503: NOT_NOW}


def refuse(page: Page, status: int, text: Text, door: str = "run/predict") -> None:
    """Let every event of Gradio's that comes by this door be refused from now on, as the gate does it."""
    content = {"error": text.both(), "refusal": {"kind": KINDS[status], "pt": text.pt, "en": text.en}}

    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(content))

    page.route(f"**/gradio_api/{door}*", answer)


@pytest.mark.parametrize(("language", "width"), [("pt-BR", 390), ("en-US", 1280)])
def test_a_refused_event_is_told_of_within_the_screen_and_closed_by_keyboard(open_page, language: str, width: int):
    page = open_page(language, width)
    for status, refusal in REFUSALS.items():
        refuse(page, status, refusal)

        page.locator("#generate").click()

        told = page.locator(".pr-notice")
        said = refusal.pt if language == "pt-BR" else refusal.en
        expect(told.get_by_role("alert")).to_contain_text(said, use_inner_text=True)
        box = told.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 900
        told.get_by_role("button", name="Fechar" if language == "pt-BR" else "Close").focus()
        page.keyboard.press("Enter")
        expect(told).to_have_count(0)


def test_what_is_refused_twice_is_said_once(open_page):
    page = open_page()
    refuse(page, 429, TOO_OFTEN)

    for _ in range(2):
        page.locator("#generate").click()
        expect(page.locator(".pr-notice")).to_be_visible()

    expect(page.locator(".pr-notice")).to_have_count(1)


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refused_place_in_the_queue_is_said_once_until_it_is_closed(open_page, status: int):
    page = open_page()
    refuse(page, status, REFUSALS[status], "queue/join")

    page.locator("#prompt").get_by_role("textbox").fill("Querer")
    page.locator("#generate").click()

    expect(page.locator(".pr-notice")).to_contain_text(REFUSALS[status].pt, use_inner_text=True)
    expect(page.locator("#generate")).to_be_enabled()
    expect(page.locator("#message")).to_have_text("")
    expect(page.locator(".toast-body")).to_have_count(0)


def test_a_page_that_is_refused_while_it_is_made_ready_asks_again_by_itself(chromium: Browser, app_url: str):
    page = chromium.new_page(locale="pt-BR")
    content = {"error": "", "refusal": {"kind": "rate", "pt": TOO_OFTEN.pt, "en": TOO_OFTEN.en}}
    left = [429] * 4

    def answer(route: Route) -> None:
        if left:
            route.fulfill(status=left.pop(), headers={"Retry-After": "1"}, json=content)
        else:
            route.fallback()

    page.route("**/gradio_api/run/predict*", answer)
    page.goto(app_url)
    expect(page.locator(".pr-notice")).to_contain_text(TOO_OFTEN.pt, use_inner_text=True)

    page.wait_for_function("() => window.prancha.isReady")

    expect(page.locator(".pr-notice")).to_have_count(0)
    expect(page.locator("#generate")).to_have_text("Gerar cartões", use_inner_text=True)
    page.close()


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_of_a_refused_upload_the_page_shows_our_words_and_no_brackets(open_page, language: str, tmp_path: Path):
    page = open_page(language)
    refuse(page, 503, NOT_KEPT, "upload")
    page.locator('button[role=tab][data-tab-id="data"]').click()
    page.get_by_role("button", name="Importar" if language == "pt-BR" else "Import").first.click()
    path = tmp_path / "cards.csv"
    path.write_text("prompt,written_text,spoken_text,image_id\n", encoding="utf-8")

    page.locator("#import-file input[type=file]").set_input_files(path)

    told = page.locator(".pr-notice")
    expect(told).to_contain_text(NOT_KEPT.pt if language == "pt-BR" else NOT_KEPT.en, use_inner_text=True)
    expect(told).not_to_contain_text("{")
    expect(page.locator(".toast-body")).to_have_count(0)


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_a_file_that_is_too_large_is_refused_in_our_words_without_being_sent(open_page, language: str, tmp_path: Path):
    page = open_page(language)
    page.locator('button[role=tab][data-tab-id="data"]').click()
    page.get_by_role("button", name="Importar" if language == "pt-BR" else "Import").first.click()
    path = tmp_path / "cards.csv"
    path.write_bytes(b"a" * (UPLOAD_MAX_BYTES + 1))

    page.locator("#import-file input[type=file]").set_input_files(path)

    said = FILE_TOO_LARGE.pt if language == "pt-BR" else FILE_TOO_LARGE.en
    expect(page.locator(".pr-notice")).to_contain_text(said, use_inner_text=True)
    expect(page.locator(".toast-body")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt-BR", "Este tipo de arquivo não serve aqui (cards.exe): escolha .csv ou .jsonl."),
        ("en-US", "Invalid file type"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_the_pages_language(open_page, language: str, said: str, tmp_path: Path):
    page = open_page(language)
    page.locator('button[role=tab][data-tab-id="data"]').click()
    page.get_by_role("button", name="Importar" if language == "pt-BR" else "Import").first.click()
    large, other = tmp_path / "cards.csv", tmp_path / "cards.exe"
    large.write_bytes(b"a" * (UPLOAD_MAX_BYTES + 1))
    other.write_bytes(b"a")
    page.locator("#import-file input[type=file]").set_input_files(large)
    expect(page.locator(".pr-notice")).to_have_count(1)

    page.locator("#import-file input[type=file]").set_input_files(other)

    expect(page.locator(".toast-body")).to_contain_text(said)
    expect(page.locator(".pr-notice")).to_have_count(0)


@pytest.mark.parametrize(("language", "title"), [("pt-BR", "Erro"), ("en-US", "Error")])
def test_a_notice_of_gradios_own_has_its_title_in_the_pages_language(open_page, language: str, title: str):
    page = open_page(language)
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=500, json={"detail": "Algo falhou"}))

    page.locator("#prompt").get_by_role("textbox").fill("Querer")
    page.locator("#generate").click()

    expect(page.locator(".toast-title")).to_have_text(title, use_inner_text=True)
    expect(page.locator(".toast-body")).to_contain_text("Algo falhou")


def call(page: Page, event: int) -> None:
    """As Gradio calls it."""
    how = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({data: [], fn_index})}"
    page.evaluate(f"async (fn_index) => (await fetch('/gradio_api/run/predict', {how})).text()", event)


def timer_of(page: Page) -> int:
    """The event that is called every two seconds while a run is under way."""
    found = "gradio_config.dependencies.find(({ targets }) => targets.some(([, what]) => what === 'tick')).id"
    return int(page.evaluate(found))


def test_a_timer_that_is_refused_again_leaves_the_notice_as_it_is(open_page):
    page = open_page()
    refuse(page, 503, NOT_NOW)
    timer = timer_of(page)
    call(page, timer)
    page.locator(".pr-notice").evaluate("(box) => { box.dataset.seen = 'yes'; }")

    call(page, timer)

    assert page.locator(".pr-notice").get_attribute("data-seen") == "yes"


def test_what_was_closed_of_a_timer_is_said_again_only_once_it_has_worked_in_between(open_page):
    page = open_page()
    refuse(page, 503, NOT_NOW)
    timer = timer_of(page)
    call(page, timer)
    page.locator(".pr-notice").get_by_role("button").click()

    call(page, timer)
    expect(page.locator(".pr-notice")).to_have_count(0)
    page.unroute("**/gradio_api/run/predict*")
    page.route("**/gradio_api/run/predict", lambda route: route.fulfill(json={"data": []}))
    call(page, timer)
    page.unroute("**/gradio_api/run/predict*")
    refuse(page, 503, NOT_NOW)
    call(page, timer)

    expect(page.locator(".pr-notice")).to_have_count(1)


def test_who_presses_again_after_closing_is_told_again(open_page):
    page = open_page()
    refuse(page, 429, TOO_OFTEN)
    page.locator("#generate").click()
    page.locator(".pr-notice").get_by_role("button").click()

    page.locator("#generate").click()

    expect(page.locator(".pr-notice")).to_have_count(1)


def test_a_refused_event_leaves_the_list_of_refused_annotations_where_it_is(open_page):
    page = open_page()
    page.evaluate("""() => window.prancha.annotate.storage.set("prancha-refused:000-one", JSON.stringify({
        name: "rate", payload: { id: "one" }, at: 1, error: { kind: "wrong", pt: "Não.", en: "No." } }))""")
    page.get_by_role("tab", name="Avaliar", exact=True).click()
    kept = page.locator("#pr-rate .pr-outbox details").filter(has_text="não aceitou")
    kept.wait_for()
    refuse(page, 429, TOO_OFTEN)

    call(page, timer_of(page))

    expect(page.locator(".pr-notice")).to_be_visible()
    expect(kept).to_have_css("position", "static")


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_the_queues_numbers_are_read_on_a_phone_without_scrolling(open_page, language: str):
    page = open_page(language, 390)
    page.locator('button[role=tab][data-tab-id="data"]').click()
    table = page.locator(".pr-scroll").filter(has_text="Fila para avaliar" if language == "pt-BR" else "Queue").first
    table.wait_for()

    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth")
