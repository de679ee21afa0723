"""Files of card sets, their hash, near-duplicate prompts and the split."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from aac.cards import Card
from aac.datasets.card_files import read_card_sets, references_by_request, sets_sha256, write_card_sets
from aac.datasets.near_duplicates import are_near_duplicates, prompt_clusters, split_prompts
from aac.errors import DataError, MissingError
from aac.records import CardSet

HEADER = "prompt,written_text,spoken_text,image_id"
WATER, APPLE = Card("Água", "Por favor, quero água.", "💧"), Card('Maçã "verde"', "Quero uma maçã.", "🍎")
SETS = (CardSet("Querer", (WATER, APPLE)), CardSet("Comer", (APPLE,)))
THINGS = ["casa", "rua", "sol", "lua", "mar", "rio", "flor", "gato", "livro", "mesa"]
THINGS += ["porta", "janela", "chuva", "vento", "pedra", "ponte", "barco", "trem", "navio", "lago"]


@pytest.fixture
def write(tmp_path: Path):
    """Write a file of lines and give its path."""

    def write_lines(*lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "cards.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write_lines


def test_the_rows_of_one_prompt_are_one_set_in_the_files_order(write):
    path = write(HEADER, "Querer,Água,Um.,💧", "Comer,Maçã,Dois.,🍎", "Querer,Suco,Três.,🧃")

    sets = read_card_sets(path)

    assert [(s.prompt, [card.written_text for card in s.cards]) for s in sets] == [
        ("Querer", ["Água", "Suco"]),
        ("Comer", ["Maçã"]),
    ]


def test_each_reference_of_a_prompt_is_a_set(write):
    path = write(f"{HEADER},reference", "Querer,Água,Um.,💧,1", "Querer,Suco,Dois.,🧃,2", "Querer,Chá,Três.,🍵,1")

    assert [(s.reference, len(s.cards)) for s in read_card_sets(path)] == [(1, 2), (2, 1)]


def test_other_columns_are_left_alone(write):
    path = write(f"notes,{HEADER}", "casa,Querer,Água,Um.,💧")

    assert read_card_sets(path) == (CardSet("Querer", (Card("Água", "Um.", "💧"),)),)


@pytest.mark.parametrize("text", ["NA", "null", "1", "None"])
def test_words_that_look_like_nothing_or_numbers_stay_words(text: str, write):
    (card,) = read_card_sets(write(HEADER, f"{text},{text},{text},💧"))[0].cards

    assert (card.written_text, card.spoken_text) == (text, text)


def test_spaces_around_and_between_words_are_read_as_they_are_written(write):
    (read,) = read_card_sets(write(HEADER, "Sede,Quero  água , Eu quero água.,💧"))

    assert read.cards == (Card("Quero  água ", " Eu quero água.", "💧"),)


def test_a_byte_order_mark_as_excel_writes_it_is_no_part_of_the_first_column(write):
    assert read_card_sets(write(HEADER, "Querer,Água,Um.,💧", encoding="utf-8-sig"))[0].prompt == "Querer"


def test_a_file_that_is_not_there_is_missing(tmp_path: Path):
    with pytest.raises(MissingError, match=r"no file .*cards\.csv.*prompt,written_text,spoken_text,image_id"):
        read_card_sets(tmp_path / "cards.csv")


def test_a_folder_is_not_a_file(tmp_path: Path):
    with pytest.raises(MissingError, match="There is no file"):
        read_card_sets(tmp_path)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["prompt,written_text,spoken_text", "Querer,Água,Um."], "image_id is missing"),
        ([HEADER.replace(",", ";"), "Querer;Água;Um.;💧"], "is missing"),
        ([HEADER], "holds no card"),
        ([""], "no CSV in UTF-8"),
        ([HEADER, "Querer,Água,Um.,💧", "Querer,Água,Sim, um.,💧"], "line 3"),
        ([HEADER, "Querer,Água,Sim, um.,💧"], "more values than columns"),
        ([HEADER, "Querer,Água,Um.,copo"], r"card 1 \('Água'\): not_one_image"),
        ([HEADER, "Querer,Água,Um.,💧", "Querer,Suco,,🧃"], r"card 2 \('Suco'\): empty_text"),
        ([HEADER, "Querer,Água"], "card 1 .*not_one_image"),
        ([HEADER, " ,Água,Um.,💧"], "card 1 .*empty_prompt"),
        ([f"{HEADER},reference", "Querer,Água,Um.,💧,0"], "card 1 .*reference_not_a_number"),
        ([f"{HEADER},reference", "Querer,Água,Um.,💧,um"], "card 1 .*reference_not_a_number"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(lines: list[str], message: str, write):
    with pytest.raises(DataError, match=message):
        read_card_sets(write(*lines))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_said(encoding: str, write):
    with pytest.raises(DataError, match="UTF-8"):
        read_card_sets(write(HEADER, "Querer,Água,Um.,x", encoding=encoding))


def test_sets_written_are_read_again(tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", SETS)

    assert read_card_sets(tmp_path / "cards.csv") == SETS


def test_several_references_written_are_read_again(tmp_path: Path):
    sets = (*SETS, CardSet("Querer", (APPLE,), reference=2))
    write_card_sets(tmp_path / "cards.csv", sets)

    assert read_card_sets(tmp_path / "cards.csv") == sets


@pytest.mark.parametrize(("reference", "header"), [(1, HEADER), (2, f"{HEADER},reference")])
def test_the_reference_column_is_written_only_where_needed(reference: int, header: str, tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", [CardSet("Querer", (WATER,) * 5, reference)])

    assert (tmp_path / "cards.csv").read_text(encoding="utf-8").splitlines()[0] == header


def test_the_hash_does_not_depend_on_the_order_of_the_sets():
    assert sets_sha256(SETS) == sets_sha256(reversed(SETS))


def test_the_hash_is_the_same_on_any_machine():
    digest = "42009cd865ae463584b6d686d2a4782e2a00071d37a7e23c3ebc4199917e581a"

    assert sets_sha256([CardSet("Querer", (Card("Água", "Quero água.", "💧"),))]) == digest


@pytest.mark.parametrize(
    "other",
    [
        CardSet("Beber", (WATER, APPLE)),
        CardSet("Querer", (APPLE, WATER)),
        CardSet("Querer", (WATER,)),
        CardSet("Querer", (WATER, APPLE), reference=2),
    ],
)
def test_the_hash_depends_on_all_that_a_set_says(other: CardSet):
    assert sets_sha256([SETS[0]]) != sets_sha256([other])


def test_the_references_of_a_prompt_are_grouped_in_order():
    second = CardSet("Querer", (APPLE,), reference=2)

    grouped = references_by_request([*SETS, second])

    assert [(request.prompt, sets) for request, sets in grouped.items()] == [
        ("Querer", [SETS[0], second]),
        ("Comer", [SETS[1]]),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dor", "Dor de dente"),
        ("Comer", "Comida"),
        ("Na farmácia", "Farmácia"),
        ("farmacia", "Farmácia"),
        ("Ir ao médico", "Ir ao medico"),
        ("Escola", "Escolas"),
        ("dormir", "Dormir!"),
    ],
)
def test_prompts_that_ask_for_much_the_same_are_near_duplicates_both_ways(one: str, other: str):
    assert are_near_duplicates(one, other)
    assert are_near_duplicates(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mar", "Amor"), ("Escola", "Farmácia"), ("Na escola", "Na farmácia"), ("Dor de dente", "Dor de barriga")],
)
def test_prompts_that_share_no_more_than_small_words_or_one_of_two_are_not(one: str, other: str):
    assert not are_near_duplicates(one, other)
    assert not are_near_duplicates(other, one)


def test_clusters_join_what_one_prompt_links():
    assert prompt_clusters(["Dor de dente", "Escola", "Dor de barriga", "Dor"]) == [
        ("Escola",),
        ("Dor de dente", "Dor de barriga", "Dor"),
    ]


def test_every_prompt_is_in_one_cluster():
    prompts = ["Dor", "Comer", "Dor de dente", "Comida", "Escola"]

    assert sorted(prompt for cluster in prompt_clusters(prompts) for prompt in cluster) == sorted(prompts)


def test_the_split_takes_a_tenth_for_test_and_a_tenth_for_validation():
    chosen = list(split_prompts(THINGS).values())

    assert (chosen.count("train"), chosen.count("validation"), chosen.count("test")) == (16, 2, 2)


def test_the_split_takes_other_shares_when_told():
    chosen = list(split_prompts(THINGS, validation=0, test=0.5).values())

    assert (chosen.count("train"), chosen.count("validation"), chosen.count("test")) == (10, 0, 10)


def test_the_split_does_not_depend_on_the_order_of_the_prompts():
    shuffled = random.Random(0).sample(THINGS, len(THINGS))

    assert split_prompts(shuffled) == split_prompts(THINGS)


def test_the_split_never_parts_near_duplicates():
    prompts = [prompt for thing in THINGS for prompt in (thing.title(), f"No {thing}", f"{thing} e família")]
    chosen = split_prompts(prompts, validation=0.2, test=0.2)

    assert set(chosen.values()) == {"train", "validation", "test"}
    assert all(len({chosen[prompt] for prompt in cluster}) == 1 for cluster in prompt_clusters(prompts))


ASKED = (
    CardSet("Comer", (APPLE,), context="no hospital", theme="comida"),
    CardSet("Comer", (WATER,), follows="Quero comer", level="palavras", theme="comida"),
    CardSet("Comer", (APPLE, WATER), reference=2, given=True, theme="comida"),
)


def test_request_columns_are_written_and_read(tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", ASKED)

    assert read_card_sets(tmp_path / "cards.csv") == ASKED


def test_the_columns_of_a_file_are_those_that_say_something(tmp_path: Path):
    write_card_sets(tmp_path / "cards.csv", ASKED[:1])

    header = (tmp_path / "cards.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == f"{HEADER},theme,context,cards_wanted"


@pytest.mark.parametrize(
    ("column", "value"),
    [("cards_wanted", "2"), ("cards_wanted", "x"), ("level", "versos"), ("given", "emoji"), ("reference", "0")],
)
def test_a_request_column_that_says_nothing_known_is_refused(write, column: str, value: str):
    with pytest.raises(DataError):
        read_card_sets(write(f"{HEADER},{column}", f"Comer,Água,Quero água.,💧,{value}"))


def test_one_prompt_asked_in_two_ways_is_two_requests():
    assert [len(sets) for sets in references_by_request(ASKED).values()] == [1, 1, 1]


def test_what_is_asked_changes_the_hash_and_the_theme_does_not():
    plain, asked = CardSet("Comer", (APPLE,)), CardSet("Comer", (APPLE,), context="no hospital")

    assert sets_sha256([plain]) != sets_sha256([asked])
    assert sets_sha256([plain]) == sets_sha256([CardSet("Comer", (APPLE,), theme="comida")])
