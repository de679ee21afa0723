"""The lint of a folder of card sets, as `annotations/` has them: every file, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aac.datasets.card_files import USUAL_CARDS, read_card_sets, references_by_request
from aac.datasets.lint import Finding, LintCounts, count, lint
from aac.datasets.spelling import listed_words
from aac.errors import MissingError
from aac.records import CardSet


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often a subject, or a way of asking, is there."""

    name: str
    requests: int
    cards: int


@dataclass(frozen=True, slots=True)
class FolderLint:
    """What was found in a folder. themes and ways: of the first author's sets."""

    findings: tuple[Finding, ...]
    counts: LintCounts
    themes: tuple[Coverage, ...]
    ways: tuple[Coverage, ...]


def lint_folder(folder: Path) -> FolderLint:
    """Lint each CSV of a folder with its list of right words; `MissingError` where there is none."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise MissingError(
            f"Não há nenhum CSV em {folder}. Esperava-se uma pasta como annotations/cards_v2.",
            f"There is no CSV in {folder}. A folder such as annotations/cards_v2 was expected.",
        )
    sets = [card_set for file in files for card_set in read_card_sets(file)]
    return FolderLint(tuple(lint(sets, listed_words(folder))), count(sets), coverage(sets), ways_of_asking(sets))


def coverage(sets: Sequence[CardSet]) -> tuple[Coverage, ...]:
    """Requests and cards of each theme, the first author's, by name."""
    firsts = _firsts(sets)
    requests = Counter(card_set.theme for card_set in firsts)
    cards = Counter(card_set.theme for card_set in firsts for _ in card_set.cards)
    return tuple(Coverage(theme, requests[theme], cards[theme]) for theme in sorted(requests))


def ways_of_asking(sets: Sequence[CardSet]) -> tuple[Coverage, ...]:
    """Requests and cards of each way of asking; a request may be of several."""
    ways = {
        "context": lambda s: bool(s.context),
        "follows": lambda s: bool(s.follows),
        "palavras": lambda s: s.level == "palavras",
        "frases": lambda s: s.level == "frases",
        "cards_wanted": lambda s: len(s.cards) != USUAL_CARDS,
        "given": lambda s: s.given,
        "plain": lambda s: not (s.context or s.follows or s.level or s.given) and len(s.cards) == USUAL_CARDS,
    }
    found = []
    for name, asks in ways.items():
        some = [s for s in sets if asks(s) and s.reference == 1]
        found.append(Coverage(name, len(references_by_request(some)), sum(len(s.cards) for s in some)))
    return tuple(found)


def _firsts(sets: Sequence[CardSet]) -> list[CardSet]:
    return [card_set for card_set in sets if card_set.reference == 1 and not card_set.given]
