"""Reading a file of cards from outside: the good lines as rows, each bad one with its line and why."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aac.cards import Card
from aac.datasets import imports
from aac.datasets.exports import write_csv
from aac.datasets.import_faults import PROMPT_MAX_CHARS
from aac.datasets.imports import read_import, set_id
from aac.errors import DataError, MissingError
from aac.prompts import PROMPT_MAX_CHARS as PROMPT_MAX_CHARS_OF_REQUESTS
from tests.conftest import ROOT

HEADER = "prompt,written_text,spoken_text,image_id"
LINE = "Querer,Água,Quero água.,💧"
WATER, JUICE = Card("Água", "Quero água.", "💧"), Card("Suco", "Quero suco.", "🧃")
CARD = {"prompt": "Querer", "written_text": "Água", "spoken_text": "Quero água.", "image_id": "💧"}
SET = {
    "prompt": "Querer",
    "cards": [{"written_text": c.written_text, "spoken_text": c.spoken_text, "image_id": c.image_id} for c in (WATER,)],
}


@pytest.fixture
def read(tmp_path: Path):
    """Import lines as a file."""

    def read_lines(*lines: str | bytes, name: str = "cards.csv", source: str = ""):
        content = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
        (tmp_path / name).write_bytes(content)
        return read_import(tmp_path / name, source)

    return read_lines


def bad(found) -> list[tuple[int, str]]:
    """The lines and reasons of the report."""
    return [(line.line, line.reason) for line in found.bad_lines]


# --- sets


def test_the_lines_of_one_prompt_are_one_set_in_the_files_order(read):
    rows = read(HEADER, LINE, "Comer,Maçã,Quero maçã.,🍎", "Querer,Suco,Quero suco.,🧃").rows

    assert [(row.prompt, row.cards) for row in rows] == [
        ("Querer", (WATER, JUICE)),
        ("Comer", (Card("Maçã", "Quero maçã.", "🍎"),)),
    ]


def test_lines_with_other_request_columns_are_another_set(read):
    found = read(f"{HEADER},theme,reference", f"{LINE},casa,1", f"{LINE},rua,1", f"{LINE},casa,2")

    assert [row.columns for row in found.rows] == [
        (("theme", "casa"),),  # the first reference says nothing
        (("theme", "rua"),),
        (("reference", "2"), ("theme", "casa")),
    ]


def test_request_columns_are_kept_as_written_in_the_designs_order(read):
    (row,) = read(f"given,{HEADER},theme", f' a,{LINE}," b"').rows

    assert row.columns == (("theme", " b"), ("given", " a"))


def test_a_column_that_says_nothing_leaves_the_row_as_it_is_without_it(read):
    with_empty, without = read(f"{HEADER},theme,reference", f"{LINE},,1").rows, read(HEADER, LINE).rows

    assert with_empty == without


def test_cells_are_kept_as_written(read):
    (row,) = read(HEADER, ' Querer ,"=HYPERLINK(""x"")"," -1, @a ",💧').rows

    assert (row.prompt, row.cards) == (" Querer ", (Card('=HYPERLINK("x")', " -1, @a ", "💧"),))


def test_the_columns_may_stand_in_any_order(read):
    (row,) = read("image_id,spoken_text,written_text,prompt", "💧,Quero água.,Água,Querer").rows

    assert (row.prompt, row.cards) == ("Querer", (WATER,))


def test_rows_are_imports_with_their_source(read):
    (row,) = read(HEADER, LINE, source="escola").rows

    assert (row.author, row.source, row.id) == ("import", "escola", set_id("Querer", (), (WATER,)))


def test_the_number_of_cards_is_said(read):
    assert read(HEADER, LINE, "Querer,Suco,Quero suco.,🧃", LINE.replace("Querer", "Beber")).cards == 3


# --- ids


def test_a_sets_id_is_the_same_on_any_machine():
    assert set_id("Querer", (("theme", "casa"),), (WATER,)) == "cbb5e0a7-04ea-5748-80b4-561ca7d79856"


@pytest.mark.parametrize(
    "columns", [(("reference", "1"),), (("theme", ""),), (("reference", "1"), ("theme", ""), ("given", ""))]
)
def test_columns_that_say_nothing_do_not_change_the_id(columns):
    assert set_id("Querer", columns, (WATER,)) == set_id("Querer", (), (WATER,))


@pytest.mark.parametrize(
    "other",
    [
        ("Beber", (), (WATER, JUICE)),
        ("Querer", (("theme", "casa"),), (WATER, JUICE)),
        ("Querer", (("reference", "2"),), (WATER, JUICE)),
        ("Querer", (), (JUICE, WATER)),
        ("Querer", (), (WATER,)),
    ],
)
def test_all_that_a_set_says_changes_the_id(other):
    assert set_id(*other) != set_id("Querer", (), (WATER, JUICE))


# --- bad lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Querer,Água,Sim, quero.,💧", "wrong_fields"),
        ("Querer,Água", "wrong_fields"),
        ("  ", "wrong_fields"),
        (",Água,Quero água.,💧", "empty_prompt"),
        ('" ",Água,Quero água.,💧', "empty_prompt"),
        ("p" * (PROMPT_MAX_CHARS + 1) + ",Água,Quero água.,💧", "long_prompt"),
        ('"Que\trer",Água,Quero água.,💧', "control_character"),
        ("Que\u2028rer,Água,Quero água.,💧", "control_character"),
        ("Que\0rer,Água,Quero água.,💧", "control_character"),
        ("Querer,,Quero água.,💧", "empty_text"),
        ("Querer,Água,…,💧", "empty_text"),
        (f"Querer,{'á' * 41},Quero água.,💧", "long_text"),
        (f"Querer,Água,{'á' * 161},💧", "long_text"),
        ("Querer,Ág\0ua,Quero água.,💧", "control_character"),
        ("Querer,Água,Quero\tágua.,💧", "control_character"),
        ("Querer,Água,Quero água.,copo", "not_one_image"),
        ("Querer,Água,Quero água., 💧", "not_one_image"),
        ("Querer,Água,Quero água.,💧💧", "not_one_image"),
        ("Querer,,Quero água.,", "empty_text, not_one_image"),
        ('Querer,"Água"x,Quero água.,💧', "bad_quotes"),
        ("Querer,Água,Quero\rágua.,💧", "lone_carriage_return"),
        ("Querer,água ,Outra fala.,🧃", "repeated_card"),
        ("\udce1".encode("utf-8", "surrogateescape") + b"gua,a,b,c", "not_utf8"),
        (",,,", "empty_prompt, empty_text, not_one_image"),
    ],
)
def test_a_bad_line_is_reported_and_the_lines_round_it_are_read(line: str | bytes, reason: str, read):
    found = read(HEADER, LINE, line, "Querer,Suco,Quero suco.,🧃")

    assert bad(found) == [(3, reason)]
    assert [row.cards for row in found.rows] == [(WATER, JUICE)]


@pytest.mark.parametrize("value", ["0", "-1", "um", "", "1.0", "01", "1 ", "١", "1234567890"])
def test_a_reference_that_is_no_positive_whole_number_is_bad(value: str, read):
    found = read(f"{HEADER},reference", f"{LINE},{value}", f"{LINE},12")

    assert bad(found) == [(2, "reference_not_a_number")]
    assert [row.columns for row in found.rows] == [(("reference", "12"),)]


@pytest.mark.parametrize(("value", "reason"), [("a\0b", "control_character"), ("a" * 10_001, "long_text")])
def test_a_request_column_that_no_database_would_hold_is_bad(value: str, reason: str, read):
    assert bad(read(f"{HEADER},context", f"{LINE},{value}")) == [(2, reason)]


def test_the_longest_prompt_of_a_request_may_be_imported():
    assert PROMPT_MAX_CHARS == PROMPT_MAX_CHARS_OF_REQUESTS


def test_the_line_is_the_physical_one_after_a_text_of_several_lines(read):
    found = read(f"{HEADER},context", f'{LINE},"um\ndois\r\ntrês"', "Querer,Suco")

    assert found.rows[0].columns == (("context", "um\ndois\r\ntrês"),)
    assert bad(found) == [(5, "wrong_fields")]


def test_a_bad_record_of_several_lines_is_reported_where_it_begins(read):
    found = read(f"{HEADER},context", f'Querer,Água,Quero água.,copo,"um\n{LINE},casa\ntrês"', f"{LINE},rua")

    assert bad(found) == [(2, "not_one_image")]
    assert [row.columns for row in found.rows] == [(("context", "rua"),)]


def test_a_quote_that_never_closes_is_reported_where_it_opens(read):
    found = read(HEADER, LINE, 'Querer,Suco,"Quero suco.,🧃', "Querer,Chá,Quero chá.,🍵")

    assert bad(found) == [(3, "unclosed_quote")]
    assert "nothing after it was read" in found.bad_lines[0].en
    assert [row.cards for row in found.rows] == [(WATER,)]


def test_a_quote_that_a_later_line_closes_says_how_far_it_went(read):
    found = read(HEADER, 'Querer,Água,"Quero água.,💧', LINE, 'Querer,Chá,"Sim, chá.",🍵', "Querer,Suco,Quero suco.,🧃")

    assert bad(found) == [(2, "bad_quotes")]
    assert "up to line 4" in found.bad_lines[0].en
    assert [row.cards for row in found.rows] == [(JUICE,)]


def test_a_cell_of_a_million_letters_is_one_bad_line(read):
    found = read(HEADER, f'Querer,Água,"{"a" * 1_000_000}",💧', LINE)

    assert bad(found) == [(2, "long_text")]
    assert [row.cards for row in found.rows] == [(WATER,)]


def test_a_cell_beyond_all_measure_ends_the_reading(read, monkeypatch):
    monkeypatch.setattr(imports, "CELL_MAX_CHARS", 1000)
    found = read(HEADER, LINE, f'Querer,Suco,"{"a" * 1001}",🧃', LINE)

    assert bad(found) == [(3, "long_text")]
    assert "nothing after it was read" in found.bad_lines[0].en


def test_the_csv_modules_own_limit_is_left_as_it_was(read):
    before = csv.field_size_limit()
    read(HEADER, f"Querer,{'a' * 200_000},b,💧")

    assert csv.field_size_limit() == before


def test_an_emoji_that_is_not_fully_qualified_is_given_in_its_right_form(read):
    (line,) = read(HEADER, "Querer,Amor,Te amo.,\u2764").bad_lines

    assert "\u2764\ufe0f" in line.pt.split()
    assert "\u2764\ufe0f" in line.en.split()


def test_a_repeated_card_says_where_the_first_one_is(read):
    (line,) = read(HEADER, LINE, "Comer,Maçã,Quero maçã.,🍎", LINE).bad_lines

    assert (line.line, line.reason) == (4, "repeated_card")
    assert "da linha 2" in line.pt
    assert "from line 2" in line.en


def test_a_card_whose_first_try_was_bad_is_no_repeat(read):
    assert bad(read(HEADER, "Querer,Água,Quero água.,copo", LINE)) == [(2, "not_one_image")]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Querer,Água", "Querer,Água"),
        ("Querer," + "á" * 100, "Querer," + "á" * 72 + "…"),
        (b"\xe1gua,a", "\ufffdgua,a"),
    ],
)
def test_the_text_of_a_bad_line_is_its_own_shortened(line: str | bytes, text: str, read):
    assert read(HEADER, line).bad_lines[0].text == text


@pytest.mark.parametrize("name", ["cards.csv", "cards.jsonl"])
def test_a_report_can_always_be_shown(name: str, read):
    halves = json.dumps({"prompt": "\ud800", "\udfff": 1, "cards": [{"image_id": "\ud83d"}]})

    found = read(HEADER, b"\xff\xfe\xfd", halves, "\ud7ff", name=name)

    shown = [part for line in found.bad_lines for part in (line.text, line.pt, line.en)]
    assert len(found.bad_lines) >= 3
    assert all(part.encode() for part in [*shown, *(part for note in found.notes for part in note)])


# --- notes


def test_other_columns_are_not_imported_and_a_note_names_them(read):
    found = read(f"id,{HEADER},autor", f"7,{LINE},Ana")

    assert found.rows[0].columns == ()
    first, second = found.notes
    assert first == (
        "Colunas que não foram importadas: “id”, “autor”.",
        "Columns that were not imported: “id”, “autor”.",
    )
    assert "not the file's bytes" in second[1]


@pytest.mark.parametrize(
    ("name", "lines"), [("c.csv", [HEADER, "", LINE, ""]), ("c.jsonl", ["", json.dumps(CARD), ""])]
)
def test_blank_lines_are_skipped_and_counted(name: str, lines: list[str], read):
    found = read(*lines, name=name)

    assert (found.cards, found.bad_lines) == (1, ())
    assert found.notes[0][1] == "Blank lines, skipped: 2."


def test_a_plain_file_needs_no_notes(read):
    assert read(HEADER, LINE).notes == ()


# --- files that are none


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (f"{HEADER}\n".encode(), "holds no card"),
        (f"{HEADER}\n\n".encode(), "holds no card"),
        (f"{HEADER}\n{LINE}\n".encode("utf-16"), "UTF-16"),
        (f"{HEADER}\n{LINE}\n".encode("utf-16-le"), "UTF-16"),
        (f"{HEADER}\n{LINE}\n".encode("utf-16-be"), "UTF-16"),
        (f"{HEADER}|x\n{LINE}|y\n".replace(",", "|").encode(), "prompt.* is missing.*separated by commas"),
        (f"{HEADER}\r{LINE}\r".encode(), "does not begin with a line of columns"),
        (b'"prompt', "does not begin with a line of columns"),
        (b"prompt,written_text,spoken_text\n", "image_id is missing"),
        (f" {HEADER}\n{LINE}\n".encode(), "has the columns “ prompt,.*; prompt is missing"),
        (f"{HEADER},prompt\n{LINE},a\n".encode(), "prompt is there more than once"),
        (f"{HEADER},theme,theme\n{LINE},a,b\n".encode(), "theme is there more than once"),
        (b"PK\x03\x04abc", "is a spreadsheet"),
    ],
)
def test_a_file_that_is_no_csv_of_cards_says_what_it_is(content: bytes, message: str, tmp_path: Path):
    (tmp_path / "cards.csv").write_bytes(content)

    with pytest.raises(DataError, match=message):
        read_import(tmp_path / "cards.csv")


@pytest.mark.parametrize(
    ("content", "message"), [("", "holds no card"), ("\n", "holds no card"), ("[\n]", "JSON list")]
)
def test_a_file_that_is_no_json_lines_says_what_it_is(content: str, message: str, tmp_path: Path):
    (tmp_path / "cards.jsonl").write_text(content)

    with pytest.raises(DataError, match=message):
        read_import(tmp_path / "cards.jsonl")


def test_a_file_of_another_kind_is_refused(read):
    with pytest.raises(DataError, match=r"no \.csv or \.jsonl"):
        read(HEADER, LINE, name="cards.txt")


def test_a_file_that_is_too_big_is_refused_unread(tmp_path: Path):
    with (tmp_path / "cards.csv").open("wb") as file:
        file.truncate(imports.FILE_MAX_BYTES + 1)

    with pytest.raises(DataError, match="at most 200 MB"):
        read_import(tmp_path / "cards.csv")


@pytest.mark.parametrize("name", ["nothing.csv", ""])
def test_what_is_no_file_is_missing(name: str, tmp_path: Path):
    with pytest.raises(MissingError, match="cannot be read"):
        read_import(tmp_path / name)


def test_a_file_of_bad_lines_alone_gives_its_report(read):
    found = read(HEADER, "Querer")

    assert (found.rows, bad(found)) == ((), [(2, "wrong_fields")])


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=200) | st.text('prompt,"\n\r😀{}[]:\0', max_size=200).map(str.encode))
def test_whatever_bytes_come_each_line_of_json_is_read_or_reported(content: bytes, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "cards.jsonl"
    path.write_bytes(json.dumps(CARD).encode() + b"\n" + content)

    found = read_import(path)

    lines = [line for line in content.decode("utf-8", "surrogateescape").split("\n") if line.strip()]
    assert found.cards + len(found.bad_lines) == 1 + len(lines)


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=200) | st.text('prompt,"\n\r😀\0', max_size=200).map(str.encode))
def test_whatever_bytes_come_the_lines_of_a_csv_before_them_are_read(content: bytes, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "cards.csv"
    path.write_bytes(f"{HEADER}\n{LINE}\n".encode() + content)

    found = read_import(path)

    assert found.rows[0].cards[0] == WATER
    assert all(3 <= line.line <= 3 + content.count(b"\n") for line in found.bad_lines)


# --- the dialect


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", ["minimal", "all"])
def test_the_dialect_says_how_the_file_was_written(quoting: str, end: str, mark: str, tmp_path: Path):
    lines = [HEADER, 'Querer,Água,"Sim, ""água"".",💧']
    if quoting == "all":
        lines = [",".join(f'"{cell}"' for cell in HEADER.split(",")), '"Querer","Água","Sim, ""água"".","💧"']
    (tmp_path / "cards.csv").write_text(mark + "".join(line + end for line in lines), encoding="utf-8", newline="")

    found = read_import(tmp_path / "cards.csv")

    assert found.dialect == "-".join((quoting, {"\n": "lf", "\r\n": "crlf"}[end], "bom" if mark else "nobom"))
    assert found.rows[0].cards == (Card("Água", 'Sim, "água".', "💧"),)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_the_shipped_files_have_a_dialect_and_no_bad_line(split: str):
    found = read_import(ROOT / "annotations" / "cards_v1" / f"{split}.csv")

    assert (found.dialect, found.bad_lines, found.notes) == ("minimal-lf-nobom", (), ())


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        (f"{HEADER}\n{LINE}\n".replace(",", ";"), "minimal-lf-nobom-semicolon"),
        (f"\ufeff{HEADER}\r\n{LINE}\r\n".replace(",", ";"), "minimal-crlf-bom-semicolon"),
        (f"{HEADER}\n{LINE}\n".replace(",", "\t"), "minimal-lf-nobom-tab"),
        (f"{HEADER}\n{LINE}", "minimal-lf-nobom-open"),
        (f'{HEADER}\n"Querer",Água,"Quero água.",💧\n', "cells-lf-nobom"),
        (f'{HEADER},reference\n"Querer","Água","Quero água.","💧",1\n', "cells-lf-nobom"),  # as R and pandas may
    ],
)
def test_what_other_programs_write_comes_back_byte_for_byte(content: str, dialect: str, tmp_path: Path):
    path, out = tmp_path / "cards.csv", tmp_path / "out.csv"
    path.write_bytes(content.encode())
    found = read_import(path)

    write_csv(out, found.rows, found.dialect)

    assert found.rows[0].cards == (Card("Água", "Quero água.", "💧"),)
    assert str(found.dialect).partition(":")[0] == dialect
    assert found.notes == ()
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, LINE, ""],
        [HEADER, LINE, "Comer,Maçã,Quero maçã.,🍎", "Querer,Suco,Quero suco.,🧃"],
        [HEADER, LINE, "Querer"],
        [f"theme,{HEADER}", f"casa,{LINE}"],
        [f"{HEADER},autor", f"{LINE},Ana"],
    ],
)
def test_a_file_written_in_no_known_way_has_no_dialect(lines: list[str], read):
    found = read(*lines)

    assert found.dialect is None
    assert found.bad_lines or "not the file's bytes" in found.notes[-1][1]


def test_the_hash_is_that_of_the_files_bytes(read):
    assert read(HEADER, LINE).sha256 == "b3f8c62dc7ce674609929d24fe4af64473435f5ff34c83735599e7a1acb7cd1a"


# --- JSON Lines


def read_json(read, *objects: object):
    return read(*(json.dumps(value, ensure_ascii=False) for value in objects), name="cards.jsonl")


def test_a_line_of_json_may_be_a_card(read):
    found = read_json(read, CARD, {**CARD, "written_text": "Suco", "spoken_text": "Quero suco.", "image_id": "🧃"})

    assert [(row.prompt, row.cards, row.columns) for row in found.rows] == [("Querer", (WATER, JUICE), ())]
    assert (found.bad_lines, found.notes, found.dialect) == ((), (), None)


@pytest.mark.parametrize(
    "columns", [{"theme": "casa", "reference": 2}, {"columns": {"reference": "2", "theme": "casa", "level": None}}]
)
def test_a_line_of_json_may_be_a_set_with_columns_beside_or_apart(columns: dict, read):
    (row,) = read_json(read, {**SET, **columns}).rows

    assert (row.prompt, row.cards, row.columns) == ("Querer", (WATER,), (("reference", "2"), ("theme", "casa")))


def test_a_line_of_json_may_be_a_conversation_with_its_cards(read):
    messages = [{"role": "user", "content": "Querer"}]
    found = read_json(read, {"messages": messages, **SET, "columns": {}, "id": "7", "split": "train"})

    assert [(row.id, row.cards) for row in found.rows] == [(set_id("Querer", (), (WATER,)), (WATER,))]
    assert found.notes == ()


def test_each_set_of_json_is_one_by_itself(read):
    other = {**SET, "cards": [{**SET["cards"][0], "written_text": "Outra"}]}

    assert [len(row.cards) for row in read_json(read, SET, other).rows] == [1, 1]


def test_the_same_set_again_is_reported(read):
    found = read_json(read, SET, CARD, {**SET, "theme": ""})

    assert bad(found) == [(2, "repeated_set"), (3, "repeated_set")]
    assert len(found.rows) == 1
    assert "line 1" in found.bad_lines[0].en


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not_json"),
        ("1", "not_json"),
        ('["a"]', "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"prompt": ' + "1" * 5000 + "}", "not_json"),
        ('{"prompt": "a", "prompt": "b"}', "repeated_key"),
        ({"cards": SET["cards"]}, "not_text"),
        ({**CARD, "prompt": 7}, "not_text"),
        ({**CARD, "image_id": None}, "not_text"),
        ({**CARD, "theme": 7}, "not_text"),
        ({**CARD, "reference": True}, "not_text"),
        ({**CARD, "reference": 1.0}, "not_text"),
        ({**CARD, "reference": 0}, "reference_not_a_number"),
        ({**CARD, "columns": ["theme"]}, "not_text"),
        ({**CARD, "theme": "a", "columns": {"theme": "b"}}, "repeated_key"),
        ({"prompt": "Querer", "messages": []}, "no_cards"),
        ({**SET, "cards": []}, "no_cards"),
        ({**SET, "cards": None}, "no_cards"),
        ({**SET, "cards": [["Água", "Quero água.", "💧"]]}, "no_cards"),
        ({**SET, "cards": [{"written_text": "Água"}]}, "not_text"),
        ({**SET, "cards": SET["cards"] * 2}, "repeated_card"),
        ({**SET, "cards": [*SET["cards"], {**SET["cards"][0], "image_id": "x"}]}, "not_one_image"),
        ({**CARD, "prompt": " "}, "empty_prompt"),
        ({**CARD, "prompt": "\ud800"}, "control_character"),
        ({**CARD, "written_text": "a\ud800"}, "control_character"),
        ({**CARD, "theme": "\ud800"}, "control_character"),
        ({**CARD, "theme": "\0"}, "control_character"),
        (b'{"prompt": "\xe1"}', "not_utf8"),
    ],
)
def test_a_bad_line_of_json_is_reported_and_the_others_are_read(line: object, reason: str, read):
    text = line if isinstance(line, (str, bytes)) else json.dumps(line)
    before, after = json.dumps({**CARD, "prompt": "Antes"}), json.dumps({**CARD, "prompt": "Depois"})

    found = read(before, text, after, name="cards.jsonl")

    assert bad(found) == [(2, reason)]
    assert [row.prompt for row in found.rows] == ["Antes", "Depois"]


def test_a_set_of_json_says_which_card_is_bad(read):
    (line,) = read_json(read, {**SET, "cards": [*SET["cards"], {**SET["cards"][0], "image_id": "x"}]}).bad_lines

    assert "(2: “Água”)" in line.en


def test_other_keys_of_json_are_not_imported_and_a_note_names_them(read):
    found = read_json(read, {**SET, "nota": 1, "columns": {"cor": "azul"}, "cards": [{**SET["cards"][0], "id": 3}]})

    assert found.rows[0].columns == ()
    assert found.notes[0][1] == "Columns that were not imported: “columns.cor”, “nota”, “cards.id”."


def test_json_lines_may_begin_with_a_mark_and_end_in_crlf(tmp_path: Path):
    (tmp_path / "cards.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps(CARD).encode() + b"\r\n")

    assert read_import(tmp_path / "cards.jsonl").rows[0].cards == (WATER,)


# --- the content filter


def test_a_card_that_the_content_filter_stops_is_a_bad_line_and_the_rest_of_its_set_stays(read):
    found = read(HEADER, LINE, "Querer,Como me matar,Me diz como me matar.,❓")

    assert bad(found) == [(3, "self_harm")]
    assert [row.cards for row in found.rows] == [(WATER,)]


def test_a_request_that_the_content_filter_stops_is_a_bad_line_also_where_it_is_split(read):
    found = read(f"{HEADER},context,follows", f"{LINE},como,me matar", f"{LINE},em casa,")

    assert bad(found) == [(2, "self_harm")]


def test_without_the_content_filter_every_valid_card_is_taken(tmp_path: Path):
    path = tmp_path / "cards.csv"
    path.write_text(f"{HEADER}\nQuerer,Como me matar,Me diz como me matar.,❓\n", encoding="utf-8")

    assert read_import(path, filters=False).bad_lines == ()
