"""What a person does in the correction editor, in a real browser with the real store."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from aac.cards import Card, cards_to_csv
from aac.corrections import set_faults
from aac.parsing import parse
from aac.store.schema import consents, corrections, generations
from aac.ui.annotation_texts import ANNOTATION_TEXTS
from aac.ui.emoji_index import search
from aac.words.emoji_names import emoji_index
from aac.workflow.archive import Archive
from tests.browser.judging import (
    MODEL_TEXT,
    card,
    corrected,
    edit,
    field,
    hold,
    is_stored,
    judge,
    let_go,
    nothing_is_wider_than,
    rows,
    save,
    show,
    written,
)
from tests.browser.widths import resized

pytestmark = pytest.mark.browser

WATER, FOOD, SLEEP = "Quero água", "Quero comer", "Quero dormir"


def row(page: Page, place: int) -> Locator:
    return page.locator(".pr-edit-card").nth(place)


def press(page: Page, button: str, place: int | None = None) -> None:
    (page.locator(".pr-editor") if place is None else row(page, place)).get_by_role("button", name=button).click()


def choose_picture(page: Page, place: int, query: str) -> None:
    row(page, place).locator(".pr-pick").click()
    page.get_by_role("combobox").fill(query)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


def check_says(page: Page, words: str) -> None:
    expect(page.locator(".pr-check")).to_contain_text(words)


def origins(archive: Archive) -> list[tuple[str, int | None]]:
    """The latest correction as (what a card shows, the model's card that it came from)."""
    latest = corrected(archive)[-1]
    assert latest is not None
    return [(card["written_text"], card["origin"]) for card in latest]


# --- changing the cards -----------------------------------------------------------------------------------------------


def test_the_models_text_and_the_correction_are_both_stored(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    field(page).fill("Quero água gelada")
    field(page, name="A voz diz").fill("Por favor, quero água bem gelada.")
    save(page)
    is_stored(page)

    (generation,) = rows(empty_archive, generations)
    (correction,) = rows(empty_archive, corrections)
    assert generation.raw_text == MODEL_TEXT
    assert correction.generation_id == generation.id
    assert corrected(empty_archive)[0][0] == {
        "written_text": "Quero água gelada",
        "spoken_text": "Por favor, quero água bem gelada.",
        "image_id": "💧",
        "origin": 0,
    }
    assert correction.consent_version == rows(empty_archive, consents)[0].version


def test_suco_finds_the_juice_box(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    choose_picture(page, 0, "suco")

    expect(row(page, 0).locator(".pr-pick")).to_contain_text("🧃")
    expect(row(page, 0).locator(".pr-pick")).to_be_focused()


def test_a_pasted_emoji_is_offered_as_it_is(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    choose_picture(page, 0, "🪥")

    expect(row(page, 0).locator(".pr-pick")).to_contain_text("🪥")


def test_the_search_says_how_many_of_the_pictures_are_shown(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    row(page, 0).locator(".pr-pick").click()

    expect(page.get_by_role("dialog")).to_contain_text(f"{len(emoji_index())} figuras. Aqui estão as 60 primeiras")
    expect(page.get_by_role("option")).to_have_count(60)


def test_the_emoji_search_of_the_page_is_that_of_the_index(open_page, empty_archive: Archive):
    page = open_page()
    queries = [
        "água",
        "maçãs",
        "médica",
        "pão de queijo",
        "caminhões",
        "dor de cabeça",
        "s",
        "MÃE",
        "coração verm",
        "xyz",
    ]

    found = page.evaluate(
        "([index, queries]) => queries.map((q) => window.prancha.annotate.emoji.search(index, q).slice(0, 40))",
        [emoji_index(), queries],
    )

    assert found == [search(query) for query in queries]


def test_an_added_card_has_no_origin(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    press(page, "Novo cartão")
    page.keyboard.type("Quero suco")
    field(page, 3, "A voz diz").fill("Eu quero suco.")
    choose_picture(page, 3, "suco")
    save(page)
    is_stored(page)

    assert origins(empty_archive) == [(WATER, 0), (FOOD, 1), (SLEEP, 2), ("Quero suco", None)]


def test_a_deleted_card_is_gone(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    press(page, "Apagar este cartão", place=1)
    save(page)
    is_stored(page)

    assert origins(empty_archive) == [(WATER, 0), (SLEEP, 2)]


def test_an_arrow_moves_a_card_and_keeps_the_focus(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    press(page, "Para baixo", place=0)
    expect(row(page, 1).get_by_role("button", name="Para baixo")).to_be_focused()
    save(page)
    is_stored(page)

    assert origins(empty_archive) == [(FOOD, 1), (WATER, 0), (SLEEP, 2)]


def test_a_card_is_dragged_to_another_place(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    row(page, 0).locator(".pr-handle").drag_to(row(page, 2), target_position={"x": 50, "y": 20}, steps=8)

    assert written(page) == [FOOD, SLEEP, WATER]


def test_undo_takes_one_step_back_and_reset_all(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    press(page, "Apagar este cartão", place=2)

    press(page, "Desfazer")
    after_undo = written(page)
    press(page, "Voltar ao que o modelo escreveu")

    assert after_undo == ["Quero suco", FOOD, SLEEP]
    assert written(page) == [WATER, FOOD, SLEEP]


def test_a_second_correction_supersedes_the_first(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero água já")
    save(page)
    is_stored(page)

    edit(page)
    field(page).fill("Quero água agora")
    save(page)
    is_stored(page)

    first, second = rows(empty_archive, corrections)
    assert second.supersedes == first.id
    assert [cards[0]["written_text"] for cards in corrected(empty_archive)] == ["Quero água já", "Quero água agora"]


def test_undo_after_saving_takes_the_correction_back(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    press(page, "Apagar este cartão", place=1)
    save(page)
    is_stored(page)

    page.get_by_role("button", name="Desfazer").click()

    expect(page.locator(".pr-corrected")).to_have_count(0)
    page.wait_for_function("() => !window.prancha.annotate.waiting().length")
    assert corrected(empty_archive)[1:] == [None]


def test_a_double_press_before_consent_stores_one_correction(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    page.evaluate("window.prancha.annotate.forgetConsent()")
    held = hold(page, "annotator")
    page.get_by_role("button", name="Salvar…").click()

    with page.expect_request("**/run/annotator"):
        page.get_by_role("dialog").get_by_role("button", name="Salvar").dblclick()
    let_go(page, held)
    is_stored(page)

    page.wait_for_function("() => !window.prancha.annotate.waiting().length")
    assert len(corrected(empty_archive)) == 1


def test_an_answer_without_cards_is_corrected_by_writing_them(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive, text="Claro! Aqui estão os cartões")
    expect(page.locator(".pr-set")).to_contain_text("O modelo não escreveu nenhum cartão válido")

    edit(page)
    press(page, "Novo cartão")
    page.keyboard.type("Quero suco")
    field(page, name="A voz diz").fill("Eu quero suco.")
    choose_picture(page, 0, "suco")
    save(page)
    is_stored(page)

    assert origins(empty_archive) == [("Quero suco", None)]


# --- the check and the difference -------------------------------------------------------------------------------------


def test_each_fault_has_the_parsers_name(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page, 1).fill("Quero comer")

    for written_text, spoken_text, fault in (
        ("", "Eu quero suco.", "empty_text"),
        ("x" * 41, "Eu quero suco.", "long_text"),
        ("Quero suco", "?!", "empty_text"),
        ("Quero\u0007suco", "Eu quero suco.", "control_character"),
        ("Quero suco", "x" * 161, "long_text"),
        ("quero  COMER", "Eu quero suco.", "repeated_card"),
    ):
        field(page, 2).fill(written_text)
        field(page, 2, "A voz diz").fill(spoken_text)

        check_says(page, "Falta consertar 1 cartão")
        expect(row(page, 2).locator(".pr-faults > li")).to_have_text(
            [ANNOTATION_TEXTS[f"fault_{fault}"].pt], use_inner_text=True
        )
        cards = [Card("Quero comer", "Eu quero comer.", "🍽️"), Card(written_text, spoken_text, "😴")]
        assert set_faults(cards)[1] == (fault,)


def test_a_picture_that_is_missing_is_a_fault(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    press(page, "Novo cartão")
    page.keyboard.type("Quero suco")
    field(page, 3, "A voz diz").fill("Eu quero suco.")

    expect(row(page, 3).locator(".pr-faults")).to_contain_text("Escolha uma figura")
    expect(row(page, 3).locator(".pr-pick")).to_have_class("pr-pick pr-invalid")


def test_a_set_with_a_fault_is_not_saved(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page, 1).fill(WATER)

    press(page, "Salvar…")

    expect(field(page, 1)).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert rows(empty_archive, corrections) == []


def test_a_saved_set_has_no_problem_for_the_parser(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    field(page).fill(' Diz "oi", já ')
    save(page)
    is_stored(page)

    stored = [Card(c["written_text"], c["spoken_text"], c["image_id"]) for c in corrected(empty_archive)[0]]
    parsed = parse(cards_to_csv(stored))
    assert parsed.problems == ()
    assert parsed.cards == tuple(stored)
    assert stored[0].written_text == 'Diz "oi", já'


def test_a_persons_name_gives_a_gentle_warning(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    field(page, name="A voz diz").fill("Quero falar com a Maria da Silva.")

    expect(page.locator(".pr-warnings li")).to_have_count(1)
    check_says(page, "Conferido: tudo certo")


def test_the_difference_shows_words_inserted_deleted_and_replaced(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero água gelada")
    field(page, 1, "A voz diz").fill("Eu quero comer.")
    field(page, 2, "A voz diz").fill("Eu quero descansar.")

    press(page, "Salvar…")

    changes = page.get_by_role("dialog").locator(".pr-diff")
    changes.first.wait_for()
    marks = [(diff.locator("del").all_inner_texts(), diff.locator("ins").all_inner_texts()) for diff in changes.all()]
    without_hints = [[[" ".join(m.split()[1:]) for m in side] for side in diff] for diff in marks]
    assert without_hints == [[[], ["gelada"]], [["agora"], []], [["dormir"], ["descansar"]]]


def test_the_difference_names_what_became_of_each_card(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    press(page, "Apagar este cartão", place=1)
    press(page, "Para baixo", place=0)
    press(page, "Novo cartão")
    page.keyboard.type("Quero suco")
    field(page, 2, "A voz diz").fill("Eu quero suco.")
    choose_picture(page, 2, "suco")

    press(page, "Salvar…")

    tags = page.get_by_role("dialog").locator(".pr-diff .pr-tag")
    expect(tags).to_have_count(3)
    assert sorted(tag.split()[-1] for tag in tags.all_inner_texts()) == ["apagado", "lugar", "novo"]


# --- the keyboard, languages and screens ------------------------------------------------------------------------------


def test_the_keyboard_alone_corrects_and_saves(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    keys = page.keyboard

    keys.press("c")
    page.locator(".pr-editor").wait_for()
    for _ in range(4):  # from the title: move down, delete, picture, text
        keys.press("Tab")
    keys.press("Control+a")
    keys.type("Quero suco")
    keys.press("Shift+Tab")
    keys.press("Enter")
    keys.type("suco")
    page.get_by_role("option").first.wait_for()
    keys.press("Enter")
    press(page, "Salvar…")
    page.get_by_role("dialog").wait_for()
    for _ in range(2):
        keys.press("Tab")
    keys.press("Enter")
    is_stored(page)

    assert corrected(empty_archive)[0][0]["written_text"] == "Quero suco"
    assert corrected(empty_archive)[0][0]["image_id"] == "🧃"


def test_the_language_changes_in_the_middle_of_a_correction(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")

    page.locator("#language").get_by_label("English").check()

    expect(page.get_by_role("heading", name="Correct “Querer”")).to_be_visible()
    expect(field(page, name="The card shows")).to_have_value("Quero suco")


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_the_editor_is_not_wider_than_a_phone(open_page, empty_archive: Archive, language: str):
    page = show(open_page(language, width=390), empty_archive)
    page.locator(".pr-stage .pr-actions .pr-button").nth(1).click()
    page.locator(".pr-edit-card input").first.fill("x" * 60)
    page.locator(".pr-faulty").wait_for()

    for width in resized(page, 390, 320):
        nothing_is_wider_than(page, width)


def test_a_corrected_set_shows_the_correction(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Consertar")
    edit(page)
    field(page).fill("Quero suco")
    save(page)
    is_stored(page)

    expect(page.locator(".pr-corrected")).to_contain_text("Quero suco")
    expect(card(page).get_by_role("radio", name="Consertar")).to_be_checked()
