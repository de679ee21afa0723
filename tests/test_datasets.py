"""Reading, writing, hashing and splitting card sets."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from aac.cards import Card
from aac.datasets import (
    are_near_duplicates,
    prompt_clusters,
    read_card_sets,
    sets_sha256,
    split_prompts,
    write_card_sets,
)
from aac.errors import DataError, MissingError
from aac.records import CardSet

SETS = (
    CardSet("Querer", (Card("Quero água", "Por favor, quero água.", "💧"), Card("Não", "Não quero.", "🙅"))),
    CardSet("Dor", (Card("Dói aqui", 'Eu disse: "dói aqui".', "🤕"),)),
)


def test_what_is_written_is_what_is_read(tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", SETS)

    assert read_card_sets(tmp_path / "cards.csv") == SETS


def test_several_references_round_trip(tmp_path: Path):
    sets = (*SETS, CardSet("Dor", (Card("Que dor", "Que dor forte!", "😖"),), 2))
    write_card_sets(tmp_path / "cards.csv", sets)

    assert read_card_sets(tmp_path / "cards.csv") == sets


def test_without_further_references_the_columns_are_the_four(tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", SETS)

    header = (tmp_path / "cards.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "prompt,written_text,spoken_text,image_id"


def test_a_missing_file_says_what_was_expected(tmp_path: Path):
    with pytest.raises(MissingError, match="prompt,written_text,spoken_text,image_id"):
        read_card_sets(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("prompt,written_text\na,b\n", "spoken_text,image_id is missing"),
        ("prompt,written_text,spoken_text,image_id\n", "holds no card"),
        ("prompt,written_text,spoken_text,image_id\nDor,Dói,Dói aqui.,x\n", "card 1 .*not_one_image"),
        ("prompt,written_text,spoken_text,image_id\n ,Dói,Dói aqui.,💧\n", "empty_prompt"),
        ("prompt,written_text,spoken_text,image_id,reference\nA,Dói,Dói.,💧,um\n", "reference_not_a_number"),
        ("prompt,written_text,spoken_text,image_id\nA,B,C.,💧,E,F\n", "more values than columns"),
    ],
)
def test_a_bad_file_says_where_and_why(tmp_path: Path, content: str, said: str):
    (tmp_path / "cards.csv").write_text(content, encoding="utf-8")

    with pytest.raises(DataError, match=said):
        read_card_sets(tmp_path / "cards.csv")


def test_a_file_of_another_encoding_is_refused(tmp_path: Path):
    (tmp_path / "cards.csv").write_bytes("prompt,written_text,spoken_text,image_id\nÁ,É,Í.,x".encode("latin-1"))

    with pytest.raises(DataError, match="UTF-8"):
        read_card_sets(tmp_path / "cards.csv")


def test_the_hash_does_not_mind_the_order_of_the_sets():
    assert sets_sha256(SETS) == sets_sha256(SETS[::-1])


def test_the_hash_minds_the_words():
    changed = CardSet("Dor", (Card("Dói aqui!", 'Eu disse: "dói aqui".', "🤕"),))

    assert sets_sha256(SETS) != sets_sha256((SETS[0], changed))


@pytest.mark.parametrize(
    ("one", "other"), [("Dor", "Dor de dente"), ("Comer", "Comida"), ("No ônibus", "Ônibus"), ("dormir", "Dormir!")]
)
def test_near_duplicates(one: str, other: str):
    assert are_near_duplicates(one, other)


@pytest.mark.parametrize(("one", "other"), [("Escola", "Na farmácia"), ("Querer", "Sentir"), ("Mar", "Amor")])
def test_prompts_that_are_not(one: str, other: str):
    assert not are_near_duplicates(one, other)


def test_clusters_are_transitive():
    assert len(prompt_clusters(["Dor", "Dor de dente", "Dente de leite", "Dente"])) == 1


def test_a_split_does_not_mind_the_order_of_the_prompts():
    prompts = [s.prompt for s in read_card_sets(Path(__file__).parent.parent / "annotations/cards_v1/train.csv")]
    shuffled = random.Random(0).sample(prompts, len(prompts))

    assert split_prompts(prompts) == split_prompts(shuffled)
