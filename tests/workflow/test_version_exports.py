"""Exports: the bytes that were imported, and files that others can read."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from aac.cards import Card, cards_to_csv
from aac.datasets.imports import read_import
from aac.errors import CorruptError, NoRoomError, WrongCall
from aac.prompts import PromptTemplate
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.versions import FORMATS, ExportOrder, export
from tests.store.sample import correct, fresh
from tests.workflow.cards import CARDS_V1, ICE, bring_in, card_file, contents, frozen, rows

HOSTILE = Card('Diga "sim", não', "=HYPERLINK(1), NA\u2003🙂", "💧")


@pytest.fixture
def shipped(archive: Archive) -> versions.Version:
    """A version of the shipped cards, in three splits."""
    return frozen(archive, shipped=True)


@pytest.fixture
def hugging_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The `datasets` package, off the network, with its cache in a folder of the test."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()
    return datasets


def exported(archive: Archive, version: versions.Version, format: str, out: Path, for_excel: bool = False) -> Path:
    return export(archive, ExportOrder(version.id, format, out, for_excel))


# --- the bytes that came ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_csv_that_was_imported_comes_out_byte_for_byte(archive: Archive, tmp_path: Path, split: str):
    bring_in(archive, CARDS_V1 / f"{split}.csv")
    version = frozen(archive)

    out = exported(archive, version, "csv", tmp_path / "out.csv")

    assert out.read_bytes() == (CARDS_V1 / f"{split}.csv").read_bytes()


def test_importing_the_same_file_again_changes_nothing(archive: Archive, tmp_path: Path):
    path = CARDS_V1 / "test.csv"
    added = [bring_in(archive, path, source) for source in ("escola", "escola", "clínica")]

    out = exported(archive, frozen(archive), "csv", tmp_path / "out.csv")

    assert added == [35, 0, 0]
    assert out.read_bytes() == path.read_bytes()


def test_one_source_of_several_comes_out_byte_for_byte(archive: Archive, ana: str, tmp_path: Path):
    correct(archive.database, ana, fresh(archive.database, ana, "Bolo de fubá"))
    for split in ("train", "test"):
        bring_in(archive, CARDS_V1 / f"{split}.csv", split)

    out = exported(archive, frozen(archive, source="test"), "csv", tmp_path / "out.csv")

    assert out.read_bytes() == (CARDS_V1 / "test.csv").read_bytes()


def test_a_file_as_excel_writes_it_comes_out_byte_for_byte(archive: Archive, tmp_path: Path):
    plain = card_file(tmp_path / "plain.csv", "Trem azul", "Cachoeira").read_bytes()
    excel = tmp_path / "excel.csv"
    excel.write_bytes(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n"))
    bring_in(archive, excel)

    out = exported(archive, frozen(archive), "csv", tmp_path / "out.csv")

    assert out.read_bytes() == excel.read_bytes()


def test_for_excel_there_are_semicolons_and_the_mark_of_utf8(archive: Archive, tmp_path: Path):
    bring_in(archive, CARDS_V1 / "test.csv")

    out = exported(archive, frozen(archive), "csv", tmp_path / "out.csv", for_excel=True)

    assert out.read_bytes().startswith("\ufeffprompt;written_text;spoken_text;image_id\r\n".encode())
    assert read_import(out).rows == read_import(CARDS_V1 / "test.csv").rows


def test_what_was_exported_can_be_imported_again(archive: Archive, shipped: versions.Version, tmp_path: Path):
    out = exported(archive, shipped, "csv", tmp_path / "out.csv")

    found = versions.look_at_import(out)

    assert found.bad_lines == ()
    assert {row.id for row in found.rows} == {row.id for some in rows(archive, shipped).values() for row in some}


# --- files that others read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_pandas_reads_every_format(archive: Archive, shipped: versions.Version, tmp_path: Path, format: str):
    out = exported(archive, shipped, format, tmp_path / f"out.{format}")
    read = {"csv": pd.read_csv, "jsonl": lambda path: pd.read_json(path, lines=True), "parquet": pd.read_parquet}

    frame = read[format](out)

    counts = shipped.manifest["counts"]
    assert len(frame) == (counts["sets"] if format == "jsonl" else counts["cards"])
    assert frame["prompt"].nunique() == counts["prompts"]
    if format != "csv":
        sets = frame.drop_duplicates("id")
        assert sets["split"].value_counts().to_dict() == counts["by_split"]


@pytest.mark.parametrize("format", FORMATS)
def test_hugging_face_reads_the_splits_of_every_format(
    archive: Archive, shipped: versions.Version, tmp_path: Path, format: str, hugging_face
):
    folder = exported(archive, shipped, format, tmp_path / "out")

    found = hugging_face.load_dataset(str(folder))

    prompts = {split: len(set(found[split]["prompt"])) for split in found}
    assert prompts == shipped.manifest["counts"]["by_split"]
    assert (folder / "DATASHEET.md").read_text(encoding="utf-8") == versions.version_datasheet(archive, shipped)


def test_words_that_look_like_something_else_stay_words(archive: Archive, ana: str, tmp_path: Path):
    correct(archive.database, ana, fresh(archive.database, ana, "null"), (HOSTILE,))
    version = frozen(archive)

    for format in FORMATS:
        exported(archive, version, format, tmp_path / f"out.{format}")

    expected = ("null", HOSTILE.written_text, HOSTILE.spoken_text, HOSTILE.image_id)
    names = ["prompt", "written_text", "spoken_text", "image_id"]
    csv = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    parquet = pd.read_parquet(tmp_path / "out.parquet")
    (line,) = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert tuple(csv.loc[0, names]) == expected
    assert tuple(parquet.loc[0, names]) == expected
    assert (line["prompt"], *line["cards"][0].values()) == expected


def test_a_line_for_fine_tuning_is_in_the_words_in_which_an_adapter_is_trained(
    archive: Archive, ana: str, tmp_path: Path
):
    correct(archive.database, ana, fresh(archive.database, ana, "Frio"), (ICE,))

    out = exported(archive, frozen(archive), "jsonl", tmp_path / "out.jsonl")

    assert json.loads(out.read_text(encoding="utf-8"))["messages"] == [
        {"role": "system", "content": PromptTemplate().system},
        {"role": "user", "content": "Frio\n1 cartões"},
        {"role": "assistant", "content": cards_to_csv([ICE])},
    ]


# --- where to ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out", "cartões.v1", "v1.0-abc"])
def test_a_name_that_ends_in_no_format_is_a_folder(
    archive: Archive, shipped: versions.Version, tmp_path: Path, name: str
):
    folder = exported(archive, shipped, "csv", tmp_path / name)

    assert sorted(contents(folder)) == ["DATASHEET.md", "README.md", "test.csv", "train.csv", "validation.csv"]


def test_a_folder_that_is_there_and_empty_is_taken(archive: Archive, shipped: versions.Version, tmp_path: Path):
    (tmp_path / "out.csv").mkdir()

    assert "train.csv" in contents(exported(archive, shipped, "csv", tmp_path / "out.csv"))


def test_a_folder_with_something_in_it_is_left_alone(archive: Archive, shipped: versions.Version, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "train.csv").write_text("meu", encoding="utf-8")

    with pytest.raises(WrongCall, match="not empty"):
        exported(archive, shipped, "csv", tmp_path / "out")

    assert contents(tmp_path / "out") == {"train.csv": b"meu"}


def test_an_existing_file_is_replaced(archive: Archive, shipped: versions.Version, tmp_path: Path):
    (tmp_path / "out.csv").write_text("velho", encoding="utf-8")

    assert b"velho" not in exported(archive, shipped, "csv", tmp_path / "out.csv").read_bytes()


def test_an_unknown_format_is_refused(archive: Archive, shipped: versions.Version, tmp_path: Path):
    with pytest.raises(WrongCall, match="csv, jsonl, parquet"):
        exported(archive, shipped, "xlsx", tmp_path / "out.xlsx")


def test_where_nothing_can_be_written_that_is_said(archive: Archive, shipped: versions.Version, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    for out in (tmp_path / "file" / "out.csv", tmp_path / "file" / "out"):
        with pytest.raises(NoRoomError):
            exported(archive, shipped, "csv", out)


def test_a_version_whose_rows_were_changed_is_not_exported(archive: Archive, shipped: versions.Version, tmp_path: Path):
    path = archive.settings.versions_dir / shipped.id / "rows.jsonl"
    path.write_bytes(path.read_bytes().replace("Quero água".encode(), b"Quero ouro"))

    with pytest.raises(CorruptError, match="not whole"):
        exported(archive, shipped, "csv", tmp_path / "out.csv")


def test_a_version_whose_files_are_gone_is_not_exported(archive: Archive, shipped: versions.Version, tmp_path: Path):
    (archive.settings.versions_dir / shipped.id).rename(tmp_path / "elsewhere")

    with pytest.raises(CorruptError, match="backup"):
        exported(archive, shipped, "csv", tmp_path / "out.csv")


# --- comparing --------------------------------------------------------------------------------------------------------


def test_a_difference_is_what_each_version_has_alone(archive: Archive, ana: str, tmp_path: Path):
    generation_id = fresh(archive.database, ana, "Bolo de fubá")
    correct(archive.database, ana, generation_id)
    bring_in(archive, card_file(tmp_path / "a.csv", "Trem azul"))
    first = frozen(archive, "a")
    correct(archive.database, ana, generation_id, (ICE,))
    bring_in(archive, card_file(tmp_path / "b.csv", "Trem azul", "Cachoeira"))
    second = frozen(archive, "b")

    found = versions.diff(archive, first.id, second.id)

    assert [row.prompt for row in found.only_first] == ["Bolo de fubá"]
    assert {(row.prompt, row.cards[0].written_text) for row in found.only_second} == {
        ("Bolo de fubá", "Quero gelo"),
        ("Cachoeira", "Quero 2"),
    }
    assert (found.shared, found.moved) == (1, ())


def test_a_version_does_not_differ_from_itself(archive: Archive, shipped: versions.Version):
    found = versions.diff(archive, shipped.id, shipped.name)

    assert (found.only_first, found.only_second) == ((), ())
    assert found.shared == shipped.manifest["counts"]["sets"]


def test_a_version_that_is_not_there_is_named(archive: Archive, shipped: versions.Version):
    with pytest.raises(WrongCall, match=f"no version 'nada'.*{shipped.id}"):
        versions.diff(archive, shipped.id, "nada")
