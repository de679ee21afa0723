"""What is typed to break the page is shown as text, and stored as typed or refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from aac.store.schema import corrections, generations, ratings
from aac.workflow.archive import Archive
from tests.browser.judging import corrected, edit, field, is_stored, open_tab, rows, save, show
from tests.workflow.cards import bring_in, card_file, frozen

pytestmark = pytest.mark.browser

SCRIPT = "<script>window.hacked=1</script>"
IMAGE = "<img src=x onerror=window.hacked=1>"
FORMULA = '=HYPERLINK("http://x")'
REFUSED = {
    "a megabyte": ("A voz diz", "x" * 1_000_000, "1000000 letras; o máximo é 2000"),
    "NUL": ("O cartão mostra", "Quero\0água", "um caractere que não é texto"),
    "half an emoji": ("A voz diz", "Quero \ud83d água", "um caractere que não é texto"),
}
# JavaScript, so that it may hold what no JSON of Python's can.
PAYLOADS = (
    "{ annotator: '../etc/passwd' }",
    "{ annotator: 'a'.repeat(1e6) }",
    "{ verdict: '<script>' }",
    "{ reasons: ['\\0'] }",
    "{ reasons: ['\\ud83d'] }",
    "{ reasons: Array(1e5).fill('unsafe') }",
    "{ card_index: 1e300 }",
    "{ usefulness: 1.5 }",
    "{ id: 'x'.repeat(1e6) }",
    "{ generation_id: '\\ud83d' }",
    "{ item_id: { $ne: null } }",
)


def was_not_hacked(page: Page) -> None:
    """Neither did anything of the words run, nor did they become an element, which might run later or elsewhere."""
    assert page.locator("img[src=x]").count() == 0
    scripts = page.evaluate("[...document.querySelectorAll('script')].map((script) => script.textContent)")
    assert "window.hacked=1" not in scripts
    page.wait_for_timeout(300)  # an image fails late
    assert page.evaluate("window.hacked") is None


def call(page: Page, name: str, payload: str) -> dict[str, Any]:
    """An endpoint, called around the page's scripts."""
    return dict(
        page.evaluate(
            f"""async () => {{
              const data = [{{ annotator: window.prancha.annotate.annotator(), ...({payload}) }}];
              const answer = await fetch("/gradio_api/run/{name}", {{ method: "POST", body: JSON.stringify({{ data }}),
                headers: {{ "Content-Type": "application/json" }} }});
              return (await answer.json()).data[0];
            }}"""
        )
    )


@pytest.mark.parametrize("words", [SCRIPT, IMAGE, FORMULA])
def test_words_in_both_texts_are_stored_as_typed_and_shown_as_text(open_page, empty_archive: Archive, words: str):
    page = edit(show(open_page(), empty_archive))
    field(page).fill(words)
    field(page, name="A voz diz").fill(words)

    save(page)
    is_stored(page)
    expect(page.locator(".pr-corrected")).to_contain_text(words)

    (cards,) = corrected(empty_archive)
    assert (cards[0]["written_text"], cards[0]["spoken_text"]) == (words, words)
    was_not_hacked(page)


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_card_can_hold_is_refused_with_a_reason(open_page, empty_archive: Archive, name: str):
    label, words, reason = REFUSED[name]
    page = edit(show(open_page(), empty_archive))

    field(page, name=label).evaluate(
        "(input, words) => { input.value = words; input.dispatchEvent(new Event('input', { bubbles: true })); }",
        words,
    )
    expect(page.locator(".pr-check")).to_contain_text(reason)
    page.get_by_role("button", name="Salvar…").click()

    expect(page.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert rows(empty_archive, corrections) == []


def test_a_models_answer_is_shown_as_text(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive, text=f"{IMAGE},{SCRIPT},💧\n{FORMULA}", prompt=SCRIPT)

    page.get_by_text("O que o modelo escreveu", exact=True).click()
    page.get_by_text("O que eu já fiz").click()
    page.get_by_role("button", name="Ver tudo").click()

    expect(page.locator(".pr-rate-said p").first).to_have_text(SCRIPT)
    expect(page.locator(".pr-stage .pr-raw")).to_contain_text(IMAGE)
    expect(page.locator(".pr-prompt")).to_contain_text(SCRIPT)
    expect(page.locator(".pr-tree")).to_contain_text(IMAGE)
    was_not_hacked(page)


def test_the_history_and_my_data_show_words_as_text(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive, prompt=SCRIPT))
    field(page).fill(IMAGE)
    save(page)
    is_stored(page)

    page.get_by_text("O que eu já fiz").click()
    page.get_by_role("button", name="Ver tudo").click()

    expect(page.locator(".pr-history-list")).to_contain_text(SCRIPT)
    expect(page.locator(".pr-tree")).to_contain_text(IMAGE)
    expect(page.locator(".pr-tree")).to_contain_text(SCRIPT)
    was_not_hacked(page)


def test_the_list_of_changes_and_the_draft_offered_show_words_as_text(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive, prompt=IMAGE))
    field(page).fill(SCRIPT)

    page.get_by_role("button", name="Salvar…").click()
    expect(page.get_by_role("dialog").locator(".pr-diff-words")).to_contain_text(SCRIPT)
    was_not_hacked(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fechar e manter o rascunho").click()

    expect(page.locator(".pr-drafts")).to_contain_text(IMAGE)
    was_not_hacked(page)


def test_what_the_server_refused_is_shown_as_text(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill(IMAGE)
    error = {"kind": "wrong", "pt": SCRIPT, "en": SCRIPT}
    page.route("**/run/correct", lambda route: route.fulfill(json={"data": [{"ok": False, "error": error}]}))

    save(page)
    page.keyboard.press("Escape")
    page.locator(".pr-refused summary").click()

    expect(page.locator(".pr-refused pre")).to_contain_text(IMAGE)
    expect(page.locator(".pr-refused")).to_contain_text(SCRIPT)
    was_not_hacked(page)


def test_the_datasheet_of_a_version_shows_what_its_makers_called_things_as_text(
    open_page, empty_archive: Archive, tmp_path: Path
):
    bring_in(empty_archive, card_file(tmp_path / "cards.csv", "Na praia"), source=f"{IMAGE}{SCRIPT}")
    frozen(empty_archive)
    page = open_page()
    page.locator('button[role=tab][data-tab-id="data"]').click()
    page.get_by_role("button", name="Congelar uma versão").first.click()
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    page.locator("#export-version input").click()
    page.get_by_role("option").first.click()

    page.locator("#show-version").click()

    expect(page.locator("#datasheet")).to_contain_text(IMAGE)
    was_not_hacked(page)


@pytest.mark.parametrize("words", [IMAGE, "x" * 1_000_000], ids=["an image", "a megabyte"])
def test_an_emoji_search_for_anything_finds_nothing(open_page, empty_archive: Archive, words: str):
    page = edit(show(open_page(), empty_archive))
    page.locator(".pr-pick").first.click()

    page.get_by_role("combobox").fill(words)

    expect(page.get_by_role("dialog")).to_contain_text("0 figuras")
    was_not_hacked(page)


def test_a_draft_that_somebody_else_wrote_into_the_browser_is_shown_as_text(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill(IMAGE)
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")

    open_tab(page).get_by_role("button", name="Continuar", exact=True).click()

    expect(field(page)).to_have_value(IMAGE)
    was_not_hacked(page)


def test_an_answer_that_this_server_did_not_sign_is_refused(open_page, empty_archive: Archive):
    page = open_page()

    page.evaluate("""window.prancha.annotate.openRate('{"generation": {}}', 'f'.repeat(64))""")

    expect(page.get_by_role("alert")).to_contain_text("Esta resposta não veio deste servidor")
    assert rows(empty_archive, generations) == []


def test_a_rating_that_the_page_would_not_send_is_refused(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    (generation,) = rows(empty_archive, generations)
    good = f"{{ id: '{uuid4()}', generation_id: '{generation.id}', card_index: 0, verdict: 'keep', reasons: [] }}"

    replies = [call(page, "rate", f"{{ ...{good}, ...{payload} }}") for payload in PAYLOADS]

    assert [(reply["ok"], reply["retry"], reply["error"]["kind"]) for reply in replies] == [
        (False, False, "wrong") for _ in PAYLOADS
    ]
    assert rows(empty_archive, ratings) == []
