"""What a person does on the Rate tab, in a real browser with the real store."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from aac.models.registry import EMBEDDED_ID
from aac.store.queue import add_prompts
from aac.store.schema import consents, generations, queue_progress, ratings
from aac.ui.consent import CONSENT, CONSENT_VERSION
from aac.workflow.archive import Archive
from aac.workflow.queueing import CONTESTANTS
from tests.browser.judging import (
    agree,
    card,
    is_saved,
    judge,
    nothing_is_wider_than,
    open_tab,
    personal_rows,
    queue_for_review,
    reload,
    rows,
    show,
    shown_prompt,
    start,
)
from tests.browser.test_generate_page import only_with_lora
from tests.browser.widths import resized

pytestmark = pytest.mark.browser

MODEL_MS = 120_000


def judged(archive: Archive) -> list[tuple[int, str | None, list[str], int | None]]:
    """Every rating that was stored, those that a later one replaced too."""
    found = rows(archive, ratings)
    return [(row.card_index, row.verdict, json.loads(row.reasons), row.usefulness) for row in found]


def counts_say(page: Page, words: str) -> None:
    expect(page.locator("#pr-rate .pr-counts")).to_contain_text(words, use_inner_text=True)


def next_set(page: Page) -> None:
    before = shown_prompt(page).inner_text()
    page.get_by_role("button", name="Próximo").click()
    expect(page.locator("#pr-rate .pr-prompt").filter(has_not_text=before)).to_have_count(1)


# --- consent ----------------------------------------------------------------------------------------------------------


def test_nothing_is_stored_before_consent(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 2)
    before = personal_rows(empty_archive)
    page = open_tab(open_page())
    page.get_by_role("button", name="Começar").click()
    expect(page.get_by_role("dialog")).to_contain_text(CONSENT.pt.split("\n\n")[2])

    page.get_by_role("button", name="Agora não").click()

    expect(page.get_by_role("button", name="Tentar de novo")).to_be_visible()
    expect(page.locator(".pr-rate-card")).to_have_count(0)
    assert personal_rows(empty_archive) == before


def test_the_version_agreed_to_is_stored_with_each_rating(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    judge(page, "Manter")
    is_saved(page)

    assert [(row.version, row.language) for row in rows(empty_archive, consents)] == [(CONSENT_VERSION, "pt")]
    assert [row.consent_version for row in rows(empty_archive, ratings)] == [CONSENT_VERSION]


def test_consent_is_asked_once(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 2)
    page = start(open_page())
    card(page).wait_for()

    reload(page).get_by_role("button", name="Começar").click()

    card(page).wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- rating -----------------------------------------------------------------------------------------------------------


def test_a_verdict_and_its_reasons_are_one_row(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    judge(page, "Errado")
    card(page).get_by_label("perigoso").check()
    card(page).get_by_label("não ajuda").check()
    is_saved(page)

    assert judged(empty_archive) == [(0, "wrong", ["not_useful", "unsafe"], None)]


def test_a_card_to_keep_needs_no_reasons(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    judge(page, "Consertar")
    card(page).get_by_label("não ajuda").check()
    judge(page, "Manter")
    is_saved(page)

    expect(card(page).get_by_label("não ajuda")).to_be_hidden()
    assert judged(empty_archive)[-1] == (0, "keep", [], None)


def test_a_card_kept_by_its_key_loses_its_reasons(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Consertar")
    card(page).get_by_label("figura errada").check()
    is_saved(page)

    card(page).focus()
    page.keyboard.press("1")
    is_saved(page)

    assert judged(empty_archive)[-1] == (0, "keep", [], None)


def test_usefulness_is_of_the_whole_set(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    page.get_by_role("radio", name="4", exact=True).check()
    is_saved(page)

    assert judged(empty_archive) == [(-1, None, [], 4)]


def test_a_change_of_mind_supersedes_the_earlier_row(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Manter")
    is_saved(page)

    judge(page, "Errado")
    is_saved(page)

    first, second = rows(empty_archive, ratings)
    assert (first.verdict, second.verdict, second.supersedes) == ("keep", "wrong", first.id)


def test_undo_takes_a_rating_back_with_a_row_of_its_own(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Manter")
    is_saved(page)

    page.get_by_role("button", name="Desfazer").click()
    is_saved(page)

    expect(card(page).get_by_role("radio", name="Manter")).not_to_be_checked()
    expect(page.get_by_role("button", name="Desfazer")).to_be_disabled()
    first, second = rows(empty_archive, ratings)
    assert (second.verdict, second.supersedes) == (None, first.id)
    counts_say(page, "0 avaliações")


def test_undo_reaches_back_to_the_set_before(open_page, empty_archive: Archive):
    first, *_ = queue_for_review(empty_archive, 2)
    page = start(open_page())
    judge(page, "Manter")
    next_set(page)

    page.get_by_role("button", name="Desfazer").click()
    is_saved(page)

    expect(shown_prompt(page)).to_have_text(f"“{first}”")
    assert [verdict for _, verdict, _, _ in judged(empty_archive)] == ["keep", None]


def test_what_was_rated_is_there_after_a_reload(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 2)
    page = start(open_page())
    judge(page, "Errado")
    card(page).get_by_label("figura errada").check()
    is_saved(page)

    reload(page).get_by_role("button", name="Começar").click()

    expect(card(page).get_by_role("radio", name="Errado")).to_be_checked()
    expect(card(page).get_by_label("figura errada")).to_be_checked()


def test_a_rating_made_just_before_a_reload_is_stored(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 2)
    page = start(open_page())
    judge(page, "Manter")

    reload(page)

    counts_say(page, "1 avaliação,")
    assert judged(empty_archive) == [(0, "keep", [], None)]


def test_a_rating_is_not_seen_by_another_person(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 1)
    page, other = start(open_page()), start(open_page())
    judge(page, "Manter")
    is_saved(page)

    reload(other).get_by_role("button", name="Começar").click()

    card(other).wait_for()
    expect(other.locator(".pr-verdict :checked")).to_have_count(0)


# --- the queue --------------------------------------------------------------------------------------------------------


def test_shipped_cards_say_who_wrote_them(open_page, empty_archive: Archive):
    (prompt,) = queue_for_review(empty_archive, 1)
    page = start(open_page())

    expect(shown_prompt(page)).to_have_text(f"“{prompt}”")
    expect(page.locator(".pr-item-head")).to_contain_text("Cartões escritos por um modelo de linguagem")


def test_what_is_left_counts_down_and_what_is_done_counts_up(open_page, empty_archive: Archive):
    queue_for_review(empty_archive, 3)
    page = start(open_page())
    counts_say(page, "Faltam 3 conjuntos")

    judge(page, "Manter")
    next_set(page)

    counts_say(page, "Faltam 2 conjuntos")
    counts_say(page, "1 avaliação,")


def test_nobody_gets_the_same_set_twice(open_page, empty_archive: Archive):
    queued = queue_for_review(empty_archive, 3)
    page = start(open_page())
    seen = []
    for leave in ("Próximo", "Pular", "Próximo"):
        seen.append(shown_prompt(page).inner_text())
        page.get_by_role("button", name=leave).click()
        expect(page.locator(".pr-stage")).not_to_contain_text(seen[-1])

    reload(page).get_by_role("button", name="Começar").click()

    expect(page.locator(".pr-stage")).to_contain_text("Nenhum cartão a revisar")
    assert seen == [f"“{prompt}”" for prompt in queued]
    outcomes = [row.outcome for row in rows(empty_archive, queue_progress) if row.outcome != "served"]
    assert outcomes == ["done", "skipped", "done"]


def test_a_set_left_without_connection_does_not_come_back(open_page, empty_archive: Archive):
    first, second = queue_for_review(empty_archive, 2)
    page = start(open_page())
    expect(shown_prompt(page)).to_have_text(f"“{first}”")
    page.route("**/run/*", lambda route: route.abort())
    page.get_by_role("button", name="Próximo").click()
    again = page.locator(".pr-stage").get_by_role("button", name="Tentar de novo")
    again.wait_for()

    page.unroute("**/run/*")
    again.click()

    expect(shown_prompt(page)).to_have_text(f"“{second}”")


@pytest.mark.real_model
def test_the_model_writes_while_the_person_waits(open_page, empty_archive: Archive):
    add_prompts(empty_archive.database, "rate", ["Querer"], CONTESTANTS["rate"])
    page = start(open_page(), "Respostas do modelo")
    expect(page.locator(".pr-stage")).to_contain_text("O modelo está escrevendo")

    card(page).wait_for(timeout=MODEL_MS)
    judge(page, "Manter")
    is_saved(page)

    (row,) = rows(empty_archive, ratings)
    assert row.contestant.startswith(f"{EMBEDDED_ID} + default@")


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("language", "said"),
    [("pt-BR", "Onde: no hospital · Nível: frases curtas"), ("en-US", "Where: no hospital · Level: short sentences")],
)
def test_what_was_asked_beside_the_prompt_stands_under_it_also_where_it_is_corrected(
    open_page, empty_archive: Archive, language: str, said: str
):
    page = show(open_page(language), empty_archive, context="no hospital", level="frases")
    expect(page.locator("#pr-rate .pr-item-head .pr-asked")).to_have_text(said, use_inner_text=True)

    page.get_by_role("button", name="Corrigir o conjunto").or_(
        page.get_by_role("button", name="Correct the set")
    ).click()

    expect(page.locator(".pr-editor .pr-asked")).to_have_text(said, use_inner_text=True)


def test_an_answer_made_on_the_generate_tab_is_rated_as_it_was_shown(open_page, empty_archive: Archive):
    page = open_page()
    only_with_lora(page)
    raw = page.locator("#with-lora .pr-raw").inner_text()
    tiles = page.locator("#with-lora .pr-written").all_inner_texts()

    page.locator("#with-lora .pr-rate-this").click()
    agree(page)
    judge(page, "Manter", place=1)
    is_saved(page)

    assert page.locator(".pr-rate-card .pr-written").all_inner_texts() == tiles
    assert [row.raw_text for row in rows(empty_archive, generations)] == [raw]
    assert judged(empty_archive) == [(1, "keep", [], None)]


# --- looking back -----------------------------------------------------------------------------------------------------


def history(page: Page) -> list[str]:
    entries = page.locator(".pr-history-list > li")
    return [" ".join(text.split()) for text in entries.all_inner_texts()]


def open_history(page: Page) -> None:
    page.get_by_text("O que eu já fiz").click()
    page.locator(".pr-history-list").wait_for()


def test_the_history_says_what_counts_and_what_was_replaced(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Manter", place=1)
    is_saved(page)
    judge(page, "Errado", place=1)
    card(page, 1).get_by_label("perigoso").check()
    is_saved(page)

    open_history(page)

    latest, *between, first = history(page)  # on a slow machine "Errado" is kept before its reason is told
    assert all("substituída por outra" in entry for entry in between)
    assert latest.startswith("Querer · avaliação: Errado, perigoso · Cartão 2")
    assert "vale agora" in latest
    assert first.startswith("Querer · avaliação: Manter · Cartão 2")
    assert "substituída por outra" in first


def test_a_rating_is_taken_back_from_the_history(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.get_by_role("radio", name="5", exact=True).check()
    is_saved(page)
    open_history(page)

    page.locator(".pr-history-list").get_by_role("button", name="Desfazer").click()

    expect(page.locator(".pr-history-list > li").first).to_contain_text("desfeita")
    assert [usefulness for _, _, _, usefulness in judged(empty_archive)] == [5, None]


def test_what_is_taken_back_in_the_history_is_taken_back_on_screen(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Manter")
    is_saved(page)
    open_history(page)

    page.locator(".pr-history-list").get_by_role("button", name="Desfazer").click()
    expect(card(page).get_by_role("radio", name="Manter")).not_to_be_checked()
    judge(page, "Manter")
    is_saved(page)

    assert [verdict for _, verdict, _, _ in judged(empty_archive)] == ["keep", None, "keep"]


def test_a_set_is_opened_again_from_the_history(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Consertar")
    is_saved(page)
    reload(page)
    open_history(page)

    page.get_by_role("button", name="Abrir").click()

    expect(card(page).get_by_role("radio", name="Consertar")).to_be_checked()


# --- the keyboard -----------------------------------------------------------------------------------------------------


def test_the_keyboard_alone_agrees_rates_undoes_and_goes_on(open_page, empty_archive: Archive):
    first, second = queue_for_review(empty_archive, 2)
    page = open_tab(open_page())
    page.get_by_label("Cartões que vêm com o app").check()
    page.get_by_role("button", name="Começar").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Concordo":
            break
    page.keyboard.press("Enter")
    expect(shown_prompt(page)).to_have_text(f"“{first}”")

    for key in ("ArrowDown", "1", "ArrowDown", "3", "z", "u", "Space"):
        page.keyboard.press(key)
    is_saved(page)
    page.keyboard.press("n")

    expect(shown_prompt(page)).to_have_text(f"“{second}”")
    assert judged(empty_archive) == [(0, "keep", [], None), (1, None, [], None), (-1, None, [], 3)]


def test_digits_score_the_set_where_the_focus_is_on_the_score(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    for key in ("u", "5", "1"):
        page.keyboard.press(key)
    is_saved(page)

    expect(page.get_by_role("radio", name="1", exact=True)).to_be_focused()
    assert judged(empty_archive) == [(-1, None, [], 1)]


def test_a_key_held_down_goes_on_once(open_page, empty_archive: Archive):
    _, second, _ = queue_for_review(empty_archive, 3)
    page = start(open_page())
    card(page).wait_for()

    page.keyboard.down("n")
    expect(shown_prompt(page)).to_have_text(f"“{second}”")
    page.keyboard.down("n")
    judge(page, "Manter")
    is_saved(page)

    expect(shown_prompt(page)).to_have_text(f"“{second}”")


def test_keys_rest_once_they_are_switched_off(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.keyboard.press("?")
    page.get_by_label("Usar os atalhos de uma tecla").uncheck()
    page.keyboard.press("Escape")

    for key in ("ArrowDown", "1"):
        page.keyboard.press(key)

    expect(page.locator(".pr-verdict :checked")).to_have_count(0)


# --- languages and screens --------------------------------------------------------------------------------------------


def test_rating_in_english(open_page, empty_archive: Archive):
    page = show(open_page("en-US"), empty_archive)

    judge(page, "Wrong")
    card(page).get_by_label("wrong picture").check()
    expect(page.locator(".pr-saved")).to_have_text("Saved", use_inner_text=True)

    assert judged(empty_archive) == [(0, "wrong", ["wrong_picture"], None)]
    assert [row.language for row in rows(empty_archive, consents)] == ["en"]


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_a_set_is_not_wider_than_a_phone(open_page, empty_archive: Archive, language: str):
    page = show(open_page(language, width=390), empty_archive, prompt="Na fila do supermercado com a minha avó")
    card(page).get_by_role("radio").nth(2).check()

    for width in resized(page, 390, 320):
        nothing_is_wider_than(page, width)


def test_the_first_key_judges_the_first_card(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    for key in ("1", "ArrowDown", "3"):
        page.keyboard.press(key)

    expect(card(page).get_by_role("radio", name="Manter")).to_be_checked()
    expect(card(page, 1).get_by_role("radio", name="Errado")).to_be_checked()
