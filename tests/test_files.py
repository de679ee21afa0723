"""What is said of files that cannot be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from aac.errors import NoRoomError
from aac.files import no_room, whole_folder
from aac.training.memory import clear_about_room


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_space_is_asked_for_where_it_is_short(number: int):
    assert "Free some space or choose another folder" in no_room(Path("x"), OSError(number, "full")).en


def test_a_full_disk_is_called_so_where_the_library_that_writes_tells_only_positions():
    with (
        pytest.raises(NoRoomError, match=r"the disk is full or failing: .*unexpected pos") as refused,
        clear_about_room(Path("/dev")),
    ):
        torch.save(torch.zeros(100_000), "/dev/full")

    assert "o disco está cheio ou falha" in refused.value.pt


def test_space_is_not_spoken_of_where_a_folder_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(NoRoomError, match=r"\. Choose another folder") as refused,
        whole_folder(tmp_path / "file" / "x"),
    ):
        pass

    assert "Free some space" not in refused.value.en
