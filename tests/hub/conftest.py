"""The Hub's stand-in on loopback, and somebody who may write to it without ever waiting."""

from __future__ import annotations

from typing import Any

import pytest

from aac.hub.access import HubAccess
from tests.conftest import HUB_TOKEN


@pytest.fixture
def waits() -> list[float]:
    """The seconds that would have been waited."""
    return []


@pytest.fixture
def access(hub: Any, waits: list[float]) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, wait=waits.append)
