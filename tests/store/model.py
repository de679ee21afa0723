"""The store as lists and dictionaries: what `test_model` compares it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aac.errors import AacError, WrongCall
from aac.records import Correction, Rating, Vote
from aac.store.annotations import OwnWork
from aac.store.erasures import Erasure
from aac.store.people import ConsentNeeded
from aac.store.queue import KINDS, OVERLAP_DEFAULT

Judgement = Rating | Vote | Correction


def place(judgement: Judgement) -> tuple[Any, ...]:
    """What it is about: a later one of the same person at the same place supersedes it."""
    if isinstance(judgement, Rating):
        return Rating, judgement.annotator_id, judgement.generation_id, judgement.card_index
    if isinstance(judgement, Vote):
        return Vote, judgement.annotator_id, judgement.item_id
    return Correction, judgement.annotator_id, judgement.generation_id


def says_something(judgement: Judgement) -> bool:
    if isinstance(judgement, Rating):
        return judgement.verdict is not None or judgement.usefulness is not None
    return (judgement.choice if isinstance(judgement, Vote) else judgement.cards) is not None


@dataclass
class Item:
    kind: str
    disagreement: float = -1


@dataclass
class Model:
    """prompts: (text, source, owner); generations: id to (prompt, owner); what is nobody's has the owner None."""

    consents: dict[str, int] = field(default_factory=dict)
    prompts: set[tuple[str, str, str | None]] = field(default_factory=set)
    generations: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    said: list[Judgement] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    progress: list[tuple[str, str, str]] = field(default_factory=list)
    overlap: int = OVERLAP_DEFAULT
    versions: dict[str, set[str]] = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)

    # Judgements.

    def refusal(self, judgement: Judgement) -> type[AacError] | None:
        """Why this cannot be stored, if it cannot."""
        if judgement.annotator_id not in self.consents:
            return ConsentNeeded
        if isinstance(judgement, Vote):
            return None
        _, owner = self.generations.get(judgement.generation_id, ("", "nobody"))
        return None if owner in (None, judgement.annotator_id) else WrongCall

    def holding(self) -> list[Judgement]:
        """What has not been superseded, in the order stored."""
        last = {place(judgement): judgement.id for judgement in self.said}
        return [judgement for judgement in self.said if last[place(judgement)] == judgement.id]

    def counts(self, person: str) -> dict[str, int]:
        mine = [j for j in self.holding() if j.annotator_id == person and says_something(j)]
        kinds = {"ratings": Rating, "corrections": Correction, "votes": Vote}
        return {name: sum(isinstance(judgement, kind) for judgement in mine) for name, kind in kinds.items()}

    def own_work(self, person: str, generation_id: str) -> OwnWork:
        work = OwnWork({}, None, None)
        for judgement in self.holding():
            if isinstance(judgement, Vote) or (judgement.annotator_id, judgement.generation_id) != (
                person,
                generation_id,
            ):
                continue
            if isinstance(judgement, Correction):
                work = OwnWork(work.verdicts, work.usefulness, judgement.cards)
            elif judgement.card_index is None:
                work = OwnWork(work.verdicts, judgement.usefulness, work.correction)
            elif judgement.verdict:
                work.verdicts[judgement.card_index] = judgement.verdict, judgement.reasons
        return work

    def chosen(self) -> list[Correction]:
        return [j for j in self.holding() if isinstance(j, Correction) and says_something(j)]

    # The queue.

    def finished(self, person: str) -> set[str]:
        return {item for item, who, outcome in self.progress if who == person and outcome != "served"}

    def unfinished(self, person: str, kind: str) -> list[str]:
        """Served to this person and not finished, the latest last."""
        mine = [item for item, who, outcome in self.progress if who == person and outcome == "served"]
        return [item for item in mine if self.items[item].kind == kind and item not in self.finished(person)]

    def taken(self, item_id: str, person: str) -> int:
        """By how many people it was judged, or is being judged."""
        on_it = {outcome: {who for item, who, out in self.progress if item == item_id and out == outcome}
                 for outcome in ("served", "done", "skipped")}  # fmt: skip
        return len(on_it["done"] | (on_it["served"] - on_it["skipped"] - {person}))

    def waiting(self, person: str, kind: str) -> list[str]:
        """What this person could get, the most needed first."""
        free = [
            item_id
            for item_id, item in self.items.items()
            if item.kind == kind
            and item_id not in self.finished(person)
            and (self.taken(item_id, person) < self.overlap or item_id in self.unfinished(person, kind))
        ]
        return sorted(free, key=lambda item_id: (self.taken(item_id, person), -self.items[item_id].disagreement))

    def left(self, person: str) -> dict[str, int]:
        return {kind: len(self.waiting(person, kind)) for kind in KINDS}

    def serve(self, person: str, kind: str) -> str | None:
        again = self.unfinished(person, kind)
        if again:
            return again[-1]
        item_id = next(iter(self.waiting(person, kind)), None)
        if item_id:
            self.progress.append((item_id, person, "served"))
        return item_id

    # Versions and erasure.

    def freeze(self, version_id: str) -> None:
        chosen = self.chosen()
        self.versions[version_id] = {correction.id for correction in chosen}
        self.events[version_id] = []
        for correction in chosen:
            self.splits.setdefault(self.generations[correction.generation_id][0], "train")

    def erase(self, person: str) -> Erasure:
        ids = {judgement.id for judgement in self.said if judgement.annotator_id == person}
        own_prompts = {prompt for prompt in self.prompts if prompt[2] == person}
        own_generations = {key for key, (_, owner) in self.generations.items() if owner == person}
        own_progress = [entry for entry in self.progress if entry[1] == person]
        consents = self.consents.pop(person, 0)
        rows = len(ids) + len(own_prompts) + len(own_generations) + len(own_progress) + consents + bool(consents)

        self.said = [judgement for judgement in self.said if judgement.id not in ids]
        self.prompts -= own_prompts
        self.progress = [entry for entry in self.progress if entry[1] != person]
        for generation_id in own_generations:
            del self.generations[generation_id]
        others = {text for text, _, _ in self.prompts}
        for text, _, _ in own_prompts:
            if text not in others:
                self.splits.pop(text, None)

        holding = {version_id for version_id, rows_of_it in self.versions.items() if rows_of_it & ids}
        published = {version_id for version_id in holding if "published" in self.events[version_id]}
        for version_id in holding - published:
            if "withdrawn" not in self.events[version_id]:
                self.events[version_id].append("withdrawn")
        return Erasure(rows, tuple(sorted(holding - published)), tuple(sorted(published)))
