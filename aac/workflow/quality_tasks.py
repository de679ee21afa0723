"""What the shipped adapter is measured on: requests, most of them with three authors' answers."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aac.datasets.card_files import read_card_sets, references_by_request, sets_sha256
from aac.errors import DataError
from aac.records import CardSet, GenerationRequest

AUTHORS = 3
TASKS = {
    "set": "test",
    "complete": "test_complete",
    "recall": "train",
    "kept_out": "kept_out",
    "kept_out_complete": "kept_out_complete",
    "tuning": "validation",  # for choosing between trials; the report has no place for it
    "tuning_complete": "validation_complete",
}
# As people type test prompts, alone and with tiles to be completed; what no card set answers.
TYPED, TYPED_COMPLETE, HOSTILE = "typed", "typed_complete", "hostile"
COMPLETE, UNSEEN = "complete", "complete_unseen"
_TYPED_FILE = Path("as_typed") / "prompts.csv"


@dataclass(frozen=True, slots=True)
class Task:
    """Requests with three references each, or with none. name: a key of TASKS, or of what people type."""

    name: str
    requests: tuple[GenerationRequest, ...]
    references: tuple[tuple[CardSet, CardSet, CardSet], ...]

    @property
    def is_completion(self) -> bool:
        """Whether tiles are given, and speech and picture alone are scored."""
        return bool(self.requests[0].given)

    @property
    def sha256(self) -> str:
        """A hash of the requests and references: what the scores are of."""
        sets = sets_sha256(one for triple in self.references for one in triple)
        if self.name not in (TYPED, TYPED_COMPLETE, HOSTILE):
            return sets
        told = [*(request.prompt for request in self.requests), *([sets] if self.name == TYPED_COMPLETE else [])]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def read_task(folder: Path, name: str) -> Task:
    """A task of a dataset's folder: the requests of its file that have three references.

    "typed": test prompts as people type them, with the references of what they mean; "typed_complete": the same with
    the tiles of what they mean given; "hostile": what has no references; "complete_unseen": what "complete" is made of.
    """
    if name in (TYPED, TYPED_COMPLETE, HOSTILE):
        return _typed(folder, name)
    name = COMPLETE if name == UNSEEN else name
    by_request = references_by_request(read_card_sets(folder / f"{TASKS[name]}.csv"))
    whole = {request: sets for request, sets in by_request.items() if len(sets) == AUTHORS}
    if not whole:
        raise DataError(
            f"{folder / TASKS[name]}.csv não tem pedidos com {AUTHORS} referências.",
            f"{folder / TASKS[name]}.csv has no requests with {AUTHORS} references.",
        )
    return Task(name, tuple(whole), tuple((s[0], s[1], s[2]) for s in whole.values()))


def of_tiles(task: Task, kept: Callable[[str], bool], name: str) -> tuple[Task, list[tuple[int, ...]]]:
    """A task of given tiles with some of them alone, and their numbers in each of the first one's requests.

    Requests without such a tile fall away. kept: whether a tile stays.
    """
    numbers = [tuple(i for i, tile in enumerate(one.given) if kept(tile)) for one in task.requests]
    both = [(one, sets, some) for one, sets, some in zip(task.requests, task.references, numbers, strict=True) if some]
    requests = tuple(replace(one, given=tuple(one.given[i] for i in some)) for one, _, some in both)
    references = tuple((_of_cards(a, some), _of_cards(b, some), _of_cards(c, some)) for _, (a, b, c), some in both)
    return Task(name, requests, references), numbers


def _of_cards(one: CardSet, numbers: Sequence[int]) -> CardSet:
    return replace(one, cards=tuple(one.cards[i] for i in numbers))


def _typed(folder: Path, name: str) -> Task:
    with (folder / _TYPED_FILE).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if bool(row["of"]) == (name != HOSTILE)]
    if name == HOSTILE:
        return Task(name, tuple(GenerationRequest(row["prompt"]) for row in rows), ())
    meant = read_task(folder, "set" if name == TYPED else "complete")
    both = zip(meant.requests, meant.references, strict=True)
    of = {asked.prompt: (asked, sets) for asked, sets in both if not (asked.context or asked.follows or asked.level)}
    requests, references = zip(*(of[row["of"]] for row in rows), strict=True)
    typed = [replace(asked, prompt=row["prompt"]) for asked, row in zip(requests, rows, strict=True)]
    if name == TYPED:
        typed = [GenerationRequest(one.prompt) for one in typed]
    return Task(name, tuple(typed), references)
