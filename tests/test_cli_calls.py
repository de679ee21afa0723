"""Wrong calls of the command line: an exit code, nothing on stdout, and one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.calling import Call, caller
from tests.conftest import ROOT


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """An empty data folder, and English."""
    return {"PRANCHA_LANGUAGE": "en", "PRANCHA_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def call(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    return caller(monkeypatch, capfd, variables)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr, with nothing on stdout."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("arguments", "what_to_do"),
    [
        (["fly"], "choose from 'app', 'generate'"),
        (["generate", "Querer", "--model", "gpt"], "Choose one of: smollm2-135m"),
        (["generate", "Querer", "--adapter", "nowhere"], "Use default, none or a folder"),
        (["generate", " "], "Write a word or a situation"),
        (["generate", "Querer", "--cards", "0"], "choose one from 1 to 12"),
        (["generate", "Querer", "--cards", "13"], "choose one from 1 to 12"),
        (["generate", "Querer", "--temperature", "9"], "choose one from 0 to 2"),
        (["merge", "default", "--out", ""], "a new folder or file"),
        (["train", "smoke", "--out", " "], "a new folder or file"),
        (["train", "smoke", "--run-folder", ""], "a new folder or file"),
        (["gguf", "default", "--out", ""], "a new folder or file"),
        (["dataset", "export", "march", "--out", ""], "a new folder or file"),
        (["runs", ""], "There is no run ''"),
        (["cancel", ""], "There is no run ''"),
        (["generate", "Querer", "--level", "versos"], "choose from 'palavras', 'frases'"),
        (["generate", "Querer", "--context", "x" * 61], "at most 60 are read here"),
        (["generate", "Querer", "--complete", "Pão", "pão"], "Leave one of each"),
        (["app", "--port", "99999"], "a port is from 1 to 65535"),
        (["app", "--host", "banana"], "Leave it out for a page that only this computer opens"),
        (["app", "--host", "a" * 70], "is no address of this computer"),
        (["app", "--host", "192.0.2.7"], "or give 0.0.0.0 for all of its addresses"),
    ],
)
def test_a_wrong_call_exits_with_2_and_one_line_that_says_what_to_do(call, arguments: list[str], what_to_do: str):
    done = call(*arguments)

    assert done.returncode == 2
    assert what_to_do in one_line(done)


@pytest.mark.parametrize(("call", "code"), [("generate Querer --cards 13", "2"), ("evaluate --data nowhere.csv", "1")])
def test_a_wrong_call_ends_before_the_libraries_of_the_models_are_loaded(
    variables: dict[str, str], call: str, code: str
):
    script = "import sys; from aac.cli import main; print(main(sys.argv[1:]), 'torch' in sys.modules)"
    command = [sys.executable, "-c", script, *call.split()]

    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True)

    assert done.stdout.split() == [code, "False"]


def test_an_address_that_is_no_databases_does_not_start_and_is_not_repeated(call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PRANCHA_DATABASE_URL", "mysql://me:gehe@db.example/x")

    done = call("app")

    assert done.returncode == 2
    assert "not the address of a database" in done.stderr
    assert "gehe" not in done.stderr


def test_a_missing_data_file_exits_with_1_and_names_the_file(call):
    done = call("evaluate", "--data", "nowhere.csv")

    assert done.returncode == 1
    assert "There is no file nowhere.csv" in one_line(done)


def test_a_wrong_call_is_answered_in_portuguese_where_that_is_the_language(call):
    done = call("generate", " ", PRANCHA_LANGUAGE="pt")

    assert done.returncode == 2
    assert "Escreva uma palavra ou uma situação" in one_line(done)


def test_a_wrong_call_leaves_the_data_folder_unmade(call, tmp_path: Path):
    call("generate", "Querer", "--cards", "0")

    assert list(tmp_path.iterdir()) == []


def test_dataset_and_backup_commands_do_not_load_the_models():
    names = "aac.workflow.versions, aac.workflow.backups, aac.workflow.archive"
    script = f"import sys, {names}; print('torch' in sys.modules, 'gradio' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
