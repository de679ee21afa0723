"""The Train tab in a real browser: a form, runs of which one is live, and what came of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aac.models.registry import EMBEDDED_ID
from aac.settings import Settings
from aac.store import adapters as stored
from aac.store.runs import Note, RunState, claim_run, note_state
from aac.workflow import running, versions
from aac.workflow.active import active_adapter
from aac.workflow.archive import Archive
from aac.workflow.running import RunOrder, list_runs, run_folder, start_run, view_run
from tests.browser.widths import resized
from tests.workflow.adapters import Answerer, evaluated, right, shipped, trained, unreadable, wrong
from tests.workflow.cards import bring_in, card_file

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

HOSTILE = "<img src=x onerror=window.hacked=1> ${window.hacked=1}"


def add_run(archive: Archive, state: RunState = "running", note: Note | None = None) -> str:
    """The id of a run as its worker leaves it in `state`, at step 12 of 120, with a hostile line in its log."""
    run_id = start_run(archive, RunOrder(versions.list_versions(archive)[0].id))
    claim = claim_run(archive.database, run_id, "worker")
    note_state(archive.database, claim, "running")
    note_state(archive.database, claim, state, note)
    run_folder(archive, run_id).mkdir(parents=True)
    (run_folder(archive, run_id) / running.LOG).write_text("linha\n" * 60 + HOSTILE + "\n", encoding="utf-8")
    write(archive, run_id, kind="start", step=0, steps=120, substitutions=[{"pt": "Sem GPU.", "en": "No GPU."}])
    write(archive, run_id, kind="train", step=6, steps=120, loss=2.5)
    write(archive, run_id, kind="train", step=12, steps=120, loss=1.5, tokens_per_s=412, left_s=480)
    return run_id


def write(archive: Archive, run_id: str, **line: Any) -> None:
    """One line of progress, as a training writes it."""
    with (run_folder(archive, run_id) / running.PROGRESS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def add_done_run(archive: Archive, name: str = "cartoes-cpu") -> stored.StoredAdapter:
    """The adapter of a run that is done, with scores beside those of no adapter."""
    adapter = stored.add_adapter(archive.database, name, EMBEDDED_ID, "a" * 64)
    run_id = add_run(archive, "done", Note(adapter_id=adapter.id))
    version_id = view_run(archive, run_id).run.version_id
    for number, (adapter_id, bleu, ter) in enumerate(((None, 1.2, 180.4), (adapter.id, 21.4, 88.2))):
        scores = {name: {"score": score, "signature": ""} for name, score in (("bleu", bleu), ("ter", ter))}
        scores |= {"chrf": {"score": 30.0, "signature": ""}, "aligned": {"bleu": 1, "ter": 1, "card_f1": 0.4}}
        scores |= {"base_model": EMBEDDED_ID}
        found = stored.StoredEvaluation(
            f"evaluation-{number}", adapter_id, version_id, run_id, "d" * 64, {**scores, "valid_cards": 0.97}, ()
        )
        stored.add_evaluation(archive.database, found)
    return adapter


def add_judged_run(archive: Archive, answer: Answerer = wrong) -> stored.StoredAdapter:
    """The adapter of a run that is done, evaluated beside the shipped one and none; `wrong` makes it no better."""
    version = versions.list_versions(archive)[0]
    adapter = trained(archive, "novo", version)
    add_run(archive, "done", Note(adapter_id=adapter.id))
    for one, answers in ((None, unreadable), (shipped(archive), right), (adapter, answer)):
        evaluated(archive, one, version, answers)
    return adapter


def open_train(page: Page) -> Page:
    page.locator('button[role=tab][data-tab-id="train"]').click()
    page.locator("#runs :is(.pr-empty, .pr-run)").first.wait_for()
    return page


def open_fields(page: Page) -> None:
    """The form's numbers, when what Gradio makes of them on opening is done."""
    page.get_by_role("button", name="Ajustes do treino").click()
    page.get_by_label("Máximo de passos").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def state_of(archive: Archive, run_id: str) -> str:
    return view_run(archive, run_id).run.state


def test_without_a_version_the_tab_says_where_to_freeze_one(open_page, empty_archive: Archive):
    page = open_train(open_page())

    page.get_by_role("button", name="Ir para a aba Dados").click()

    expect(page.locator("#versions")).to_contain_text("Ainda não há versão")
    expect(page.locator("#train")).to_be_hidden()


def test_a_run_is_followed_without_closing_what_a_person_opened(open_page, frozen: Archive):
    run_id = add_run(frozen)
    page = open_train(open_page())
    expect(page.locator("#run")).to_contain_text("passo 12 de 120 · faltam uns 8 min", use_inner_text=True)
    page.locator("#run summary").click()
    page.locator(".pr-log").focus()
    before = page.evaluate("(log) => { log.scrollTop = -200; return log.scrollTop; }", page.query_selector(".pr-log"))

    write(frozen, run_id, kind="validation", step=13, steps=120, eval_loss=1.75)
    write(frozen, run_id, kind="train", step=13, steps=120, loss=1.25)

    expect(page.locator("#run")).to_contain_text("passo 13 de 120")
    expect(page.locator("#run details td").last).to_contain_text("1,7500")
    expect(page.locator("#run details table")).to_be_visible()
    expect(page.locator(".pr-log")).to_be_focused()
    assert page.evaluate("document.querySelector('.pr-log').scrollTop") == before < 0


def test_only_a_change_of_state_is_said_aloud(open_page, frozen: Archive):
    run_id = add_run(frozen)
    page = open_train(open_page())
    said = page.locator("#run-said [role=status]")
    expect(said).to_contain_text("treinando")
    said.evaluate(
        "(said) => { window.told = []; new MutationObserver(() => window.told.push(said.innerText))"
        ".observe(said, { subtree: true, childList: true, characterData: true }); }"
    )

    write(frozen, run_id, kind="train", step=20, steps=120, loss=1.2)
    expect(page.locator("#run")).to_contain_text("passo 20 de 120")
    before = page.evaluate("window.told.length")
    running.cancel_run(frozen, run_id)

    expect(said).to_contain_text("cancelado")
    assert before == 0


def test_the_chosen_run_is_there_after_a_reload(open_page, frozen: Archive):
    first = add_run(frozen)
    add_run(frozen)
    page = open_train(open_page())
    page.locator(f'[data-run="{first}"]').click()
    expect(page.locator("#run h3")).to_contain_text(first[:8])

    page.reload()
    page.wait_for_function("() => window.prancha?.isReady")
    open_train(page)

    expect(page.locator("#run h3")).to_contain_text(first[:8])
    expect(page.locator(f'[data-run="{first}"]')).to_have_attribute("aria-pressed", "true")


def test_another_browser_sees_the_newest_run(open_page, frozen: Archive):
    run_id = add_run(frozen)
    open_train(open_page())

    other = open_train(open_page("en-US"))

    expect(other.locator("#run")).to_contain_text(f"Run {run_id[:8]}", use_inner_text=True)
    expect(other.locator("#run")).to_contain_text("step 12 of 120", use_inner_text=True)


def test_a_cancelled_run_is_kept_and_can_go_on(open_page, frozen: Archive):
    run_id = add_run(frozen)
    page = open_train(open_page())

    page.locator("#cancel-run").click()
    expect(page.locator("#run h3")).to_contain_text("cancelado")
    cancelled = state_of(frozen, run_id)
    expect(page.locator("#cancel-run")).to_be_hidden()
    page.locator("#resume-run").click()

    expect(page.locator("#run h3")).to_contain_text("na fila")
    assert (cancelled, state_of(frozen, run_id)) == ("cancelled", "queued")


def test_a_failure_tells_its_reason_in_both_languages_and_a_log_is_never_markup(open_page, frozen: Archive):
    add_run(frozen, "failed", Note("Faltou memória.", "Out of memory."))
    page = open_train(open_page())
    expect(page.locator("#run .pr-message")).to_contain_text("Faltou memória.", use_inner_text=True)

    page.get_by_label("English").check()

    expect(page.locator("#run .pr-message")).to_contain_text("Out of memory.", use_inner_text=True)
    expect(page.locator("#resume-run")).to_have_text("Resume from the last checkpoint")
    expect(page.locator(".pr-log")).to_contain_text(HOSTILE)
    assert page.evaluate("window.hacked") is None


def test_a_run_whose_push_failed_is_done_and_offers_to_push_again(open_page, frozen: Archive):
    adapter = add_done_run(frozen)
    stored.add_push_event(frozen.database, stored.PushEvent(adapter.id, "alguem/cartoes", "failed", "503", "503"))
    page = open_train(open_page())

    expect(page.locator("#run h3")).to_contain_text("pronto")
    expect(page.locator("#run")).to_contain_text("o envio a alguem/cartoes falhou: 503")
    expect(page.locator("#push-again")).to_be_visible()


def test_without_a_token_a_push_is_off_and_says_who_can_turn_it_on(open_page, frozen: Archive):
    add_done_run(frozen)
    page = open_train(open_page("en-US"))

    page.get_by_role("button", name="Push this run's adapter to the Hub").click()

    expect(page.locator("#push-run")).to_contain_text("Whoever runs it can set one")
    expect(page.locator("#push-run-now")).to_be_disabled()


def test_the_scores_of_a_run_stand_beside_no_adapter_and_the_papers_apart(open_page, frozen: Archive):
    add_done_run(frozen)
    page = open_train(open_page())

    expect(page.locator("#run-result tbody tr", has_text="este treino")).to_contain_text("21,4")
    expect(page.locator("#run-result tbody tr", has_text="sem adaptador")).to_contain_text("180,4")
    expect(page.locator("#leaderboard tbody tr")).to_have_count(2)
    expect(page.locator("#leaderboard .pr-paper")).to_contain_text("não comparável")


def test_a_value_that_no_training_can_use_is_refused_and_nothing_starts(open_page, frozen: Archive):
    page = open_train(open_page())
    open_fields(page)
    page.get_by_label("Máximo de passos").fill("-1")

    page.locator("#train").click()

    expect(page.locator("#estimated").get_by_role("alert")).to_contain_text("“Máximo de passos” não serve")
    expect(page.locator("#train")).to_be_enabled()
    assert list_runs(frozen) == []


def test_a_preset_brings_its_values(open_page, frozen: Archive):
    page = open_train(open_page())
    open_fields(page)

    page.get_by_label("teste: dois passos, para ver funcionar").check()

    expect(page.get_by_label("Máximo de passos")).to_have_value("2")


# What reaches out of the page sideways, whatever cuts it off; a list of the curve's numbers may scroll by itself.
TOO_WIDE = """["train-form", "runs", "run", "run-result", "leaderboard", "fixed-answers"]
    .flatMap((id) => [...document.querySelectorAll(`#${id} *`)])
    .filter((one) => one.checkVisibility() && !one.closest("svg, .pr-scroll, .pr-hidden"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().left < 0)
    .map((one) => one.outerHTML.slice(0, 100))"""


def test_nothing_is_wider_than_a_phone_however_long_names_errors_and_logs_are(open_page, frozen: Archive):
    adapter = add_done_run(frozen, "cpu-" + "nomecomprido" * 12)
    repository, error = f"{'o' * 90}/{'n' * 90}", f"503 em https://huggingface.co/{'x' * 200}"
    stored.add_push_event(frozen.database, stored.PushEvent(adapter.id, repository, "failed", error, error))
    (run_folder(frozen, list_runs(frozen)[0].id) / running.LOG).write_text("y" * 3000 + "\n", encoding="utf-8")
    page = open_train(open_page(width=390))
    page.locator("#leaderboard tbody tr").first.wait_for()
    page.locator("#run summary").click()

    for width in resized(page, 390, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_WIDE) == []


def test_a_long_reason_of_a_failure_stays_within_a_phone(open_page, frozen: Archive):
    add_run(frozen, "failed", Note("Faltou " + "z" * 400, "Missing " + "z" * 400))
    page = open_train(open_page(width=390))
    page.locator("#run .pr-message").wait_for()

    assert page.evaluate(TOO_WIDE) == []


def test_on_a_phone_every_score_is_in_view_below_its_header(open_page, frozen: Archive):
    add_done_run(frozen)
    page = open_train(open_page(width=390))
    row = page.locator("#leaderboard tbody tr", has_text="cartoes-cpu")

    expect(row).to_contain_text("TER ↓", use_inner_text=True)
    numbers = [cell.inner_text().split("\n") for cell in row.get_by_role("cell").all()]
    assert [value for _, value in numbers] == ["–", "21,4", "88,2", "30,0", "0,40", "97%"]
    assert page.locator("#leaderboard table").evaluate("(table) => table.scrollWidth <= table.clientWidth")


def test_after_a_run_without_a_test_split_the_page_tells_why_there_are_no_scores(
    open_page, empty_archive: Archive, tmp_path: Path
):
    bring_in(empty_archive, card_file(tmp_path / "cards.csv", "Casa", "Livro"))
    version = versions.freeze(empty_archive, versions.FreezeOrder("poucos")).version
    add_run(empty_archive, "done", Note(adapter_id=trained(empty_archive, "novo", version).id))
    page = open_train(open_page("en-US"))

    expect(page.locator("#leaderboard")).to_contain_text(
        f"version {version.id} has no test sets, so nothing was measured", use_inner_text=True
    )
    expect(page.locator("#run-result")).to_be_hidden()
    expect(page.locator("#judging-message")).to_be_hidden()


def test_scores_made_on_the_same_test_data_of_an_earlier_version_count(open_page, frozen: Archive):
    add_judged_run(frozen)
    versions.freeze(frozen, versions.FreezeOrder("mesma", with_shipped=True))
    add_run(frozen)
    page = open_train(open_page())

    expect(page.locator("#leaderboard h2")).to_contain_text("mesma-")
    expect(page.locator("#leaderboard tbody tr")).to_have_count(3)


@pytest.mark.parametrize(
    ("language", "label", "button"),
    [
        ("pt-BR", "Por que promover mesmo assim? (obrigatório)", "Promover mesmo assim"),
        ("en-US", "Why promote it all the same? (required)", "Promote all the same"),
    ],
)
def test_a_maintainer_overrides_only_with_a_reason(open_page, frozen: Archive, language: str, label: str, button: str):
    add_judged_run(frozen)
    page = open_train(open_page(language))
    override = page.get_by_role("button", name=button, exact=True)

    override.click()
    expect(page.locator("#reason-missing").get_by_role("alert")).to_be_visible()
    before = active_adapter(frozen, EMBEDDED_ID)
    page.get_by_label(label).fill("A escola prefere este.")
    override.click()

    expect(page.locator("#judging-message").get_by_role("status")).to_contain_text("novo")
    expect(page.locator("#reason-missing")).to_be_hidden()
    in_use = "em uso" if language == "pt-BR" else "active"
    expect(page.locator("#leaderboard tbody tr", has_text="novo")).to_contain_text(in_use, use_inner_text=True)
    assert before == "default"
    with frozen.database.read() as connection:
        promotion = stored.active(connection, EMBEDDED_ID)
    assert promotion is not None
    assert promotion.reason == "A escola prefere este."


def choose(page: Page, name: str, adapter: str) -> None:
    """Pick an adapter in one of the two lists."""
    page.get_by_label(name, exact=True).click()
    page.get_by_role("option", name=adapter).click()


def test_what_evaluations_stored_of_two_adapters_is_shown_without_waiting_for_a_model(open_page, frozen: Archive):
    add_judged_run(frozen)
    page = open_train(open_page())
    expect(page.locator("#leaderboard tbody tr")).to_have_count(3)
    choose(page, "Segundo", "novo")

    page.locator("#compare-answers").click()

    expect(page.locator("#fixed-answers")).to_contain_text("20 de 20 respostas.", timeout=5000)
    expect(page.locator(".pr-duel")).to_have_count(10)
    expect(page.locator(".pr-duel").first).to_contain_text("nenhum cartão válido")
    expect(page.locator(".pr-duel .pr-tile")).to_have_count(10)
    page.locator(".pr-duel summary").first.click()
    expect(page.locator(".pr-duel pre").first).to_have_text("Claro! Aqui estão os cartões.")


def test_an_answer_that_can_no_longer_be_written_is_told_beside_those_that_are_stored(open_page, frozen: Archive):
    add_judged_run(frozen)
    gone = stored.add_adapter(frozen.database, "sumiu", EMBEDDED_ID, "f" * 64)
    page = open_train(open_page())
    expect(page.locator("#leaderboard tbody tr")).to_have_count(3)
    choose(page, "Segundo", gone.name)

    page.locator("#compare-answers").click()

    expect(page.locator("#fixed-answers").get_by_role("alert")).to_contain_text("Falta a pasta sumiu")
    expect(page.locator("#fixed-answers")).to_contain_text("10 de 20 respostas.")
    expect(page.locator(".pr-duel")).to_have_count(10)


def test_the_tab_is_open_again_after_a_reload(open_page, frozen: Archive):
    run_id = add_run(frozen)
    page = open_train(open_page())
    expect(page.locator("#run")).to_contain_text(run_id[:8])

    page.reload()

    expect(page.locator("#run")).to_contain_text(run_id[:8], timeout=30_000)
    expect(page.locator("#run")).to_be_visible()


def test_a_run_that_fits_is_started_once_however_often_one_presses(open_page, frozen: Archive, settings: Settings):
    frozen.settings.models_dir.symlink_to(settings.models_dir)
    page = open_train(open_page())
    page.get_by_label("teste: dois passos, para ver funcionar").check()

    page.locator("#train").dblclick()

    expect(page.locator("#estimated")).to_contain_text("Cabe neste computador", timeout=600_000)
    expect(page.locator("#run h3")).to_contain_text("na fila")
    assert [run.config["max_steps"] for run in list_runs(frozen)] == [2]
