"""What is meant by who types in a hurry, in capitals, or by ear."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from aac.cards import plain_emoji
from aac.datasets.card_files import read_card_sets
from aac.prompts import CARDS_MAX, PromptTemplate
from aac.records import GenerationRequest
from aac.words import plain_letters
from aac.words.emoji_names import emoji_index
from aac.words.understanding import WORDS_FILE, understood
from scripts.make_word_list import words_to_list
from tests.conftest import ROOT

MISTYPED = ROOT / "tests" / "mistyped.csv"  # hand-written by a language model, reviewed by no human


@pytest.fixture(scope="module")
def read() -> dict[str, list[bool]]:
    """By kind, whether each prompt of the list was read as it is meant."""
    found = defaultdict[str, list[bool]](list)
    with MISTYPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            made, meant = understood(row["prompt"]), row["meant"]
            found[row["kind"]].append(made == meant if row["kind"] == "right" else made.lower() == meant.lower())
    return found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vacinacao do filho", "vacinação do filho"),
        ("musica", "música"),
        ("nao quero", "não quero"),
        ("Sofa", "Sofá"),
        ("travisseiro", "travesseiro"),
        ("xurrasco", "churrasco"),
        ("emgarrafamento", "engarrafamento"),
        ("na lanxonete", "na lanchonete"),
        ("XIXI NA CAMA", "Xixi na cama"),
        ("NAO MEXE QUE DOI", "Não mexe que dói"),
        ("DOR", "Dor"),
    ],
    ids=[
        *("accents", "a word that another one is", "a short word", "a capital", "a slip in a long word", "by ear"),
        *("by ear before a letter", "by ear among others", "capitals", "without accents too", "one word in capitals"),
    ],
)
def test_a_mistyped_text_is_read_as_it_is_meant(typed: str, meant: str):
    assert understood(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("to com vontade de fazer coco", "tô com vontade de fazer cocô"),
        ("to com fome", "tô com fome"),
        ("TO COM FOME", "Tô com fome"),
        ("To com sede", "Tô com sede"),
        ("fiz coco na calca", "fiz cocô na calça"),
        ("FIZ COCO", "Fiz cocô"),
        ("ele fez um coco", "ele fez um cocô"),
        ("coco na fralda", "cocô na fralda"),
    ],
)
def test_a_word_that_is_right_is_another_one_where_its_place_is_certain(typed: str, meant: str):
    assert understood(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("água de coco", "bolo de coco", "quero coco", "coco", "Coco gelado", "faz bolo de coco", "fazer coco ralado"),
        *("fazer cocada", "coco na praia", "From A to com", "to", "To comendo", "vai to com fome"),
    ],
)
def test_elsewhere_it_stays_the_word_that_it_is(text: str):
    assert understood(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("Secretaria da escola", "Você duvida?", "aniversário da Jéssica", "vó Nena", "Camila me bateu", "Enzo"),
        *("festa do otavio", "Otavio", "valentina", "rafaela", "INSS", "CAPS", "TEA", "ABA", "MEU CPF", "TDAH"),
        *("camisetinha", "mãezinha", "nenê", "titia", "pentinho", "vovozinha", "bananinha", "meinha", "banhinho"),
        *("broxa", "piroca", "xereca", "sapatão", "crack", "estupro", "absorvente", "suicídio", "abuso", "menstruada"),
        *("gardenal", "sabril", "cefalexina", "nistatina", "aciclovir", "dipirona", "ritalina"),
        *("mainha", "painho", "sinaleira", "cacetinho", "pandorga", "bolita", "abestado"),
        *("Hot dog", "hot wheels", "frozen", "messi", "water", "leave me alone", "I was raped"),
        *("xyzw", "kkkk", "15h", "", "  ", "?!", "🍕 quero", "1️⃣", "Pão de queijo, por favor!", "sapatto" * 30),
    ],
)
def test_what_is_right_or_unknown_stays_as_it_is(text: str):
    assert understood(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("🍕", "pizza"),
        ("🍕🍕🍕", "pizza"),
        ("🍎 🍌, 🍎!", "maçã vermelha, banana"),
        ("😀", "alegre"),
        ("🙂", "rosto levemente sorridente"),
        ("❤", "coração vermelho"),
        ("👍🏽", "polegar para cima"),
        ("👨‍👩‍👧", "família: homem, mulher e menina"),
    ],
    ids=[
        *("one", "one again and again", "several", "a face with an everyday word", "another face"),
        *("without its selector", "a skin tone", "one of several joined"),
    ],
)
def test_emoji_alone_are_read_as_what_they_are_called(typed: str, meant: str):
    assert understood(typed) == meant


def test_of_many_emoji_so_many_are_read_as_a_set_has_cards():
    flags = [entry for entry in emoji_index() if entry[1].startswith("bandeira:")]

    read = understood("".join(char for char, *_ in flags))

    assert read == ", ".join(name for _, name, *_ in flags[:CARDS_MAX])


def test_every_emoji_that_a_card_may_show_is_read_but_digits_and_a_letter():
    assert {char[0] for char in plain_emoji() if understood(char) == char} == {*"0123456789ℹ"}


@pytest.mark.parametrize("folder", ["cards_v1", "cards_v2", "cards_v2_further", "cards_v2_vocabulary"])
def test_no_prompt_that_an_adapter_learns_from_is_read_otherwise(folder: str):
    sets = read_card_sets(ROOT / "annotations" / folder / "train.csv")

    asked = {text for one in sets for text in (one.prompt, one.context, one.follows)}
    assert [text for text in asked if understood(text) != text] == []


@pytest.mark.parametrize(("kind", "least"), [("right", 1.0), ("no_accents", 0.85), ("capitals", 1.0), ("typo", 0.35)])
def test_of_the_mistyped_list_so_many_are_read_as_meant(read, kind: str, least: float):
    assert sum(read[kind]) / len(read[kind]) >= least


def test_of_english_no_letter_is_changed():
    with MISTYPED.open(encoding="utf-8", newline="") as file:
        changed = {row["prompt"]: understood(row["prompt"]) for row in csv.DictReader(file) if row["kind"] == "english"}

    assert [typed for typed, made in changed.items() if plain_letters(made) != plain_letters(typed)] == []


def test_the_list_of_words_is_that_of_the_training_data():
    assert set(WORDS_FILE.read_text(encoding="utf-8").split()) == words_to_list()


@pytest.mark.parametrize(("gloss", "asked"), [("{text} = {gloss}", "Água = water"), ("", "agua")])
def test_only_an_adapter_with_glosses_is_given_what_is_meant(gloss: str, asked: str):
    template = PromptTemplate(wrapper="plain", system="", gloss=gloss)

    assert template.render(GenerationRequest("agua"), str).startswith(f"{asked}\n")
