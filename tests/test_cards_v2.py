"""The second dataset that ships: whole, split without leaks, covered as promised, and as its guideline asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, product

import pytest

from aac.datasets.card_files import COLUMNS, read_card_sets, references_by_request
from aac.datasets.near_duplicates import SPLITS, are_near_duplicates, stems
from aac.datasets.splits import plan_splits
from aac.records import CardSet, GenerationRequest
from aac.workflow.linting import FolderLint, lint_folder
from tests.conftest import ROOT

FOLDER = ROOT / "annotations" / "cards_v2"
KEPT_OUT = "kept_out"
COMPLETED = (*SPLITS, KEPT_OUT)  # each with a file in which others completed its tiles
COMPLETE = tuple(f"{split}_complete" for split in COMPLETED)
MEASURED = tuple(f"{name}{given}" for name in ("validation", "test", KEPT_OUT) for given in ("", "_complete"))
VALIDATION_SHARE = TEST_SHARE = 0.08
KEPT_OUT_THEMES = {"circo_teatro_museu", "obra_e_reforma"}
# What the issue that asked for this dataset names, and the theme under which it stands.
SUBJECTS = {
    "waking": "acordar",
    "bath": "banho",
    "toilet": "banheiro",
    "dressing": "vestir",
    "meals": "refeicoes",
    "sleep": "dormir",
    "wishes": "desejos",
    "needs": "necessidades",
    "feelings": "sentimentos",
    "pain": "dor",
    "health": "saude",
    "food": "comida",
    "drink": "bebida",
    "home": "casa",
    "school": "escola",
    "work": "trabalho",
    "transport": "transporte",
    "leisure": "lazer",
    "sport": "esporte",
    "religion": "religiao",
    "shopping": "compras",
    "family": "familia",
    "friends": "amigos",
    "courtship": "namoro",
    "sexuality and consent": "sexualidade",
    "safety and abuse": "seguranca",
    "money": "dinheiro",
    "rights": "direitos",
    "internet": "internet",
    "animals": "animais",
    "nature": "natureza",
    "weather": "clima",
    "time": "tempo",
    "places": "lugares",
    "questions": "perguntas",
    "comments": "comentarios",
    "greetings": "cumprimentos",
    "repairs": "consertos",
    "jokes": "piadas",
    "refusing": "recusas",
    "bargaining": "negociar",
    "children": "brincar",
    "adults": "vida_adulta",
    "old people": "velhice",
}
AGES = ("crianças · children", "adolescentes · teenagers", "adultos · adults", "velhos · old people")
REGIONS = ("Norte · North", "Nordeste · Northeast", "Centro-Oeste · Centre-West", "Sudeste · Southeast", "Sul · South")
_TABLE_LINE = re.compile(r"^\| (\w+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[CardSet, ...]]:
    """The sets of each file."""
    return {path.stem: read_card_sets(path) for path in FOLDER.glob("*.csv")}


@pytest.fixture(scope="module")
def linted() -> FolderLint:
    return lint_folder(FOLDER)


def prompts(sets: tuple[CardSet, ...]) -> set[str]:
    return {card_set.prompt for card_set in sets}


def asked(request: GenerationRequest) -> tuple[str, ...]:
    """What tells a request from others, but for the number of cards, which authors may see differently."""
    return request.prompt, request.context, request.follows, request.level


def table(first_column: str) -> list[list[str]]:
    """The rows of the datasheet's table whose first column is called so, cell by cell."""
    _, _, below = (FOLDER / "DATASHEET.md").read_text(encoding="utf-8").partition(f"\n| {first_column} |")
    _, _, *lines = below.partition("\n\n")[0].split("\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def said_on(sets: Iterable[CardSet]) -> str:
    """All that the cards of some sets show and say."""
    return "\n".join(f"{card.written_text}\n{card.spoken_text}" for s in sets for card in s.cards).casefold()


def missing_in(said: str, words: Iterable[str]) -> set[str]:
    """The words that stand nowhere there, whole, in the singular or with an s."""
    return {word for word in words if not re.search(rf"\b{re.escape(word.casefold())}s?\b", said)}


def test_there_are_1200_prompts_and_7000_cards(linted):
    assert linted.counts.prompts >= 1200
    assert linted.counts.cards >= 7000


def test_the_files_are_the_splits_what_is_to_be_completed_and_what_is_kept_out(files):
    assert sorted(files) == sorted([*SPLITS, *COMPLETE, KEPT_OUT])


def test_the_four_columns_stand_first():
    headers = {path.read_text(encoding="utf-8").split("\n", 1)[0] for path in FOLDER.glob("*.csv")}

    assert [header for header in headers if not header.startswith(",".join(COLUMNS))] == []


def test_the_lint_finds_nothing(linted):
    assert linted.findings == ()


def test_most_words_of_a_tile_are_spoken(linted):
    assert linted.counts.tile_words_spoken >= 0.99


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_subject_is_covered(subject: str, linted):
    requests = {line.name: line.requests for line in linted.themes}

    assert requests[SUBJECTS[subject]] >= 12


@pytest.mark.parametrize("age", AGES)
def test_the_datasheet_names_a_dozen_requests_of_each_age(age: str, files):
    firsts = [s for sets in files.values() for s in sets if s.reference == 1 and not s.given]
    there = {(s.theme, f"{s.prompt} [{s.context}]" if s.context else s.prompt) for s in firsts if not s.follows}

    named = [
        (theme, one) for some, theme, requests in table("idade · age") if some == age for one in requests.split("; ")
    ]

    assert set(named) - there == set()
    assert len(set(named)) == len(named) >= 12


@pytest.mark.parametrize("region", REGIONS)
def test_the_datasheet_names_words_of_each_region_that_are_on_cards(region: str, files):
    rows = [words for one, words in table("região · region") if one == region]
    named = [word for words in rows for word in words.split(", ")]

    assert missing_in(said_on(one for sets in files.values() for one in sets), named) == set()
    assert len(set(named)) == len(named) >= 8


def test_the_datasheet_tells_the_regions_names_of_one_thing_and_those_that_lack(files):
    further = [read_card_sets(ROOT / f"annotations/cards_v2_{name}/train.csv") for name in ("further", "vocabulary")]
    said = said_on(one for sets in (*files.values(), *further) for one in sets)
    rows = [[set(filter(None, cell.split(", "))) for cell in cells[1:]] for cells in table("coisa · thing")]

    told_there, told_missing = (set[str]().union(*cells) for cells in zip(*rows, strict=True))

    assert missing_in(said, told_there | told_missing) == told_missing
    assert sum(len(there) > 1 for there, _ in rows) >= 6


@pytest.mark.parametrize("way", ["context", "follows", "palavras", "frases", "cards_wanted", "given"])
def test_each_way_of_asking_is_there(way: str, linted):
    assert {line.name: line.requests for line in linted.ways}[way] >= 40


def test_the_datasheet_tells_the_coverage(linted):
    lines = _TABLE_LINE.findall((FOLDER / "DATASHEET.md").read_text(encoding="utf-8"))
    written = {name: (int(requests.replace(".", "")), int(cards.replace(".", ""))) for name, requests, cards in lines}

    assert written == {line.name: (line.requests, line.cards) for line in (*linted.themes, *linted.ways)}


def test_the_splits_are_those_of_the_first_dataset_and_of_the_prompts_hash(files):
    """What the first author wrote was split so; prompts that came later are for training alone."""
    known = {s.prompt: split for split in SPLITS for s in read_card_sets(ROOT / f"annotations/cards_v1/{split}.csv")}
    written = {s.prompt: split for split in SPLITS for s in files[split] if s.reference == 1}

    plan = plan_splits(known, written, validation=VALIDATION_SHARE, test=TEST_SHARE)

    assert {**written, **plan.splits} == written
    assert plan.left_out == ()


def test_no_prompt_is_near_one_of_another_split(files):
    pairs = (
        pair for one, other in combinations(SPLITS, 2) for pair in product(*map(prompts, (files[one], files[other])))
    )

    assert [pair for pair in pairs if are_near_duplicates(*pair)] == []


def test_what_is_kept_out_is_of_themes_that_nobody_trains_on(files):
    assert {s.theme for s in files[KEPT_OUT]} == KEPT_OUT_THEMES
    assert {s.theme for split in SPLITS for s in files[split]} & KEPT_OUT_THEMES == set()


def test_no_prompt_kept_out_is_near_one_of_the_splits(files):
    known = set().union(*(prompts(files[split]) for split in SPLITS))

    assert [pair for pair in product(prompts(files[KEPT_OUT]), known) if are_near_duplicates(*pair)] == []


@pytest.mark.parametrize("name", MEASURED)
def test_what_is_measured_has_three_references(name: str, files):
    references = references_by_request(files[name])

    assert {request: len(sets) for request, sets in references.items() if len(sets) != 3} == {}


@pytest.mark.parametrize("name", ["train", "train_complete"])
def test_a_hundred_requests_of_training_have_three_references(name: str, files):
    assert sum(len(sets) == 3 for sets in references_by_request(files[name]).values()) >= 100


@pytest.mark.parametrize("split", COMPLETED)
def test_the_tiles_to_complete_are_those_of_the_first_set(split: str, files):
    firsts = {asked(s.request): [card.written_text for card in s.cards] for s in files[split] if s.reference == 1}

    wrong = [s for s in files[f"{split}_complete"] if firsts[asked(s.request)] != [c.written_text for c in s.cards]]

    assert wrong == []


@pytest.mark.parametrize("split", COMPLETED)
def test_the_first_completion_is_the_first_set_itself(split: str, files):
    firsts = {asked(s.request): s.cards for s in files[split] if s.reference == 1}

    assert [s for s in files[f"{split}_complete"] if s.reference == 1 and firsts[asked(s.request)] != s.cards] == []


def test_two_authors_are_not_copies_of_one_another(files):
    """Written without sight of one another they share cards, never whole sets."""
    both = [sets for sets in references_by_request(files["test"]).values() if len(sets) > 1]

    assert [s[0].prompt for s in both if s[0].text == s[1].text] == []


def test_stems_of_every_prompt_say_something(files):
    """Prompts of little words alone ("O quê?") would be near everything, or nothing."""
    assert [p for split in SPLITS for p in prompts(files[split]) if not stems(p)] == []
