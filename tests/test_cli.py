"""The commands, as a script would call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.calling import Call, caller
from tests.conftest import ROOT

pytestmark = pytest.mark.real_model


@pytest.fixture
def run(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    return caller(monkeypatch, capfd, {"PRANCHA_DATA_DIR": data_dir, "PRANCHA_LANGUAGE": "en"})


def test_generate_prints_one_json_document_and_nothing_else(data_dir: Path):
    environment = {**os.environ, "PRANCHA_DATA_DIR": str(data_dir), "PRANCHA_LANGUAGE": "en"}
    command = [sys.executable, "-m", "aac", "generate", "Querer", "--cards", "2", "--json"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert done.stderr == ""
    assert document["prompt"] == "Querer"
    (column,) = document["columns"]
    assert set(column) == {"model", "adapter", "raw_text", "cards", "problems", "tokens", "duration_s"}
    assert (column["adapter"], len(column["cards"]), column["problems"]) == ("default", 2, [])


def test_what_is_asked_beside_the_prompt_stands_in_the_document_and_tiles_are_kept(run):
    asked = ("--context", "no hospital", "--follows", "Quero comer", "--level", "frases", "--complete", "Sopa", "Pão")

    document = json.loads(run("generate", "Comida", *asked, "--json").stdout)

    (column,) = document.pop("columns")
    assert document == {
        "prompt": "Comida",
        "context": "no hospital",
        "follows": "Quero comer",
        "level": "frases",
        "given": ["Sopa", "Pão"],
    }
    assert [card["written_text"] for card in column["cards"]] == ["Sopa", "Pão"]


def test_what_is_asked_beside_the_prompt_is_said_above_the_cards(run):
    done = run("generate", "Comida", "--context", "no hospital", "--cards", "1")

    assert done.stdout.splitlines()[0] == "# Comida · Where: no hospital"


def test_a_mistyped_prompt_stays_and_is_told_as_it_was_read(run):
    document = json.loads(run("generate", "na farmacia", "--cards", "1", "--json").stdout)

    assert (document["prompt"], document["read_as"]) == ("na farmacia", "Na farmácia")


def test_who_may_be_in_distress_reads_whom_to_call(run):
    said = run("generate", "Suicídio", "--cards", "1").stdout
    document = json.loads(run("generate", "Suicídio", "--cards", "1", "--json").stdout)

    assert "188" in said
    assert "188" in document["help"]["en"]


def test_who_tells_of_two_things_reads_whom_to_call_for_both(run):
    asked = ("generate", "Quero morrer", "--follows", "Ele me bateu", "--cards", "1")

    said = run(*asked).stdout
    document = json.loads(run(*asked, "--json").stdout)

    assert said.index("188") < said.index("180")
    assert "188" in document["help"]["pt"]
    assert "180" in document["help"]["pt"]


def test_tiles_may_be_given_one_by_one(run):
    done = run("generate", "Comida", "--complete", "Sopa", "--complete", "Arroz, feijão e bife", "--json")

    (column,) = json.loads(done.stdout)["columns"]
    assert [card["written_text"] for card in column["cards"]] == ["Sopa", "Arroz, feijão e bife"]


def test_compare_gives_both_columns_free(run):
    columns = json.loads(run("generate", "Querer", "--compare", "--cards", "1", "--json").stdout)["columns"]

    assert [column["adapter"] for column in columns] == [None, "default"]
    assert columns[0]["problems"] != []


def test_the_same_seed_gives_the_same_output(run):
    call = ("generate", "Dor", "--cards", "1", "--temperature", "1", "--seed", "5", "--json")

    first, second = (json.loads(run(*call).stdout)["columns"][0]["raw_text"] for _ in range(2))

    assert first == second


def test_evaluate_prints_its_json_document(run, tmp_path: Path):
    rows = (ROOT / "annotations/cards_v1/validation.csv").read_text(encoding="utf-8").splitlines()[:6]
    (tmp_path / "one.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")

    done = run("evaluate", "--data", str(tmp_path / "one.csv"), "--well-formed", "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(document) == {
        "bleu",
        "ter",
        "chrf",
        "aligned",
        "valid_answers",
        "valid_cards",
        "repeated_cards",
        "prompts",
        "duration_s",
    }
    assert set(document["bleu"]) == {"score", "signature"}
    assert set(document["aligned"]) == {"bleu", "ter", "card_f1", "chrf", "signatures"}
    assert (document["prompts"], document["valid_cards"], document["repeated_cards"]) == (1, 1.0, 0.0)


def test_doctor_finds_what_the_default_needs(run):
    done = run("doctor", "--json")

    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0
    assert findings["smollm2-135m"]["found"] == "converted, sha256 verified"
    assert findings["adapter"]["is_ok"]


def test_doctor_says_what_to_do_where_nothing_is_set_up(run, tmp_path: Path):
    done = run("doctor", PRANCHA_DATA_DIR=str(tmp_path), PRANCHA_LANGUAGE="pt")

    assert "python -m aac setup" in done.stdout
