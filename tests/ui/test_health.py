"""What `/health` says to whoever asks."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from aac.access_settings import AccessSettings
from aac.errors import NoRoomError
from aac.settings import Settings
from aac.ui.gate import Gate
from aac.ui.health import Health
from aac.ui.protection import Protection
from aac.workflow.archive import Archive
from tests.loops import run
from tests.ui.conftest import NoModel
from tests.ui.doors import Clock, client, login_of

BY_HEADER = AccessSettings(login="header", login_header="X-User", proxy_secret="a" * 30)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(Settings(tmp_path / "data"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watcher(archive: Archive, clock: Clock, tmp_path: Path) -> TestClient:
    """Somebody who comes past the proxy that logs others in."""
    health = Health(archive, NoModel(archive.settings), clock)
    login = login_of(tmp_path, BY_HEADER)
    gate = Middleware(Gate, login=login, protection=Protection(BY_HEADER), health=health)
    return client(Starlette(middleware=[gate]))


def test_a_server_that_works_says_so_to_anybody(watcher: TestClient):
    answer = watcher.get("/health")

    assert answer.status_code == 200
    found = {"status": "degraded", "version": "0.1.0", "database": "ok", "folder": "ok", "model": "waiting"}
    assert answer.json() == found
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_asks_by_head_gets_the_same_without_a_body(archive: Archive, watcher: TestClient, clock: Clock):
    got, head = watcher.get("/health"), watcher.head("/health")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers

    archive.close()
    archive.settings.data_dir.rename(archive.settings.data_dir.with_name("away"))
    archive.settings.data_dir.write_text("", encoding="utf-8")
    clock.now += 6
    assert watcher.head("/health").status_code == 503


def test_a_database_that_cannot_be_opened_is_503_and_names_no_path(archive: Archive, watcher: TestClient):
    archive.settings.data_dir.write_text("a file where the folder should be", encoding="utf-8")

    answer = watcher.get("/health")

    assert (answer.status_code, answer.json()["database"]) == (503, "failed")
    assert str(archive.settings.data_dir) not in answer.text


def test_asking_often_looks_once(archive: Archive, watcher: TestClient, clock: Clock):
    assert watcher.get("/health").status_code == 200
    archive.close()
    archive.settings.data_dir.rename(archive.settings.data_dir.with_name("away"))
    archive.settings.data_dir.write_text("", encoding="utf-8")

    assert watcher.get("/health").status_code == 200
    clock.now += 6
    assert watcher.get("/health").status_code == 503


def test_a_full_disk_is_503(archive: Archive, watcher: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert archive.database.is_sqlite

    def full(folder: Path) -> None:
        raise NoRoomError("Disco cheio.", "The disk is full.")

    monkeypatch.setattr("aac.ui.health.check_room", full)

    assert watcher.get("/health").status_code == 503


def test_a_file_that_may_not_grow_is_503_though_the_disk_has_room(archive: Archive, watcher: TestClient, clock: Clock):
    assert watcher.get("/health").status_code == 200
    clock.now += 6
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, hard))
    try:
        answer = watcher.get("/health")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (answer.status_code, answer.json()["database"]) == (503, "failed")
    clock.now += 6
    assert watcher.get("/health").status_code == 200


def test_with_postgresql_too_a_data_folder_that_is_gone_is_503(postgresql_url: str, tmp_path: Path, clock: Clock):
    archive = Archive(Settings(tmp_path / "data", database_url=postgresql_url))
    archive.settings.data_dir.mkdir()
    health = Health(archive, NoModel(archive.settings), clock)
    assert run(health.answer()).status_code == 200

    archive.settings.data_dir.rmdir()
    clock.now += 6
    answer = run(health.answer())

    assert answer.status_code == 503
    found = json.loads(answer.body)
    assert (found["database"], found["folder"]) == ("ok", "failed")
