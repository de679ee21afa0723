"""`quality report`: what is printed of the precisions, and what is kept."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from aac.cli import main
from aac.metrics.triples import difference, interval
from aac.workflow import quality
from aac.workflow.precisions import KEPT, TASKS
from aac.workflow.quality_tasks import read_task
from tests.workflow.test_precisions import answers
from tests.workflow.test_quality import folder, keep

__all__ = ["answers", "folder"]

ROW = "| fp32 | 1283 | 1302 | 19.2 | "


@pytest.fixture
def report(folder: Path, answers: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command, with few tasks and few samples."""
    monkeypatch.setattr(quality, "REPORTED", TASKS)
    for drawn in (interval, difference):
        monkeypatch.setattr(quality, drawn.__name__, partial(drawn, samples=2))
    for name in TASKS:
        task = read_task(folder, name)
        keep(answers, quality.WITHOUT, task, ("",) * len(task.requests))
    return ["quality", "report", "--data", str(folder), "--answers", str(answers), "--trained-on", str(folder)]


def test_the_precisions_are_printed_as_a_table_with_signatures(report: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(report) == 0

    _, printed = capsys.readouterr().out.split("## precisions")
    assert ROW in printed
    assert "| nf4 | " in printed
    assert "- complete chrf: `nrefs:2" in printed


def test_where_no_precision_was_measured_none_is_printed(
    report: list[str], answers: Path, capsys: pytest.CaptureFixture[str]
):
    (answers.parent / KEPT).unlink()

    assert main(report) == 0

    assert "precisions" not in capsys.readouterr().out


def test_a_task_alone_is_printed_without_the_precisions(report: list[str], capsys: pytest.CaptureFixture[str]):
    assert main([*report, "--task", "set"]) == 0

    printed = capsys.readouterr().out
    assert "## set" in printed
    assert "precisions" not in printed


def test_each_task_is_told_of_beside_the_report_before_it_is_scored(
    report: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    told_before: list[str] = []
    read = quality.read_task

    def read_and_look(data: Path, name: str):
        told_before.append(capsys.readouterr().err)
        return read(data, name)

    monkeypatch.setattr(quality, "read_task", read_and_look)

    assert main([*report, "--task", "set", "--task", "complete"]) == 0

    assert [told for told in told_before if told] == ["set\n", "complete\n"]


def test_the_precisions_are_printed_as_json_and_kept(
    report: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([*report, "--json", "--keep", str(tmp_path / "kept")]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in printed["precisions"]] == ["fp32", "nf4"]
    assert quality.read_report(tmp_path / "kept") == printed


@pytest.mark.parametrize(("gained", "code", "said"), [(0.9, 0, "within"), (1.1, 1, "outside")])
def test_another_trainings_scores_are_held_against_the_stated_spread(
    report: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], gained: float, code: int, said: str
):
    kept = tmp_path / "kept"
    kept.mkdir()
    main([*report, "--keep", str(kept)])
    told = json.loads((kept / quality.REPORT).read_text(encoding="utf-8"))
    for line in told["tasks"]["set"]["lines"]:
        line["scores"]["bleu"]["score"] += gained
    (kept / quality.REPORT).write_text(json.dumps(told), encoding="utf-8")
    capsys.readouterr()

    assert main([*report, "--beside", str(kept)]) == code

    _, spread = capsys.readouterr().out.split("## spread")
    assert f": {said}\n" in spread.split("- set")[1]


def test_what_was_wanted_comes_first(report: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(report) == 0

    goals, _ = capsys.readouterr().out.split("## set")
    assert "| set | bleu | % of the ceiling |" in goals
