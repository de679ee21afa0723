"""What models answered to a prompt goes with the person whose prompt it was, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from aac.errors import AacError
from aac.store.adapters import (
    Promotion,
    StoredEvaluation,
    add_adapter,
    add_evaluation,
    add_promotion,
    list_evaluations,
)
from aac.store.copying import copy_rows
from aac.store.database import FILE_NAME, Database, now_utc
from aac.store.erasures import all_tombstones, erase, erase_again
from aac.store.schema import evaluations, tombstones
from tests.store.sample import consented, correct, freeze, fresh, new_id

WORDS = "Segredo da Ana"
SCORES = {"prompts": 1}


def add_evaluated(database: Database, person: str, words: str = WORDS, split: str = "test") -> str:
    """The id of an evaluation on a version with this person's correction of their own prompt."""
    correct(database, person, fresh(database, person, words))
    return evaluate(database, freeze(database, name=new_id(), split=split))


def evaluate(database: Database, version_id: str) -> str:
    evaluation_id = new_id()
    answer = (f"{WORDS},Eu conto {WORDS}.,💧",)
    add_evaluation(database, StoredEvaluation(evaluation_id, None, version_id, None, "f" * 64, SCORES, answer))
    return evaluation_id


def answers(database: Database) -> dict[str, tuple[int, bool]]:
    """Of each evaluation, how many answers it holds, and whether its scores are as they were."""
    with database.read() as connection:
        found = list_evaluations(connection, with_answers=True)
    return {one.id: (len(one.answers), one.scores == SCORES) for one in found}


def test_answers_to_a_person_s_test_prompts_go_and_the_scores_stay(database: Database, ana: str):
    evaluation_id = add_evaluated(database, ana)

    erased = erase(database, ana, new_id())

    assert answers(database) == {evaluation_id: (0, True)}
    assert erased.rows == 5  # a prompt, its answer, a correction, the consent and the person: no evaluation


def test_nothing_of_them_is_left_in_the_file(sqlite: Database, tmp_path: Path):
    ana = consented(sqlite)
    add_evaluated(sqlite, ana)
    sqlite.close()
    assert WORDS.encode() in (tmp_path / FILE_NAME).read_bytes()

    erase(sqlite, ana, new_id())

    sqlite.close()
    assert WORDS.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))


@pytest.mark.parametrize("case", ["of another person", "only trained on", "another person has the same words"])
def test_other_answers_stay(database: Database, ana: str, bia: str, case: str):
    evaluation_id = add_evaluated(database, ana, split="train" if case == "only trained on" else "test")
    if case == "another person has the same words":
        fresh(database, bia, WORDS)

    erase(database, bia if case == "of another person" else ana, new_id())

    assert answers(database) == {evaluation_id: (1, True)}


def test_an_evaluation_that_ends_after_the_erasure_keeps_no_answers(database: Database, ana: str):
    correct(database, ana, fresh(database, ana, WORDS))
    version_id = freeze(database, split="test")
    erase(database, ana, new_id())

    evaluation_id = evaluate(database, version_id)

    assert answers(database) == {evaluation_id: (0, True)}


def test_an_older_copy_of_the_database_loses_them_again(database: Database, ana: str, tmp_path: Path):
    evaluation_id = add_evaluated(database, ana)
    older = Database.open(tmp_path / "older")
    with database.read() as source, older.write() as target:
        copy_rows(source, target)
    erase(database, ana, new_id())
    with database.read() as connection:
        stones = all_tombstones(connection)

    erase_again(older, stones)

    assert answers(older) == {evaluation_id: (0, True)}
    older.close()


def test_a_backup_brings_the_scores_and_what_hangs_on_them_but_no_erased_answers(
    database: Database, ana: str, tmp_path: Path
):
    evaluation_id = add_evaluated(database, ana)
    adapter = add_adapter(database, "mine", "a/base", "a" * 64)
    add_promotion(database, Promotion("p1", "a/base", adapter.id, evaluation_id, "better", "rule"), None)
    other = Database.open(tmp_path / "other")
    with other.write() as connection:
        stone = {"row_id": evaluation_id, "table_name": "evaluations", "erasure_id": "e", "created_utc": now_utc()}
        connection.execute(insert(tombstones), stone)

    with database.read() as source, other.write() as target:
        copied = copy_rows(source, target)

    assert answers(other) == {evaluation_id: (0, True)}
    assert copied.new["promotions"] == 1
    other.close()


@pytest.mark.parametrize("change", [{"answers": None}, {"answers": "[]"}, {"answers": None, "scores": "{}"}])
@pytest.mark.parametrize("is_buried", [True, False])
def test_only_answers_can_be_forgotten_and_only_with_a_tombstone(
    database: Database, ana: str, change: dict[str, str | None], is_buried: bool
):
    evaluation_id = add_evaluated(database, ana)
    if is_buried:
        with database.write() as connection:
            stone = {"row_id": evaluation_id, "table_name": "evaluations", "erasure_id": "e", "created_utc": now_utc()}
            connection.execute(insert(tombstones), stone)

    def attempt() -> None:
        with database.write() as connection:
            connection.execute(update(evaluations).values(**change))

    if is_buried and change == {"answers": None}:
        attempt()
        assert answers(database) == {evaluation_id: (0, True)}
    else:
        with pytest.raises(AacError) as refused:
            attempt()
        assert "append-only" in f"{refused.value.en} {refused.value.__cause__}"
        assert answers(database) == {evaluation_id: (1, True)}
