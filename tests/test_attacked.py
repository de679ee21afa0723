"""A real app under some of the attacks, as everybody: nothing gets through. All of them: `benchmarks/attackers.py`."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aac.settings import Settings
from aac.workflow.children import wait_until
from benchmarks.attack_run.findings import AttackRun, sent_as
from benchmarks.attackers import Figures, run, table
from tests.canary import Canary
from tests.ui.attack_requests import SECRET, Answer, Attack, Raw


@pytest.fixture(scope="module")
def figures(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """What came of every twenty-fourth request."""
    return run(settings, tmp_path_factory.mktemp("attacked"), every=24, minutes=30)


def test_of_hundreds_of_requests_none_gets_through(figures: Figures):
    assert figures.through == []
    assert figures.is_whole
    assert figures.requests >= 500


def test_every_kind_of_attack_is_told_of_in_the_table(figures: Figures):
    kinds = [line.split("|")[1].strip() for line in table(figures).splitlines() if line.startswith("|")]

    assert kinds[2:] == [
        *("direct", "queue", "beside", "route", "file", "address", "upload", "other page"),
        *("annotating", "stored words", "slow words", "stolen cookie", "planted session", "used answer"),
    ]


@pytest.fixture
def attack_run(tmp_path: Path) -> AttackRun:
    (tmp_path / "place" / "data").mkdir(parents=True)
    return AttackRun(tmp_path / "place", Canary(), every=1, ends_s=float("inf"))


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (Answer(500, ""), "500 or a trace"),
        (Answer(200, "Traceback (most recent call last)"), "500 or a trace"),
        (Answer(200, f"x{SECRET}x"), "read"),
        (Answer(200, "fine"), "not refused"),
    ],
)
def test_an_answer_that_should_not_be_is_noticed(attack_run: AttackRun, answer: Answer, how: str):
    attack_run.note("a kind", "x", answer, 0.1, must_fail=how == "not refused")

    assert dict(attack_run.rows["a kind"].bad) == {how: 1}
    assert len(attack_run.through) == 1


def test_a_file_that_was_written_and_a_server_that_was_called_are_noticed(attack_run: AttackRun):
    def attack() -> None:
        (attack_run.place / "pwned.txt").write_text("x", encoding="utf-8")
        attack_run.canary.asked.append("/x")

    attack_run.watched("a kind", attack)

    assert dict(attack_run.rows["a kind"].bad) == {"written": 1, "fetched": 1}


def test_a_server_that_dies_is_noticed_where_it_does_and_nothing_is_tried_afterwards(attack_run: AttackRun):
    app = attack_run.app()
    tried: list[Attack] = []

    def attack() -> None:
        os.kill(app.pid, signal.SIGKILL)
        assert wait_until(lambda: not app.is_running, 60.0, 0.05)
        tried.extend(attack_run.chosen([Attack("a kind", "x", "GET", "/")]))

    try:
        attack_run.watched("a kind", attack)
        attack_run.watched("another kind", attack)
    finally:
        attack_run.end(app)

    assert {kind: dict(row.bad) for kind, row in attack_run.rows.items()} == {
        "a kind": {"500 or a trace": 1},
        "the server": {"500 or a trace": 1},
    }
    assert tried == []


def test_a_server_that_ends_when_it_is_told_to_is_not_noticed(attack_run: AttackRun):
    attack_run.end(attack_run.app())

    assert attack_run.through == []


@pytest.fixture
def nobody_listens() -> Iterator[str]:
    """An address at which there is no server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def test_that_nobody_listens_any_more_is_noticed_of_each_request(attack_run: AttackRun, nobody_listens: str):
    raw = Raw(nobody_listens, {})

    for _ in range(2):
        attack_run.note("a kind", "x", sent_as(raw, Attack("a kind", "x", "GET", "/"), {}), 0.1)

    assert dict(attack_run.rows["a kind"].bad) == {"500 or a trace": 2}


def test_a_connection_that_fails_in_the_midst_of_a_kind_is_noticed(attack_run: AttackRun, nobody_listens: str):
    attack_run.watched("a kind", lambda: httpx.get(nobody_listens, trust_env=False))

    assert dict(attack_run.rows["a kind"].bad) == {"500 or a trace": 1}
