"""The Hub's stand-in on loopback, and somebody who may write to it without ever waiting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.hub.access import HubAccess
from tests import mini_hub

TOKEN = "hf_alice"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Any]:
    """The stand-in; alice may write, bob only read."""
    with mini_hub.running(tmp_path / "hub", {TOKEN: ("alice", "write"), "hf_bob": ("bob", "read")}) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds that would have been waited."""
    return []


@pytest.fixture
def access(hub: Any, waits: list[float]) -> HubAccess:
    return HubAccess(hub.base, TOKEN, timeout_s=5.0, wait=waits.append)
