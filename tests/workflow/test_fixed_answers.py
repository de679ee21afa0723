"""Two adapters' answers to ten fixed prompts: those that evaluations stored at once, the missing ones as they come."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aac.cards import cards_to_csv
from aac.datasets.card_files import references_by_request
from aac.errors import MissingError, WrongCall
from aac.models.adapters import weights_sha256
from aac.settings import Settings
from aac.store.adapters import add_adapter, add_evaluation, list_evaluations
from aac.store.versions import Version, add_version_event
from aac.workflow import fixed_answers as fixed_answers_module
from aac.workflow.archive import Archive
from aac.workflow.fixed_answers import FixedAnswer, fixed_prompts, stored_answers, written_answers
from aac.workflow.generating import Speakers
from aac.workflow.shipped import shipped_sets
from aac.workflow.version_sets import version_sets
from aac.workflow.versions import find_version
from tests.store.sample import new_id
from tests.tiny import make_tiny_adapter
from tests.workflow.adapters import evaluated, right, shipped, trained, unreadable, wrong
from tests.workflow.cards import bring_in, card_file, frozen
from tests.workflow.runs import some_prompts


@pytest.fixture
def version(archive: Archive) -> Version:
    return frozen(archive, "v", shipped=True)


def test_the_prompts_are_the_ten_of_the_test_split_whose_hash_comes_first(archive: Archive, version: Version):
    asked = references_by_request(version_sets(archive, version, "test"))

    found = fixed_prompts(archive, version.id)

    first = sorted(asked, key=lambda request: hashlib.sha256(request.prompt.encode()).digest())[:10]
    assert found == tuple(first)


def test_where_a_version_has_few_test_prompts_shipped_ones_follow(archive: Archive, tmp_path: Path):
    bring_in(archive, card_file(tmp_path / "cards.csv", *some_prompts()))
    few = frozen(archive)
    own = {card_set.prompt for card_set in version_sets(archive, few, "test")}

    found = [request.prompt for request in fixed_prompts(archive, few.id)]

    assert 0 < len(own) < 10
    assert set(found[: len(own)]) == own
    assert set(found[len(own) :]) <= {card_set.prompt for card_set in shipped_sets()["test"]}
    assert len(found) == 10


def test_without_a_version_the_prompts_are_shipped_ones(archive: Archive, version: Version):
    assert fixed_prompts(archive) == fixed_prompts(archive, version.id)


def test_what_evaluations_stored_is_there_without_a_model(archive: Archive, version: Version):
    evaluated(archive, shipped(archive), version, wrong)
    evaluated(archive, trained(archive, "novo", version), version, right)

    found = stored_answers(archive, "novo", "default", version.id)

    sets = {
        request.prompt: some for request, some in references_by_request(version_sets(archive, version, "test")).items()
    }
    assert [one.prompt for one in found] == [request.prompt for request in fixed_prompts(archive, version.id)]
    assert [one.first for one in found] == [cards_to_csv(sets[one.prompt][0].cards[:1]) for one in found]
    assert all(one.second and one.second != one.first for one in found)


def test_of_several_evaluations_the_latest_answers(archive: Archive, version: Version):
    evaluated(archive, None, version, right)
    evaluated(archive, None, version, unreadable)

    found = stored_answers(archive, "none", "default", version.id)

    assert {one.first for one in found} == {"Claro! Aqui estão os cartões."}


def test_answers_to_the_same_prompts_of_another_version_count(archive: Archive, version: Version, tmp_path: Path):
    evaluated(archive, None, version, right)
    bring_in(archive, card_file(tmp_path / "cards.csv", *some_prompts()))
    few = frozen(archive, "few")

    found = stored_answers(archive, "none", "default", few.id)

    of_few = {card_set.prompt for card_set in version_sets(archive, few, "test")}
    assert {one.prompt for one in found if one.first is None} == of_few


@pytest.mark.parametrize("fact", ["protocol", "base_model"])
def test_answers_that_were_asked_for_otherwise_do_not_count(archive: Archive, version: Version, fact: str):
    made = evaluated(archive, shipped(archive), version, right)
    with archive.database.read() as connection:
        (stored,) = list_evaluations(connection, [made.adapter_id], with_answers=True)
    other = replace(stored, id=new_id(), adapter_id=None, scores={**stored.scores, fact: "another"})
    add_evaluation(archive.database, other)

    found = stored_answers(archive, "none", "default", version.id)

    assert {one.first for one in found} == {None}
    assert None not in {one.second for one in found}


def test_answers_on_a_version_that_was_withdrawn_are_not_shown(archive: Archive, version: Version):
    evaluated(archive, None, version, right)
    add_version_event(archive.database, version.id, "withdrawn", "test")

    assert {one.first for one in stored_answers(archive, "none", "default")} == {None}


def test_what_is_stored_is_shown_though_the_adapters_folder_is_gone(archive: Archive, version: Version):
    evaluated(archive, trained(archive, "novo", version), version, right)
    evaluated(archive, None, version, wrong)
    shutil.rmtree(archive.settings.adapters_dir / "novo")

    (found,) = written_answers(archive, Speakers(archive.settings), "novo", "none", version.id)

    assert all(one.first and one.second for one in found)


def test_an_adapter_that_there_is_not_is_refused(archive: Archive, version: Version):
    with pytest.raises(WrongCall, match="There is no adapter 'nobody'"):
        stored_answers(archive, "nobody", "none", version.id)


# --- answers that are missing, on a tiny model ------------------------------------------------------------------------


@pytest.fixture
def tiny(archive: Archive, tmp_path: Path, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A version with few test prompts of its own; of two adapters of the tiny model, `um` was evaluated on it, and both
    on the shipped prompts that follow.
    """
    monkeypatch.setattr(fixed_answers_module, "MAX_NEW_TOKENS", 2)  # a model that learned nothing never ends by itself
    shipped_version = frozen(archive, "shipped", shipped=True)
    bring_in(archive, card_file(tmp_path / "cards.csv", *some_prompts()))
    few = frozen(archive, "few")
    for seed, (name, evaluated_on) in enumerate({"um": (shipped_version, few), "dois": (shipped_version,)}.items()):
        folder = make_tiny_adapter(archive.settings.adapters_dir / name, tiny_llama, seed)
        adapter = add_adapter(archive.database, name, str(tiny_llama), weights_sha256(folder))
        for version in evaluated_on:
            evaluated(archive, adapter, version, right)
    return few.id


def missing(answers: tuple[FixedAnswer, ...]) -> int:
    return sum(text is None for one in answers for text in (one.first, one.second))


def test_missing_answers_come_as_they_are_whole_and_stored_ones_stay(archive: Archive, tiny: str, settings: Settings):
    first, *later = written_answers(archive, Speakers(settings), "um", "dois", tiny)

    assert first == stored_answers(archive, "um", "dois", tiny)
    assert 0 < missing(first) < 10
    assert missing(later[-1]) == 0
    assert [one.first for one in later[-1]] == [one.first for one in first]
    kept = [one for one, before in zip(later[-1], first, strict=True) if before.second is not None]
    assert kept == [one for one in first if one.second is not None]


def test_many_missing_answers_come_batch_by_batch_the_first_prompts_first(
    archive: Archive, tiny: str, settings: Settings
):
    *_, half, whole = written_answers(archive, Speakers(settings), "none", "dois")

    assert [one.first is None for one in half] == [False] * 8 + [True] * 2
    assert missing(whole) == 0


def test_none_answers_with_the_others_base_model(archive: Archive, tiny: str, settings: Settings):
    evaluated(archive, None, find_version(archive, tiny), wrong)  # of the embedded model

    *_, last = written_answers(archive, Speakers(settings), "none", "um", tiny)

    assert missing(stored_answers(archive, "none", "um", tiny)) == 10
    assert missing(last) == 0


def test_what_nobody_can_write_any_more_is_refused_after_what_is_stored(
    archive: Archive, tiny: str, settings: Settings
):
    shutil.rmtree(archive.settings.adapters_dir / "dois")
    states = written_answers(archive, Speakers(settings), "um", "dois", tiny)

    assert missing(next(states)) < 10
    with pytest.raises(MissingError, match="dois is missing"):
        next(states)
