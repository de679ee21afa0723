"""Faults while people annotate, in a real app: each is said, nothing acknowledged is lost, and it goes on by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from aac.settings import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def seen(settings: Settings) -> dict[str, Any]:
    """What `python -m benchmarks.faults` saw."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--people", "3"],
        cwd=ROOT,
        env={**os.environ, "PRANCHA_DATA_DIR": str(settings.data_dir)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    return json.loads(done.stdout)


@pytest.mark.parametrize("fault", ["killed", "locked", "gone", "disk_full", "clock_back", "worker_killed"])
def test_it_goes_on_by_itself(seen: dict[str, Any], fault: str):
    assert seen[fault]["goes_on_by_itself"]


def test_what_was_acknowledged_is_there_once_and_as_it_was_sent(seen: dict[str, Any]):
    assert min(seen["acknowledged"].values()) >= 1
    found = {name: seen[name] for name in ("lost", "changed", "twice", "refused", "integrity")}
    assert found == {"lost": 0, "changed": 0, "twice": 0, "refused": [], "integrity": "ok"}


@pytest.mark.parametrize("fault", ["locked", "disk_full", "gone"])
def test_a_database_that_cannot_be_used_is_said_in_words_and_by_its_health(seen: dict[str, Any], fault: str):
    assert (seen[fault]["said"], seen[fault]["health"]) == (True, True)


def test_without_the_data_folder_a_person_reads_the_cause_and_nothing_is_made_in_its_place(seen: dict[str, Any]):
    gone = seen["gone"]

    assert (gone["page"], gone["page_says"], gone["made_anew"]) == (503, True, False)
    assert not any(answer.startswith("403") for answer in gone["answers"])


def test_without_the_hub_people_annotate_and_the_data_tab_says_what_is_wrong(seen: dict[str, Any]):
    assert (seen["killed"]["goes_on_without_the_hub"], seen["killed"]["said"]) == (True, True)
    assert seen["hub_is_reached_again"]


def test_with_the_clock_set_back_the_later_word_holds_and_everybody_stays_logged_in(seen: dict[str, Any]):
    found = [seen["clock_back"][name] for name in ("clock_went_back", "later_holds", "later_comes_first")]

    assert found == [True] * 3
    assert seen["clock_back"]["still_logged_in"]


def test_a_killed_worker_is_replaced_and_its_run_is_done(seen: dict[str, Any]):
    assert (seen["worker_killed"]["goes_on_meanwhile"], seen["worker_killed"]["run"]) == (True, "done")
