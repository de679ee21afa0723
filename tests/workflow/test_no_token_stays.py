"""A canary for a token: whatever the app does with the Hub, and whatever goes wrong, it is written down nowhere."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aac.cli import main
from aac.errors import AacError
from aac.hub.access import HubAccess
from aac.hub.jobs import JobOrder, inspect_job, submit_job
from aac.settings import Settings
from aac.store import erasures
from aac.workflow.archive import Archive
from aac.workflow.backups import back_up
from aac.workflow.deploy_order import DeployOrder
from aac.workflow.deploying import deploy, plan
from aac.workflow.publishing import PublishOptions, publish_adapter, publish_version, pull_adapter
from aac.workflow.space_waiting import Patience
from aac.workflow.syncing import AnnotationSync
from tests import mini_hub
from tests.conftest import ROOT
from tests.store.sample import consented, fresh, new_id, rate
from tests.workflow.adapters import of_the_shipped_cards
from tests.workflow.cards import bring_in, card_file, frozen
from tests.workflow.checkouts import small_checkout

CANARY = "hf_canary0f1e2d3c4b5a6978"
REPO = "alice/cards"


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with mini_hub.running(tmp_path_factory.mktemp("stand-in"), {CANARY: ("alice", "write")}) as server:
        yield server


@pytest.fixture
def settings(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An app of its own in a home of its own: all that is written lies in `tmp_path`."""
    for name in ("HOME", "TMPDIR", "HF_HOME", "XDG_CACHE_HOME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmpdir"))
    return Settings(tmp_path / "data", hub_endpoint=hub.base, hub_timeout_s=5, hub_token=CANARY)


def kept(folder: Path) -> list[str]:
    """The files in which the token stands."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def attempt(step: Callable[[], object], told: list[str]) -> None:
    """Do it, and note all that anybody could be told of its failure."""
    try:
        told.append(repr(step()))
    except AacError as error:
        told.extend((error.pt, error.en, repr(error), str(error.__cause__)))


def everything(settings: Settings, tmp_path: Path, server: Any) -> Iterator[Callable[[], object]]:
    """What the app can do with the Hub, one thing after the other."""
    archive = Archive(settings)
    ana = consented(archive.database)
    rate(archive.database, ana, fresh(archive.database, ana))
    bring_in(archive, card_file(tmp_path / "c.csv", "Trem azul", "Cachoeira"))
    version = frozen(archive, "march", shipped=True)
    adapter = str(of_the_shipped_cards(tmp_path / new_id()))
    access = HubAccess(settings.hub_endpoint, CANARY, 5, 2, lambda seconds: None)
    options = PublishOptions(dataset_version=version.id, access=access)
    script = tmp_path / "job.py"
    script.write_text("print('job')\n", encoding="utf-8")
    space = DeployOrder("alice/space", secrets={"HF_TOKEN": CANARY}, checkout=small_checkout(tmp_path / "checkout"))
    server.build_stages = ["BUILD_ERROR"]
    yield lambda: publish_adapter(archive, adapter, REPO, CANARY, options)
    yield lambda: publish_version(archive, version.id, "alice/data", CANARY, options)
    yield lambda: pull_adapter(settings, REPO, None, CANARY, access)
    yield lambda: submit_job(access, JobOrder(script, secrets={"HF_TOKEN": CANARY}, key="k"))
    yield lambda: inspect_job(access, next(iter(server.jobs), "none"))
    yield lambda: AnnotationSync(archive, access, "alice/annotations").send()
    yield lambda: erasures.erase(archive.database, ana, new_id())
    yield lambda: AnnotationSync(archive, access, "alice/annotations").send()
    yield lambda: back_up(archive, tmp_path / f"{new_id()}.zip")
    yield lambda: plan(space, tmp_path / "space")
    yield lambda: deploy(access, space, Patience(0.01))
    yield lambda: server.spaces["alice/space"]["logs"].update(build=[f"pip sees {CANARY}"]) if server.spaces else None
    yield lambda: deploy(access, space, Patience(0.01))
    yield lambda: (settings, access, options, space)
    yield archive.close


ECHO = {"error": f"refused {CANARY}"}


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"match": "/commit/", "status": 403, "body": ECHO, "headers": {"X-Error-Message": f"no {CANARY}"}},
        {"match": "/api/", "status": 401, "body": ECHO},
        {"match": "/api/", "status": 500, "body": ECHO},
        {"match": "/api/", "status": 404, "body": ECHO},
        {"match": "/commit/|create", "status": 409, "body": ECHO},
        {"match": "/commit/|create", "status": 429, "body": ECHO},
        {"match": "/commit/|/api/jobs", "method": "POST", "drop": "after"},
        {"match": "/resolve/|/_lfs/", "status": 400, "body": ECHO},
        {"match": "/api/", "status": 200, "body": {"unexpected": CANARY}},
    ],
)
def test_a_token_is_written_down_nowhere(
    hub: Any, settings: Settings, tmp_path: Path, fault: dict[str, Any],
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
):  # fmt: skip
    told: list[str] = []
    if fault:
        hub.faults.append({"times": 10_000, **fault})
    with caplog.at_level(logging.DEBUG):
        for step in everything(settings, tmp_path, hub):
            attempt(step, told)

    out, err = capfd.readouterr()
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert [place for place in (*told, out, err, logged) if CANARY in place] == []
    assert kept(tmp_path) == []


def test_the_grep_would_find_it(tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text(f'{{"token": "{CANARY}"}}', encoding="utf-8")

    assert kept(tmp_path) == [str(tmp_path / "run" / "config.json")]


@pytest.mark.parametrize("token", [CANARY, f"{CANARY}\n{CANARY}", f"{CANARY} ç"])
@pytest.mark.parametrize(
    "command",
    [
        ["publish", "default", "--repo", REPO, "--json"],
        ["pull", REPO, "--json"],
        ["deploy", "--space", REPO, "--secret", "HF_TOKEN=HF_TOKEN", "--timeout", "0.01", "--json"],
        ["deploy", "--space", REPO, "--secret", "HF_TOKEN=HF_TOKEN", "--dry-run"],
    ],
)
def test_the_command_line_never_prints_it(
    hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command, token: str
):
    for name, value in {"PRANCHA_DATA_DIR": str(tmp_path), "HF_ENDPOINT": hub.base, "HF_TOKEN": token}.items():
        monkeypatch.setenv(name, value)

    with contextlib.suppress(SystemExit):
        main(command)

    out, err = capfd.readouterr()
    assert out or err
    assert CANARY not in out + err
    assert kept(tmp_path) == []


def test_a_process_of_its_own_that_debugs_the_client_does_not_tell_it(hub: Any, tmp_path: Path):
    environment = {
        **os.environ,
        **{"HF_ENDPOINT": hub.base, "HF_TOKEN": CANARY, "PRANCHA_DATA_DIR": str(tmp_path / "data")},
        **{"HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug", "HOME": str(tmp_path), "HF_HOME": str(tmp_path / "hf")},
    }

    done = subprocess.run(
        [sys.executable, "-m", "aac", "publish", "default", "--repo", REPO],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip

    assert f"{hub.base}/{REPO}" in done.stdout
    assert CANARY not in done.stdout + done.stderr
    assert kept(tmp_path) == []
