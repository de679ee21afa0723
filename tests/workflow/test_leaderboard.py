"""Every evaluation beside the others, and the paper's numbers."""

from __future__ import annotations

import pytest

from aac.store.versions import Version
from aac.workflow.archive import Archive
from aac.workflow.leaderboard import PAPER, leaderboard
from aac.workflow.promoting import promote
from tests.workflow.adapters import evaluated, right, shipped, trained, wrong
from tests.workflow.cards import frozen


@pytest.fixture
def version(archive: Archive) -> Version:
    return frozen(archive, "v", shipped=True)


def test_without_evaluations_only_the_papers_rows_are_there(archive: Archive):
    found = leaderboard(archive)

    assert found.rows == ()
    assert [(row.bleu, row.ter) for row in PAPER] == [(10, 142.69), (62, 54.98)]
    assert found.paper == PAPER


def test_the_rows_stand_by_aligned_chrf_and_the_active_one_is_marked(archive: Archive, version: Version):
    evaluated(archive, None, version, wrong, 2.0)
    evaluated(archive, shipped(archive), version, wrong, 10.0)
    evaluated(archive, trained(archive, "novo", version), version, right, 30.0)

    rows = leaderboard(archive).rows

    assert [(row.name, row.is_active, row.aligned_chrf) for row in rows] == [
        ("novo", False, 30.0),
        ("default", True, 10.0),
        ("none", False, 2.0),
    ]


def test_after_a_promotion_the_promoted_one_is_marked(archive: Archive, version: Version):
    evaluated(archive, trained(archive, "novo", version), version, right)
    promote(archive, "novo", "Para ver.")

    (row,) = leaderboard(archive).rows

    assert (row.name, row.is_active) == ("novo", True)


def test_of_one_adapter_on_the_same_data_the_latest_evaluation_counts(archive: Archive, version: Version):
    evaluated(archive, shipped(archive), version, wrong, 1.0)
    latest = evaluated(archive, shipped(archive), version, wrong, 2.0)

    assert [row.evaluation_id for row in leaderboard(archive).rows] == [latest.id]


def test_one_versions_leaderboard_holds_what_was_evaluated_on_the_same_test_data(archive: Archive, version: Version):
    evaluated(archive, shipped(archive), version, wrong)
    same = frozen(archive, "mesma", shipped=True)

    assert [row.version_id for row in leaderboard(archive, same.id).rows] == [version.id]
