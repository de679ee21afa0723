"""The app and its worker are killed while a run trains: the run is done all the same. The long form: `benchmarks/`."""

from __future__ import annotations

from pathlib import Path

from aac.settings import Settings
from benchmarks.kill_training import run
from tests.workflow.runs import tiny_config

WORKER_THEN_APP = 23  # what chance with this seed kills, some seconds after the start each


def test_a_run_whose_worker_and_app_are_killed_is_taken_up_by_the_next_app(
    tiny_llama: Path, settings: Settings, tmp_path: Path
):
    place = Settings(tmp_path / "data")
    place.data_dir.mkdir()
    place.models_dir.symlink_to(settings.models_dir)

    figures = run(place, tiny_config(tiny_llama, epochs=1), kills=2, seed=WORKER_THEN_APP, longest_wait_s=8.0)

    assert figures["kills"] == {"worker": 1, "app": 1}
    assert figures["states"] == {"done": figures["runs"]}
    found = {name: figures[name] for name in ("other_bytes", "evaluated_more_than_once", "left_behind")}
    assert found == {"other_bytes": 0, "evaluated_more_than_once": 0, "left_behind": []}
