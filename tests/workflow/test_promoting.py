"""What speaks: promoted where it is better on unseen prompts, or at a maintainer's word; and taken back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aac.datasets.card_files import read_card_sets
from aac.datasets.version_files import write_version
from aac.errors import Refused, WrongCall
from aac.models.adapters import DEFAULT_FOLDER, TRAINING, read_json
from aac.models.registry import EMBEDDED_ID
from aac.records import CardSet, SetRow
from aac.settings import Settings
from aac.store.adapters import Promotion, add_evaluation, add_promotion, find_adapter, list_promotions
from aac.store.versions import Version, add_version, add_version_event
from aac.training.config import data_folders
from aac.workflow import versions
from aac.workflow.active import Active, look_up_active
from aac.workflow.archive import Archive
from aac.workflow.promoting import active_adapter, carry_out, decide, promote, rollback
from aac.workflow.trained_prompts import trained_on
from aac.workflow.version_sets import version_sets
from tests.conftest import ROOT
from tests.store.sample import new_id
from tests.workflow.adapters import evaluated, forget_answers, made_folder, right, shipped, trained, unreadable, wrong
from tests.workflow.cards import frozen


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a version of the shipped cards, on which the shipped adapter and none answered wrongly."""
    archive = Archive(Settings(tmp_path_factory.mktemp("promoting")))
    _begin(archive)
    archive.close()
    return archive.settings.data_dir


def _begin(archive: Archive) -> None:
    version = frozen(archive, "v", shipped=True)
    evaluated(archive, shipped(archive), version, wrong)
    evaluated(archive, None, version, unreadable)


@pytest.fixture
def archive(made_once: Path, tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(Settings(Path(shutil.copytree(made_once, tmp_path / "data"))))
    yield opened
    opened.close()


@pytest.fixture
def version(archive: Archive) -> Version:
    return versions.find_version(archive, "v")


def better(archive: Archive, version: Version, name: str = "novo", answer: Any = right) -> str:
    """The name of an adapter that was trained on the version and answers every test prompt rightly."""
    evaluated(archive, trained(archive, name, version), version, answer)
    return name


def reasons(archive: Archive, name: str = "novo") -> str:
    return " ".join(en for _, en in decide(archive, name).reasons)


def kinds(archive: Archive) -> list[str]:
    """The promotions, the latest first."""
    with archive.database.read() as connection:
        return [promotion.kind for promotion in list_promotions(connection, EMBEDDED_ID)]


def speaks(archive: Archive) -> str:
    return Path(active_adapter(archive, EMBEDDED_ID)).name


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_one_that_is_better_may_speak(archive: Archive, version: Version):
    decision = decide(archive, better(archive, version))

    assert decision.is_allowed
    assert (decision.prompts, decision.left_out) == (35, ())
    assert decision.incumbent is not None
    assert decision.incumbent.name == "default"
    assert decision.comparison is not None
    assert decision.comparison.aligned_chrf.p < 0.05


def test_one_that_says_the_same_is_not_better(archive: Archive, version: Version):
    better(archive, version, answer=wrong)

    assert "aligned chrF is not better" in reasons(archive)


def test_one_that_is_worse_is_not_better(archive: Archive, version: Version):
    better(archive, version, answer=unreadable)

    assert "aligned chrF is not better" in reasons(archive)


def test_reasons_in_portuguese_have_decimal_commas(archive: Archive, version: Version):
    better(archive, version, answer=unreadable)

    portuguese = " ".join(pt for pt, _ in decide(archive, "novo").reasons)
    assert re.search(r"\d,\d", portuguese)
    assert not re.search(r"\d\.\d", portuguese)


def test_a_gain_that_may_be_chance_is_not_better(archive: Archive, version: Version):
    def nearly_the_same(index: int, references: Sequence[CardSet], others: Sequence[CardSet]) -> str:
        return (right if index == 0 else wrong)(index, references, others)

    better(archive, version, answer=nearly_the_same)

    decision = decide(archive, "novo")
    assert decision.comparison is not None
    assert decision.comparison.aligned_chrf.system > decision.comparison.aligned_chrf.baseline
    assert "aligned chrF is not better" in reasons(archive)


def test_valid_answers_may_not_fall_by_more_than_a_point(archive: Archive, version: Version):
    def once_unreadable(index: int, references: Sequence[CardSet], others: Sequence[CardSet]) -> str:
        return (unreadable if index == 0 else right)(index, references, others)

    better(archive, version, answer=once_unreadable)

    assert reasons(archive) == "Valid answers fall from 100.0% to 97.1%; they may fall by one point at most."


def foreign_version(archive: Archive, prompts: Sequence[str]) -> Version:
    """A version as another installation might have made it, which trained on these prompts."""
    sets = version_sets(archive, versions.find_version(archive, "v"), "test")
    rows = [(SetRow(f"r{n}", p, sets[0].cards), "train") for n, p in enumerate(prompts)]
    facts = {"name": "outra", "dialect": None, "left_out_prompts": 0}
    manifest = write_version(archive.settings.versions_dir, rows, facts, lambda manifest: "datasheet")  # type: ignore[arg-type]
    add_version(archive.database, manifest, [], {})
    return versions.find_version(archive, manifest["id"])


def test_prompts_that_one_of_them_trained_on_do_not_count(archive: Archive, version: Version):
    prompts = sorted({s.prompt for s in version_sets(archive, version, "test")})
    other = foreign_version(archive, prompts[:4])
    evaluated(archive, trained(archive, "novo", other), version, right)

    decision = decide(archive, "novo")

    assert set(prompts[:4]) <= set(decision.left_out)
    assert decision.prompts == 35 - len(decision.left_out)


def test_a_prompt_near_to_a_trained_one_does_not_count(archive: Archive, version: Version):
    prompt = min(s.prompt for s in version_sets(archive, version, "test"))
    other = foreign_version(archive, [f"{prompt}!"])
    evaluated(archive, trained(archive, "novo", other), version, right)

    assert prompt in decide(archive, "novo").left_out


def test_fewer_than_30_prompts_decide_nothing(archive: Archive, version: Version):
    prompts = sorted({s.prompt for s in version_sets(archive, version, "test")})
    evaluated(archive, trained(archive, "novo", foreign_version(archive, prompts[:6])), version, right)

    assert "30 are needed" in reasons(archive)


def test_where_every_prompt_was_trained_on_nothing_is_compared(archive: Archive, version: Version):
    prompts = sorted({s.prompt for s in version_sets(archive, version, "test")})
    evaluated(archive, trained(archive, "novo", foreign_version(archive, prompts)), version, right)

    assert decide(archive, "novo").comparison is None
    assert reasons(archive).startswith("There are 0 test prompts")


def test_one_that_came_from_elsewhere_may_have_seen_the_test(archive: Archive, version: Version):
    evaluated(archive, trained(archive, "novo", None), version, right)

    assert "Nobody here knows which prompts" in reasons(archive)
    assert decide(archive, "novo").may_override


def test_the_shipped_adapter_saw_what_its_configuration_says(archive: Archive):
    made = read_json(DEFAULT_FOLDER, TRAINING)
    folders = {*data_folders(str(made["data"])), *data_folders(str(made["pictures"]))}
    files = [ROOT / folder / f"{split}.csv" for folder in folders for split in ("train", "validation")]
    expected = {s.prompt for file in files if file.exists() for s in read_card_sets(file)}

    assert trained_on(archive, shipped(archive)).prompts == expected


def test_what_the_adapter_saw_that_another_started_from_counts_too(archive: Archive, version: Version):
    prompts = sorted({s.prompt for s in version_sets(archive, version, "test")})
    first = trained(archive, "antes", foreign_version(archive, prompts[:2]))

    second = trained(archive, "depois", foreign_version(archive, prompts[2:4]), start=first)

    assert trained_on(archive, second).prompts == set(prompts[:4])


def test_one_that_started_from_the_shipped_adapter_saw_what_that_one_saw(archive: Archive, version: Version):
    prompt = min(s.prompt for s in version_sets(archive, version, "test"))

    further = trained(archive, "depois", foreign_version(archive, [prompt]), start="default")

    assert trained_on(archive, further).prompts == {prompt} | (trained_on(archive, shipped(archive)).prompts or set())


def test_one_that_started_from_an_unknown_adapter_may_have_seen_the_test(archive: Archive, version: Version):
    further = trained(archive, "depois", foreign_version(archive, ["Cheiro ruim"]), start="de-fora")

    assert trained_on(archive, further).prompts is None


def test_one_that_was_not_evaluated_is_a_wrong_call(archive: Archive):
    made_folder(archive, "novo")

    with pytest.raises(WrongCall, match="python -m aac measure novo"):
        decide(archive, "novo")


def test_an_active_adapter_that_was_not_evaluated_on_the_same_base_model_files_is_said(
    archive: Archive, version: Version
):
    stored = trained(archive, "novo", version)
    made = evaluated(archive, stored, version, right)
    again = replace(made, id=new_id(), scores={**made.scores, "base_revision": "def"})

    add_evaluation(archive.database, again)

    assert "was not evaluated on these prompts" in reasons(archive)


# --- promotions -------------------------------------------------------------------------------------------------------


def test_a_promotion_makes_it_the_one_that_speaks(archive: Archive, version: Version):
    promotion = promote(archive, better(archive, version))

    assert speaks(archive) == "novo"
    assert (promotion.kind, kinds(archive)) == ("rule", ["rule"])
    assert "35 prompts" in promotion.reason
    assert promotion.evaluation_id == decide(archive, "novo").evaluation_id


def test_a_refusal_says_why_and_stores_nothing(archive: Archive, version: Version):
    better(archive, version, answer=wrong)

    with pytest.raises(Refused, match="aligned chrF is not better"):
        promote(archive, "novo")

    assert kinds(archive) == []
    assert speaks(archive) == "default"


def test_a_maintainer_may_decide_otherwise_and_says_why(archive: Archive, version: Version):
    better(archive, version, answer=wrong)

    promotion = promote(archive, "novo", "As pessoas preferem este.")

    assert (promotion.kind, promotion.reason) == ("override", "As pessoas preferem este.")
    assert speaks(archive) == "novo"


def test_blanks_are_no_reason(archive: Archive, version: Version):
    better(archive, version, answer=wrong)

    with pytest.raises(Refused):
        promote(archive, "novo", "  \n")


def test_one_trained_on_what_a_person_took_back_cannot_speak_whoever_says_so(archive: Archive, version: Version):
    other = foreign_version(archive, ["Cheiro ruim"])
    evaluated(archive, trained(archive, "novo", other), version, right)
    add_version_event(archive.database, other.id, "withdrawn", "test")

    with pytest.raises(Refused, match="a person erased what was theirs"):
        promote(archive, "novo", "Mesmo assim.")

    assert not decide(archive, "novo").may_override


def test_one_that_started_from_such_an_adapter_speaks_no_more_either(archive: Archive, version: Version):
    other = foreign_version(archive, ["Cheiro ruim"])
    further = trained(archive, "novo", version, start=trained(archive, "antes", other))
    evaluated(archive, further, version, right)
    promote(archive, "novo", "As pessoas preferem este.")

    add_version_event(archive.database, other.id, "withdrawn", "test")

    assert speaks(archive) == "default"
    with pytest.raises(Refused, match="a person erased what was theirs"):
        promote(archive, "novo", "Mesmo assim.")


def test_an_evaluation_on_a_withdrawn_version_decides_nothing(archive: Archive, version: Version):
    other = foreign_version(archive, ["Cheiro ruim"])
    evaluated(archive, trained(archive, "novo", other), version, right)
    add_version_event(archive.database, version.id, "withdrawn", "test")

    assert "evaluated on was withdrawn" in reasons(archive)


def test_the_active_adapter_is_not_promoted_again(archive: Archive, version: Version):
    in_turn(archive, version, "novo")
    with archive.database.read() as connection:
        evaluated(archive, find_adapter(connection, "novo"), version, right)

    with pytest.raises(Refused, match="active adapter already"):
        promote(archive, "novo", "De novo.")


def test_of_two_decided_at_once_the_slower_is_refused(archive: Archive, version: Version):
    better(archive, version, "um")
    slower = decide(archive, "um")
    in_turn(archive, version, "dois")

    with pytest.raises(WrongCall, match="decide again"):
        carry_out(archive, slower)

    assert speaks(archive) == "dois"


def test_the_next_one_has_to_beat_the_promoted_one(archive: Archive, version: Version):
    in_turn(archive, version, "um")
    with archive.database.read() as connection:
        evaluated(archive, find_adapter(connection, "um"), version, right)
    better(archive, version, "dois")

    decision = decide(archive, "dois")

    assert decision.incumbent is not None
    assert decision.incumbent.name == "um"
    assert not decision.is_allowed


# --- what speaks ------------------------------------------------------------------------------------------------------


def test_without_a_promotion_the_shipped_adapter_speaks(archive: Archive):
    assert look_up_active(archive, EMBEDDED_ID) == Active("default")


def test_a_base_model_without_a_shipped_adapter_speaks_without(archive: Archive):
    assert active_adapter(archive, "tinyllama-1.1b") == "none"


def test_to_ask_what_speaks_makes_no_database(tmp_path: Path):
    assert active_adapter(Archive(Settings(tmp_path / "new")), EMBEDDED_ID) == "default"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["gone", "other weights", "no template"])
def test_where_the_promoted_one_cannot_speak_the_shipped_one_does_and_it_is_said_why(
    archive: Archive, version: Version, damage: str
):
    in_turn(archive, version, "novo")
    folder = archive.settings.adapters_dir / "novo"
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "other weights":
        (folder / "adapter_model.safetensors").write_bytes(b"others")
    else:
        (folder / "template.json").unlink()

    now = look_up_active(archive, EMBEDDED_ID)

    assert now.name == "default"
    assert now.promoted_id is not None
    assert now.fallback is not None
    told = f"{now.fallback.pt} {now.fallback.en}"
    assert "novo" in told
    assert str(folder.parent) not in told


def test_a_promoted_folder_that_was_renamed_is_found_by_its_weights(archive: Archive, version: Version):
    in_turn(archive, version, "novo")
    (archive.settings.adapters_dir / "novo").rename(archive.settings.adapters_dir / "mudado")

    assert speaks(archive) == "mudado"


# --- back -------------------------------------------------------------------------------------------------------------


def in_turn(archive: Archive, version: Version, *names: str) -> None:
    """Promote new adapters, one after the other."""
    for name in names:
        stored = trained(archive, name, version)
        now = look_up_active(archive, EMBEDDED_ID).promoted_id
        add_promotion(archive.database, Promotion(new_id(), EMBEDDED_ID, stored.id, None, "", "rule"), now)


def test_rollback_goes_back_one_by_one_to_the_shipped_one(archive: Archive, version: Version):
    in_turn(archive, version, "um", "dois")

    spoke = []
    for _ in range(2):
        rollback(archive)
        spoke.append(speaks(archive))

    assert spoke == ["um", "default"]
    assert kinds(archive) == ["rollback", "rollback", "rule", "rule"]
    with pytest.raises(WrongCall, match="nothing to roll back"):
        rollback(archive)


def test_after_a_rollback_the_next_promotion_goes_on_from_there(archive: Archive, version: Version):
    in_turn(archive, version, "um", "dois")
    rollback(archive)
    in_turn(archive, version, "tres")

    rollback(archive)

    assert speaks(archive) == "um"


def test_the_shipped_adapter_can_be_promoted_like_any_other_and_rolled_back(archive: Archive, version: Version):
    in_turn(archive, version, "um")
    promotion = promote(archive, "default", "Como antes.")
    assert (promotion.adapter_id, speaks(archive)) == (None, "default")

    rollback(archive)

    assert speaks(archive) == "um"


def test_a_rollback_passes_over_what_is_gone(archive: Archive, version: Version):
    in_turn(archive, version, "um", "dois", "tres")
    shutil.rmtree(archive.settings.adapters_dir / "dois")

    rollback(archive)

    assert speaks(archive) == "um"


def test_without_a_promotion_there_is_nothing_to_roll_back(archive: Archive):
    with pytest.raises(WrongCall, match="nothing to roll back"):
        rollback(archive)


def test_promotion_and_rollback_on_postgresql(postgresql_url: str, tmp_path: Path):
    archive = Archive(Settings(tmp_path, database_url=postgresql_url))
    _begin(archive)

    promote(archive, better(archive, versions.find_version(archive, "v")))
    promoted = speaks(archive)
    rollback(archive)

    assert (promoted, speaks(archive)) == ("novo", "default")
    assert kinds(archive) == ["rollback", "rule"]
    archive.close()


def test_an_evaluation_whose_answers_were_erased_decides_nothing(archive: Archive, version: Version):
    evaluation = evaluated(archive, trained(archive, "novo", version), version, right)
    forget_answers(archive, evaluation)

    decision = decide(archive, "novo", version.id)

    assert decision.comparison is None
    assert "python -m aac measure novo" in decision.reasons[0][1]
