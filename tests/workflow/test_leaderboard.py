"""Every evaluation beside the others, the paper's numbers, and two adapters' answers to ten fixed prompts."""

from __future__ import annotations

from pathlib import Path

import pytest

from aac.datasets.near_duplicates import near_marks, prompt_clusters
from aac.parsing import parse
from aac.settings import Settings
from aac.store.versions import Version
from aac.workflow import leaderboard as leaderboard_module
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from aac.workflow.leaderboard import FIXED_PROMPTS, PAPER, fixed_answers, leaderboard
from aac.workflow.promoting import promote
from aac.workflow.shipped import shipped_prompts
from tests.tiny import make_tiny_adapter
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


def test_there_are_ten_prompts_near_to_no_shipped_one_nor_to_each_other():
    assert len(FIXED_PROMPTS) == 10
    assert len(prompt_clusters(FIXED_PROMPTS)) == 10
    assert not any(near_marks(FIXED_PROMPTS, dict.fromkeys(shipped_prompts(), 1)))


def test_two_adapters_answer_each_fixed_prompt_with_well_formed_cards(
    tmp_path: Path, settings: Settings, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(leaderboard_module, "FIXED_CARDS", 1)  # a model that learned nothing writes long ones
    archive = Archive(Settings(tmp_path))
    folder = make_tiny_adapter(archive.settings.adapters_dir / "um", tiny_llama)

    answers = list(fixed_answers(archive, Speakers(settings), "none", "um"))

    assert [prompt for prompt, _, _ in answers] == list(FIXED_PROMPTS)
    assert {(one.adapter, other.adapter) for _, one, other in answers} == {(None, str(folder))}
    for prompt, one, other in answers:
        for made in (one, other):
            assert made.request.prompt == prompt
            assert [problem for problem in parse(made.raw_text).problems if made.finish == "end"] == []
