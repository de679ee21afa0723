"""`python -m aac deploy`, as a person or a script sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aac.cli import main
from tests.conftest import HUB_TOKEN
from tests.hub.reading import repository

SPACE = "alice/prancha"


@pytest.fixture
def hub(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stand-in of the Hub that the environment names, with a token for it; its Spaces build in no time."""
    settings = {"HF_ENDPOINT": hub.base, "HF_TOKEN": HUB_TOKEN, "PRANCHA_DATA_DIR": str(tmp_path / "data")}
    for name, value in {**settings, "PRANCHA_LANGUAGE": "en"}.items():
        monkeypatch.setenv(name, value)
    hub.build_stages = ["RUNNING"]
    return hub


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["deploy", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_space_is_made_and_named(hub, capsys: pytest.CaptureFixture[str]):
    code, out, err = run(capsys, "--space", SPACE, "--json")

    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["url"], found["stage"], found["is_new"]) == (f"{hub.base}/spaces/{SPACE}", "RUNNING", True)
    assert found["commit"] == repository(hub, SPACE, "spaces")["main"]


def test_a_space_that_stays_private_although_public_was_asked_for_is_said(hub, capsys: pytest.CaptureFixture[str]):
    run(capsys, "--space", SPACE)

    code, _, err = run(capsys, "--space", SPACE, "--public")

    assert code == 0
    assert f"stays private; to open it to all: {hub.base}/spaces/{SPACE}/settings" in err


def test_secrets_come_from_variables_and_settings_from_the_call(
    hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OF_THE_SPACE", "hf_for_the_space_alone")
    hub.tokens["hf_for_the_space_alone"] = ("alice", "write")

    code, out, err = run(
        capsys, "--space", SPACE, "--secret", "HF_TOKEN=OF_THE_SPACE", "--variable", "PRANCHA_SYNC_REPO=alice/notes"
    )

    space = hub.spaces[SPACE]
    assert code == 0
    assert (space["secrets"]["HF_TOKEN"], space["variables"]["PRANCHA_SYNC_REPO"]) == (
        "hf_for_the_space_alone",
        "alice/notes",
    )
    assert "hf_for_the_space_alone" not in out + err


def test_deploys_own_token_is_given_only_by_its_own_name(
    hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OTHER", HUB_TOKEN)

    code, out, err = run(capsys, "--space", SPACE, "--secret", "HF_TOKEN=OTHER")

    assert (code, hub.spaces) == (2, {})
    assert "--secret HF_TOKEN=HF_TOKEN" in err
    assert HUB_TOKEN not in out + err

    assert run(capsys, "--space", SPACE, "--secret", "HF_TOKEN=HF_TOKEN")[0] == 0
    assert hub.spaces[SPACE]["secrets"]["HF_TOKEN"] == HUB_TOKEN


def test_a_failed_build_prints_its_log_and_then_the_reason(hub, capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "--space", SPACE)[0] == 0
    hub.spaces[SPACE].update(stage="BUILD_ERROR", logs={"build": ["Collecting gradio", "ERROR: no such version"]})

    code, out, err = run(capsys, "--space", SPACE)

    assert (code, out.split()[-1]) == (1, "BUILD_ERROR")
    assert err.splitlines()[:2] == ["Collecting gradio", "ERROR: no such version"]
    assert "does not run: BUILD_ERROR" in err.splitlines()[-1]


def test_a_build_that_takes_too_long_can_be_waited_for_again(hub, capsys: pytest.CaptureFixture[str]):
    hub.build_stages = ["BUILDING"] * 99

    code, _, err = run(capsys, "--space", SPACE, "--timeout", "0.01")

    assert code == 75
    assert "is still BUILDING" in err


def test_a_dry_run_needs_neither_a_hub_nor_a_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OF_THE_SPACE", "hf_for_the_space_alone")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    out_folder = tmp_path / "out"

    code, out, err = run(
        capsys, "--space", SPACE, "--dry-run", "--secret", "HF_TOKEN=OF_THE_SPACE", "--out", str(out_folder), "--json"
    )

    found = json.loads(out)
    assert (code, err, found["secrets"]) == (0, "", ["HF_TOKEN", "PRANCHA_SALT"])
    assert {one["path"] for one in found["files"]} == {
        path.relative_to(out_folder).as_posix() for path in out_folder.rglob("*") if path.is_file()
    }
    assert found["readme"] == (out_folder / "README.md").read_text(encoding="utf-8")
    assert "hf_for_the_space_alone" not in out


def test_a_dry_run_without_a_token_says_that_a_deployment_needs_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HF_TOKEN", raising=False)

    code, out, _ = run(capsys, "--space", SPACE, "--dry-run")

    assert (code, out.splitlines()[-1]) == (0, "# HF_TOKEN is not set: this needs none, but a deployment does")


def test_a_dry_run_lists_files_with_their_hashes_the_settings_and_no_value_of_a_secret(
    capsys: pytest.CaptureFixture[str],
):
    code, out, _ = run(capsys, "--space", SPACE, "--dry-run")

    assert code == 0
    assert "  app.py\n" in out
    assert "sdk: gradio\n" in out
    assert "PRANCHA_EMBEDDED_FROM=hub\n" in out
    assert "PRANCHA_SALT=***\n" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "--space"),
        (["--space", "prancha"], 2, "OWNER/NAME"),
        (["--space", SPACE, "--timeout", "0"], 2, "--timeout"),
        (["--space", SPACE, "--out", "x"], 2, "--dry-run"),
        (["--space", SPACE, "--dry-run", "--out", ""], 2, "path is empty"),
        (["--space", SPACE, "--secret", "hf_a_token_itself"], 2, "NAME=VARIABLE"),
        (["--space", SPACE, "--secret", "HF_TOKEN=NOWHERE"], 2, "no value for the secret HF_TOKEN"),
        (["--space", SPACE, "--variable", "X"], 2, "NAME=VALUE"),
        (["--space", SPACE, "--hardware", "a100-large"], 2, "--yes"),
        (["--space", "carol/prancha"], 1, "has no right"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    arguments: list[str], code: int, said: str, hub, capsys: pytest.CaptureFixture[str]
):
    found, out, err = run(capsys, *arguments)

    assert (found, out, hub.spaces) == (code, "", {})
    assert said in err
    assert "hf_a_token" not in err
    assert len(err.splitlines()) == 1


def test_a_dry_run_refuses_in_the_same_words_and_keeps_nothing(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wrong = ["--space", "prancha", "--hardware", "a100-large", "--secret", "hf_a_token_itself", "--variable", "X"]
    wrong += ["--variable", "PRANCHA_SYNC_REPO=alice/notes"]
    refused = run(capsys, *wrong)

    dry = run(capsys, *wrong, "--dry-run", "--out", str(tmp_path / "out"))

    assert dry == refused
    assert refused[0] == 2
    assert "5 problems. (1) --secret takes NAME=VARIABLE" in refused[2]
    assert len(refused[2].splitlines()) == 1
    assert (hub.log, (tmp_path / "out").exists()) == ([], False)


def test_without_a_token_nothing_is_asked(hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HF_TOKEN")

    code, _, err = run(capsys, "--space", SPACE)

    assert (code, hub.log) == (1, [])
    assert "HF_TOKEN" in err
