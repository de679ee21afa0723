"""An archive of the test's own, and people who may write into it; a small checkout that is deployed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.hub.access import HubAccess
from aac.settings import Settings
from aac.workflow.archive import Archive
from aac.workflow.deploy_order import DeployOrder
from aac.workflow.deploying import Deployed, deploy
from aac.workflow.space_waiting import Patience
from tests.conftest import HUB_TOKEN
from tests.store.sample import consented
from tests.workflow.checkouts import small_checkout
from tests.workflow.deployments import POLL_S, SPACE, Clock
from tests.workflow.log_on_hub import REPO, SERVERS_SALT


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(Settings(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def ana(archive: Archive) -> str:
    """Somebody who agreed to the consent text."""
    return consented(archive.database)


@pytest.fixture
def bia(archive: Archive) -> str:
    """Somebody else who agreed to it."""
    return consented(archive.database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def order(tmp_path: Path) -> DeployOrder:
    return DeployOrder(SPACE, checkout=small_checkout(tmp_path / "checkout"))


@pytest.fixture
def patient(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, wait=lambda seconds: None)


@pytest.fixture
def put(patient: HubAccess, clock: Clock):
    """Deploys, and waits half an hour at most, by a clock of the test's own."""

    def put_(order: DeployOrder, **changed: Any) -> Deployed:
        patience = Patience(1800, POLL_S, lambda: clock.now_s, clock.wait)
        return deploy(patient, dataclasses.replace(order, **changed), patience)

    return put_


@pytest.fixture
def access(hub: Any) -> HubAccess:
    return HubAccess(hub.base, HUB_TOKEN, timeout_s=5.0, tries=1)


@pytest.fixture
def server(tmp_path: Path, hub: Any) -> Iterator[Callable[[], Archive]]:
    """A new server with an empty disk, each time; its salt is a secret of the Space's."""
    made: list[Archive] = []

    def start() -> Archive:
        made.append(Archive(Settings(tmp_path / f"disk-{len(made)}", salt=SERVERS_SALT, sync_repository=REPO)))
        return made[-1]

    yield start
    for archive in made:
        archive.close()
