"""The README keeps its word: short, with commands that exist and the numbers that the commands print."""

from __future__ import annotations

import re
import shlex

import pytest

from aac.cli import _parser
from aac.workflow.quality import read_report
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python -m aac ([^#\n]+)", README, flags=re.MULTILINE)


def test_it_is_short_and_the_first_commands_come_first():
    lines = README.splitlines()

    assert len(lines) <= 150
    assert all(any(command in line for line in lines[:25]) for command in ("make app", "make test", "python app.py"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one_that_the_program_takes(command: str):
    assert callable(_parser().parse_args(shlex.split(command)).command)


SYSTEMS = {
    "without LoRA": "without_lora",
    "with LoRA": "with_lora",
    "with LoRA, well-formed": "with_lora_well_formed",
    "choosers alone": "choosers",
    "copy of the nearest": "copy",
    "ceiling": "ceiling",
}


@pytest.mark.parametrize("task", ["set", "complete"])
@pytest.mark.parametrize("row", SYSTEMS)
def test_the_scores_are_those_of_the_report(task: str, row: str):
    report = read_report(ROOT / "docs/quality")
    assert report is not None
    found = {line["system"]: line["scores"] for line in report["tasks"][task]["lines"]}
    rows = [line.split("|")[1:-1] for line in README.splitlines() if line.startswith(f"| {task} |")]
    told = {cells[1].strip(): [cell.strip() for cell in cells[2:]] for cells in rows}
    assert told.keys() == {name for name, system in SYSTEMS.items() if system in found}

    if row in told:
        scores = found[SYSTEMS[row]]
        names = ("bleu", "ter", "chrf", "images", "valid", "not_repeated")
        assert told[row] == [f"{scores[name]['score']:.1f}" if name in scores else "" for name in names]


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_to_a_file(path: str):
    assert (ROOT / path).is_file()
