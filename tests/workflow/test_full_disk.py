"""A disk that gets full while a run trains: a real one, small, mounted for this test alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aac.errors import NoRoomError
from aac.files import check_room
from aac.settings import Settings
from tests.conftest import ROOT
from tests.workflow.on_full_disk import way_to_mount


@pytest.fixture(scope="module")
def seen(tiny_llama: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `on_full_disk` saw."""
    way = way_to_mount()
    disk = tmp_path_factory.mktemp("disk")
    done = subprocess.run(
        [*way, sys.executable, "-m", "tests.workflow.on_full_disk", str(disk), str(tiny_llama)],
        cwd=ROOT,
        env={**os.environ, "PRANCHA_DATA_DIR": str(settings.data_dir)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    return json.loads(done.stdout.splitlines()[-1])


def test_while_the_disk_is_full_the_page_says_so_and_is_served(seen: dict[str, Any]):
    assert seen["state"] == "running"  # nobody can write otherwise
    assert "is full or failing (No space left on device): the run waits. Free some space" in seen["shown"]
    assert seen["served"] == 200


def test_when_there_is_room_again_the_run_fails_with_the_reason_by_itself(seen: dict[str, Any]):
    assert seen["end"] == "failed"
    assert "No space left on device" in seen["en"] or "is full or failing" in seen["en"]
    assert "Libere espaço" in seen["pt"]


def test_and_it_goes_on_when_it_is_resumed(seen: dict[str, Any]):
    assert (seen["resumed"], seen["obstacle"]) == ("done", None)


def test_a_folder_with_room_is_left_as_it_was_and_one_that_takes_nothing_is_said_to_be_such(tmp_path: Path):
    check_room(tmp_path)

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoRoomError, match="Could not write to"):
        check_room(tmp_path / "gone")
