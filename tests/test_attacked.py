"""A real app under some of the attacks, as everybody: nothing gets through. All of them: `benchmarks/attackers.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.settings import Settings
from benchmarks.attackers import Figures, run, table
from benchmarks.siege.noting import Siege
from tests.canary import Canary
from tests.ui.attack_requests import SECRET, Answer


@pytest.fixture(scope="module")
def figures(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """What came of every twelfth request."""
    return run(settings, tmp_path_factory.mktemp("attacked"), every=12, minutes=30)


def test_of_a_thousand_requests_none_gets_through(figures: Figures):
    assert figures.through == []
    assert figures.is_whole
    assert figures.requests >= 1_000


def test_every_kind_of_attack_is_told_of_in_the_table(figures: Figures):
    kinds = [line.split("|")[1].strip() for line in table(figures).splitlines() if line.startswith("|")]

    assert kinds[2:] == [
        *("direct", "queue", "beside", "route", "file", "address", "upload", "other page"),
        *("annotating", "stored words", "slow words", "stolen cookie", "planted session", "used answer"),
    ]


@pytest.fixture
def siege(tmp_path: Path) -> Siege:
    (tmp_path / "place" / "data").mkdir(parents=True)
    return Siege(tmp_path / "place", Canary(), every=1, ends_s=float("inf"))


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (Answer(500, ""), "500 or a trace"),
        (Answer(200, "Traceback (most recent call last)"), "500 or a trace"),
        (Answer(200, f"x{SECRET}x"), "read"),
        (Answer(200, "fine"), "not refused"),
    ],
)
def test_an_answer_that_should_not_be_is_noticed(siege: Siege, answer: Answer, how: str):
    siege.note("a kind", "x", answer, 0.1, must_fail=how == "not refused")

    assert dict(siege.rows["a kind"].bad) == {how: 1}
    assert len(siege.through) == 1


def test_a_file_that_was_written_and_a_server_that_was_called_are_noticed(siege: Siege):
    def attack() -> None:
        (siege.place / "pwned.txt").write_text("x", encoding="utf-8")
        siege.canary.asked.append("/x")

    siege.watched("a kind", attack)

    assert dict(siege.rows["a kind"].bad) == {"written": 1, "fetched": 1}
