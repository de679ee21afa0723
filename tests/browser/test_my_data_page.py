"""What is stored of a person: to see, to take away, to erase; in a real browser with the real store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from aac.store.schema import generations, ratings, tombstones
from aac.workflow.archive import Archive
from tests.browser.judging import (
    MODEL_TEXT,
    card,
    edit,
    field,
    is_saved,
    is_stored,
    judge,
    personal_rows,
    reload,
    rows,
    save,
    show,
)
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

# One rating of a card, one correction, and what they stand on.
MINE = {"annotators": 1, "consents": 1, "prompts": 1, "generations": 1, "ratings": 1, "corrections": 1}


@pytest.fixture
def page(open_page, empty_archive: Archive) -> Page:
    """A person who rated a card and corrected the set."""
    page = show(open_page(), empty_archive)
    judge(page, "Manter")
    is_saved(page)
    edit(page)
    field(page).fill("Quero água gelada")
    save(page)
    is_stored(page)
    return page


def token(page: Page) -> str:
    return str(page.evaluate("localStorage.getItem('prancha-annotator')"))


def call(page: Page, name: str, **payload: Any) -> dict[str, Any]:
    """An endpoint, called as the page's scripts do."""
    reply = page.evaluate("([name, payload]) => window.prancha.annotate.api(name, payload)", [name, payload])
    return dict(reply)


def erase(page: Page, word: str) -> None:
    page.get_by_role("button", name="Apagar tudo").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(word)
    page.get_by_role("dialog").get_by_role("button", name="Apagar tudo").click()


def test_everything_of_mine_can_be_seen(page: Page):
    page.get_by_role("button", name="Ver tudo").click()

    tree = page.locator(".pr-tree")
    for name in ("Avaliações (1)", "Correções (1)", "Pedidos (1)", "Consentimentos (1)", "Gerações que você abriu"):
        expect(tree).to_contain_text(name, use_inner_text=True)
    for summary in tree.locator("summary", has_text="Correções").all():
        summary.click()
    tree.locator("summary", has_text="1").last.wait_for(state="attached")
    expect(tree).to_contain_text("Quero água gelada")
    expect(tree).to_contain_text("Quantos cartões")
    expect(tree).to_contain_text("Avaliação do cartãoVerdict on the card: Manter")


def test_a_prompt_that_is_only_typed_is_looked_at_without_my_code(open_page):
    page = open_page()

    with page.expect_request("**/run/prompt_warnings") as asked:
        page.locator("#prompt").get_by_role("textbox").press_sequentially("Falar com a Maria da Silva")

    assert list(asked.value.post_data_json["data"][0]) == ["text"]


def test_what_is_downloaded_holds_everything(page: Page, empty_archive: Archive):
    with page.expect_download() as download:
        page.get_by_role("button", name="Baixar", exact=True).click()

    data = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert {name: len(found) for name, found in data.items() if found} == MINE == personal_rows(empty_archive)
    assert data["generations"][0]["raw_text"] == MODEL_TEXT
    assert data["ratings"][0]["verdict"] == "keep"
    assert json.loads(data["corrections"][0]["cards"])[0]["written_text"] == "Quero água gelada"
    assert download.value.suggested_filename.startswith("prancha-")


def test_nothing_is_erased_without_the_word(page: Page, empty_archive: Archive):
    erase(page, "apaga")

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("escreva APAGAR")
    assert personal_rows(empty_archive) == MINE


def test_erasing_empties_the_database_and_leaves_tombstones(page: Page, empty_archive: Archive):
    ids = [row.id for table in (generations, ratings) for row in rows(empty_archive, table)]

    erase(page, "apagar")
    expect(page.locator(".pr-my-data")).to_contain_text("6 registros apagados.")

    assert personal_rows(empty_archive) == {}
    stones = {row.row_id for row in rows(empty_archive, tombstones)}
    assert len(stones) == sum(MINE.values())
    assert stones.issuperset(ids)


def test_after_erasing_the_browser_is_somebody_else(page: Page):
    before = token(page)
    field_left = edit(page)
    field(field_left).fill("Um rascunho")

    erase(page, "APAGAR")
    expect(page.locator(".pr-my-data")).to_contain_text("Este navegador recebeu um código novo")

    assert token(page) not in ("", before)
    expect(page.locator(".pr-editor")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => /draft|outbox|consent/.test(key))") == []
    assert call(reload(page), "annotator")["consented"] is False


def test_what_was_erased_does_not_come_back_by_a_late_request(page: Page, empty_archive: Archive):
    (rating,) = rows(empty_archive, ratings)
    secret = token(page)
    erase(page, "APAGAR")
    expect(page.locator(".pr-my-data")).to_contain_text("registros apagados")

    late = {"annotator": secret, "id": rating.id, "generation_id": rating.generation_id, "card_index": 0}
    reply = call(page, "rate", **late, verdict="keep", reasons=[], usefulness=None, item_id=None)

    assert reply["ok"] is False
    assert personal_rows(empty_archive) == {}


def test_erasing_closes_what_is_open_in_another_tab_and_leaves_no_draft_of_it(page: Page):
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_function("() => window.prancha?.isReady")
    reload_history(other)
    edit(other)
    field(other).fill("Segredo")

    erase(page, "APAGAR")
    expect(page.locator(".pr-my-data")).to_contain_text("registros apagados")

    expect(other.locator(".pr-editor")).to_have_count(0)
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('prancha-draft'))"
    assert other.evaluate(drafts) == []
    assert token(other) == token(page)


def test_erasing_leaves_what_others_did(page: Page, open_page, empty_archive: Archive):
    other = show(open_page(), empty_archive, text="Oi,Oi!,👋", prompt="Cumprimentar")
    judge(other, "Errado")
    is_saved(other)

    erase(page, "APAGAR")
    expect(page.locator(".pr-my-data")).to_contain_text("registros apagados")

    assert [row.verdict for row in rows(empty_archive, ratings)] == ["wrong"]
    expect(card(reload_history(other)).get_by_role("radio", name="Errado")).to_be_checked()


def reload_history(page: Page) -> Page:
    reload(page).get_by_text("O que eu já fiz").click()
    page.get_by_role("button", name="Abrir").first.click()
    return page


def test_an_erasure_whose_answer_was_lost_can_be_asked_for_again(page: Page, empty_archive: Archive):
    sent: list[str] = []

    def lose_the_first(route) -> None:
        sent.append(route.request.post_data_json["data"][0]["id"])
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/run/erase", lose_the_first)
    erase(page, "APAGAR")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("O servidor não respondeu")
    page.get_by_role("dialog").get_by_role("button", name="Apagar tudo").click()

    expect(page.locator(".pr-my-data")).to_contain_text("registros apagados")
    assert sent[0] == sent[1]
    assert personal_rows(empty_archive) == {}


def test_my_data_in_english(open_page, empty_archive: Archive):
    page = show(open_page("en-US"), empty_archive)

    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("erase")
    page.get_by_role("dialog").get_by_role("button", name="Erase everything").click()

    expect(page.locator(".pr-my-data")).to_contain_text("4 records erased.")
    assert personal_rows(empty_archive) == {}


def test_nobody_sees_the_data_of_another_code(page: Page):
    data = call(page, "my_data", annotator=uuid4().hex)["data"]

    assert not any(data.values())


def test_my_data_and_its_erasure_have_no_serious_violation(page: Page):
    page.get_by_role("button", name="Ver tudo").click()
    page.locator(".pr-tree").wait_for()
    seen = violations(page)
    erase(page, "nada")

    assert seen == []
    assert violations(page) == []
