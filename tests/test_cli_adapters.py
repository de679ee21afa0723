"""`measure`, `promote`, `rollback`, and `generate` with what speaks: exit codes, and what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aac.cli import main
from aac.models.adapters import weights_sha256
from aac.settings import Settings
from aac.store.adapters import Promotion, add_adapter, add_promotion
from aac.workflow.archive import Archive
from tests.store.sample import new_id
from tests.tiny import make_tiny_adapter
from tests.workflow.adapters import evaluated, right, shipped, trained, wrong
from tests.workflow.cards import frozen
from tests.workflow.test_evaluating import WORDS, import_sets


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The data folder that the commands use."""
    monkeypatch.setenv("PRANCHA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PRANCHA_LANGUAGE", "en")
    monkeypatch.delenv("PRANCHA_DATABASE_URL", raising=False)
    return Archive(Settings(tmp_path))


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]):
    """Run a command that prints one JSON document; the document."""

    def run(*arguments: str) -> Any:
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_a_promotion_and_a_rollback_are_printed(archive: Archive, printed):
    version = frozen(archive, "v", shipped=True)
    evaluated(archive, shipped(archive), version, wrong)
    evaluated(archive, trained(archive, "novo", version), version, right)

    promotion, back = printed("promote", "novo"), printed("rollback")

    assert (promotion["kind"], Path(promotion["active"]).name) == ("rule", "novo")
    assert (back["kind"], back["active"]) == ("rollback", "default")


def test_a_refusal_exits_with_1_and_one_line_of_reasons(archive: Archive, capsys: pytest.CaptureFixture[str]):
    version = frozen(archive, "v", shipped=True)
    evaluated(archive, shipped(archive), version, wrong)
    evaluated(archive, trained(archive, "novo", version), version, wrong)

    assert main(["promote", "novo"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert "aligned chrF is not better" in line


def test_a_maintainer_may_override_from_the_command_line(archive: Archive, printed):
    version = frozen(archive, "v", shipped=True)
    evaluated(archive, shipped(archive), version, wrong)
    evaluated(archive, trained(archive, "novo", version), version, wrong)

    promotion = printed("promote", "novo", "--override", "As pessoas preferem este.")

    assert (promotion["kind"], promotion["reason"]) == ("override", "As pessoas preferem este.")


@pytest.mark.parametrize(
    ("arguments", "code", "what_is_said"),
    [
        (["rollback"], 2, "nothing to roll back"),
        (["promote", "novo"], 2, "No adapter 'novo' was evaluated here"),
        (["measure", "novo", "--dataset", "v"], 2, "There is no adapter 'novo'"),
        (["measure", "default", "--dataset", "v"], 2, "There is no version 'v'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    archive: Archive, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, what_is_said: str
):
    assert main(arguments) == code

    (line,) = capsys.readouterr().err.splitlines()
    assert what_is_said in line


def test_measure_prints_every_evaluation_with_its_signatures(archive: Archive, printed, tiny_llama: Path):
    import_sets(archive, WORDS[:10], references=1)
    version = frozen(archive, "v")
    make_tiny_adapter(archive.settings.adapters_dir / "um", tiny_llama)

    none, mine = printed("measure", "um", "--dataset", "v")["evaluations"]

    assert (none["adapter_id"], mine["scores"]["adapter"], mine["version_id"]) == (None, "um", version.id)
    assert mine["scores"]["bleu"]["signature"]


def test_generate_speaks_with_the_promoted_adapter(archive: Archive, printed, tiny_llama: Path):
    folder = make_tiny_adapter(archive.settings.adapters_dir / "um", tiny_llama)
    call = ("generate", "Querer", "--cards", "1", "--model", str(tiny_llama))
    (before,) = printed(*call)["columns"]
    stored = add_adapter(archive.database, "um", str(tiny_llama), weights_sha256(folder))
    add_promotion(archive.database, Promotion(new_id(), str(tiny_llama), stored.id, None, "", "rule"), None)

    (after,) = printed(*call)["columns"]

    assert (before["adapter"], after["adapter"]) == (None, "um")


def test_generate_makes_no_database(archive: Archive, printed, tiny_llama: Path):
    printed("generate", "Querer", "--cards", "1", "--model", str(tiny_llama))

    assert not archive.has_database
