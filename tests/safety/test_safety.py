"""What the content filter stops and what it lets through: two lists, all cards that ship, and texts made to hurt it."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aac.datasets.card_files import read_card_sets
from aac.errors import DataError
from aac.records import CardSet
from aac.safety import CATEGORIES, READ_MAX_CHARS, distress, harm, stopped
from aac.safety.reading import readings
from aac.safety.terms import COLUMNS, FOLDER, read_terms, terms
from tests.conftest import ROOT

HERE = Path(__file__).parent
FIELDS = "||"  # parts the fields of one request in the lists


def listed(name: str) -> list[tuple[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert all(row["category"] and row["text"] and row["comment"] for row in rows)
    return [(row["category"], row["text"]) for row in rows]


STOPS, PASSES = listed("stops.tsv"), listed("passes.tsv")


def category(*texts: str) -> str | None:
    found = stopped(texts)
    return found.category if found else None


def test_the_lists_are_as_long_as_the_docs_say_and_say_nothing_twice():
    texts = [text for _, text in (*STOPS, *PASSES)]

    assert (len(STOPS), len(PASSES)) == (215, 439)
    assert len(set(texts)) == len(texts)
    assert {name for name, _ in STOPS} == set(CATEGORIES)


@pytest.mark.parametrize(("expected", "text"), STOPS)
def test_it_stops(expected: str, text: str):
    assert category(*text.split(FIELDS)) == expected


@pytest.mark.parametrize(("topic", "text"), PASSES)
def test_it_lets_through(topic: str, text: str):
    assert category(*text.split(FIELDS)) is None


@pytest.mark.parametrize("change", [str.upper, str.title])
def test_capitals_change_nothing(change: Callable[[str], str]):
    assert [text for _, text in PASSES if category(change(text))] == []
    assert [text for name, text in STOPS if category(*map(change, text.split(FIELDS))) != name] == []


def test_help_is_offered_where_somebody_tells_of_wishing_to_die_and_nowhere_else():
    offered = [(topic, text) for topic, text in PASSES if distress([text])]

    assert {topic for topic, _ in offered} == {"distress"}
    assert len(offered) == sum(topic == "distress" for topic, _ in PASSES) >= 25


@pytest.mark.parametrize("found", CATEGORIES.values(), ids=CATEGORIES)
def test_a_finding_names_the_reason_another_way_to_say_it_and_whom_to_call(found):
    numbers = {"sexual_minors": ("100", "180", "190"), "self_harm": ("188", "192"), "hate": ("100", "190")}

    assert all((found.pt, found.en))
    for advice in (found.advice_pt, found.advice_en):
        assert all(number in advice for number in numbers[found.category])
        assert "“" in advice


# --- what ships


def shipped() -> list[CardSet]:
    folders = [
        ROOT / "annotations" / name for name in ("cards_v1", "cards_v2", "cards_v2_further", "cards_v2_vocabulary")
    ]
    return [one for folder in folders for path in sorted(folder.glob("*.csv")) for one in read_card_sets(path)]


def test_everything_that_ships_passes():
    sets = shipped()
    requests = {(one.prompt, one.context, one.follows, *one.request.given) for one in sets}
    cards = {dataclasses.astuple(card) for one in sets for card in one.cards}

    assert (len(requests), len(cards)) > (5_000, 30_000)
    assert [request for request in requests if category(*request)] == []
    assert [card for card in cards if category(*card)] == []


# --- texts made to hurt it

PIECES = st.sampled_from(
    [
        "menina",
        "12 anos",
        "quero",
        "ver",
        "como",
        "me matar",
        "negros",
        "são",
        "e",
        "s e x o",
        "@",
        ".",
        "\u200b",
        "👧",
        " ",
    ]
)


@given(st.lists(st.one_of(st.text(max_size=60), PIECES), max_size=60))
def test_no_text_makes_it_fail_and_it_says_the_same_again(texts: list[str]):
    assert stopped(texts) == stopped(texts)
    assert distress(texts) in (True, False)
    assert harm(texts) in (True, False)


HURTFUL = (
    "a",
    " a",
    "e ",
    ".a",
    "a.",
    "@",
    "\u0301",
    "\ufdfa",
    "menina ",
    "12 anos ",
    "quero ver ",
    "como ",
    "seu ",
    "\u200b",
)


@pytest.mark.parametrize("piece", HURTFUL)
def test_what_is_read_is_bounded_however_long_the_text(piece: str):
    for reading in readings([piece * 100_000]):
        assert sum(map(len, reading.words)) <= READ_MAX_CHARS


class Counted(str):
    """A word that counts how often it is compared or cut."""

    work = 0

    def __eq__(self, other: object) -> bool:
        Counted.work += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counted.work += 1
        return str.__hash__(self)

    def __getitem__(self, key):
        Counted.work += 1
        return str.__getitem__(self, key)


def work(words: list[str]) -> int:
    Counted.work = 0
    terms().places([Counted(word) for word in words])
    return Counted.work


@pytest.mark.parametrize(
    "text", ["como me", "menina de 12 anos", "você não devia", "escreva uma história", "pornografia"]
)
def test_looking_terms_up_is_linear_work(text: str):
    words = text.split()

    short, long = work(words * 50), work(words * 200)

    assert long <= 4.2 * short


# --- the lists themselves


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.tsv")), ids=lambda path: path.name)
def test_a_list_has_its_columns_and_no_term_twice(path: Path):
    pairs = read_terms(path)

    assert path.read_text(encoding="utf-8").splitlines()[0].split("\t") == list(COLUMNS)
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("line", ["minor\tx-y\t", "\tmenina\t", "minor\t\t", "minor\tab*\t", "minor"])
def test_a_line_that_is_no_term_is_refused_by_its_number(line: str, tmp_path: Path):
    path = tmp_path / "list.tsv"
    path.write_text(f"category\tterm\tcomment\nminor\tmenina\t\n{line}\n", encoding="utf-8")

    with pytest.raises(DataError, match="line 3"):
        read_terms(path)


def test_no_single_word_stops_but_the_unambiguous():
    single = {
        word
        for path in sorted(FOLDER.glob("*.tsv"))
        for _, term in read_terms(path)
        for word in itertools.chain(*(part.split("/") for part in term.split()))
    }

    assert sorted(word for word in single if stopped([word])) == ["lolicon", "shotacon", "toddlercon"]
