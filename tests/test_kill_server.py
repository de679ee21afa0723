"""The server is killed while people annotate: what was acknowledged is there. The long form is in `benchmarks/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.settings import Settings
from benchmarks.kill_server import run


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_survives_kills_and_is_there_once(kind: str, tmp_path: Path, request):
    url = request.getfixturevalue("postgresql_url") if kind == "postgresql" else ""

    figures = run(Settings(tmp_path, database_url=url), kills=2, clients=6, seconds_between=1.5)

    assert min(figures["acknowledged"].values()) >= 1  # of each kind
    found = {name: figures[name] for name in ("lost", "changed", "twice", "refused", "integrity")}
    assert found == {"lost": 0, "changed": 0, "twice": 0, "refused": [], "integrity": "ok"}
