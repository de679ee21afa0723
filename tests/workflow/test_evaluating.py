"""An adapter, the active one and none answer the test prompts of a version, once, and their scores are kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aac.cards import Card
from aac.datasets.card_files import sets_sha256
from aac.errors import DataError, WrongCall
from aac.records import SetRow
from aac.settings import Settings
from aac.store.adapters import StoredEvaluation, find_adapter, list_adapters, list_evaluations
from aac.store.runs import add_run
from aac.store.versions import ImportFacts, Version, add_import, add_version_event
from aac.workflow import versions
from aac.workflow.archive import Archive
from aac.workflow.evaluating import evaluate_on_version
from aac.workflow.generating import Speakers
from aac.workflow.promoting import decide, promote
from aac.workflow.version_sets import version_sets
from tests.store.sample import new_id
from tests.tiny import make_tiny_adapter
from tests.workflow.adapters import forget_answers
from tests.workflow.cards import frozen

WORDS = ("Azulejo", "Biruta", "Cotovia", "Dromedário", "Espantalho", "Funil", "Girassol", "Hélice", "Iguana", "Jangada",
         "Labirinto", "Miçanga", "Novelo", "Ourives", "Pêndulo", "Quiosque", "Rabanete", "Serrote", "Trapézio",
         "Umbigo")  # fmt: skip


def import_sets(archive: Archive, words: Sequence[str], references: int) -> None:
    rows = [
        SetRow(new_id(), word, (Card(f"Quero {n}", f"Eu quero {word}.", "💧"),), (("reference", str(n)),), "import")
        for word in words
        for n in range(1, references + 1)
    ]
    add_import(archive.database, ImportFacts(new_id(), "livro", "f" * 64, None), rows)


@pytest.fixture(scope="module")
def speakers(settings: Settings) -> Speakers:
    """Of the module: the tiny model is loaded once."""
    return Speakers(settings)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path) -> Path:
    """A data folder with a version of two test prompts, two references each, and two adapters of the tiny model."""
    archive = Archive(Settings(tmp_path_factory.mktemp("evaluating")))
    import_sets(archive, WORDS, references=2)
    frozen(archive, "v")
    for seed, name in enumerate(("um", "dois")):
        make_tiny_adapter(archive.settings.adapters_dir / name, tiny_llama, seed)
    archive.close()
    return archive.settings.data_dir


@pytest.fixture(scope="module")
def measured_once(made_once: Path, speakers: Speakers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the adapter `um` evaluated."""
    archive = Archive(Settings(Path(shutil.copytree(made_once, tmp_path_factory.mktemp("measured") / "data"))))
    add_run(archive.database, "r1", versions.find_version(archive, "v").id, {}, {})
    evaluate_on_version(archive, speakers, "um", "v", "r1")
    archive.close()
    return archive.settings.data_dir


def opened_copy(folder: Path, tmp_path: Path) -> Archive:
    return Archive(Settings(Path(shutil.copytree(folder, tmp_path / "data"))))


@pytest.fixture
def archive(made_once: Path, tmp_path: Path) -> Iterator[Archive]:
    opened = opened_copy(made_once, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def measured(measured_once: Path, tmp_path: Path) -> Iterator[Archive]:
    opened = opened_copy(measured_once, tmp_path)
    yield opened
    opened.close()


def stored(archive: Archive) -> list[StoredEvaluation]:
    with archive.database.read() as connection:
        return list_evaluations(connection, with_answers=True)


def version(archive: Archive) -> Version:
    return versions.find_version(archive, "v")


def test_none_and_the_adapter_answer_the_same_prompts(measured: Archive):
    adapter, none = stored(measured)

    assert (none.adapter_id, none.scores["adapter"], adapter.scores["adapter"]) == (None, None, "um")
    assert none.data_sha256 == adapter.data_sha256 == sets_sha256(version_sets(measured, version(measured), "test"))
    assert [len(one.answers) for one in (none, adapter)] == [2, 2]
    assert none.answers != adapter.answers


def test_the_scores_say_what_they_are_of_and_how_to_print_them_again(measured: Archive, tiny_llama: Path):
    adapter, none = stored(measured)

    assert {one.scores["base_model"] for one in (adapter, none)} == {str(tiny_llama)}
    assert adapter.scores["base_revision"] == "local"
    assert adapter.scores["data_sha256"] == adapter.data_sha256
    assert adapter.scores["command"] == f"python -m aac measure um --dataset {version(measured).id}"
    assert "nrefs:2" in adapter.scores["bleu"]["signature"]
    assert "matched:cards" in adapter.scores["aligned"]["signatures"]["chrf"]
    assert adapter.scores["prancha"]


def test_the_adapter_keeps_the_run_that_trained_it(measured: Archive):
    adapter, none = stored(measured)

    with measured.database.read() as connection:
        assert find_adapter(connection, "um").run_id == "r1"
    assert (adapter.run_id, none.run_id) == ("r1", None)


def test_the_same_again_stores_nothing_twice_and_asks_no_model(measured: Archive):
    asked: list[tuple[int, int]] = []

    again = evaluate_on_version(
        measured, Speakers(measured.settings), "um", "v", "r1", lambda done, total: asked.append((done, total))
    )

    assert [one.id for one in again[::-1]] == [one.id for one in stored(measured)]
    assert asked == []


def test_a_second_adapter_is_evaluated_beside_none_that_is_there_already(measured: Archive, speakers: Speakers):
    asked: list[tuple[int, int]] = []

    found = evaluate_on_version(measured, speakers, "dois", "v", None, lambda done, total: asked.append((done, total)))

    assert [one.scores["adapter"] for one in found] == [None, "dois"]
    assert asked == [(2, 2)]
    assert len(stored(measured)) == 3


def test_the_active_adapter_is_evaluated_too(measured: Archive, speakers: Speakers):
    promote(measured, "um", "Para ver.")

    found = evaluate_on_version(measured, speakers, "dois", "v")

    assert [one.scores["adapter"] for one in found] == [None, "um", "dois"]
    decision = decide(measured, "dois")
    assert decision.incumbent_evaluation_id == found[1].id
    assert decision.prompts == 2


def test_another_version_with_the_same_test_data_takes_what_is_there(measured: Archive):
    frozen(measured, "outra")

    found = evaluate_on_version(measured, Speakers(measured.settings), "um", "outra")

    assert {one.version_id for one in found} == {version(measured).id}
    assert decide(measured, "um", "outra").version_id == versions.find_version(measured, "outra").id


def test_the_same_weights_by_another_path_are_the_same_adapter(measured: Archive, tmp_path: Path):
    copy = shutil.copytree(measured.settings.adapters_dir / "um", tmp_path / "copia")

    evaluate_on_version(measured, Speakers(measured.settings), str(copy), "v")

    with measured.database.read() as connection:
        assert [adapter.name for adapter in list_adapters(connection)] == ["um"]


def test_references_are_numbered_and_prompts_sorted(archive: Archive):
    sets = version_sets(archive, version(archive), "test")

    assert [s.reference for s in sets] == [1, 2, 1, 2]
    assert [s.prompt for s in sets] == sorted(s.prompt for s in sets)


def test_a_version_without_test_prompts_is_said(archive: Archive, speakers: Speakers, tmp_path: Path):
    alone = Archive(Settings(tmp_path / "alone"))
    import_sets(alone, WORDS[:1], references=1)
    frozen(alone, "v")

    with pytest.raises(DataError, match="has no test sets"):
        evaluate_on_version(alone, speakers, "default", "v")

    assert stored(alone) == []
    alone.close()


def test_a_withdrawn_version_measures_nothing(archive: Archive, speakers: Speakers):
    add_version_event(archive.database, version(archive).id, "withdrawn", "test")

    with pytest.raises(WrongCall, match="was withdrawn"):
        evaluate_on_version(archive, speakers, "um", "v")


def test_an_adapter_that_is_not_there_is_said(archive: Archive, speakers: Speakers):
    with pytest.raises(WrongCall, match="There is no adapter 'tres'"):
        evaluate_on_version(archive, speakers, "tres", "v")


def test_a_run_that_is_not_there_is_said(archive: Archive, speakers: Speakers):
    with pytest.raises(WrongCall, match="There is no run 'r9'"):
        evaluate_on_version(archive, speakers, "um", "v", "r9")


def test_where_answers_were_erased_it_is_evaluated_anew_and_can_be_decided_on(measured: Archive, speakers: Speakers):
    before = stored(measured)
    forget_answers(measured, *before)

    again = evaluate_on_version(measured, speakers, "um", "v")

    assert {one.id for one in again}.isdisjoint(one.id for one in before)
    assert [len(one.answers) for one in again] == [2, 2]
    assert decide(measured, "um", "v").evaluation_id == again[-1].id
