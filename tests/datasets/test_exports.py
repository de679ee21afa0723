"""Rows as files for others: read again they are the same sets, and other tools read them too."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aac.cards import Card, card_faults
from aac.datasets.card_files import telling_columns
from aac.datasets.dialects import Dialect
from aac.datasets.exports import (
    FORMATS,
    dataset_card,
    with_references,
    write_csv,
    write_folder,
    write_jsonl,
    write_parquet,
)
from aac.datasets.imports import read_import, set_id
from aac.errors import DataError, NoRoomError, WrongCall
from aac.files import whole_file
from aac.records import REQUEST_COLUMNS, SetRow
from tests.conftest import ROOT

WATER = Card('Água "fria", já', "Quero água.", "💧")
SPREADSHEET = Card('=HYPERLINK("x")', "+1", "🍎")
ODD = Card("  'a ", "@a\u00a0", "❤️")
WORDS = Card("NA", "null", "🧃")


def row(prompt: str, *cards: Card, **columns: str) -> SetRow:
    """An imported set as it is read."""
    given = tuple(columns.items())
    return SetRow(set_id(prompt, given, cards), prompt, cards, given, "import", "escola")


ROWS = [row("Querer", WATER, SPREADSHEET), row("-1", ODD, WORDS)]


def messages(of: SetRow) -> list[dict[str, str]]:
    """A conversation, as a caller would make it."""
    return [{"role": "user", "content": of.prompt}, {"role": "assistant", "content": of.cards[0].written_text}]


def written(path: Path, rows: list[SetRow]) -> Path:
    """Write rows in the format of the file's name."""
    if path.suffix == ".csv":
        write_csv(path, rows)
    elif path.suffix == ".jsonl":
        write_jsonl(path, rows, {found.id: "train" for found in rows}, messages)
    else:
        write_parquet(path, rows, {found.id: "train" for found in rows})
    return path


# --- what valid rows there are

_TEXT = st.text(st.characters(exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=12)
_WILD = st.sampled_from(['=HYPERLINK("x")', "+1", "-1", "@a", "'a", ' "', ",", "NA", "\ufeff", "a\u200db", "\u202e"])
_FIELD = st.tuples(_TEXT, _WILD | st.just(""), st.sampled_from("aÁ1日")).map("".join)
_CARDS = st.builds(Card, _FIELD, _FIELD, st.sampled_from(["💧", "❤️", "👩🏽‍🚒", "🇧🇷", "arasaac:2462"])).filter(
    lambda card: not card_faults(card)
)
_PROMPT = (_TEXT | _WILD).filter(str.strip)
_VALUE = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=6) | st.just('a\r\nb,"')


@st.composite
def tables(draw) -> list[SetRow]:
    """Different sets with the same request columns, as one file holds them."""
    names = [name for name in REQUEST_COLUMNS if draw(st.booleans())]
    rows: dict[object, SetRow] = {}
    for _ in range(draw(st.integers(1, 4))):
        columns = {n: str(draw(st.integers(1, 3))) if n == "reference" else draw(_VALUE) for n in names}
        cards = draw(st.lists(_CARDS, min_size=1, max_size=3, unique_by=lambda card: card.key))
        found = row(draw(_PROMPT), *cards, **dict(telling_columns(columns.items())))
        rows[found.prompt, found.columns] = found
    return list(rows.values())


DIALECTS = st.builds(
    Dialect,
    quoting=st.sampled_from(["minimal", "all", "cells"]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    separator=st.sampled_from([",", ";", "\t"]),
    is_open=st.booleans(),
    cells=st.binary(max_size=6),
)


@settings(deadline=None, max_examples=200)
@given(rows=tables(), dialect=DIALECTS, empty=st.sets(st.sampled_from(REQUEST_COLUMNS)))
def test_a_csv_read_again_is_the_same_sets_and_written_again_the_same_bytes(rows, dialect, empty, tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    there = empty.union(*(dict(found.columns) for found in rows))  # a file may have columns that nothing fills
    names = tuple(name for name in REQUEST_COLUMNS if name in there)
    write_csv(folder / "one.csv", rows, dataclasses.replace(dialect, names=names or None).text)

    found = read_import(folder / "one.csv", "escola")
    write_csv(folder / "two.csv", found.rows, found.dialect)

    assert (list(found.rows), found.bad_lines) == (rows, ())
    assert found.dialect is not None
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()


@settings(deadline=None, max_examples=100)
@given(rows=tables())
def test_json_lines_read_again_are_the_same_sets_and_written_again_the_same_bytes(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("jsonl")
    written(folder / "one.jsonl", rows)

    found = read_import(folder / "one.jsonl", "escola")
    written(folder / "two.jsonl", list(found.rows))

    assert (list(found.rows), found.bad_lines, found.notes) == (rows, (), ())
    assert (folder / "one.jsonl").read_bytes() == (folder / "two.jsonl").read_bytes()


def test_rows_with_different_columns_keep_their_ids_through_a_csv(tmp_path: Path):
    rows = [row("Querer", WATER), row("Querer", ODD, theme="casa"), row("Comer", WORDS, reference="2")]

    found = read_import(written(tmp_path / "cards.csv", rows))

    assert [again.id for again in found.rows] == [one.id for one in rows]


def test_rows_with_different_columns_keep_them_through_json_lines(tmp_path: Path):
    rows = [row("Querer", WATER), row("Querer", ODD, theme="casa"), row("Comer", WORDS, reference="2")]

    assert list(read_import(written(tmp_path / "cards.jsonl", rows), "escola").rows) == rows


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_shipped_file_imported_and_exported_is_the_same_bytes(split: str, tmp_path: Path):
    shipped = ROOT / "annotations" / "cards_v1" / f"{split}.csv"
    found = read_import(shipped)

    write_csv(tmp_path / "again.csv", found.rows, found.dialect)

    assert (tmp_path / "again.csv").read_bytes() == shipped.read_bytes()


# --- CSV


def test_a_csv_is_written_for_spreadsheets_if_nothing_else_is_asked(tmp_path: Path):
    content = written(tmp_path / "cards.csv", [row("Querer", SPREADSHEET, ODD)]).read_bytes()

    assert content.decode("utf-8").split("\n") == [
        "\ufeffprompt,written_text,spoken_text,image_id",
        'Querer,"=HYPERLINK(""x"")",+1,🍎',
        "Querer,  'a ,@a\u00a0,❤️",
        "",
    ]


def test_only_the_request_columns_in_use_are_written_in_the_designs_order(tmp_path: Path):
    rows = [row("Querer", WATER, theme="casa"), row("Comer", WATER, reference="2", theme="", given="x")]

    lines = written(tmp_path / "cards.csv", rows).read_text(encoding="utf-8-sig").splitlines()

    assert lines[0] == "prompt,written_text,spoken_text,image_id,reference,theme,given"
    assert [line.split("💧")[1] for line in lines[1:]] == [",1,casa,", ",2,,x"]


def test_rows_may_come_one_by_one(tmp_path: Path):
    write_csv(tmp_path / "one.csv", iter(ROWS))

    assert (tmp_path / "one.csv").read_bytes() == written(tmp_path / "two.csv", ROWS).read_bytes()


def test_a_way_of_writing_that_there_is_not_is_said(tmp_path: Path):
    with pytest.raises(WrongCall, match=r"no way 'excel'.*minimal-lf-bom"):
        write_csv(tmp_path / "cards.csv", ROWS, "excel")

    assert list(tmp_path.iterdir()) == []


def test_sets_that_would_read_as_one_get_references_in_their_order(tmp_path: Path):
    rows = [row("Querer", WATER), row("Comer", WATER), row("Querer", WATER, ODD, theme=""), row("Querer", ODD)]

    found = read_import(written(tmp_path / "cards.csv", rows))

    assert [(again.prompt, dict(again.columns).get("reference")) for again in found.rows] == [
        ("Querer", None),
        ("Comer", None),
        ("Querer", "2"),
        ("Querer", "3"),
    ]
    assert [again.cards for again in found.rows] == [one.cards for one in rows]


def test_references_that_tell_sets_apart_stay():
    rows = [row("Querer", WATER, reference="7"), row("Querer", ODD), row("Querer", WATER, theme="casa")]

    assert with_references(rows) == rows


def test_references_that_do_not_tell_sets_apart_are_given_anew():
    rows = [row("Querer", WATER, reference="2", theme="casa"), row("Querer", ODD, theme="casa")]
    rows.append(dataclasses.replace(rows[1], id="other"))

    assert [found.columns for found in with_references(rows)] == [
        (("reference", str(n)), ("theme", "casa")) for n in (1, 2, 3)
    ]


# --- other tools


CELLS = [
    ("Querer", 'Água "fria", já', "Quero água.", "💧"),
    ("Querer", '=HYPERLINK("x")', "+1", "🍎"),
    ("-1", "  'a ", "@a\u00a0", "❤️"),
    ("-1", "NA", "null", "🧃"),
]
COLUMNS = ["prompt", "written_text", "spoken_text", "image_id"]


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


def test_pandas_reads_the_csv(tmp_path: Path):
    frame = pd.read_csv(written(tmp_path / "cards.csv", ROWS), dtype=str, keep_default_na=False)

    assert list(frame.columns) == COLUMNS
    assert list(frame.itertuples(index=False, name=None)) == CELLS


def test_pandas_reads_the_parquet(tmp_path: Path):
    frame = pd.read_parquet(written(tmp_path / "cards.parquet", [*ROWS, row("Comer", WATER, theme="casa")]))

    assert list(frame[COLUMNS].itertuples(index=False, name=None))[:4] == CELLS
    assert list(frame["position"]) == [1, 2, 1, 2, 1]
    assert list(frame["id"])[::2] == [ROWS[0].id, ROWS[1].id, row("Comer", WATER, theme="casa").id]
    assert [None if pd.isna(theme) else theme for theme in frame["theme"]] == [None] * 4 + ["casa"]
    assert set(zip(frame["author"], frame["source"], frame["split"], strict=True)) == {("import", "escola", "train")}


def test_a_row_without_a_split_has_none(tmp_path: Path):
    write_parquet(tmp_path / "cards.parquet", ROWS, None)
    write_jsonl(tmp_path / "cards.jsonl", ROWS, None, messages)

    assert pd.read_parquet(tmp_path / "cards.parquet")["split"].isna().all()
    assert [json.loads(line)["split"] for line in (tmp_path / "cards.jsonl").open(encoding="utf-8")] == [None, None]


def test_each_line_of_json_is_a_conversation_with_its_set(tmp_path: Path):
    line = written(tmp_path / "cards.jsonl", [row("Querer", WATER, theme="casa")]).read_text(encoding="utf-8")

    assert json.loads(line) == {
        "messages": messages(row("Querer", WATER)),
        "prompt": "Querer",
        "cards": [{"written_text": 'Água "fria", já', "spoken_text": "Quero água.", "image_id": "💧"}],
        "columns": {"theme": "casa"},
        "id": row("Querer", WATER, theme="casa").id,
        "split": "train",
    }
    assert "Água" in line and "💧" in line


@pytest.mark.parametrize("format", FORMATS)
def test_hugging_face_reads_each_file(format: str, tmp_path: Path, hugging_face):
    path = written(tmp_path / f"cards.{format}", ROWS)

    found = hugging_face.load_dataset({"jsonl": "json"}.get(format, format), data_files=str(path), split="train")

    if format == "jsonl":
        cells = [(line["prompt"], *card.values()) for line in found for card in line["cards"]]
    else:
        cells = [tuple(line[name] for name in COLUMNS) for line in found]
    # left to itself the CSV reader takes these words for nothing, as pandas does; in a folder our README says not to
    expected = [*CELLS[:3], ("-1", None, None, "🧃")] if format == "csv" else CELLS
    assert [(str(prompt), *rest) for prompt, *rest in cells] == expected


@pytest.mark.parametrize("format", FORMATS)
def test_hugging_face_reads_a_folder_as_it_lies(format: str, tmp_path: Path, hugging_face):
    splits = {"train": ROWS, "validation": [], "test": [row("NA", WORDS, theme="casa"), row("Comer", WATER, level="1")]}
    write_folder(tmp_path / "export", format, splits, "# Cartões\n", messages)

    found = hugging_face.load_dataset(str(tmp_path / "export"))

    assert {split: len(rows) for split, rows in found.items()} == (
        {"train": 2, "test": 2} if format == "jsonl" else {"train": 4, "test": 2}
    )
    first = found["test"][0]
    assert first["prompt"] == "NA"
    assert (first["columns"] if format == "jsonl" else first)["theme"] == "casa"
    if format == "jsonl":
        assert first["messages"] == messages(row("NA", WORDS))
        assert first["cards"] == [{"written_text": "NA", "spoken_text": "null", "image_id": "🧃"}]
    else:
        assert [tuple(line[name] for name in COLUMNS) for line in found["train"]] == CELLS


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_holds_a_file_for_each_split_that_is_not_empty(format: str, tmp_path: Path):
    write_folder(tmp_path, format, {"test": ROWS, "train": ROWS, "validation": []}, "", messages)

    assert sorted(p.name for p in tmp_path.iterdir()) == ["README.md", f"test.{format}", f"train.{format}"]


def test_a_folders_readme_begins_with_what_hugging_face_reads(tmp_path: Path):
    write_folder(tmp_path, "csv", {"train": [row("Querer", WATER, theme="casa")]}, "# Cartões\n", messages)

    assert (tmp_path / "README.md").read_text(encoding="utf-8").splitlines() == [
        *("---", "language:", "- pt", "license: apache-2.0", "task_categories:", "- text-generation"),
        *("size_categories:", "- n<1K", "configs:", "- config_name: default", "  data_files:"),
        *("  - split: train", "    path: train.csv", "  keep_default_na: false", "dataset_info:", "  features:"),
        *("  - name: prompt", "    dtype: string", "  - name: written_text", "    dtype: string"),
        *("  - name: spoken_text", "    dtype: string", "  - name: image_id", "    dtype: string"),
        *("  - name: theme", "    dtype: string", "---", "# Cartões"),
    ]


@pytest.mark.parametrize(("sets", "size"), [(999, "n<1K"), (1000, "1K<n<10K"), (10_000, "10K<n<100K")])
def test_a_readme_says_how_many_examples_there_are(sets: int, size: str, tmp_path: Path):
    rows = [SetRow(str(n), str(n), (WATER,)) for n in range(sets)]
    write_folder(tmp_path, "csv", {"train": rows[:600], "test": rows[600:]}, "", messages)

    assert f"- {size}\n" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_folder_without_rows_is_none(tmp_path: Path):
    with pytest.raises(DataError, match="every split is empty"):
        write_folder(tmp_path / "export", "csv", {"train": []}, "", messages)

    assert not (tmp_path / "export").exists()


def test_a_format_that_there_is_not_is_said(tmp_path: Path):
    with pytest.raises(WrongCall, match="no format 'xlsx'; there are csv, jsonl, parquet"):
        write_folder(tmp_path, "xlsx", {"train": ROWS}, "", messages)


def test_the_dataset_card_says_what_there_is_in_both_languages():
    counts = {"sets": 3, "cards": 15, "prompts": 2}

    text = dataset_card({"name": "clinica", "counts": counts, "rows_sha256": "abc123"})

    assert "# clinica" in text
    assert "3 conjuntos (15 cartões, 2 pedidos)" in text
    assert "3 sets (15 cards, 2 prompts)" in text
    assert "`abc123`" in text


# --- whole or not at all


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_could_not_be_finished_leaves_what_was_there(format: str, tmp_path: Path):
    path = written(tmp_path / f"cards.{format}", ROWS)
    before = path.read_bytes()

    with pytest.raises(AttributeError):
        written(path, [*ROWS * 2000, SetRow("x", "Querer", (None,))])  # type: ignore[arg-type]

    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {path.name: before}


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(NoRoomError, match=r"Could not write to .*cards\.csv.*Free some space"):
        write_csv(tmp_path / "cards.csv", ROWS)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_a_file_stands_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(NoRoomError, match="Choose another folder"):
        write_csv(tmp_path / "file" / "cards.csv", ROWS)


def test_a_file_is_not_there_before_it_is_whole(tmp_path: Path):
    with whole_file(tmp_path / "a" / "cards.csv") as file:
        file.write(b"half")
        assert not (tmp_path / "a" / "cards.csv").exists()

    assert (tmp_path / "a" / "cards.csv").read_bytes() == b"half"
