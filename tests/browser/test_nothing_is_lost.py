"""What a person rated and wrote outlives reloads, lost connections, killed servers and databases that fail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from aac.store.database import FILE_NAME, Database, explained
from aac.store.schema import corrections, ratings
from aac.store.schema_version import revisions
from aac.workflow.archive import Archive
from tests.browser.judging import (
    card,
    corrected,
    edit,
    field,
    hold,
    is_saved,
    is_stored,
    judge,
    kept_here,
    let_go,
    open_tab,
    queue_for_review,
    reload,
    rows,
    save,
    show,
    start,
)
from tests.browser.killable import KillableServer

pytestmark = pytest.mark.browser

FAILURES = {
    "full": ("database or disk is full", "está cheio ou com defeito"),
    "read-only": ("attempt to write a readonly database", "Dê permissão de escrita"),
    "locked": ("database is locked", "está ocupado por outro programa"),
}


def the_draft_is_kept(page: Page, count: int = 1) -> None:
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('prancha-draft'))"
    page.wait_for_function(f"() => {drafts}.length === {count}")


def second_tab(page: Page) -> Page:
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_function("() => window.prancha?.isReady")
    return open_tab(other)


def says(page: Page, words: str) -> None:
    expect(page.locator("#pr-rate .pr-lines")).to_contain_text(words)


def everything_arrived(page: Page) -> None:
    page.wait_for_function("() => !window.prancha.annotate.waiting().length", timeout=20_000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, found: str) -> Iterator[None]:
    """Every write of the server fails as SQLite says it in `found`."""

    @contextmanager
    def write(database: Database) -> Iterator[None]:
        with explained(database.name):
            raise sqlite3.OperationalError(found)
        yield

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", write)
        yield


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_reload_in_the_middle_offers_the_draft_again(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    field(page, name="A voz diz").press_sequentially(" Já!")

    reload(page)
    expect(page.locator(".pr-drafts")).to_contain_text("Você tem uma correção não salva de “Querer”")
    press(page, "Continuar")

    expect(field(page)).to_have_value("Quero suco")
    expect(field(page, name="A voz diz")).to_have_value("Por favor, quero água. Já!")


def test_a_draft_that_was_resumed_is_stored(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    reload(page)
    press(page, "Continuar")

    save(page)
    is_stored(page)

    assert corrected(empty_archive)[0][0]["written_text"] == "Quero suco"


def test_a_stored_correction_leaves_no_draft(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    the_draft_is_kept(page)
    save(page)
    is_stored(page)

    reload(page)

    expect(page.locator(".pr-counts")).to_contain_text("1 correção")
    expect(page.locator(".pr-drafts > *")).to_have_count(0)


def test_a_discarded_draft_can_be_taken_back(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    press(page, "Fechar e manter o rascunho")

    press(page, "Descartar")
    page.locator(".pr-drafts").get_by_role("button", name="Desfazer").click()

    expect(page.get_by_role("button", name="Continuar", exact=True)).to_be_focused()


def test_the_focus_goes_from_discarding_a_draft_to_taking_it_back(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    press(page, "Fechar e manter o rascunho")

    press(page, "Descartar")

    expect(page.locator(".pr-drafts").get_by_role("button", name="Desfazer")).to_be_focused()


def test_a_draft_taken_back_does_not_write_over_a_newer_one(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    press(page, "Fechar e manter o rascunho")
    press(page, "Descartar")
    field(edit(page)).fill("Quero leite")
    press(page, "Fechar e manter o rascunho")

    page.locator(".pr-drafts").get_by_role("button", name="Desfazer").click()

    expect(page.get_by_role("button", name="Continuar", exact=True)).to_have_count(2)
    drafts = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('prancha-draft'))")
    assert {json.loads(draft)["cards"][0]["written_text"] for _, draft in drafts} == {"Quero suco", "Quero leite"}


def test_two_browser_tabs_do_not_write_over_each_other(open_page, empty_archive: Archive):
    first = edit(show(open_page(), empty_archive))
    field(first).fill("Da primeira aba")
    the_draft_is_kept(first)
    second = second_tab(first)
    press(second, "Continuar")
    second.locator(".pr-editor").wait_for()

    field(first).fill("De novo a primeira")
    expect(second.locator(".pr-editor")).to_contain_text("também foi editado em outra aba")
    field(second).fill("Da segunda aba")
    press(second, "Usar o da outra aba")

    expect(field(second)).to_have_value("De novo a primeira")
    second.locator(".pr-editor").get_by_role("button", name="Desfazer").click()
    expect(field(second)).to_have_value("Da segunda aba")


def test_each_of_two_drafts_of_one_set_can_be_opened(open_page, empty_archive: Archive):
    first = edit(show(open_page(), empty_archive))
    field(first).fill("Da primeira aba")
    the_draft_is_kept(first)
    second = second_tab(first)
    press(second, "Continuar")
    second.locator(".pr-editor").wait_for()
    field(first).fill("De novo a primeira")
    expect(second.locator(".pr-editor")).to_contain_text("também foi editado em outra aba")
    field(second).fill("Da segunda aba")
    the_draft_is_kept(second, 2)
    first.close()
    reload(second)

    opened = []
    for place in (0, 1):
        second.get_by_role("button", name="Continuar", exact=True).nth(place).click()
        second.locator(".pr-editor").wait_for()
        opened.append(field(second).input_value())
        press(second, "Fechar e manter o rascunho")

    assert opened == ["De novo a primeira", "Da segunda aba"]


def test_a_draft_is_resumed_on_the_set_as_it_is_now(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    press(page, "Fechar e manter o rascunho")
    judge(page, "Errado")
    is_saved(page)

    press(page, "Continuar")
    press(page, "Fechar e manter o rascunho")

    expect(card(page).get_by_role("radio", name="Errado")).to_be_checked()


def test_something_is_kept_while_one_types_without_a_pause(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))

    is_kept = field(page).evaluate(
        """async (input) => {
          for (let i = 0; i < 12; i++) {
            input.value += "a";
            input.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((done) => setTimeout(done, 50));
          }
          return Object.keys(localStorage).some((key) => key.startsWith("prancha-draft"));
        }"""
    )

    assert is_kept


def test_what_is_typed_while_a_correction_is_on_its_way_stays_in_the_editor(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    held = hold(page, "correct")
    with page.expect_request("**/run/correct"):
        save(page)
    page.keyboard.press("Escape")
    field(page).fill("Quero suco gelado")

    let_go(page, held)
    expect(page.locator(".pr-editor")).to_contain_text("ainda é um rascunho")
    expect(field(page)).to_have_value("Quero suco gelado")
    page.unroute("**/run/correct")
    save(page)
    is_stored(page)

    assert [cards[0]["written_text"] for cards in corrected(empty_archive)] == ["Quero suco", "Quero suco gelado"]


def test_a_browser_that_keeps_nothing_still_rates_and_says_so(open_page, empty_archive: Archive):
    page = open_page()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    show(page, empty_archive)

    judge(page, "Manter")
    is_saved(page)

    says(page, "Este navegador não consegue guardar mais nada")
    assert len(rows(empty_archive, ratings)) == 1


# --- a connection that fails ------------------------------------------------------------------------------------------


def test_a_rating_without_connection_is_kept_and_stored_once(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.context.set_offline(True)
    judge(page, "Manter")
    says(page, "1 resposta guardada neste navegador")
    before = rows(empty_archive, ratings)

    page.context.set_offline(False)
    everything_arrived(page)

    assert before == []
    assert [row.verdict for row in rows(empty_archive, ratings)] == ["keep"]


def test_a_correction_without_connection_is_kept_and_stored_once(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    page.context.set_offline(True)
    field(page).fill("Quero suco")
    expect(page.locator(".pr-check")).to_contain_text("A conferência espera a conexão")
    save(page)
    expect(page.locator(".pr-stage")).to_contain_text("Correção salva neste navegador")

    page.context.set_offline(False)
    everything_arrived(page)

    (cards,) = corrected(empty_archive)
    assert cards[0]["written_text"] == "Quero suco"


@pytest.mark.parametrize("name", ["rate", "correct"])
def test_what_was_stored_while_the_answer_was_lost_is_stored_once(open_page, empty_archive: Archive, name: str):
    page = show(open_page(), empty_archive)
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data_json["data"][0]["id"])
        if len(sent) == 1:
            route.fetch()  # it reaches the server
            route.abort()
        else:
            route.continue_()

    page.route(f"**/run/{name}", lose_the_first)
    judge(page, "Manter")
    edit(page)
    save(page)
    everything_arrived(page)

    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert [row.id for row in rows(empty_archive, ratings if name == "rate" else corrections)] == [sent[0]]


def test_what_waits_in_the_browser_outlives_a_reload(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.route("**/run/rate", lambda route: route.abort())
    judge(page, "Manter")
    judge(page, "Errado", place=1)
    says(page, "2 respostas guardadas neste navegador")

    page.unroute("**/run/rate")
    reload(page)
    everything_arrived(page)

    assert [row.verdict for row in rows(empty_archive, ratings)] == ["keep", "wrong"]
    assert kept_here(page) == []


def test_a_browser_tab_lives_on_where_another_one_sent_what_it_waits_for(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    held = hold(page, "rate")
    judge(page, "Manter")
    judge(page, "Errado", place=1)
    page.wait_for_function("() => window.prancha.annotate.waiting().length === 2")
    everything_arrived(second_tab(page))

    let_go(page, held)

    is_saved(page)
    assert [row.verdict for row in rows(empty_archive, ratings)] == ["keep", "wrong"]


def test_what_the_server_refuses_is_shown_and_can_be_sent_again(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)
    page.route("**/run/rate", lambda route: route.fulfill(status=422, json={}))
    judge(page, "Errado")
    says(page, "1 resposta que o servidor não aceitou")
    page.get_by_text("1 resposta que o servidor não aceitou").click()
    expect(page.locator(".pr-refused pre")).to_contain_text('"verdict": "wrong"')

    page.unroute("**/run/rate")
    press(page, "Enviar de novo")
    expect(page.locator(".pr-refused")).to_have_count(0)

    expect(page.locator("#pr-rate .pr-outbox")).to_be_focused()
    assert [row.verdict for row in rows(empty_archive, ratings)] == ["wrong"]


# --- a server that was killed -----------------------------------------------------------------------------------------


def test_a_killed_server_loses_neither_ratings_nor_corrections(open_page, killable: KillableServer):
    archive = Archive(killable.settings)
    page = show(open_page(url=killable.url), archive)
    judge(page, "Manter")
    is_saved(page)

    killable.kill()
    judge(page, "Errado", place=1)
    edit(page)
    field(page).fill("Quero suco")
    save(page)
    expect(page.locator(".pr-stage")).to_contain_text("Correção salva neste navegador")
    killable.start()
    everything_arrived(page)

    assert [row.verdict for row in rows(archive, ratings)] == ["keep", "wrong"]
    assert [cards[0]["written_text"] for cards in corrected(archive)] == ["Quero suco"]


def test_a_draft_outlives_a_killed_server(open_page, killable: KillableServer):
    archive = Archive(killable.settings)
    page = edit(show(open_page(url=killable.url), archive))
    field(page).fill("Quero suco")
    killable.kill()
    field(page, name="A voz diz").fill("Eu quero suco.")

    killable.start()
    reload(page)
    press(page, "Continuar")

    expect(field(page, name="A voz diz")).to_have_value("Eu quero suco.")
    save(page)
    is_stored(page)


# --- a database that fails --------------------------------------------------------------------------------------------


def test_a_rating_waits_for_a_database_that_is_locked(
    open_page, empty_archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    page = show(open_page(), empty_archive)
    with failing(monkeypatch, FAILURES["locked"][0]):
        judge(page, "Manter")
        says(page, "1 resposta guardada neste navegador ainda não chegou ao servidor")
        expect(card(page).get_by_role("radio", name="Manter")).to_be_checked()

    press(page, "Tentar agora")
    everything_arrived(page)

    assert [row.verdict for row in rows(empty_archive, ratings)] == ["keep"]


def test_a_rating_that_was_only_in_this_browser_is_saved_once_the_database_takes_it(
    open_page, empty_archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    page = show(open_page(), empty_archive)
    with failing(monkeypatch, FAILURES["locked"][0]):
        judge(page, "Manter")
        expect(page.locator(".pr-saved")).to_have_text("Salvo só neste navegador", use_inner_text=True)

    is_saved(page)  # the outbox has sent it by itself


def test_a_rating_that_was_only_in_this_browser_is_not_saved_where_the_server_refuses_it(
    open_page, empty_archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    page = show(open_page(), empty_archive)
    with failing(monkeypatch, FAILURES["locked"][0]):
        judge(page, "Manter")
        says(page, "1 resposta guardada neste navegador")
        error = {"kind": "refused", "pt": "Não.", "en": "No."}
        page.route("**/run/rate", lambda route: route.fulfill(json={"data": [{"ok": False, "error": error}]}))

    expect(page.locator(".pr-saved")).to_have_text("Não foi salvo: veja acima", use_inner_text=True)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_database_that_cannot_be_written_says_so_and_what_to_do(
    open_page, empty_archive: Archive, monkeypatch: pytest.MonkeyPatch, failure: str
):
    queue_for_review(empty_archive, 1)
    page = start(open_page())
    card(page).wait_for()
    found, advice = FAILURES[failure]

    with failing(monkeypatch, found):
        reload(page).get_by_role("button", name="Começar").click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(advice)
        expect(alert).to_contain_text(found)
        expect(alert).not_to_contain_text("Traceback")
    press(page, "Tentar de novo")

    card(page).wait_for()


def test_a_correction_waits_for_a_database_that_is_full(
    open_page, empty_archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")
    with failing(monkeypatch, FAILURES["full"][0]):
        save(page)
        expect(page.locator(".pr-stage")).to_contain_text("Correção salva neste navegador")
        the_draft_is_kept(page)

    press(page, "Tentar agora")
    everything_arrived(page)

    is_stored(page)
    expect(page.locator(".pr-stage")).not_to_contain_text("neste navegador")
    is_saved(page)
    assert [cards[0]["written_text"] for cards in corrected(empty_archive)] == ["Quero suco"]


@contextmanager
def newer_schema(archive: Archive) -> Iterator[None]:
    """A newer program has moved the schema of the server's database on, and takes it back at the end."""

    def move(before: str, after: str) -> None:
        with sqlite3.connect(archive.settings.data_dir / FILE_NAME) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ? WHERE version_num = ?", (after, before))
        archive.close()  # whoever asks next opens it anew; closed first, the page's own check could open the old one

    move(revisions()[-1], "9999")
    yield
    move("9999", revisions()[-1])


def test_a_correction_for_a_database_of_a_newer_program_stays_in_the_editor(open_page, empty_archive: Archive):
    page = edit(show(open_page(), empty_archive))
    field(page).fill("Quero suco")

    with newer_schema(empty_archive):
        press(page, "Salvar…")
        expect(page.get_by_role("alert")).to_contain_text("mais novo que esta Prancha")
        expect(field(page)).to_have_value("Quero suco")
    save(page)
    is_stored(page)

    assert [cards[0]["written_text"] for cards in corrected(empty_archive)] == ["Quero suco"]


def test_a_rating_for_a_database_of_a_newer_program_can_be_sent_again(open_page, empty_archive: Archive):
    page = show(open_page(), empty_archive)

    with newer_schema(empty_archive):
        judge(page, "Manter")
        says(page, "1 resposta que o servidor não aceitou")
        page.get_by_text("1 resposta que o servidor não aceitou").click()
        expect(page.locator(".pr-refused")).to_contain_text("Atualize o programa")
    press(page, "Enviar de novo")
    expect(page.locator(".pr-refused")).to_have_count(0)

    assert [row.verdict for row in rows(empty_archive, ratings)] == ["keep"]


def test_a_correction_waits_here_while_the_system_lets_the_server_write_nothing(open_page, killable: KillableServer):
    archive = Archive(killable.settings)
    page = edit(show(open_page(url=killable.url), archive))
    field(page).fill("Quero suco")

    with killable.without_disk():
        save(page)
        expect(page.locator(".pr-stage")).to_contain_text("Correção salva neste navegador")
        the_draft_is_kept(page)
        assert corrected(archive) == []
    press(page, "Tentar agora")
    everything_arrived(page)

    assert [cards[0]["written_text"] for cards in corrected(archive)] == ["Quero suco"]
