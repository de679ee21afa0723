"""Freezing: what goes into a version, where its prompts go, and that it never changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aac.datasets.near_duplicates import are_near_duplicates
from aac.errors import DataError, NoRoomError, StoreError, WrongCall
from aac.settings import Settings
from aac.store import versions as stored_versions
from aac.store.database import now_utc
from aac.store.erasures import erase
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.shipped import shipped_sets
from aac.workflow.versions import FreezeOrder, freeze
from tests.store.sample import correct, fresh, new_id, rate
from tests.workflow.cards import (
    CARDS_V1,
    HEADER,
    ICE,
    bring_in,
    card_file,
    contents,
    correct_shipped,
    frozen,
    rows,
    shipped,
    splits,
)

FRUITS = ("Abacaxi maduro", "Trem azul", "Piscina funda", "Gaveta aberta", "Violão velho", "Neve fofa", "Cachoeira")
SHIPPED = {split: [s.prompt for s in some] for split, some in shipped_sets().items()}


# --- the same rows, the same version ----------------------------------------------------------------------------------


def test_the_same_rows_are_the_same_version_in_any_data_folder_and_order(tmp_path: Path):
    found = []
    for name, prompts in (("a", FRUITS), ("b", FRUITS[::-1])):
        archive = Archive(Settings(tmp_path / name))
        lines = {p: f"{p},Quero {p},Eu quero {p}.,💧" for p in FRUITS}
        for prompt in prompts:
            path = tmp_path / "one.csv"
            path.write_text(f"prompt,written_text,spoken_text,image_id\n{lines[prompt]}\n", encoding="utf-8")
            bring_in(archive, path, f"source of {name}")
        version = frozen(archive)
        found.append((version.id, version.rows_sha256, splits(archive, version)))
        archive.close()

    assert found[0] == found[1]


def test_freezing_twice_is_one_version_that_stays_as_it_was(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    first = frozen(archive)
    before = contents(archive.settings.versions_dir / first.id)

    second = frozen(archive)

    assert second == first
    assert versions.list_versions(archive) == [first]
    assert contents(archive.settings.versions_dir / first.id) == before


def test_a_version_never_changes_when_more_is_said(archive: Archive, ana: str, tmp_path: Path):
    generation_id = fresh(archive.database, ana, "Bolo de fubá")
    correct(archive.database, ana, generation_id)
    first = frozen(archive)
    before = contents(archive.settings.versions_dir / first.id)

    correct(archive.database, ana, generation_id, (ICE,))
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    second = frozen(archive)

    assert contents(archive.settings.versions_dir / first.id) == before
    assert versions.find_version(archive, first.id) == first
    assert [row.cards for row in rows(archive, second)["Bolo de fubá"]] == [(ICE,)]
    assert second.id != first.id


def test_a_name_is_its_latest_version(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS[:3]))
    frozen(archive, "mesmo")
    bring_in(archive, card_file(tmp_path / "b.csv", *FRUITS))
    second = frozen(archive, "mesmo")

    assert versions.find_version(archive, "mesmo") == second
    assert versions.list_versions(archive)[0] == second


@pytest.mark.parametrize("name", ["", "Maiúscula", "com espaço", "../fora", "-a", "a/b", "a" * 41, ".escondida", "a\n"])
def test_a_name_that_cannot_be_a_folder_is_refused(archive: Archive, name: str):
    with pytest.raises(WrongCall, match="cannot be a name"):
        freeze(archive, FreezeOrder(name))


def test_nothing_to_freeze_is_said_and_leaves_nothing(archive: Archive):
    with pytest.raises(DataError, match="no rows"):
        frozen(archive)

    assert versions.list_versions(archive) == []
    assert list(archive.settings.versions_dir.glob("*/")) == []


# --- which rows -------------------------------------------------------------------------------------------------------


def test_author_and_source_choose_the_rows(archive: Archive, ana: str, tmp_path: Path):
    correct(archive.database, ana, fresh(archive.database, ana, "Bolo de fubá"))
    bring_in(archive, card_file(tmp_path / "a.csv", "Trem azul"), "escola")
    bring_in(archive, card_file(tmp_path / "b.csv", "Cachoeira"), "clínica")

    chosen = {
        name: set(rows(archive, frozen(archive, name, **choice)))
        for name, choice in {
            "all": {},
            "person": {"author": "person"},
            "import": {"author": "import"},
            "source": {"source": "escola"},
        }.items()
    }

    assert chosen == {
        "all": {"Bolo de fubá", "Trem azul", "Cachoeira"},
        "person": {"Bolo de fubá"},
        "import": {"Trem azul", "Cachoeira"},
        "source": {"Trem azul"},
    }


def test_only_the_correction_that_holds_goes_in(archive: Archive, ana: str, bia: str):
    first, taken_back = (fresh(archive.database, ana, prompt) for prompt in ("Bolo de fubá", "Trem azul"))
    correct(archive.database, ana, first)
    correct(archive.database, ana, first, (ICE,))
    correct(archive.database, ana, taken_back)
    correct(archive.database, ana, taken_back, None)

    version = frozen(archive)

    assert {prompt: [row.cards for row in some] for prompt, some in rows(archive, version).items()} == {
        "Bolo de fubá": [(ICE,)]
    }


# --- the shipped cards ------------------------------------------------------------------------------------------------


def test_the_shipped_cards_keep_their_shipped_splits(archive: Archive):
    version = frozen(archive, shipped=True)

    assert version.manifest["counts"]["by_split"] == {split: len(prompts) for split, prompts in SHIPPED.items()}
    assert splits(archive, version) == {prompt: split for split, prompts in SHIPPED.items() for prompt in prompts}
    assert version.manifest["shipped"]["reviewed_sets"] == 0


def test_what_people_reviewed_of_the_shipped_cards_is_counted(archive: Archive, ana: str, bia: str):
    correct_shipped(archive, ana, "Querer")
    for annotator_id in (ana, bia):
        rate(archive.database, annotator_id, shipped("Sentir"), verdict="wrong")
    rate(archive.database, ana, shipped("Comer"), verdict="keep")
    rate(archive.database, ana, shipped("Comer"), verdict=None)

    version = frozen(archive, shipped=True)

    assert version.manifest["shipped"] == {
        "sets": sum(map(len, SHIPPED.values())) - 1,
        "replaced_by_corrections": 1,
        "reviewed_sets": 2,
        "reviewed_sets_corrected": 1,
        "cards_in_all": sum(len(s.cards) for some in shipped_sets().values() for s in some),
        "reviewed_cards": 1,
        "reviewed_cards_wrong": 1,
    }
    said = "people reviewed 2, in part at least (1 of 1730 cards rated, 1 sets corrected); 1 gave way"
    assert said in versions.version_datasheet(archive, version)


def test_a_correction_stands_for_the_shipped_set_in_its_split(archive: Archive, ana: str):
    prompt = SHIPPED["test"][0]
    correct_shipped(archive, ana, prompt)

    version = frozen(archive, shipped=True)

    assert [(row.author, row.cards) for row in rows(archive, version)[prompt]] == [("person", (ICE,))]
    assert splits(archive, version)[prompt] == "test"


def test_a_correction_that_was_taken_back_gives_the_shipped_set_its_place_again(archive: Archive, ana: str):
    correct_shipped(archive, ana, "Querer")
    correct_shipped(archive, ana, "Querer", None)

    version = frozen(archive, shipped=True)

    assert [row.author for row in rows(archive, version)["Querer"]] == ["shipped"]


def test_a_corrected_shipped_set_stays_where_corrections_were_not_asked_for(archive: Archive, ana: str, tmp_path: Path):
    correct_shipped(archive, ana, "Querer")
    bring_in(archive, card_file(tmp_path / "a.csv", "Trem azul"))

    for choice in ({"author": "import"}, {"source": "escola"}):
        version = frozen(archive, shipped=True, **choice)

        assert [row.author for row in rows(archive, version)["Querer"]] == ["shipped"]
        assert version.manifest["shipped"]["replaced_by_corrections"] == 0


# --- splits -----------------------------------------------------------------------------------------------------------


def test_a_cluster_keeps_its_first_split_in_every_later_version(archive: Archive, ana: str, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    first = splits(archive, frozen(archive, "a"))
    near = {prompt: f"{prompt} agora" for prompt in FRUITS}
    assert all(are_near_duplicates(*pair) for pair in near.items())
    bring_in(archive, card_file(tmp_path / "b.csv", *near.values(), *(f"Assunto {n} mil" for n in range(40))))

    second = splits(archive, frozen(archive, "b"))

    assert {prompt: second[prompt] for prompt in FRUITS} == first
    assert {prompt: second[near[prompt]] for prompt in FRUITS} == first


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_what_is_near_a_shipped_prompt_goes_where_that_stands(archive: Archive, tmp_path: Path, split: str):
    others = [prompt for name, prompts in SHIPPED.items() if name != split for prompt in prompts]
    near = [f"{prompt}!" for prompt in SHIPPED[split] if not any(are_near_duplicates(prompt, o) for o in others)][:5]
    bring_in(archive, card_file(tmp_path / "a.csv", *near))

    version = frozen(archive)  # though the shipped cards themselves stay out of it

    assert splits(archive, version) == dict.fromkeys(near, split)


def test_a_prompt_between_two_splits_is_left_out_named_once_and_counted_for_ever(archive: Archive, tmp_path: Path):
    between = f"{SHIPPED['test'][0]} {SHIPPED['train'][3]}"
    bring_in(archive, card_file(tmp_path / "a.csv", between, "Trem azul"))

    found = freeze(archive, FreezeOrder("v"))

    assert found.left_out == (between,)
    assert set(rows(archive, found.version)) == {"Trem azul"}
    assert found.version.manifest["left_out_prompts"] == 1
    files = contents(archive.settings.versions_dir / found.version.id)
    assert [name for name, content in files.items() if between.encode() in content] == []


def test_no_prompt_of_a_big_version_stands_near_one_of_another_split(archive: Archive, tmp_path: Path):
    for split in SHIPPED:
        bring_in(archive, CARDS_V1 / f"{split}.csv")
    found = splits(archive, frozen(archive))

    apart = [(a, b) for a in SHIPPED["test"] for b in found if found[b] != "test" and are_near_duplicates(a, b)]

    assert apart == []


# --- when something goes wrong ----------------------------------------------------------------------------------------


@contextmanager
def killed_before_the_database_row(error: BaseException) -> Iterator[None]:
    """As the server stops between the files and the database."""

    def stop(*arguments: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_versions, "add_version", stop)
        yield


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StoreError("Ocupado.", "Busy.")], ids=["killed", "locked"])
def test_what_was_cut_off_before_the_database_knew_is_frozen_again(archive: Archive, tmp_path: Path, error):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    with killed_before_the_database_row(error), pytest.raises(type(error)):
        frozen(archive)
    assert versions.list_versions(archive) == []
    (folder,) = archive.settings.versions_dir.glob("v-*")
    before = contents(folder)

    version = frozen(archive)

    assert versions.list_versions(archive) == [version]
    assert contents(archive.settings.versions_dir / version.id) == before
    assert set(rows(archive, version)) == set(FRUITS)


def test_half_of_a_version_is_cleared_away_and_made_whole(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    with killed_before_the_database_row(KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        frozen(archive)
    (folder,) = archive.settings.versions_dir.glob("v-*")
    (folder / "manifest.json").unlink()

    version = frozen(archive)

    assert set(rows(archive, version)) == set(FRUITS)


def test_a_folder_that_cannot_be_written_is_said(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    archive.settings.versions_dir.write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(NoRoomError, match="Could not write"):
        frozen(archive)


def test_a_turn_that_never_comes_is_said(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bring_in(archive, card_file(tmp_path / "a.csv", *FRUITS))
    monkeypatch.setattr(versions, "_TURN_S", 0)

    with versions._alone(archive.settings.versions_dir), pytest.raises(StoreError, match="Try again"):
        frozen(archive)


def test_a_file_without_one_good_line_is_not_stored(archive: Archive, tmp_path: Path):
    path = card_file(tmp_path / "a.csv", "")

    with pytest.raises(DataError, match="No line"):
        bring_in(archive, path)


# --- some of the corrections ------------------------------------------------------------------------------------------


def test_people_and_days_are_left_out_as_asked(archive: Archive, ana: str, bia: str):
    for person, prompt in ((ana, "Bolo de fubá"), (bia, "Trem azul")):
        correct(archive.database, person, fresh(archive.database, person, prompt))

    without_ana = frozen(archive, "a", without_people=(ana[:6],))
    today = frozen(archive, "b", first_day=now_utc()[:10], last_day=now_utc()[:10])

    assert set(rows(archive, without_ana)) == {"Trem azul"}
    assert set(rows(archive, today)) == {"Bolo de fubá", "Trem azul"}
    assert ana[:6] not in str(without_ana.manifest)
    with pytest.raises(DataError):
        frozen(archive, "c", last_day="2020-01-01")


def test_the_shipped_set_stays_where_its_correction_is_left_out(archive: Archive, ana: str):
    correct_shipped(archive, ana, "Querer")

    version = frozen(archive, shipped=True, without_people=(ana[:8],))

    assert [row.author for row in rows(archive, version)["Querer"]] == ["shipped"]


@pytest.mark.parametrize("wrong", [{"first_day": "ontem"}, {"without_people": ("Ana",)}, {"without_people": ("%",)}])
def test_a_choice_that_is_none_is_refused(archive: Archive, ana: str, wrong: dict):
    correct(archive.database, ana, fresh(archive.database, ana, "Trem azul"))

    with pytest.raises(WrongCall):
        frozen(archive, **wrong)


# --- published versions -----------------------------------------------------------------------------------------------


def test_a_published_prompt_keeps_its_split_after_its_words_were_erased(archive: Archive, ana: str, bia: str):
    for prompt in FRUITS:
        correct(archive.database, ana, fresh(archive.database, ana, prompt))
    published = frozen(archive, "publicada")
    versions.mark_published(archive, published.id, "https://example.org")
    before = splits(archive, published)
    erase(archive.database, ana, new_id())
    for prompt in reversed(FRUITS):  # another person has the same wishes, and some more
        correct(archive.database, bia, fresh(archive.database, bia, prompt))
        correct(archive.database, bia, fresh(archive.database, bia, f"{prompt} {prompt[::-1]}"))

    later = splits(archive, frozen(archive, "depois"))

    assert {prompt: split for prompt, split in later.items() if prompt in before} == before


def test_where_a_version_was_published_must_be_said(archive: Archive, ana: str):
    correct(archive.database, ana, fresh(archive.database, ana, "Trem azul"))
    version = frozen(archive)

    with pytest.raises(WrongCall, match="Say where"):
        versions.mark_published(archive, version.id, "  ")

    published = versions.mark_published(archive, version.id, "hub")
    assert (published.state, published.published_at) == ("published", "hub")


def test_splits_without_a_prompt_are_told(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "alike.csv", *(f"Ir para o lugar {n}" for n in range(12))), "alike")
    bring_in(archive, card_file(tmp_path / "fruits.csv", *FRUITS, "Janela", "Sapato", "Chuva"), "fruits")

    alike, fruits = (
        freeze(archive, FreezeOrder(name, versions.RowChoice(source=name))).empty_splits for name in ("alike", "fruits")
    )

    assert alike == ("validation", "test")
    assert "train" not in fruits


# --- files that say the same in other bytes ---------------------------------------------------------------------------


def test_the_same_rows_from_a_file_in_other_bytes_need_another_name(archive: Archive, tmp_path: Path):
    one = card_file(tmp_path / "one.csv", "Trem azul")
    two = tmp_path / "two.csv"
    two.write_bytes(one.read_bytes().replace(b"\n", b"\r\n"))
    bring_in(archive, one, "um")
    bring_in(archive, two, "dois")
    frozen(archive, "v", source="um")

    with pytest.raises(WrongCall, match="another name"):
        frozen(archive, "v", source="dois")

    out = tmp_path / "out.csv"
    versions.export(archive, versions.ExportOrder(frozen(archive, "w", source="dois").id, "csv", out))
    assert out.read_bytes() == two.read_bytes()


def test_a_file_comes_back_as_it_was_whatever_was_imported_before(archive: Archive, tmp_path: Path):
    line = "Trem azul,Quero 1,Eu quero 1.,💧"
    with_theme, plain = tmp_path / "with_theme.csv", tmp_path / "plain.csv"
    with_theme.write_text(f"{HEADER},theme,reference\n{line},,1\n", encoding="utf-8")
    plain.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    for path in (with_theme, plain):
        bring_in(archive, path, path.stem)

    for path in (with_theme, plain):
        out = tmp_path / "out.csv"
        version = frozen(archive, path.stem, source=path.stem)
        versions.export(archive, versions.ExportOrder(version.id, "csv", out))
        assert out.read_bytes() == path.read_bytes()
