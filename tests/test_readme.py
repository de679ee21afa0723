"""The README keeps its word: short, with commands that exist and the numbers that the commands print."""

from __future__ import annotations

import re
import shlex

import pytest

from aac.cli import _parser
from aac.models.adapters import DEFAULT_FOLDER, SCORES, read_json
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


@pytest.mark.parametrize(("row", "name"), [("without LoRA", "without_lora"), ("with LoRA (r=8)", "with_lora")])
def test_the_scores_are_those_beside_the_adapter(row: str, name: str):
    scores = read_json(DEFAULT_FOLDER, SCORES)[name]
    expected = [f"{scores[metric]['score']:.2f}" for metric in ("bleu", "ter", "chrf")]
    expected += [f"{scores['aligned'][metric]:.2f}" for metric in ("bleu", "ter", "card_f1")]
    expected += [f"{scores[share]:.0%}".replace("%", " %") for share in ("valid_answers", "repeated_cards")]

    (line,) = [line for line in README.splitlines() if line.startswith(f"| {row} |")]

    assert [cell.strip() for cell in line.split("|")[2:-1]] == expected


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_to_a_file(path: str):
    assert (ROOT / path).is_file()
