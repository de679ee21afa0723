"""axe-core finds no violation of ours, in either language, light and dark, before and after an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from aac.store.runs import Note
from aac.workflow.archive import Archive
from tests.browser.judging import edit, field, is_stored, judge, open_tab, save, show
from tests.browser.test_generate_page import choose, make_cards, wait_until_done
from tests.browser.test_train_page import add_done_run, add_judged_run, add_run, open_train

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

# A button that has just come into use is still fading into its colours, or begins to with the next answer.
COLOURS_ARE_STILL = """async () => {
    const fading = () => document.getAnimations().filter((animation) => animation.playState === "running"
        && Number.isFinite(animation.effect.getComputedTiming().endTime));
    for (let still = 0; still < 5; still += 1) {
        await new Promise((done) => setTimeout(done, 100));
        if (fading().length) still = -1;
    }
}"""

# What is in Gradio's own markup and cannot be mended from outside: (rule, part of the element's HTML).
GRADIOS_OWN: list[tuple[str, str]] = []


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script element the page would refuse it
    page.evaluate(COLOURS_ARE_STILL)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not any(violation["id"] == rule and part in node["html"] for rule, part in GRADIOS_OWN)
    ]


def violations_by_day_and_night(page: Page) -> list[str]:
    """In light colours and in dark ones, as the person's system has them; the page follows while it is open."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(is) => document.body.classList.contains('dark') === is", arg=scheme == "dark")
        found += [f"{scheme}: {one}" for one in violations(page)]
    return found


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_the_empty_page_has_no_serious_violation(open_page, language: str):
    page = open_page(language)
    page.get_by_role("button", name="Ajustes" if language == "pt-BR" else "Settings").click()

    assert violations_by_day_and_night(page) == []


def test_an_answer_has_no_serious_violation(open_page):
    page = open_page()
    choose(page, "Só com LoRA")
    make_cards(page, cards=2)
    wait_until_done(page, "#with-lora")

    assert violations_by_day_and_night(page) == []


def test_an_error_has_no_serious_violation(open_page):
    page = open_page()
    page.locator("#generate").click()
    page.get_by_role("alert").wait_for()

    assert violations_by_day_and_night(page) == []


def test_an_answer_on_a_phone_has_no_serious_violation(open_page):
    page = open_page(width=390)
    choose(page, "Só com LoRA")
    make_cards(page, "Na farmácia", cards=2)
    wait_until_done(page, "#with-lora")

    assert violations_by_day_and_night(page) == []


def test_the_consent_text_has_no_serious_violation(open_page, empty_archive: Archive):
    page = open_tab(open_page())
    page.get_by_role("button", name="Começar").click()
    page.get_by_role("dialog").get_by_text("Guia para escrever e avaliar cartões", exact=True).click()

    assert violations_by_day_and_night(page) == []


def test_a_rated_set_and_its_history_have_no_serious_violation(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    judge(page, "Errado")
    judge(page, "Consertar", place=1)
    judge(page, "Manter", place=2)
    edit(page)
    field(page).fill("Quero suco")
    save(page)
    is_stored(page)
    page.get_by_text("O que eu já fiz").click()
    page.locator(".pr-history-list").wait_for()

    assert violations_by_day_and_night(page) == []


def test_the_editor_has_no_serious_violation(open_page, empty_archive: Archive):
    page = edit(show(open_page(width=390), empty_archive))
    field(page).fill("x" * 41)
    field(page, name="A voz diz").fill("Liga para a Maria da Silva.")
    page.locator(".pr-faulty").wait_for()
    page.locator(".pr-warnings li").wait_for()

    assert violations_by_day_and_night(page) == []


def test_the_choice_of_a_picture_has_no_serious_violation(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    page.locator(".pr-pick").first.click()
    page.get_by_role("combobox").fill("suco")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")

    assert violations_by_day_and_night(page) == []


def test_what_changes_has_no_serious_violation(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero água gelada")
    page.locator(".pr-edit-card").last.get_by_role("button", name="Apagar este cartão").click()
    page.get_by_role("button", name="Salvar…").click()
    page.locator(".pr-diff").first.wait_for()

    assert violations_by_day_and_night(page) == []


def test_what_waits_for_the_server_has_no_serious_violation(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.route("**/run/rate", lambda route: route.fulfill(status=422, json={}))
    judge(page, "Errado")
    page.locator(".pr-refused").wait_for()
    page.unroute("**/run/rate")
    page.context.set_offline(True)
    judge(page, "Manter", place=1)
    page.locator(".pr-outbox .pr-note-wait").wait_for()

    assert violations_by_day_and_night(page) == []


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_a_run_and_its_scores_have_no_serious_violation(open_page, frozen: Archive, language: str):
    add_done_run(frozen)
    page = open_train(open_page(language))
    page.locator("#leaderboard tbody tr").first.wait_for()
    page.locator("#run summary").click()

    assert violations_by_day_and_night(page) == []


def test_a_run_that_failed_on_a_phone_has_no_serious_violation(open_page, frozen: Archive):
    add_run(frozen, "failed", Note("Faltou memória.", "Out of memory."))
    page = open_train(open_page(width=390))
    page.get_by_role("button", name="Ajustes do treino").click()
    page.get_by_role("button", name="Enviar ao Hub").click()

    assert violations_by_day_and_night(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_an_override_and_answers_side_by_side_have_no_serious_violation(open_page, frozen: Archive, width: int):
    add_judged_run(frozen)
    page = open_train(open_page(width=width))
    page.locator("#override").click()
    page.locator("#reason-missing").get_by_role("alert").wait_for()
    page.locator("#compare-answers").click()
    page.locator(".pr-duel pre").first.wait_for(state="attached")
    page.locator(".pr-duel summary").first.click()

    assert violations_by_day_and_night(page) == []


def test_the_train_tab_without_a_version_has_no_serious_violation(open_page, empty_archive: Archive):
    page = open_train(open_page())

    assert violations_by_day_and_night(page) == []
