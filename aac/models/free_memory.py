"""How much memory a model can still take, where a container or a GPU has less than the computer; and giving it back."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import torch

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")
# A limit and what is used of it, in cgroups of version 2 and 1; caches of files, which `memory.stat` tells, can go.
_FILES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
_CACHES = ("active_file", "inactive_file")


def free_bytes(device: str = "") -> int:
    """Of the GPU where `device` is one, or is not said and there is one; else of the system and of this container."""
    if device != "cpu" and torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return min([psutil.virtual_memory().available, *left_in_cgroups()])


def give_back() -> None:
    """Let the system have what was freed: glibc keeps it, a heap for each thread, and a server seems to grow."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another library of C's than glibc
            ctypes.CDLL(None).malloc_trim(0)


def left_in_cgroups(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> list[int]:
    """What each limit above this process leaves; nothing where none is set, and on other systems than Linux."""
    left = []
    for folder in _folders(root, own):
        for limit, used in _FILES:
            with suppress(OSError, ValueError):  # "max" is no number: no limit
                left.append(max(0, _number(folder / limit) - _number(folder / used) + _cached(folder)))
    return left


def _folders(root: Path, own: Path) -> set[Path]:
    """This process's cgroups and those above them; in a container the root is its own."""
    found = {root, root / "memory"}
    with suppress(OSError):
        for line in own.read_text(encoding="utf-8").splitlines():
            _, kinds, path = line.split(":", 2)
            if kinds in ("", "memory"):
                folder = root / kinds / path.strip("/")
                found |= {folder, *(parent for parent in folder.parents if parent.is_relative_to(root))}
    return found


def _cached(folder: Path) -> int:
    pairs = (line.split() for line in (folder / "memory.stat").read_text(encoding="utf-8").splitlines())
    return sum(int(value) for name, value in pairs if name in _CACHES)


def _number(file: Path) -> int:
    return int(file.read_text(encoding="utf-8"))
