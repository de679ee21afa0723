"""Whether people are asked: only where what they say outlives a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.errors import HubError
from aac.settings import Settings
from aac.workflow.archive import Archive
from aac.workflow.collecting import NotDurable, Restoring, check_collecting, why_not_durable
from aac.workflow.syncing import AnnotationSync, sync_of
from tests.conftest import HUB_TOKEN
from tests.workflow.log_on_hub import REPO


@pytest.fixture
def space(hub: Any, tmp_path: Path) -> Settings:
    """The settings of a Space whose owner has set everything."""
    return Settings(
        tmp_path / "space", hub_endpoint=hub.base, hub_timeout_s=5, hub_token=HUB_TOKEN, sync_repository=REPO,
        salt="a long random text", space_id="alice/prancha",
    )  # fmt: skip


@pytest.fixture
def archive(space: Settings) -> Iterator[Archive]:
    opened = Archive(space)
    yield opened
    opened.close()


@pytest.fixture
def sync(archive: Archive) -> AnnotationSync:
    found = sync_of(archive)
    assert found is not None
    found.access = dataclasses.replace(found.access, tries=1)
    return found


def test_a_disk_of_ones_own_is_durable(tmp_path: Path):
    archive = Archive(Settings(tmp_path))

    check_collecting(archive, None, writes=True)

    assert why_not_durable(archive.settings, None) is None


def test_postgresql_is_durable_on_a_space_too(space: Settings):
    settings = dataclasses.replace(space, database_url="postgresql://a:b@c/d", sync_repository="", hub_token="")

    assert why_not_durable(settings, None) is None


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"sync_repository": ""}, "PRANCHA_SYNC_REPO=OWNER/NAME is missing"),
        ({"hub_token": ""}, "HF_TOKEN is missing"),
        ({"salt": ""}, "PRANCHA_SALT is missing"),
        ({"salt": "", "database_url": "postgresql://a:b@c/d"}, "PRANCHA_SALT is missing"),  # made anew on an empty disk
        ({"database_url": "sqlite:////tmp/x"}, "do not reach"),
    ],
)
def test_a_space_where_something_is_missing_asks_nobody_and_says_what(space: Settings, missing: Any, said: str):
    settings = dataclasses.replace(space, **missing)

    found = why_not_durable(settings, sync_of(Archive(settings)))

    assert found is not None
    assert said in found.en
    assert "coleta está fechada" in found.pt


def test_a_space_asks_once_all_of_it_has_come_back_and_a_round_went_well(archive: Archive, sync: AnnotationSync):
    with pytest.raises(Restoring):
        check_collecting(archive, sync, writes=False)

    sync.send()

    check_collecting(archive, sync, writes=True)


def test_one_failure_of_the_hub_closes_nothing_and_a_refusal_does(hub, archive: Archive, sync: AnnotationSync):
    sync.send()
    hub.faults.append({"times": 1, "match": "/api/", "status": 503})
    sync.send()
    assert isinstance(sync.state().error, HubError)
    check_collecting(archive, sync, writes=True)
    hub.faults.append({"times": 1, "match": "/api/", "status": 403})

    sync.send()

    with pytest.raises(NotDurable):
        check_collecting(archive, sync, writes=True)
    check_collecting(archive, sync, writes=False)  # to look back, and to erase, is always possible


def test_after_ten_minutes_without_the_hub_nobody_is_asked(archive: Archive, sync: AnnotationSync, monkeypatch):
    sync.send()
    then = sync._succeeded_s
    assert then is not None
    sync._succeeded_s = then - 601

    with pytest.raises(NotDurable, match="Collecting is closed now"):
        check_collecting(archive, sync, writes=True)


def test_elsewhere_a_server_that_has_people_asks_though_the_hub_is_away(hub, space: Settings, sync: AnnotationSync):
    archive = Archive(dataclasses.replace(space, space_id="", data_dir=space.data_dir / "own"))
    own = sync_of(archive)
    assert own is not None
    own.send()
    hub.faults.append({"times": 9, "match": "/api/", "status": 503})
    own.access = dataclasses.replace(own.access, tries=1)
    own.send()

    check_collecting(archive, own, writes=True)
    archive.close()
