"""The trial of a Space leaves no server behind, whatever breaks it off."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from aac.errors import AacError
from scripts import try_space

SERVER = """
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler
open("../pid", "w").write(str(os.getpid()))
HTTPServer(("127.0.0.1", int(os.environ["GRADIO_SERVER_PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A Space whose app only answers."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text(SERVER, encoding="utf-8")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def is_running(place: Path) -> bool:
    return psutil.pid_exists(int((place / "pid").read_text(encoding="utf-8")))


def test_it_ends_where_the_annotations_cannot_be_read(place: Path):
    (place / "data").write_text("no folder", encoding="utf-8")

    with pytest.raises((AacError, OSError)):
        try_space.wait_for_rating(place, {})

    assert not is_running(place)


def test_it_ends_where_no_rating_comes_back(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(try_space, "RESTORED_S", 0)

    with pytest.raises(SystemExit, match="did not come back"):
        try_space.wait_for_rating(place, {})

    assert not is_running(place)


def test_it_ends_where_somebody_stops_the_visit(place: Path, monkeypatch: pytest.MonkeyPatch):
    def launched() -> None:
        assert is_running(place)
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.browser.launching.launched", launched)

    with pytest.raises(KeyboardInterrupt):
        try_space.visit(place, {}, rates=False)

    assert not is_running(place)
