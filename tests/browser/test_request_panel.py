"""What may be asked beside the prompt on the Generate tab, in a real browser with the real model."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from aac.models.registry import EMBEDDED_ID
from aac.records import Generation, GenerationRequest
from aac.ui.tiles import column
from tests.browser.test_accessibility import violations
from tests.browser.test_generate_page import choose, make_cards, wait_until_done

pytestmark = [pytest.mark.browser, pytest.mark.real_model]


def group(page: Page) -> Locator:
    return page.get_by_role("button", name="Mais sobre o pedido").or_(
        page.get_by_role("button", name="More about the request")
    )


def open_group(page: Page) -> Page:
    group(page).click()
    page.locator("#given textarea").wait_for()
    page.wait_for_timeout(500)  # what is typed while the group still opens is put back
    return page


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}").locator("input, textarea").first


def said(page: Page) -> Locator:
    return page.locator("#asked-summary")


def ask_for_two(page: Page) -> Page:
    """Two cards to complete, in a context."""
    open_group(page)
    field(page, "prompt").fill("Comida")
    field(page, "context").fill("no hospital")
    field(page, "given").fill("Sopa quente\n\n  Quero mais ")
    expect(field(page, "cards")).to_have_value("2")
    return page


def answer(page: Page) -> Page:
    """Their answer, drawn as the tab draws it: no model has to write it."""
    request = GenerationRequest("Comida", 2, context="no hospital", given=("Sopa quente", "Quero mais"))
    text = "Sopa quente,Sopa.,🍲\nQuero mais,Mais.,➕\n"
    made = Generation(request, EMBEDDED_ID, "abc", "default", text, 9, 1.0, "end")
    page.locator("#with-lora .html-container").evaluate("(place, html) => { place.innerHTML = html; }", column(made))
    return page


def test_cards_to_complete_are_kept_and_what_was_asked_stands_with_them(open_page):
    page = open_page()
    choose(page, "Só com LoRA")
    ask_for_two(page)

    field(page, "context").press("Enter")
    wait_until_done(page, "#with-lora")

    assert page.locator("#with-lora .pr-written").all_inner_texts() == ["Sopa quente", "Quero mais"]
    expect(page.locator("#with-lora .pr-asked")).to_have_text(
        "Onde: no hospital · A completar: Sopa quente, Quero mais", use_inner_text=True
    )
    page.get_by_role("button", name="Copiar JSON").click()
    expect(page.get_by_text("Copiado")).to_be_visible()
    document = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert (document["context"], document["given"]) == ("no hospital", ["Sopa quente", "Quero mais"])


def test_the_keyboard_alone_asks_what_comes_after_a_card(open_page):
    page = answer(ask_for_two(open_page()))
    group(page).click()
    page.locator("#with-lora .pr-tile").last.focus()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="E depois? Quero mais")).to_be_focused()
    page.keyboard.press("Enter")

    expect(said(page)).to_have_text("Onde: no hospital · Depois de: Quero mais", use_inner_text=True)
    expect(field(page, "cards")).to_be_enabled()
    expect(field(page, "prompt")).to_have_value("Comida")
    expect(page.locator("#generate")).to_be_focused()
    open_group(page)
    expect(field(page, "follows")).to_have_value("Quero mais")


def test_only_the_card_that_was_pressed_last_offers_what_comes_next(open_page):
    page = answer(open_page())
    expect(page.locator(".pr-what-next:visible")).to_have_count(0)

    for tile in page.locator("#with-lora .pr-tile").all():
        tile.click()

    expect(page.locator(".pr-what-next:visible")).to_have_count(1)
    expect(page.get_by_role("button", name="E depois? Quero mais")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pt-BR", "Onde: no hospital · Nível: frases curtas · A completar: Sopa, Pão"),
        ("en-US", "Where: no hospital · Level: short sentences · To complete: Sopa, Pão"),
    ],
)
def test_a_closed_group_says_what_is_set(open_page, language: str, words: str):
    page = open_page(language)
    expect(group(page)).to_have_attribute("aria-expanded", "false")
    open_group(page)
    expect(group(page)).to_have_attribute("aria-expanded", "true")
    field(page, "context").fill("no hospital")
    page.get_by_label("frases curtas").or_(page.get_by_label("short sentences")).check()
    field(page, "given").fill("Sopa\nPão")

    group(page).click()

    expect(said(page)).to_have_text(words, use_inner_text=True)


def test_clearing_puts_everything_back(open_page):
    page = open_group(open_page())
    field(page, "follows").fill("Quero comer")
    field(page, "given").fill("Sopa\nPão\nÁgua")
    expect(field(page, "cards")).to_have_value("3")
    expect(field(page, "cards")).to_be_disabled()
    expect(page.get_by_label("Cartões bem formados")).to_be_checked()

    page.get_by_role("button", name="Limpar").click()

    expect(field(page, "given")).to_have_value("")
    expect(field(page, "follows")).to_have_value("")
    expect(field(page, "cards")).to_have_value("5")
    expect(field(page, "cards")).to_be_enabled()
    expect(page.get_by_label("Cartões bem formados")).not_to_be_checked()
    expect(said(page)).to_have_text("")
    expect(page.get_by_role("button", name="Limpar")).to_be_hidden()
    expect(field(page, "prompt")).to_be_focused()


def test_cards_to_complete_stay_well_formed_in_every_mode(open_page):
    page = open_group(open_page())
    field(page, "given").fill("Sopa")
    choose(page, "Só com LoRA")
    expect(page.locator("#without-lora")).to_be_hidden()

    choose(page, "Comparar sem e com LoRA")

    expect(page.locator("#without-lora")).to_be_visible()
    expect(page.get_by_label("Cartões bem formados")).to_be_checked()


@pytest.mark.parametrize(
    ("language", "name", "text", "words"),
    [
        ("pt-BR", "context", "x" * 61, "61 letras; o máximo aqui é 60"),
        ("en-US", "follows", "x" * 61, "61 characters; at most 60"),
        ("pt-BR", "given", "\n".join(map(str, range(13))), "Há 13 textos a completar; o máximo é 12"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_though_the_group_was_closed(
    open_page, language: str, name: str, text: str, words: str
):
    page = open_group(open_page(language))
    field(page, name).fill(text)
    expect(said(page)).to_contain_text(text[:1])
    group(page).click()

    make_cards(page, "Comida")

    expect(page.locator(f"#{name}-fault").get_by_role("alert")).to_contain_text(words, use_inner_text=True)
    expect(field(page, name)).to_be_focused()
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.locator("#generate")).to_be_enabled()


def test_a_name_in_a_field_is_gently_warned_of(open_page):
    page = open_group(open_page())

    field(page, "context").press_sequentially("com a Maria da Silva")

    expect(page.locator("#context-warning")).to_contain_text("Parece um nome de pessoa", use_inner_text=True)


@pytest.mark.parametrize(("language", "width", "dark"), [("pt-BR", 390, False), ("en-US", 1280, True)])
def test_the_group_has_no_serious_violation_and_fits(open_page, language: str, width: int, dark: bool):
    page = answer(open_group(open_page(language, width=width, dark=dark)))
    page.locator("#with-lora .pr-tile").last.click()
    assert violations(page) == []
    field(page, "context").fill("x" * 61)
    make_cards(page, "Comida")
    page.locator(".pr-fault").get_by_role("alert").wait_for()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
