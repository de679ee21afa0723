"""`python -m aac publish` and `pull`, as a person or a script sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aac.cli import main
from aac.hub.access import HubAccess
from aac.models.adapters import DEFAULT_FOLDER
from aac.settings import Settings
from aac.workflow.archive import Archive
from aac.workflow.sending import send_new
from tests.conftest import HUB_TOKEN
from tests.hub.reading import repository
from tests.store.sample import consented
from tests.workflow.adapters import of_the_shipped_cards


@pytest.fixture
def hub(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stand-in of the Hub that the environment names, with a token for it."""
    settings = {"HF_ENDPOINT": hub.base, "HF_TOKEN": HUB_TOKEN, "PRANCHA_DATA_DIR": str(tmp_path / "data")}
    for name, value in {**settings, "PRANCHA_LANGUAGE": "en"}.items():
        monkeypatch.setenv(name, value)
    return hub


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_an_adapter_and_its_data_are_published_and_pulled(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    adapter = of_the_shipped_cards(tmp_path / "cards")
    version = document(capsys, "dataset", "freeze", "march", "--shipped")

    published = document(capsys, "publish", str(adapter), "--repo", "alice/cards", "--dataset", "march")
    pulled = document(capsys, "pull", "alice/cards", "--revision", published["adapter"]["commit"])

    assert published["adapter"]["url"] == f"{hub.base}/alice/cards"
    assert published["dataset"]["url"] == f"{hub.base}/datasets/alice/cards"
    assert pulled == {"adapter": str(tmp_path / "data" / "adapters" / "alice--cards"), "model": "smollm2-135m"}
    assert document(capsys, "dataset", "show", version["id"])["published_at"] == published["dataset"]["url"]


def test_a_repository_is_public_when_that_is_said(hub, capsys: pytest.CaptureFixture[str]):
    assert main(["publish", "default", "--repo", "alice/cards", "--public"]) == 0

    assert not repository(hub, "alice/cards")["private"]
    said = capsys.readouterr()
    assert said.out.startswith(f"{hub.base}/alice/cards  ")
    assert said.err == ""


def test_a_repository_that_stays_private_although_public_was_asked_for_is_said(hub, capsys: pytest.CaptureFixture[str]):
    assert main(["publish", "default", "--repo", "alice/cards"]) == 0
    before = capsys.readouterr()

    assert main(["publish", "default", "--repo", "alice/cards", "--public"]) == 0

    after = capsys.readouterr()
    assert repository(hub, "alice/cards")["private"]
    assert (before.err, after.out) == ("", before.out)
    assert "stays private" in after.err
    assert f"{hub.base}/alice/cards/settings" in after.err


def test_a_folder_is_pulled_too(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert document(capsys, "pull", str(DEFAULT_FOLDER))["model"] == "smollm2-135m"
    assert (tmp_path / "data" / "adapters" / "default" / "adapter_config.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["publish", "default", "--repo", "carol/cards"], 1, "has no right"),
        (["publish", "default", "--repo", "one/two/three"], 1, "OWNER/NAME"),
        (["publish", "nowhere", "--repo", "alice/cards"], 2, "There is no adapter 'nowhere'"),
        (["publish", "default", "--repo", "alice/cards", "--dataset", "nada"], 2, "no version 'nada'"),
        (["pull", "alice/none"], 1, "has no alice/none"),
        (["pull", "none"], 1, "OWNER/NAME"),
        (["pull", ""], 1, "OWNER/NAME"),
    ],
)
def test_a_refusal_is_one_line_that_says_what_to_do(
    hub, capfd: pytest.CaptureFixture[str], arguments: list[str], exit_code: int, said: str
):
    assert main(arguments) == exit_code

    out, err = capfd.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert said in line


def test_the_annotations_on_the_hub_are_put_together(
    hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PRANCHA_SYNC_REPO", "alice/annotations")
    settings = Settings.from_environment()
    archive = Archive(settings)
    for _ in range(3):
        consented(archive.database)
        send_new(archive, HubAccess.of(settings), settings.sync_repository)
    archive.close()

    assert document(capsys, "hub", "compact") == {"before": 3, "after": 1}
    assert main(["hub", "compact"]) == 0
    assert capsys.readouterr().out == "alice/annotations: 1 → 1\n"


def test_without_a_repository_of_annotations_that_is_said(hub, capsys: pytest.CaptureFixture[str]):
    assert main(["hub", "compact"]) == 2
    assert "PRANCHA_SYNC_REPO=OWNER/NAME" in capsys.readouterr().err
