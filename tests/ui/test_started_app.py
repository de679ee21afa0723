"""`python -m aac app` as people start it: what only a whole start brings together."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT

_START_S = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / ".local" / "share" / "prancha"  # as where nobody says otherwise


@pytest.fixture(scope="module")
def app(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The person at the computer that it runs on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    environment |= {"PRANCHA_DATA_DIR": str(data), "PRANCHA_EMBEDDED_FROM": "hub", "HF_ENDPOINT": "http://127.0.0.1:9"}
    log = tmp_path_factory.mktemp("log") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
        end_s = time.monotonic() + _START_S
        while not _answers(client):
            if process.poll() is not None or time.monotonic() > end_s:
                process.kill()
                pytest.fail(log.read_text(encoding="utf-8"))
            time.sleep(0.2)
        yield client
    process.terminate()
    process.wait(60)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/config").is_success
    except httpx.TransportError:
        return False


def test_an_upload_lies_in_the_data_folder_for_its_owner_alone_and_comes_back(app: httpx.Client, data: Path):
    (kept,) = app.post("/gradio_api/upload", files={"files": ("cards.csv", b"a,b,c")}).json()

    assert Path(kept).is_relative_to(data / "gradio")
    assert stat.S_IMODE((data / "gradio").stat().st_mode) == 0o700
    assert app.get(f"/gradio_api/file={kept}").content == b"a,b,c"


def test_what_lies_beside_them_in_the_data_folder_is_not_served(app: httpx.Client, data: Path):
    (data / "annotator-salt").write_text("a salt", encoding="utf-8")

    assert app.get(f"/gradio_api/file={data / 'annotator-salt'}").status_code in (403, 404)
    assert app.get(f"/gradio_api/file={data}/gradio/../annotator-salt").status_code in (403, 404)


def test_the_person_at_the_computer_reads_what_it_counts(app: httpx.Client):
    answer = app.get("/metrics")

    assert answer.status_code == 200
    values = {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.labels
    }
    assert values["prancha_database_up"] == 1
    assert values["prancha_generations_waiting"] == 0


def test_another_name_for_this_computer_reads_nothing(app: httpx.Client):
    assert app.get("/metrics", headers={"Host": "evil.example"}).status_code == 403
