"""What a person does on the Compare tab, in a real browser with the real store, mostly with answers written before."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.records import Choice, Generation, GenerationRequest, StoredGeneration
from aac.store import results
from aac.store.queue import add_prompts, attach_answers, read_item
from aac.ui.compare_texts import COMPARE_TEXTS
from aac.workflow.archive import Archive
from tests.browser.test_accessibility import violations_by_day_and_night
from tests.browser.test_hostile_words import IMAGE, SCRIPT, was_not_hacked
from tests.browser.widths import resized

pytestmark = pytest.mark.browser

CONTESTANTS = ((EMBEDDED_ID, "none"), (EMBEDDED_ID, "default"))
WITHOUT, WITH = EMBEDDED_ID, f"{EMBEDDED_ID} + default@1a2b3c4d"
PROMPTS = ("Querer", "Na farmácia", "Dor")
MORE_PROMPTS = ("Comida", "Sono", "Praia")
CARDS = "Quero água,Eu quero água.,💧\nQuero comer,Eu quero comer.,🍽️\nQuero dormir,Eu quero dormir.,😴\n"
NO_CARDS = "Claro! Aqui estão os cartões que você pediu"
MODEL_MS = 600_000


@pytest.fixture(autouse=True)
def own_archive(empty_archive: Archive) -> Archive:
    """A database of the test's own."""
    return empty_archive


@pytest.fixture
def fill(archive: Archive) -> Callable[..., None]:
    """Puts comparisons in the queue, answered: without LoRA by `text`, with LoRA by the same three cards."""

    def fill_(*prompts: str, text: str = CARDS) -> None:
        add_prompts(archive.database, "compare", prompts, CONTESTANTS)
        with archive.database.read() as connection:
            ids = connection.exec_driver_sql("SELECT id FROM queue_items").scalars().all()
            items = [read_item(connection, item_id) for item_id in ids]
        for item in items:
            answers = [answer(item.prompt, text, None), answer(item.prompt, CARDS, "default")]
            attach_answers(archive.database, item.id, answers, None, PARSER_VERSION)

    return fill_


def answer(prompt: str, text: str, adapter: str | None) -> StoredGeneration:
    made = Generation(GenerationRequest(prompt), EMBEDDED_ID, "abc", adapter, text, 9, 1.0, "end")
    return StoredGeneration(str(uuid4()), made, "1a2b3c4d" * 8 if adapter else None)


def open_tab(page: Page) -> Page:
    """By its tab, or, where the screen is too narrow for all, by the menu that holds the others."""
    tab = page.get_by_role("tab", name="Comparar")
    menu = page.locator("#tabs .overflow-menu")
    if tab.is_visible():
        tab.click()
    else:
        menu.get_by_role("button").first.click()
        menu.get_by_role("button", name="Comparar").click()
    return page


def start(page: Page) -> Page:
    """Open the tab, agree, and have the first comparison on screen."""
    open_tab(page)
    page.get_by_role("button", name="Começar a comparar").click()
    page.get_by_role("button", name="Concordo").click()
    page.locator(".pr-answers").wait_for()
    return page


def reload(page: Page) -> Page:
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    open_tab(page)
    page.locator(".pr-answers").wait_for()
    return page


def vote(page: Page, label: str = "A é melhor") -> None:
    page.get_by_role("button", name=label).click()


def prompt(page: Page) -> Locator:
    return page.locator(".pr-compare .pr-prompt")


def shown_prompt(page: Page) -> str:
    return prompt(page).inner_text()


def authors(page: Page) -> Locator:
    return page.locator(".pr-compare .pr-author")


def names_are_shown(page: Page) -> None:
    expect(page.locator(".pr-compare .pr-author.pr-revealed")).to_have_count(2)


def go_on(page: Page) -> None:
    """To the next comparison, once the vote is stored."""
    names_are_shown(page)
    before = shown_prompt(page)
    page.get_by_role("button", name="Próximo").click()
    expect(prompt(page)).not_to_have_text(before, use_inner_text=True)


def status(page: Page) -> Locator:
    return page.locator(".pr-vote-status")


def is_ok(response: Response) -> bool:
    return bool(response.json()["data"][0]["ok"])


def ballots(archive: Archive) -> list[tuple[str, str, Choice]]:
    with archive.database.read() as connection:
        return results.ballots(connection)


def counted_choices(archive: Archive) -> list[Choice]:
    """Of the votes that hold."""
    return [choice for _, _, choice in ballots(archive)]


def stored_choices(archive: Archive) -> list[str | None]:
    """Of all rows in order, those that a later one replaced too."""
    with archive.database.read() as connection:
        return list(connection.exec_driver_sql("SELECT choice FROM votes ORDER BY seq").scalars())


def stored_votes(archive: Archive) -> int:
    return len(stored_choices(archive))


# --- voting -----------------------------------------------------------------------------------------------------------


def test_nothing_says_whose_the_answers_are_before_the_vote(open_page, fill):
    fill(*PROMPTS)
    page = open_page()
    with page.expect_response(lambda response: "/run/next_item" in response.url and is_ok(response)) as served:
        start(page)

    reply = json.dumps(served.value.json())
    assert PROMPTS[0] in reply
    assert EMBEDDED_ID not in reply
    assert "default" not in reply
    expect(authors(page)).to_have_text(["Modelo escondido até o voto"] * 2, use_inner_text=True)
    expect(page.locator(".pr-answers")).not_to_contain_text("LoRA")


def test_the_vote_shows_who_wrote_each_answer(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())

    vote(page)
    names_are_shown(page)

    ((left, right, _),) = ballots(archive)
    assert {left, right} == {WITHOUT, WITH}
    assert [place.locator("small").inner_text() for place in authors(page).all()] == [left, right]


def test_each_press_stores_its_choice(open_page, fill, archive: Archive):
    fill(*PROMPTS, *MORE_PROMPTS)
    page = start(open_page())

    for label in ("A é melhor", "B é melhor", "Empate", "Nenhuma serve"):
        vote(page, label)
        go_on(page)

    assert stored_choices(archive) == counted_choices(archive) == ["left", "right", "tie", "both_bad"]


def test_a_second_press_after_the_vote_changes_nothing(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())

    page.get_by_role("button", name="A é melhor").dblclick()
    names_are_shown(page)
    page.locator("[data-choice=right]").click(force=True)

    expect(page.locator("[data-choice=left]")).to_have_attribute("aria-pressed", "true")
    assert stored_votes(archive) == 1


def test_next_brings_another_comparison(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())
    first = shown_prompt(page)
    expect(page.locator(".pr-compare .pr-counts")).to_contain_text("Faltam 3 comparações")

    vote(page)
    page.get_by_role("button", name="Próximo").click()

    expect(prompt(page)).not_to_have_text(first, use_inner_text=True)
    expect(page.locator(".pr-compare .pr-counts")).to_contain_text("Faltam 2 comparações")
    expect(page.locator(".pr-compare .pr-counts")).to_contain_text("1 voto")


def test_a_vote_given_again_after_the_names_were_seen_is_kept_but_not_counted(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    vote(page)
    names_are_shown(page)

    page.get_by_role("button", name="Desfazer o voto").click()
    expect(authors(page)).to_have_text(["Modelo escondido até o voto"] * 2, use_inner_text=True)
    expect(status(page)).to_contain_text("um novo voto aqui fica guardado, mas não conta")
    vote(page, "Empate")
    names_are_shown(page)

    expect(status(page)).to_contain_text("fora dos resultados")
    assert stored_choices(archive) == ["left", None, "tie"]
    assert ballots(archive) == []


def test_undo_reaches_back_to_the_comparison_before(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    first = shown_prompt(page)
    vote(page)
    page.get_by_role("button", name="Próximo").click()
    expect(prompt(page)).not_to_have_text(first, use_inner_text=True)

    page.get_by_role("button", name="Desfazer o último voto").click()

    expect(prompt(page)).to_have_text(first, use_inner_text=True)
    expect(status(page)).to_contain_text("Voto desfeito")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('prancha-outbox'))")
    assert ballots(archive) == []


def test_what_is_skipped_does_not_come_back(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    first = shown_prompt(page)

    page.get_by_role("button", name="Pular").click()
    expect(prompt(page)).not_to_have_text(first, use_inner_text=True)
    second = shown_prompt(page)
    reload(page)

    assert shown_prompt(page) == second
    assert ballots(archive) == []


# --- the keyboard -----------------------------------------------------------------------------------------------------


def test_each_key_votes(open_page, fill, archive: Archive):
    fill(*PROMPTS, *MORE_PROMPTS)
    page = start(open_page())

    for key in ("ArrowLeft", "ArrowRight", "0", "=", "b"):
        page.keyboard.press(key)
        go_on(page)

    assert stored_choices(archive) == counted_choices(archive) == ["left", "right", "tie", "tie", "both_bad"]


def test_keys_undo_and_go_on(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())
    first = shown_prompt(page)

    page.keyboard.press("ArrowLeft")
    names_are_shown(page)
    page.keyboard.press("z")
    expect(status(page)).to_contain_text("Voto desfeito")
    page.keyboard.press("p")

    expect(prompt(page)).not_to_have_text(first, use_inner_text=True)
    expect(prompt(page)).to_be_focused()


def test_keys_rest_once_they_are_switched_off(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())

    page.keyboard.press("?")
    page.get_by_label("Usar os atalhos de uma tecla").uncheck()
    page.get_by_role("button", name="Fechar").click()
    page.keyboard.press("ArrowLeft")

    expect(page.locator(".pr-vote-button[aria-pressed=true]")).to_have_count(0)
    expect(page.locator(".pr-vote-button kbd").first).to_be_hidden()


def test_keys_rest_on_another_tab(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())

    page.get_by_role("tab", name="Gerar").click()
    page.locator("#prompt").get_by_role("textbox").press("b")
    page.locator("#title").click()
    page.keyboard.press("ArrowLeft")
    open_tab(page)

    expect(page.locator(".pr-vote-button[aria-pressed=true]")).to_have_count(0)


# --- what is on screen ------------------------------------------------------------------------------------------------


def test_an_empty_queue_says_what_to_do(open_page):
    page = open_tab(open_page())
    page.get_by_role("button", name="Começar a comparar").click()
    page.get_by_role("button", name="Concordo").click()

    expect(page.locator(".pr-compare .pr-note")).to_contain_text("pode encher esta fila em “Dados”")
    expect(page.get_by_role("button", name="Procurar de novo")).to_be_focused()


def test_a_queue_filled_meanwhile_is_found_when_the_tab_is_opened_again(open_page, fill):
    page = open_tab(open_page())
    page.get_by_role("button", name="Começar a comparar").click()
    page.get_by_role("button", name="Concordo").click()
    page.get_by_role("button", name="Procurar de novo").wait_for()

    page.get_by_role("tab", name="Gerar").click()
    fill(*PROMPTS)
    open_tab(page)

    expect(page.locator(".pr-answers")).to_be_visible()


def test_who_does_not_agree_sees_no_comparison(open_page, fill):
    fill(*PROMPTS)
    page = open_tab(open_page())

    page.get_by_role("button", name="Começar a comparar").click()
    page.get_by_role("button", name="Agora não").click()

    expect(page.get_by_role("button", name="Tentar de novo")).to_be_visible()
    expect(page.locator(".pr-answers")).to_have_count(0)


def test_a_tile_speaks_portuguese_and_shows_its_words(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())

    page.locator(".pr-answer .pr-tile").first.click()

    assert page.evaluate("window.said") == [["pt-BR", "Eu quero água."]]
    expect(page.locator(".pr-compare-said")).to_contain_text("Eu quero água.")


def test_an_answer_without_cards_shows_what_the_model_wrote(open_page, fill):
    fill(*PROMPTS, text=NO_CARDS)
    page = start(open_page())

    expect(page.locator(".pr-answer > .pr-raw")).to_have_text(NO_CARDS)
    expect(page.locator(".pr-answer .pr-tile")).to_have_count(3)


def test_answers_are_shown_as_text(open_page, fill):
    fill(SCRIPT, text=f"{IMAGE},{SCRIPT},💧\n{IMAGE}")
    page = start(open_page())
    marked = page.locator(".pr-answer").filter(has_text=IMAGE)

    marked.get_by_text("Falas e texto do modelo").click()

    expect(prompt(page)).to_contain_text(SCRIPT)
    expect(marked.locator(".pr-written")).to_have_text(IMAGE)
    expect(marked.locator(".pr-says")).to_contain_text(SCRIPT)
    was_not_hacked(page)


def test_a_reload_keeps_the_comparison_and_its_sides(open_page, fill):
    fill(*PROMPTS, text=NO_CARDS)
    page = start(open_page())
    before = shown_prompt(page), page.locator(".pr-answer").all_inner_texts()

    reload(page)

    assert (shown_prompt(page), page.locator(".pr-answer").all_inner_texts()) == before


def test_a_reload_keeps_the_vote_and_the_names(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    vote(page)
    names_are_shown(page)
    before = authors(page).all_inner_texts()

    reload(page)

    names_are_shown(page)
    assert authors(page).all_inner_texts() == before
    expect(page.locator("[data-choice=left]")).to_have_attribute("aria-pressed", "true")
    assert stored_votes(archive) == 1


def test_the_language_changes_in_the_middle_of_a_comparison(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())
    vote(page)
    names_are_shown(page)

    page.locator("#language").get_by_label("English").check()

    expect(status(page)).to_have_text(COMPARE_TEXTS["vote_saved"].en, use_inner_text=True)
    expect(page.locator(".pr-results h2")).to_have_text("Everyone's results", use_inner_text=True)


@pytest.mark.real_model
def test_the_models_write_while_the_person_waits(open_page, archive: Archive):
    add_prompts(archive.database, "compare", ["Querer"], CONTESTANTS)
    page = open_tab(open_page())

    page.get_by_role("button", name="Começar a comparar").click()
    page.get_by_role("button", name="Concordo").click()
    expect(page.locator(".pr-writing")).to_contain_text("Os modelos estão escrevendo")

    expect(page.locator(".pr-answer")).to_have_count(2, timeout=MODEL_MS)
    expect(page.locator(".pr-answer .pr-raw").first).to_be_attached()


# --- a connection that fails ------------------------------------------------------------------------------------------


def test_a_vote_without_connection_is_kept_and_sent_once(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())

    page.context.set_offline(True)
    vote(page)
    expect(status(page)).to_contain_text("só neste navegador")
    expect(authors(page)).to_have_text(["O modelo aparece quando o voto chegar ao servidor"] * 2, use_inner_text=True)
    assert stored_votes(archive) == 0
    page.context.set_offline(False)

    names_are_shown(page)
    assert stored_votes(archive) == 1


def test_a_vote_undone_before_it_was_sent_leaves_the_next_one_blind(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    page.context.set_offline(True)
    vote(page)
    expect(status(page)).to_contain_text("só neste navegador")

    page.get_by_role("button", name="Desfazer o voto").click()
    expect(status(page)).to_contain_text("antes de ser enviado")
    vote(page, "Empate")
    page.context.set_offline(False)
    names_are_shown(page)

    assert [choice for _, _, choice in ballots(archive)] == ["tie"]
    assert stored_choices(archive) == ["tie"]


def test_a_vote_whose_answer_was_lost_is_stored_once(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(str(route.request.post_data_json["data"][0]["id"]))
        if len(lost) == 1:
            route.fetch()  # it reaches the server
            route.abort()
        else:
            route.continue_()

    page.route("**/gradio_api/run/vote", lose)
    vote(page)
    names_are_shown(page)

    assert len(lost) == 2
    assert lost[0] == lost[1]
    assert stored_votes(archive) == 1


def test_a_vote_kept_in_the_browser_outlives_a_reload(open_page, fill, archive: Archive):
    fill(*PROMPTS)
    page = start(open_page())
    page.route("**/gradio_api/run/vote", lambda route: route.abort())
    vote(page)
    expect(status(page)).to_contain_text("só neste navegador")

    page.unroute("**/gradio_api/run/vote")
    reload(page)

    names_are_shown(page)
    assert [choice for _, _, choice in ballots(archive)] == ["left"]
    assert stored_votes(archive) == 1


def test_no_connection_for_the_next_one_offers_to_try_again(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())
    first = shown_prompt(page)
    vote(page)
    names_are_shown(page)

    page.context.set_offline(True)
    page.get_by_role("button", name="Próximo").click()
    expect(page.locator(".pr-compare .pr-stage")).to_contain_text("O servidor não respondeu")
    page.context.set_offline(False)
    page.get_by_role("button", name="Tentar de novo").first.click()

    expect(page.locator(".pr-answers")).to_be_visible()
    expect(prompt(page)).not_to_have_text(first, use_inner_text=True)


# --- results, size and access -----------------------------------------------------------------------------------------


def test_results_appear_after_the_first_vote(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page())
    expect(page.locator(".pr-results")).to_contain_text("Ainda não há votos")

    vote(page)

    table = page.get_by_role("table", name="Quem é preferido")
    expect(table).to_contain_text("Faltam 5 votos decisivos")
    expect(table).to_contain_text(WITH)
    expect(page.get_by_role("img", name="Preferência em cada par")).to_be_visible()


def test_nothing_is_wider_than_the_screen(open_page, fill):
    fill(*PROMPTS, text=NO_CARDS)
    page = start(open_page(width=320))
    vote(page)
    names_are_shown(page)
    page.get_by_role("table", name="Quem é preferido").wait_for()

    for width in resized(page, 320, 390, 1280):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        every = page.locator("#compare-tab *")
        assert every.evaluate_all("(all) => Math.max(...all.map((e) => e.getBoundingClientRect().right))") <= width + 1


def test_on_a_phone_one_answer_stands_below_the_other(open_page, fill):
    fill(*PROMPTS)
    page = start(open_page(width=390))

    first, second = (place.bounding_box() for place in page.locator(".pr-answer").all())
    assert first["y"] + first["height"] <= second["y"]
    assert all(place.bounding_box()["height"] >= 44 for place in page.locator(".pr-vote-button").all())


def test_a_comparison_has_no_serious_violation(open_page, fill):
    fill(*PROMPTS, text=NO_CARDS)
    page = start(open_page())

    assert violations_by_day_and_night(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_vote_and_its_results_have_no_serious_violation(open_page, fill, width: int):
    fill(*PROMPTS)
    page = start(open_page(width=width))
    vote(page)
    names_are_shown(page)
    page.get_by_role("table", name="Quem é preferido").wait_for()

    assert violations_by_day_and_night(page) == []
