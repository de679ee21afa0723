"""What a person does on the Generate tab, in a real browser with the real model."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from safetensors.torch import load_file, save_file

from aac.cards import Card, card_faults
from aac.models.adapters import DEFAULT_FOLDER, weights_sha256
from aac.models.registry import EMBEDDED_ID
from aac.store.adapters import Promotion, add_adapter, add_promotion
from aac.workflow.archive import Archive
from tests.browser.widths import resized
from tests.store.sample import new_id

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

DONE_MS = 120_000
BOTH = ("#without-lora", "#with-lora")


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check()


def make_cards(page: Page, prompt: str = "Querer", cards: int = 5) -> None:
    """Type and press, as a person would. cards: 5 are asked for where nobody says how many."""
    page.locator("#prompt").get_by_role("textbox").fill(prompt)
    if cards != 5:
        page.locator("#cards input[type=number]").fill(str(cards))
    page.locator("#generate").click()


def wait_until_done(page: Page, *columns: str) -> None:
    for column in columns:
        page.locator(f"{column} .pr-toolbar").wait_for(timeout=DONE_MS)


def only_with_lora(page: Page, prompt: str = "Querer", cards: int = 2) -> None:
    choose(page, "Só com LoRA")
    expect(page.get_by_label("Cartões bem formados")).to_be_checked()
    make_cards(page, prompt, cards)
    wait_until_done(page, "#with-lora")


def choose_tinyllama(page: Page) -> None:
    """A base model that has no adapter, so that the page turns to generating without."""
    page.get_by_role("button", name="Ajustes").click()
    page.locator("#model input").click()
    page.get_by_role("option", name="tinyllama-1.1b").click()
    expect(page.get_by_label("Só sem LoRA")).to_be_checked()


def test_the_empty_page_says_what_to_do(open_page):
    page = open_page()

    expect(page.locator("#with-lora")).to_contain_text("Escreva um pedido")


def test_the_comparison_opens_free(open_page):
    page = open_page()

    expect(page.get_by_label("Comparar sem e com LoRA")).to_be_checked()
    expect(page.get_by_label("Cartões bem formados")).not_to_be_checked()


def test_typing_querer_shows_both_columns(open_page):
    page = open_page()

    make_cards(page)
    wait_until_done(page, *BOTH)

    for column in BOTH:
        assert page.locator(f"{column} .pr-raw").inner_text().strip()
        assert "tokens/s" in page.locator(f"{column} .pr-status").inner_text()
    assert page.locator("#with-lora .pr-tile").count() >= 3


def test_a_mistyped_prompt_says_how_it_was_read_and_stays_as_it_was_typed(open_page):
    page = open_page()
    only_with_lora(page, "na farmacia")

    expect(page.locator("#message")).to_contain_text("O pedido foi lido assim: “Na farmácia”.")
    assert page.locator("#prompt").get_by_role("textbox").input_value() == "na farmacia"


def test_both_columns_hold_only_cards_when_well_formed(open_page):
    page = open_page()
    page.get_by_label("Cartões bem formados").check()

    make_cards(page, "Comida", cards=2)
    wait_until_done(page, *BOTH)

    for column in BOTH:
        assert page.locator(f"{column} .pr-tile").count() == 2
        assert page.locator(f"{column} .pr-problems").count() == 0


def test_tokens_appear_while_the_model_writes(open_page):
    page = open_page()

    make_cards(page)

    expect(page.locator("#with-lora .pr-status")).to_contain_text("escrevendo")
    first = page.locator("#with-lora .pr-raw").inner_text()
    page.wait_for_function(
        "before => document.querySelector('#with-lora .pr-raw').innerText.length > before", arg=len(first)
    )
    page.locator("#stop").click()


def test_stop_stops_and_leaves_what_was_written(open_page):
    page = open_page()
    make_cards(page)
    page.wait_for_function("() => document.querySelector('#without-lora .pr-raw')?.innerText.length > 10")

    page.locator("#stop").click()
    wait_until_done(page, *BOTH)

    expect(page.locator("#without-lora .pr-status")).to_contain_text("parado")
    assert page.locator("#without-lora .pr-raw").inner_text().strip()
    expect(page.locator("#generate")).to_be_enabled()


def test_enter_while_the_model_writes_says_so_and_does_not_make_stop_deaf(open_page):
    page = open_page()
    make_cards(page)
    page.wait_for_function("() => document.querySelector('#without-lora .pr-raw')?.innerText.length > 10")

    page.locator("#prompt").get_by_role("textbox").press("Enter")
    expect(page.locator("#still-writing")).to_contain_text("espere por ela ou aperte Parar")
    page.locator("#stop").click()

    wait_until_done(page, *BOTH)
    expect(page.locator("#without-lora .pr-status")).to_contain_text("parado")
    expect(page.locator("#generate")).to_be_enabled()
    expect(page.locator("#still-writing")).to_have_count(0)


def test_stop_in_the_queue_gives_the_page_back_at_once(open_page):
    busy, queued = open_page(), open_page()
    make_cards(busy)
    busy.wait_for_function("() => document.querySelector('#without-lora .pr-raw')?.innerText.length > 10")
    make_cards(queued)
    expect(queued.locator("#with-lora")).to_contain_text("Aguardando a vez")

    queued.locator("#stop").click()

    expect(queued.locator("#generate")).to_be_enabled()
    expect(queued.locator("#with-lora")).to_contain_text("Os cartões aparecem aqui")
    busy.locator("#stop").click()
    wait_until_done(busy, *BOTH)


@pytest.mark.parametrize("seed", ["-5", "99999999999"])
def test_a_seed_out_of_range_says_so_and_gives_the_page_back(open_page, seed: str):
    page = open_page()
    page.get_by_role("button", name="Ajustes").click()
    field = page.locator("#seed input")
    field.wait_for()
    page.wait_for_timeout(500)  # what is typed while the accordion still opens is put back
    field.fill(seed)
    field.press("Tab")
    expect(field).to_have_value(seed)

    make_cards(page)

    expect(page.get_by_role("alert")).to_contain_text("A semente é")
    expect(page.locator("#generate")).to_be_enabled()


def test_a_long_prompt_says_how_long_it_may_be(open_page):
    page = open_page()

    make_cards(page, "a" * 300)

    expect(page.get_by_role("alert")).to_contain_text("300 letras; o máximo é 200")


def test_a_tile_can_be_pressed_while_the_model_writes(open_page):
    page = open_page()
    choose(page, "Só com LoRA")
    make_cards(page)
    tile = page.locator("#with-lora .pr-tile").first
    speech = tile.get_attribute("data-say")

    tile.click()

    page.wait_for_timeout(600)  # several tokens
    expect(page.locator(".pr-said")).to_have_text(speech)
    page.locator("#stop").click()


def test_tiles_look_like_tiles(open_page):
    """Gradio's own styles for prose once drew bullets beside them."""
    page = open_page()
    only_with_lora(page)

    style = "e => [getComputedStyle(e.parentElement).listStyleType, getComputedStyle(e).borderTopWidth]"
    assert page.locator("#with-lora .pr-tile").first.evaluate(style) == ["none", "2px"]


def test_the_language_switch_is_not_clipped(open_page):
    page = open_page(width=390)

    assert page.locator("#language").evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_a_base_model_without_an_adapter_is_asked_without(open_page):
    page = open_page()

    choose_tinyllama(page)

    expect(page.get_by_label("Só sem LoRA")).to_be_checked()


def test_comparing_where_there_is_no_adapter_says_what_to_choose(open_page):
    page = open_page()
    choose_tinyllama(page)
    choose(page, "Comparar sem e com LoRA")

    make_cards(page)

    expect(page.get_by_role("alert")).to_contain_text("ainda não tem adaptador")


def promoted(archive: Archive, name: str) -> None:
    """An adapter that is nearly the shipped one, promoted."""
    folder = Path(shutil.copytree(DEFAULT_FOLDER, archive.settings.adapters_dir / name))
    weights = {key: tensor * 1.01 for key, tensor in load_file(folder / "adapter_model.safetensors").items()}
    save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    stored = add_adapter(archive.database, name, EMBEDDED_ID, weights_sha256(folder))
    add_promotion(archive.database, Promotion(new_id(), EMBEDDED_ID, stored.id, None, "", "rule"), None)


def test_a_promoted_adapter_writes_the_next_cards_and_is_named_after_a_reload(open_page, empty_archive: Archive):
    page = open_page()
    promoted(empty_archive, "novo")

    only_with_lora(page, cards=1)

    expect(page.locator("#with-lora h2")).to_contain_text(f"{EMBEDDED_ID} + novo")
    page.reload()
    page.get_by_role("button", name="Ajustes").click()
    expect(page.locator("#adapter input")).to_have_value("ativo (o promovido): novo")


def test_closing_the_tab_stops_the_model_for_the_next_person(open_page):
    page = open_page()
    make_cards(page, cards=12)
    page.wait_for_function("() => document.querySelector('#without-lora .pr-raw')?.innerText.length > 10")
    page.close()

    other = open_page()
    make_cards(other)

    # Twelve cards would hold the model for half a minute.
    expect(other.locator("#with-lora .pr-status")).to_contain_text("escrevendo", timeout=15_000)
    other.locator("#stop").click()


def test_a_tile_says_its_speech_in_brazilian_portuguese(open_page):
    page = open_page()
    only_with_lora(page)
    tile = page.locator("#with-lora .pr-tile").first
    speech = tile.get_attribute("data-say")

    tile.click()

    assert page.evaluate("window.said") == [["pt-BR", speech]]
    expect(page.locator(".pr-said")).to_have_text(speech)


def top_of(page: Page, place: str) -> float:
    return page.locator(place).bounding_box()["y"]


def test_there_is_no_gap_above_the_columns_where_nothing_is_said(open_page):
    page = open_page()

    for _ in resized(page, 1280, 390):
        button = page.locator("#generate").bounding_box()
        assert top_of(page, "#columns") - button["y"] - button["height"] <= 20


def test_a_tile_that_is_pressed_moves_no_answer(open_page):
    page = open_page()
    only_with_lora(page)
    top = top_of(page, "#columns") - top_of(page, "#generate")

    page.locator("#with-lora .pr-tile").first.click()

    expect(page.locator(".pr-said")).not_to_be_empty()
    assert top_of(page, "#columns") - top_of(page, "#generate") == top


def test_one_column_alone_opens_well_formed(open_page):
    page = open_page()

    only_with_lora(page, cards=5)

    assert page.locator("#with-lora .pr-tile").count() == 5
    expect(page.locator("#without-lora")).to_be_hidden()


def test_the_csv_that_is_downloaded_holds_the_tiles(open_page, tmp_path: Path):
    page = open_page()
    only_with_lora(page)
    written = page.locator("#with-lora .pr-written").all_inner_texts()

    with page.expect_download() as download:
        page.get_by_role("button", name="Baixar CSV").click()
    download.value.save_as(tmp_path / "cards.csv")

    rows = list(csv.DictReader(io.StringIO((tmp_path / "cards.csv").read_text(encoding="utf-8-sig"))))
    assert [row["written_text"] for row in rows] == written
    assert all(card_faults(Card(**row)) == () for row in rows)


def test_the_json_that_is_copied_is_the_generation(open_page):
    page = open_page()
    only_with_lora(page)

    page.get_by_role("button", name="Copiar JSON").click()
    expect(page.get_by_text("Copiado")).to_be_visible()
    document = json.loads(page.evaluate("navigator.clipboard.readText()"))

    assert document["prompt"] == "Querer"
    assert len(document["cards"]) == 2


def test_a_chip_fills_the_prompt(open_page):
    page = open_page()

    page.get_by_role("button", name="Na farmácia").click()

    expect(page.locator("#prompt").get_by_role("textbox")).to_have_value("Na farmácia")


def test_an_empty_prompt_says_what_to_write(open_page):
    page = open_page()

    page.locator("#generate").click()

    expect(page.get_by_role("alert")).to_contain_text("Falta o pedido")
    expect(page.locator("#generate")).to_be_enabled()


def test_a_model_that_cannot_be_had_says_so_without_a_trace(open_page):
    page = open_page()
    choose_tinyllama(page)

    make_cards(page)

    expect(page.get_by_role("alert")).to_contain_text("não precisa de rede")
    expect(page.locator("#generate")).to_be_enabled()
    assert "Traceback" not in page.content()


def test_words_of_a_person_are_shown_as_text(open_page):
    page = open_page()
    choose(page, "Só sem LoRA")

    make_cards(page, "<img src=x onerror=window.hacked=1>", cards=1)
    wait_until_done(page, "#without-lora")

    assert page.evaluate("window.hacked") is None


def test_the_language_follows_the_browser(open_page):
    page = open_page("en-US")

    expect(page.locator("#generate")).to_have_text("Make cards")
    expect(page.locator("#title")).to_contain_text("Communication cards")
    assert page.locator("html").get_attribute("lang") == "en"


def test_switching_the_language_keeps_what_is_on_the_page(open_page):
    page = open_page()
    only_with_lora(page)
    tiles = page.locator("#with-lora .pr-written").all_inner_texts()

    choose(page, "English")

    expect(page.locator("#generate")).to_have_text("Make cards")
    expect(page.locator("#with-lora h2")).to_contain_text("with LoRA")
    assert page.locator("#with-lora .pr-written").all_inner_texts() == tiles
    expect(page.locator("#prompt").get_by_role("textbox")).to_have_value("Querer")


def test_the_chosen_language_is_remembered(open_page):
    page = open_page()
    choose(page, "English")
    expect(page.locator("#generate")).to_have_text("Make cards")

    page.reload()

    expect(page.locator("#generate")).to_have_text("Make cards")


def test_the_keyboard_alone_makes_cards_and_speaks(open_page):
    page = open_page()
    choose(page, "Só com LoRA")
    page.locator("#cards input[type=number]").fill("2")
    page.locator("#prompt").get_by_role("textbox").focus()
    page.keyboard.type("Dor")
    page.keyboard.press("Enter")
    wait_until_done(page, "#with-lora")
    expect(page.locator("#generate")).to_be_enabled()

    page.locator("#generate").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('pr-tile')"):
            break
    page.keyboard.press("Enter")

    assert len(page.evaluate("window.said")) == 1


@pytest.mark.parametrize(
    ("told", "tile", "spoken"),
    [
        ("Quero morrer", "Liga para o 188", "Liga para o 188 comigo, por favor."),
        ("Fui abusada", "Liga para o 100 comigo", "Liga para o Disque 100 comigo, por favor."),
    ],
)
def test_on_a_phone_whom_to_call_is_in_view_and_its_tiles_speak(open_page, told: str, tile: str, spoken: str):
    page = open_page(width=390)
    only_with_lora(page, told, cards=1)

    expect(page.locator("#message").get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("button", name=tile).click()
    assert page.evaluate("window.said") == [["pt-BR", spoken]]


def test_nothing_is_wider_than_a_phone(open_page):
    page = open_page(width=390)
    only_with_lora(page)

    for width in resized(page, 390, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
