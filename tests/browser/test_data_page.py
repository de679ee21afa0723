"""The Data tab in a real browser: versions, imports, the queue, and what people said."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aac.records import Rating
from aac.store.annotations import add_rating
from aac.store.erasures import erase
from aac.store.people import add_consent
from aac.store.queue import OVERLAP_MAX, add_shipped, set_overlap
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.shipped import shipped_generation, shipped_sets
from aac.workflow.versions import look_at_import, store_import
from tests.browser.test_accessibility import violations
from tests.browser.widths import resized
from tests.conftest import ROOT
from tests.store.sample import consented, correct, fresh, new_id

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

SHIPPED_TEST = ROOT / "annotations" / "cards_v1" / "test.csv"
HEADER = "prompt,written_text,spoken_text,image_id"
HOSTILE = "<img src=x onerror=window.hacked=1>"
PERSON = "a" * 32


def open_data(page: Page) -> Page:
    page.locator('button[role=tab][data-tab-id="data"]').click()
    page.locator("#charts .pr-bars").first.wait_for()
    return page


def unfold(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def import_file(archive: Archive, path: Path = SHIPPED_TEST) -> None:
    store_import(archive, look_at_import(path), path.name)


def freeze(page: Page, name: str) -> None:
    unfold(page, "Congelar uma versão")
    page.locator("#freeze-name").get_by_role("textbox").fill(name)
    page.locator("#freeze").click()


@pytest.fixture
def rated(empty_archive: Archive) -> Archive:
    """Sixty ratings of one person, so that there is an older page."""
    sets = [shipped_generation(card_set) for card_set in shipped_sets()["test"][:15]]
    add_shipped(empty_archive.database, sets, 1)
    add_consent(empty_archive.database, "consent", PERSON, "1", "pt")
    for number in range(60):
        verdict = "keep" if number % 3 else "wrong"
        rating = Rating(f"rating-{number}", PERSON, sets[number // 4].id, number % 4, verdict)
        add_rating(empty_archive.database, rating)
    return empty_archive


def test_the_empty_tab_says_what_to_do(open_page, empty_archive: Archive):
    page = open_data(open_page())

    expect(page.locator("#versions")).to_contain_text("importe um arquivo ou inclua os cartões que vêm com a Prancha")


def test_a_frozen_version_is_listed_with_its_counts(open_page, empty_archive: Archive):
    page = open_data(open_page())
    unfold(page, "Congelar uma versão")
    page.get_by_label("Com os cartões que vêm com a Prancha").check()
    page.locator("#freeze-name").get_by_role("textbox").fill("primeira")

    page.locator("#freeze").click()

    expect(page.locator("#frozen")).to_contain_text("primeira-")
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    expect(page.locator("#versions tbody tr")).to_contain_text("276 · 35 · 35")


def test_a_name_that_cannot_be_one_says_which_can(open_page, empty_archive: Archive):
    page = open_data(open_page())

    freeze(page, "Não Serve!")

    expect(page.locator("#frozen").get_by_role("alert")).to_contain_text("não serve de nome")


def test_nothing_to_freeze_says_what_to_do(open_page, empty_archive: Archive):
    page = open_data(open_page())

    freeze(page, "vazia")

    expect(page.locator("#frozen").get_by_role("alert")).to_contain_text("Não há linhas para congelar")


def test_the_csv_that_is_downloaded_is_the_file_that_was_imported(open_page, empty_archive: Archive, tmp_path: Path):
    import_file(empty_archive)
    page = open_data(open_page())
    freeze(page, "uma")
    expect(page.locator("#versions")).to_contain_text("uma-")
    page.locator("#export-version input").click()
    page.get_by_role("option").first.click()

    page.locator("#export").click()
    with page.expect_download() as download:
        page.locator("#export-file a").first.click()
    download.value.save_as(tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes() == SHIPPED_TEST.read_bytes()


def test_a_folder_is_downloaded_with_its_splits_and_card(open_page, empty_archive: Archive, tmp_path: Path):
    import_file(empty_archive)
    page = open_data(open_page())
    freeze(page, "uma")
    expect(page.locator("#versions")).to_contain_text("uma-")
    page.locator("#export-version input").click()
    page.get_by_role("option").first.click()
    page.get_by_label("pasta por divisão (Parquet, zip)").check()

    page.locator("#export").click()
    with page.expect_download() as download:
        page.locator("#export-file a").first.click()
    download.value.save_as(tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert {"README.md", "DATASHEET.md", "test.parquet"} <= {Path(name).name for name in found.namelist()}


def test_bad_lines_are_listed_and_the_good_ones_stored_when_asked(open_page, empty_archive: Archive, tmp_path: Path):
    path = tmp_path / "cards.csv"
    path.write_text(f"{HEADER}\nQuerer,Quero água,Eu quero água.,💧\nQuerer,{HOSTILE},,🧃\n", encoding="utf-8")
    page = open_data(open_page())
    unfold(page, "Importar cartões")

    page.locator("#import-file input[type=file]").set_input_files(path)
    expect(page.locator("#import-report tbody tr")).to_have_count(1)
    before = page.locator("#import-stored").inner_text()
    page.locator("#import-good").click()

    expect(page.locator("#import-stored dd")).to_have_text("1")
    assert before == ""
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#import-report")).to_contain_text("<img")


def test_shipped_cards_are_queued_for_review(open_page, empty_archive: Archive):
    page = open_data(open_page())
    unfold(page, "Fila para avaliar")
    page.get_by_label("rever os cartões que vêm com a Prancha").check()

    page.locator("#queue-add").click()

    expect(page.locator("#queue-added dd")).to_have_text("346")
    expect(page.locator("#overview")).to_contain_text("346")


def test_prompts_of_a_file_are_queued_and_personal_ones_told(open_page, empty_archive: Archive, tmp_path: Path):
    path = tmp_path / "prompts.csv"
    path.write_text("prompt\nQuerer\nFalar com a Maria Aparecida da Silva\n", encoding="utf-8")
    page = open_data(open_page())
    unfold(page, "Fila para avaliar")
    page.locator("#queue-file input[type=file]").set_input_files(path)
    expect(page.locator("#queue-file")).to_contain_text("prompts")

    page.locator("#queue-add").click()

    expect(page.locator("#queue-added")).to_contain_text("Maria Aparecida")
    expect(page.locator("#queue-added dd").first).to_have_text("2")


def test_what_people_said_is_shown_a_page_at_a_time(open_page, rated: Archive):
    page = open_data(open_page())
    unfold(page, "O que as pessoas disseram")

    page.locator("#browse-show").click()
    expect(page.locator("#rows tbody tr")).to_have_count(50)
    page.locator("#browse-older").click()

    expect(page.locator("#rows tbody tr")).to_have_count(10)
    expect(page.locator("#browse-older")).to_be_disabled()


def test_rows_can_be_filtered_by_verdict(open_page, rated: Archive):
    page = open_data(open_page())
    unfold(page, "O que as pessoas disseram")
    page.locator("#browse-verdict input").click()
    page.get_by_role("option", name="errado").click()

    page.locator("#browse-show").click()

    expect(page.locator("#rows tbody tr")).to_have_count(20)


def test_a_rating_shows_the_card_that_it_is_of(open_page, rated: Archive):
    card = shipped_sets()["test"][14].cards[3]
    page = open_data(open_page())
    unfold(page, "O que as pessoas disseram")

    page.locator("#browse-show").click()

    expect(page.locator("#rows tbody tr").first).to_contain_text(f"{card.image_id} {card.written_text}: manter")


def test_the_charts_tell_the_share_that_was_kept(open_page, rated: Archive):
    page = open_data(open_page())

    expect(page.locator("#charts")).to_contain_text("67 % (40 / 60)")


def test_two_versions_are_compared(open_page, empty_archive: Archive, tmp_path: Path):
    import_file(empty_archive)
    page = open_data(open_page())
    freeze(page, "uma")
    expect(page.locator("#versions")).to_contain_text("uma-")
    page.get_by_label("Com os cartões que vêm com a Prancha").check()
    page.locator("#freeze-name").get_by_role("textbox").fill("duas")
    page.locator("#freeze").click()
    expect(page.locator("#versions")).to_contain_text("duas-")
    for box, name in (("#diff-first", "uma-"), ("#diff-second", "duas-")):
        page.locator(f"{box} input").click()
        page.get_by_role("option", name=name).first.click()

    page.locator("#diff").click()

    expect(page.locator("#difference dd")).to_have_text(["0", "311", "35"])


def test_nothing_is_wider_than_a_phone(open_page, rated: Archive):
    page = open_page(width=1280)
    open_data(page)
    page.set_viewport_size({"width": 390, "height": 900})
    unfold(page, "O que as pessoas disseram")
    page.locator("#browse-show").click()
    page.locator("#rows tbody tr").first.wait_for()

    for width in resized(page, 390, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "dark"), [("pt-BR", False), ("en-US", True)])
def test_the_tab_has_no_serious_violation(open_page, rated: Archive, language: str, dark: bool):
    page = open_data(open_page(language, dark=dark))
    unfold(page, "O que as pessoas disseram" if language == "pt-BR" else "What people said")
    page.locator("#browse-show").click()
    page.locator("#rows tbody tr").first.wait_for()

    assert violations(page) == []


def test_the_overlap_that_was_set_is_shown(open_page, empty_archive: Archive):
    set_overlap(empty_archive.database, 5)
    page = open_data(open_page())

    unfold(page, "Fila para avaliar")

    expect(page.locator("#overlap input[type=range]")).to_have_value("5")


def test_the_overlap_can_be_changed_with_the_keyboard(open_page, empty_archive: Archive):
    page = open_data(open_page())
    unfold(page, "Fila para avaliar")
    shown = page.locator("#overlap input[type=range]")

    # Gradio sets a panel's values once more, a moment after it was unfolded: a press in that moment is lost.
    said = page.locator("#overlap-said").get_by_text(str(OVERLAP_MAX))
    for _ in range(40):
        shown.press("End")
        page.wait_for_timeout(500)
        if said.count():
            break

    expect(said).to_be_visible()


def test_prompts_that_do_not_go_into_the_queue_say_why(open_page, empty_archive: Archive, tmp_path: Path):
    path = tmp_path / "prompts.csv"
    path.write_text(f"prompt\nQuero água\n{'a' * 300}\n", encoding="utf-8")
    page = open_data(open_page())
    unfold(page, "Fila para avaliar")
    page.locator("#queue-file input[type=file]").set_input_files(path)
    expect(page.locator("#queue-file")).to_contain_text("prompts")

    page.locator("#queue-add").click()

    row = page.locator("#queue-added tbody tr")
    expect(row).to_contain_text("3")
    expect(row).to_contain_text("tem 300 letras")


def test_a_published_version_says_that_somebody_erased_what_it_holds(open_page, empty_archive: Archive):
    person = consented(empty_archive.database)
    correct(empty_archive.database, person, fresh(empty_archive.database, person, "Bolo de fubá"))
    version = versions.freeze(empty_archive, versions.FreezeOrder("bolo")).version
    page = open_data(open_page())
    unfold(page, "Congelar uma versão")
    page.locator("#export-version input").click()
    page.get_by_role("option", name=version.id).click()
    page.locator("#published-where").get_by_role("textbox").fill("https://example.org/bolo")

    page.locator("#mark-published").click()
    expect(page.locator("#versions tbody tr")).to_contain_text("publicada")
    erase(empty_archive.database, person, new_id())
    page.locator("#refresh-data").click()

    expect(page.locator("#versions tbody tr")).to_contain_text("1 pessoa apagou o que é seu nela")


def test_older_rows_of_another_table_begin_with_its_latest(open_page, rated: Archive):
    page = open_data(open_page())
    unfold(page, "O que as pessoas disseram")
    page.locator("#browse-show").click()
    page.locator("#rows tbody tr").first.wait_for()
    page.locator("#browse-verdict input").click()
    page.get_by_role("option", name="errado").click()

    page.locator("#browse-older").click()

    expect(page.locator("#rows tbody tr")).to_have_count(20)


def test_a_version_is_looked_at_with_its_datasheet_and_its_sets(open_page, empty_archive: Archive):
    import_file(empty_archive)
    page = open_data(open_page())
    freeze(page, "teste")
    expect(page.locator("#versions")).to_contain_text("teste-")
    page.locator("#export-version input").click()
    page.get_by_role("option", name="teste-").first.click()

    page.locator("#show-version").click()

    expect(page.locator("#datasheet")).to_contain_text("Quem escreveu e quem reviu")
    expect(page.locator("#version-sets tbody tr")).to_have_count(35)
