"""A run that goes on from an adapter: which one, with what size, and where that cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from aac.errors import WrongCall
from aac.models.adapters import DEFAULT_FOLDER, PEFT_CONFIG
from aac.models.registry import EMBEDDED_ID
from aac.store.adapters import Promotion, add_promotion
from aac.store.runs import Run, claim_run, find_run, list_runs
from aac.training.config import PRESETS, TrainConfig
from aac.workflow.archive import Archive
from aac.workflow.run_steps import fit, read_work
from aac.workflow.running import RunOrder, cancel_run, resume_run, start_run
from aac.workflow.training import TrainOrder, train
from tests.store.sample import new_id
from tests.workflow.adapters import trained
from tests.workflow.cards import frozen


def queued(archive: Archive, order: RunOrder) -> Run:
    run_id = start_run(archive, order)
    with archive.database.read() as connection:
        return find_run(connection, run_id)


@pytest.fixture
def version_id(archive: Archive) -> str:
    return frozen(archive, shipped=True).id


def test_it_goes_on_from_the_shipped_adapter_where_none_was_promoted(archive: Archive, version_id: str):
    run = queued(archive, RunOrder(version_id, "further"))

    made = json.loads((DEFAULT_FOLDER / PEFT_CONFIG).read_text(encoding="utf-8"))
    assert (run.config["start_from"], run.options["start_adapter_id"]) == ("default", "")
    assert (run.config["lora_r"], run.config["lora_alpha"]) == (made["r"], made["lora_alpha"])


def test_it_goes_on_from_the_one_that_speaks(archive: Archive, version_id: str):
    stored = trained(archive, "novo", None)
    wish = Promotion(new_id(), EMBEDDED_ID, stored.id, None, "As pessoas preferem este.", "override")
    add_promotion(archive.database, wish, expected_active=None)

    run = queued(archive, RunOrder(version_id, "further"))

    assert (Path(run.config["start_from"]).name, run.options["start_adapter_id"]) == ("novo", stored.id)


def test_a_training_from_the_start_names_no_adapter(archive: Archive, version_id: str):
    run = queued(archive, RunOrder(version_id, "cpu"))

    assert run.config["start_from"] == ""
    assert "start_adapter_id" not in run.options


def test_without_an_adapter_for_the_base_model_there_is_nothing_to_go_on_from(
    archive: Archive, version_id: str, tiny_llama: Path
):
    config = TrainConfig(base_model=str(tiny_llama), start_from=PRESETS["further"].start_from)

    with pytest.raises(WrongCall, match="none to go on from"):
        start_run(archive, RunOrder(version_id, "further", config))


def test_the_hub_s_machines_have_no_adapter_to_go_on_from(archive: Archive, version_id: str):
    with pytest.raises(WrongCall, match="runs here only"):
        start_run(archive, RunOrder(version_id, "further", place="hub-job"))


# --- on a ZeroGPU Space -----------------------------------------------------------------------------------------------


def on_zero_gpu(archive: Archive) -> None:
    archive.settings = replace(archive.settings, zero_gpu=True, hub_token="hf_alice")


def test_a_zero_gpu_space_starts_no_training_and_names_what_does(archive: Archive, version_id: str):
    on_zero_gpu(archive)

    with pytest.raises(WrongCall) as raised:
        start_run(archive, RunOrder(version_id, "cpu"))

    for said in (raised.value.pt, raised.value.en):
        assert "Hugging Face Job" in said
        assert "hub-job" in said
        assert "python -m aac worker" in said
    with archive.database.read() as connection:
        assert list_runs(connection) == []


def test_a_zero_gpu_space_hands_a_training_to_a_job(archive: Archive, version_id: str):
    on_zero_gpu(archive)

    assert queued(archive, RunOrder(version_id, "cpu", place="hub-job")).options["place"] == "hub-job"


def test_a_run_that_was_to_be_here_does_not_go_on_on_a_zero_gpu_space(archive: Archive, version_id: str):
    run_id = start_run(archive, RunOrder(version_id, "cpu"))
    cancel_run(archive, run_id)
    on_zero_gpu(archive)

    with pytest.raises(WrongCall, match="no training runs here"):
        resume_run(archive, run_id)


def test_a_run_that_a_worker_there_finds_in_the_queue_is_not_begun(archive: Archive, version_id: str):
    run = queued(archive, RunOrder(version_id, "cpu"))
    claim = claim_run(archive.database, run.id, "a-worker")
    on_zero_gpu(archive)

    with pytest.raises(WrongCall, match="no training runs here"):
        fit(read_work(archive, claim, lambda: False))

    assert not (archive.settings.runs_dir / run.id).exists()


def test_the_command_that_trains_at_once_does_not_either(archive: Archive, tmp_path: Path):
    on_zero_gpu(archive)

    with pytest.raises(WrongCall, match="no training runs here"):
        train(archive.settings, TrainOrder(PRESETS["smoke"], tmp_path / "out"))
