"""What is said of files that cannot be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from aac.errors import NoRoomError
from aac.files import no_room, whole_folder


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_space_is_asked_for_where_it_is_short(number: int):
    assert "Free some space or choose another folder" in no_room(Path("x"), OSError(number, "full")).en


def test_space_is_not_spoken_of_where_a_folder_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(NoRoomError, match=r"\. Choose another folder") as refused,
        whole_folder(tmp_path / "file" / "x"),
    ):
        pass

    assert "Free some space" not in refused.value.en
