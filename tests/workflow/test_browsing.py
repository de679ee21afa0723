"""What the owner sees: filtered pages of rows, counts and shares that follow what was undone, and lists of prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aac.errors import DataError, WrongCall
from aac.store import annotations, browse
from aac.store.browse import PAGE_ROWS, Filter
from aac.store.queue import OVERLAP_MAX
from aac.workflow import browsing
from aac.workflow.archive import Archive
from aac.workflow.browsing import browse_rows, charts, fill_queue, overview, read_prompts, set_overlap
from tests.store.sample import cast, compare_item, correct, fresh, rate, shipped
from tests.workflow.cards import bring_in, card_file

MODEL = "a/base + default@01234567"


def prompts(archive: Archive, **wanted: str) -> list[str]:
    """The prompts of the rows that pass the filter, in the order shown."""
    return [row["prompt"] for row in browse_rows(archive, Filter(**wanted)).rows]


def on_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(annotations, "now_utc", lambda: f"{day}T12:00:00.000Z")


# --- filters ----------------------------------------------------------------------------------------------------------


def test_rows_come_the_latest_first_with_what_replaced_what(archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana, "Querer")
    rate(archive.database, ana, generation_id)
    rate(archive.database, ana, generation_id, verdict="wrong")

    rows = browse_rows(archive, Filter()).rows

    assert [(row["verdict"], bool(row["is_current"])) for row in rows] == [("wrong", True), ("keep", False)]


def test_each_table_has_its_rows(archive: Archive, ana: str, tmp_path: Path):
    rate(archive.database, ana, fresh(archive.database, ana, "Avaliado"))
    correct(archive.database, ana, fresh(archive.database, ana, "Corrigido"))
    cast(archive.database, ana, compare_item(archive.database, ana, "Comparado"))
    bring_in(archive, card_file(tmp_path / "a.csv", "Importado"))

    found = {table: prompts(archive, table=table) for table in ("ratings", "corrections", "votes")}

    assert found == {"ratings": ["Avaliado"], "corrections": ["Importado", "Corrigido"], "votes": ["Comparado"]}


def test_a_table_that_is_not_there_is_refused(archive: Archive):
    with pytest.raises(WrongCall, match="ratings, corrections, votes"):
        browse_rows(archive, Filter("consents"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("farmácia", ["Na farmácia"]),
        ("NA FARMÁCIA", ["Na farmácia"]),
        ("água", ["ÁGUA fria", "Água"]),
        ("%", ["100% suco"]),
        ("_", []),
        ("' OR 1=1 --", []),
        ("", ["100% suco", "ÁGUA fria", "Água", "Na farmácia"]),
    ],
)
def test_a_text_finds_prompts_whatever_their_case(archive: Archive, ana: str, text: str, found: list[str]):
    for prompt in ("Na farmácia", "Água", "ÁGUA fria", "100% suco"):
        rate(archive.database, ana, fresh(archive.database, ana, prompt))

    assert prompts(archive, text=text) == found


def test_a_model_is_found_on_either_side_of_a_vote(archive: Archive, ana: str):
    cast(archive.database, ana, compare_item(archive.database, ana))

    assert prompts(archive, table="votes", contestant=MODEL) == ["Comparar"]
    assert prompts(archive, table="votes", contestant="a/base") == ["Comparar"]
    assert prompts(archive, table="votes", contestant="outro") == []


@pytest.mark.parametrize("table", ["ratings", "corrections"])
def test_a_model_chooses_its_rows(archive: Archive, ana: str, table: str):
    judge = rate if table == "ratings" else correct
    judge(archive.database, ana, fresh(archive.database, ana, "Com LoRA"))
    judge(archive.database, ana, shipped(archive.database, "Sem LoRA")[0])

    assert prompts(archive, table=table, contestant=MODEL) == ["Com LoRA"]
    assert prompts(archive, table=table, contestant="a/base") == ["Sem LoRA"]


@pytest.mark.parametrize(("table", "verdict"), [("ratings", "wrong"), ("votes", "tie")])
def test_a_verdict_chooses_its_rows(archive: Archive, ana: str, bia: str, table: str, verdict: Any):
    rate(archive.database, ana, fresh(archive.database, ana, "Bom"))
    rate(archive.database, ana, fresh(archive.database, ana, "Errado"), verdict="wrong")
    cast(archive.database, ana, compare_item(archive.database, ana, "Melhor"), "left")
    cast(archive.database, bia, compare_item(archive.database, bia, "Empate"), "tie")

    assert prompts(archive, table=table, verdict=verdict) == [{"wrong": "Errado", "tie": "Empate"}[verdict]]


def test_days_are_first_and_last_of_what_is_shown(archive: Archive, ana: str, monkeypatch: pytest.MonkeyPatch):
    for day in ("2026-01-31", "2026-02-01", "2026-02-02"):
        on_day(monkeypatch, day)
        rate(archive.database, ana, fresh(archive.database, ana, day))

    assert prompts(archive, first_day="2026-02-01") == ["2026-02-02", "2026-02-01"]
    assert prompts(archive, last_day="2026-01-31") == ["2026-01-31"]
    assert prompts(archive, first_day="2026-02-01", last_day="2026-02-01") == ["2026-02-01"]


@pytest.mark.parametrize("day", ["ontem", "2026-2-1", "31/01/2026", "2026-02-30", "20260201", "２０２６-01-01"])
def test_what_is_no_day_is_refused_with_an_example(archive: Archive, day: str):
    for name in ("first_day", "last_day"):
        with pytest.raises(WrongCall, match="2026-03-31"):
            prompts(archive, **{name: day})


def test_filters_hold_together(archive: Archive, ana: str):
    for prompt, verdict in (("Água", "keep"), ("Água", "wrong"), ("Pão", "wrong")):
        rate(archive.database, ana, fresh(archive.database, ana, prompt), verdict=verdict)

    assert prompts(archive, text="água", verdict="wrong", contestant=MODEL) == ["Água"]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_older_rows_come_page_by_page_each_once(archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    total = 2 * PAGE_ROWS + 1
    ids = [rate(archive.database, ana, generation_id, card_index=index).id for index in range(total)]

    pages, before = [], None
    while not pages or before is not None:
        page = browse_rows(archive, Filter(), before)
        pages.append([row["id"] for row in page.rows])
        before = page.before

    assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 1]
    assert [row_id for page in pages for row_id in page] == ids[::-1]


def test_a_page_that_is_just_full_has_no_older_one(archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    for index in range(PAGE_ROWS):
        rate(archive.database, ana, generation_id, card_index=index)

    assert browse_rows(archive, Filter()).before is None


# --- counts -----------------------------------------------------------------------------------------------------------


def test_an_empty_database_has_an_overview(archive: Archive):
    found, drawn = overview(archive), charts(archive)

    assert found.totals == {"ratings": 0, "corrections": 0, "votes": 0}
    assert found.queue == {"rate": (0, 0), "review": (0, 0), "compare": (0, 0)}
    assert found.overlap == 2
    assert (drawn.per_day, drawn.by_theme, drawn.verdicts, drawn.reasons) == ((), (), (), {})


def test_totals_count_every_row_and_days_what_was_written_in_them(
    archive: Archive, ana: str, monkeypatch: pytest.MonkeyPatch
):
    generation_id = fresh(archive.database, ana)
    for day in ("2026-02-01", "2026-02-01", "2026-02-03"):
        on_day(monkeypatch, day)
        rate(archive.database, ana, generation_id)
    correct(archive.database, ana, generation_id)

    assert overview(archive).totals == {"ratings": 3, "corrections": 1, "votes": 0}
    assert charts(archive).per_day == (
        ("2026-02-01", "ratings", 2),
        ("2026-02-03", "corrections", 1),
        ("2026-02-03", "ratings", 1),
    )


def test_a_verdict_that_was_taken_back_counts_no_more(archive: Archive, ana: str, bia: str):
    (generation_id,) = shipped(archive.database, "Querer")
    for annotator_id, verdict in ((ana, "keep"), (bia, "wrong"), (ana, "fix"), (bia, None)):
        rate(archive.database, annotator_id, generation_id, verdict=verdict)

    (found,) = charts(archive).verdicts

    assert (found.contestant, found.keep, found.fix, found.wrong) == ("a/base", 0, 1, 0)
    assert (found.total, found.accepted) == (1, 0.0)


def test_the_share_kept_is_of_the_cards_of_each_model(archive: Archive, ana: str):
    (without,) = shipped(archive.database, "Querer")
    with_lora = fresh(archive.database, ana)
    for index, verdict in enumerate(("keep", "keep", "keep", "wrong")):
        rate(archive.database, ana, with_lora, card_index=index, verdict=verdict)
    rate(archive.database, ana, without, verdict="wrong")

    assert {v.contestant: v.accepted for v in charts(archive).verdicts} == {MODEL: 0.75, "a/base": 0.0}


def test_a_model_of_which_nothing_holds_has_no_share(archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    rate(archive.database, ana, generation_id)
    rate(archive.database, ana, generation_id, verdict=None)

    assert charts(archive).verdicts == ()
    assert browse.Verdicts(MODEL, 0, 0, 0).accepted is None


def test_reasons_are_counted_the_most_frequent_first(archive: Archive, ana: str):
    generation_id = fresh(archive.database, ana)
    rate(archive.database, ana, generation_id, verdict="fix", reasons=("unsafe",))
    rate(archive.database, ana, generation_id, card_index=1, verdict="wrong", reasons=("not_useful", "unsafe"))

    assert list(charts(archive).reasons.items()) == [("unsafe", 2), ("not_useful", 1)]


def test_cards_are_counted_by_their_theme(archive: Archive, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "prompt,written_text,spoken_text,image_id,theme\nÁgua,Água,Água.,💧,bebida\nÁgua,Gelo,Gelo.,🧊,bebida\n"
        "Dor,Dói,Dói.,🤕,\n",
        encoding="utf-8",
    )
    bring_in(archive, path)

    assert charts(archive).by_theme == (("bebida", 2), ("", 1))


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_overview_tells_how_full_the_queue_is_and_for_how_many_people(archive: Archive):
    fill_queue(archive, "rate", ["Querer", "Dor"])
    set_overlap(archive, 5)

    found = overview(archive)

    assert found.queue["rate"] == (2, 0)
    assert found.overlap == 5


@pytest.mark.parametrize("people", [0, -1, OVERLAP_MAX + 1])
def test_an_overlap_out_of_range_is_refused(archive: Archive, people: int):
    with pytest.raises(WrongCall, match="1 to 20"):
        set_overlap(archive, people)

    assert overview(archive).overlap == 2


# --- lists of prompts -------------------------------------------------------------------------------------------------


def prompt_file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "prompts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "Querer\nNa farmácia, agora\n",
        "Querer\r\nNa farmácia, agora",
        '\ufeffprompt\nQuerer\n"Na farmácia, agora"\n',
        'theme,Prompt\ncasa,Querer\nsaúde,"Na farmácia, agora"\n',
        "theme;prompt\ncasa;Querer\nsaúde;Na farmácia, agora\n",
        'theme\tprompt\tnote\ncasa\tQuerer\t\nsaúde\t"Na farmácia, agora"\tx\n',
        "\n\n  Querer  \n\nNa   farmácia, agora\nQuerer\n",
    ],
    ids=["lines", "windows", "one column", "columns", "semicolons", "tabs", "blank and repeated"],
)
def test_prompts_are_read_from_lines_or_from_a_column(tmp_path: Path, content: str):
    found = read_prompts(prompt_file(tmp_path, content))

    assert found.prompts == ("Querer", "Na farmácia, agora")
    assert found.bad_lines == ()


def test_lines_that_are_no_prompt_are_named_with_why(tmp_path: Path):
    found = read_prompts(prompt_file(tmp_path, f"prompt,x\nQuerer,1\n,2\n{'a' * 201},3\nQue\0rer,4\n"))

    assert found.prompts == ("Querer",)
    assert [(number, en) for number, _, en in found.bad_lines] == [
        (3, "is empty"),
        (4, "has 201 characters"),
        (5, "holds an invisible character"),
    ]


def test_prompts_that_look_personal_are_named_and_kept(tmp_path: Path):
    found = read_prompts(prompt_file(tmp_path, "Querer\nLigar para 11 98888-7777\n"))

    assert found.personal == ("Ligar para 11 98888-7777",)
    assert len(found.prompts) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "0 prompts"),
        (b"prompt\n\n", "0 prompts"),
        ("Ação".encode("latin-1"), "no text in UTF-8"),
        (b"PK\x03\x04\xff\xfe", "no text in UTF-8"),
        ('prompt\n"' + "a" * 200_000, "Check its quotes"),
    ],
    ids=["empty", "only a header", "latin-1", "spreadsheet", "unclosed quote"],
)
def test_a_file_without_prompts_is_refused_with_what_to_do(tmp_path: Path, content: str | bytes, reason: str):
    with pytest.raises(DataError, match=reason):
        read_prompts(prompt_file(tmp_path, content))


def test_more_prompts_than_a_queue_should_hold_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browsing, "PROMPTS_MAX", 2)

    with pytest.raises(DataError, match="1 to 2"):
        read_prompts(prompt_file(tmp_path, "a\nb\nc\n"))


def test_a_file_too_big_to_be_prompts_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browsing, "FILE_MAX_BYTES", 10)

    with pytest.raises(DataError, match="parts"):
        read_prompts(prompt_file(tmp_path, "a" * 11))


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(DataError, match="UTF-8"):
        read_prompts(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(("filters", "bad"), [(True, [2]), (False, [])])
def test_a_prompt_that_the_content_filter_stops_is_a_bad_line(filters: bool, bad: list[int], tmp_path: Path):
    found = read_prompts(prompt_file(tmp_path, "Querer\nComo me matar\nQuero morrer\n"), filters=filters)

    assert [number for number, _, _ in found.bad_lines] == bad
    assert {"Querer", "Quero morrer"} <= set(found.prompts)
