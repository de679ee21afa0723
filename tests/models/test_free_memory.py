"""How much memory a container leaves to a model."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from aac.models import free_memory
from aac.models.free_memory import free_bytes, give_back, left_in_cgroups

MEMORY = namedtuple("MEMORY", "available")


def limited(folder: Path, limit: str, used: int, cached: int = 0, version: int = 2) -> None:
    names = ("memory.max", "memory.current") if version == 2 else ("memory.limit_in_bytes", "memory.usage_in_bytes")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n", encoding="utf-8")
    (folder / names[1]).write_text(f"{used}\n", encoding="utf-8")
    (folder / "memory.stat").write_text(f"anon 5\nactive_file {cached}\ninactive_file 0\n", encoding="utf-8")


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "own"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_containers_limit_counts_and_its_cache_of_files_is_free(tmp_path: Path):
    limited(tmp_path, "1000", used=700, cached=200)

    assert left_in_cgroups(tmp_path, own(tmp_path, "0::/\n")) == [500]


def test_a_container_without_a_limit_leaves_all_that_the_system_has(tmp_path: Path):
    limited(tmp_path, "max", used=700)

    assert left_in_cgroups(tmp_path, own(tmp_path, "0::/\n")) == []


def test_limits_above_this_process_s_own_count_too(tmp_path: Path):
    limited(tmp_path / "a", "1000", used=900)
    limited(tmp_path / "a" / "b", "5000", used=100)

    assert sorted(left_in_cgroups(tmp_path, own(tmp_path, "0::/a/b\n"))) == [100, 4900]


def test_the_older_kind_of_limit_is_read_as_well(tmp_path: Path):
    limited(tmp_path / "memory" / "a", "1000", used=400, version=1)

    assert left_in_cgroups(tmp_path, own(tmp_path, "4:memory:/a\n0::/\n")) == [600]


def test_where_there_are_none_nothing_is_said(tmp_path: Path):
    assert left_in_cgroups(tmp_path / "none", tmp_path / "none") == []


@pytest.mark.parametrize(("system", "left", "free"), [(900, [500], 500), (300, [500], 300), (300, [], 300)])
def test_what_is_free_is_the_least_of_them(system: int, left: list[int], free: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(free_memory.psutil, "virtual_memory", lambda: MEMORY(system))
    monkeypatch.setattr(free_memory, "left_in_cgroups", lambda: left)

    assert free_bytes("cpu") == free


def test_what_was_freed_between_what_is_still_used_goes_back_to_the_system():
    blocks = [b"x" * 100_000 + bytes([n % 256]) for n in range(2000)]  # too small for a mapping of their own
    used = psutil.Process().memory_info().rss
    del blocks[::2]

    give_back()

    assert used - psutil.Process().memory_info().rss > 0.4 * 2000 * 100_000
