"""What the shipped adapter is worth on the shipped test data, from answers that lie in the repository.

`answer` lets a model answer each request of a task and keeps its texts; `report` scores what is kept, without a model.
Each task's requests have three references; every score is the mean against their three pairs, beside the ceiling that
the authors reach against one another and the baseline that copies the nearest training request (`aac.baseline`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from aac.baseline import Copier
from aac.cards import Card, cards_to_csv
from aac.datasets.card_files import read_card_sets
from aac.datasets.spelling import listed_words
from aac.errors import DataError, MissingError
from aac.evaluation import PROTOCOL, answer_requests
from aac.files import whole_file
from aac.metrics.meaning import fitting_images, known_words, meaning_f1_of, polite
from aac.metrics.triples import ALIGNED, Interval, Measure, PairStatistics, PromptMean, difference, interval
from aac.models.adapters import DEFAULT_FOLDER, Adapter, weights_sha256
from aac.models.generation import Speaker
from aac.models.pictures import PictureChooser, Said
from aac.models.speech import SpeechChooser
from aac.parsing import parse
from aac.records import GenerationRequest, Parsed
from aac.workflow.goals import CEILING, COPY, WITH, WITHOUT, goals_told
from aac.workflow.quality_tasks import AUTHORS, HOSTILE, TYPED, TYPED_COMPLETE, UNSEEN, Task, of_tiles, read_task

CHOOSERS = "choosers"  # what lies beside the adapter's weights, without the language model
FORMED = "with_lora_well_formed"  # decoded under the card grammar, as the page does; the others are free
_ASKED = ("prompt", "cards_wanted", "context", "follows", "level", "given")
_WHOLE = ("bleu", "ter", "chrf")
REPORTED = ("set", "complete", UNSEEN, "recall", "kept_out", "kept_out_complete", TYPED, TYPED_COMPLETE, HOSTILE)
REPORT = "report.json"
_EXAMPLES = 10
_WORST = 20
_WORST_OF = ("set", "complete")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one system wrote for a task, verbatim, in the order of its requests.

    adapter_sha256: of its weights. protocol: how the answers were made, where that is known.
    """

    system: str
    texts: tuple[str, ...]
    adapter_sha256: str = ""
    protocol: str = ""

    @property
    def parsed(self) -> list[Parsed]:
        """The cards in them."""
        return [parse(text) for text in self.texts]


@dataclass(frozen=True, slots=True)
class Line:
    """One system's scores in a task. over_copy: the system less the copy; an interval without 0 says they differ."""

    system: str
    scores: Mapping[str, Interval]
    over_copy: Mapping[str, Interval]


def answer(
    speaker: Speaker,
    adapter: Adapter | None,
    task: Task,
    folder: Path,
    on_answers: Callable[[int, int], None] = lambda done, total: None,
    *,
    well_formed: bool = False,
) -> Path:
    """Let a model answer every request of a task, greedily, and keep the texts as JSON Lines.

    well_formed: under the card grammar; with an adapter only, as without one nothing is compared that way.
    """
    made = answer_requests(speaker, adapter, task.requests, well_formed=well_formed, on_answers=on_answers)
    protocol = PROTOCOL.replace("fp32", speaker.base.precision)
    told = {"protocol": protocol.replace("free", "well_formed") if well_formed else protocol, "model": made[0].model}
    if adapter:
        told["adapter_sha256"] = weights_sha256(adapter.folder)
    system = (FORMED if well_formed else WITH) if adapter else WITHOUT
    return keep_answers(folder, system, task, [one.raw_text for one in made], told)


def keep_answers(folder: Path, system: str, task: Task, texts: Sequence[str], told: Mapping[str, str]) -> Path:
    """Write one system's answers; told: how they came about."""
    path = answers_path(folder, system, task.name)
    head = {"task": task.name, "data_sha256": task.sha256, **told}
    asked = ({**_asked(request), "raw_text": text} for request, text in zip(task.requests, texts, strict=True))
    with whole_file(path) as file:
        for line in (head, *asked):
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    return path


def answers_path(folder: Path, system: str, task: str) -> Path:
    """Where a system's answers to a task lie."""
    return folder / f"{task}.{system}.jsonl"


def _asked(request: GenerationRequest) -> dict[str, object]:
    named = asdict(request)
    return {name: named[name] for name in _ASKED if named[name]}


def read_answers(folder: Path, system: str, task: Task) -> Answers:
    """Kept answers; `MissingError` where there are none, `DataError` where they are of other data."""
    path = answers_path(folder, system, task.name)
    if not path.is_file():
        raise MissingError(
            f"Não há respostas em {path}. Gere-as: python -m aac quality answer {task.name}.",
            f"There are no answers in {path}. Make them: python -m aac quality answer {task.name}.",
        )
    head, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    if head.get("data_sha256") != task.sha256 or len(lines) != len(task.requests):
        raise DataError(
            f"As respostas em {path} são de outros dados. Gere-as de novo: python -m aac quality answer {task.name}.",
            f"The answers in {path} are of other data. Make them again: python -m aac quality answer {task.name}.",
        )
    texts = tuple(line["raw_text"] for line in lines)
    return Answers(system, texts, str(head.get("adapter_sha256") or ""), str(head.get("protocol") or ""))


def copier_of(folders: Sequence[Path]) -> Copier:
    """The baseline, with the sets of the folders that were trained on."""
    return Copier([one for folder in folders for one in read_card_sets(folder / "train.csv")])


def copied(task: Task, copier: Copier) -> Answers:
    """The baseline's answers."""
    return Answers(COPY, tuple(cards_to_csv(copier.copy(request)) for request in task.requests))


def chosen(task: Task, folder: Path) -> Answers | None:
    """Given tiles as an adapter's choosers alone would complete them; None where it has not both."""
    if not task.is_completion:
        return None
    speech, pictures = SpeechChooser.load(folder), PictureChooser.load(folder)
    if not (speech and pictures):
        return None
    return Answers(CHOOSERS, tuple(cards_to_csv(_chosen(one, speech, pictures)) for one in task.requests))


def _chosen(request: GenerationRequest, speech: SpeechChooser, pictures: PictureChooser) -> list[Card]:
    cards: list[Card] = []
    for tile in request.given:
        said = next(iter(speech.likeliest(tile, 1)), tile)
        shown = pictures.likeliest(Said(tile, said, request.prompt), {card.image_id for card in cards})
        cards.append(Card(tile, said, shown))
    return cards


def report(
    data: Path,
    answers: Path,
    names: Sequence[str] = REPORTED,
    trained_on: Sequence[Path] = (),
    on_task: Callable[[str], None] = lambda name: None,
) -> dict[str, Any]:
    """Everything that is told of the kept answers: scores a task and system, ten prompts with both answers, the worst.

    Without LoRA and under the grammar only what was answered is told. trained_on: the folders that the copy copies
    from; only `data` where none is named. The choosers are the shipped adapter's. on_task: told each name before it
    is scored, which may take minutes.
    Raises what `read_task` and `read_answers` raise.
    """
    tasks: dict[str, Any] = {}
    copier = copier_of(trained_on or (data,))
    for name in names:
        on_task(name)
        task, systems = asked_and_answered(data, answers, name, copier)
        tasks[name] = {
            "requests": len(task.requests),
            "data_sha256": task.sha256,
            "adapter_sha256": next(one.adapter_sha256 for one in systems if one.system == WITH),
            "lines": [asdict(line) for line in score(task, systems, data)],
            "goals": goals_told(name, measured(task, systems, data)),
        }
    return {
        "tasks": tasks,
        "examples": examples(data, answers) if "set" in names else [],
        "worst": {name: _worst_told(data, answers, name) for name in _WORST_OF if name in names},
    }


def asked_and_answered(data: Path, answers: Path, name: str, copier: Copier) -> tuple[Task, list[Answers]]:
    """A task and everything that is scored in it. "complete_unseen": of *complete* the tiles that no card of training
    has, with what was answered to them.
    """
    task = read_task(data, name)
    systems = systems_of(task, answers, copier)
    if name != UNSEEN:
        return task, systems
    part, numbers = of_tiles(task, lambda tile: not copier.has(tile), name)
    return part, [_of_tiles(task, one, numbers) for one in systems]


def _of_tiles(task: Task, answers: Answers, numbers: Sequence[Sequence[int]]) -> Answers:
    whole = [_completed(one, request.given) for one, request in zip(answers.parsed, task.requests, strict=True)]
    kept = [[cards[i] for i in some] for cards, some in zip(whole, numbers, strict=True) if some]
    return replace(answers, texts=tuple(cards_to_csv([card for card in cards if card.image_id]) for cards in kept))


def systems_of(task: Task, answers: Path, copier: Copier) -> list[Answers]:
    """Everything that is scored in a task: the copy, the choosers alone, and each model that answered it."""
    copies = [copied(task, copier)] if task.name != "recall" else []
    alone = chosen(task, DEFAULT_FOLDER)
    kept = {system for system in (WITHOUT, FORMED) if answers_path(answers, system, task.name).exists()}
    models = [read_answers(answers, who, task) for who in (WITHOUT, WITH, FORMED) if who == WITH or who in kept]
    return [*copies, *([alone] if alone else []), *models]


def measured(task: Task, systems: Sequence[Answers], folder: Path) -> dict[str, Mapping[str, Measure]]:
    """The measures of each system, and those of the ceiling where there are references."""
    found = {one.system: measures(task, one, folder) for one in systems}
    return {**({CEILING: _ceiling(task)} if task.references else {}), **found}


def _worst_told(data: Path, answers: Path, name: str) -> list[dict[str, Any]]:
    task = read_task(data, name)
    found = worst(task, read_answers(answers, WITH, task), data)
    return [
        {**_asked_beside(one.request), "score": one.score, "answer": one.text, "reference": one.reference}
        for one in found
    ]


def _asked_beside(request: GenerationRequest) -> dict[str, object]:
    return {name: value for name, value in _asked(request).items() if name not in ("cards_wanted", "given")}


def examples(data: Path, answers: Path) -> list[dict[str, str]]:
    """Ten test prompts, those whose sha256 comes first, with what the model wrote without and with LoRA."""
    task = read_task(data, "set")
    both = [read_answers(answers, model, task).texts for model in (WITHOUT, WITH)]
    found: dict[str, dict[str, str]] = {}
    for request, without, with_lora in zip(task.requests, *both, strict=True):
        found.setdefault(request.prompt, {"prompt": request.prompt, WITHOUT: without, WITH: with_lora})
    chosen = sorted(found, key=lambda prompt: hashlib.sha256(prompt.encode()).digest())[:_EXAMPLES]
    return [found[prompt] for prompt in chosen]


def write_report(folder: Path, told: Mapping[str, Any]) -> Path:
    """Keep a report for the page."""
    path = folder / REPORT
    with whole_file(path) as file:
        file.write((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def read_report(folder: Path) -> dict[str, Any] | None:
    """The report that is kept in a folder, if there is one."""
    path = folder / REPORT
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Worst:
    """One of a system's worst answers, with the first author's set beside it. score: aligned chrF, or chrF."""

    request: GenerationRequest
    score: float
    text: str
    reference: str


def worst(task: Task, answers: Answers, data: Path) -> list[Worst]:
    """The twenty answers that score least against the three pairs of references, the worst first."""
    measure = measures(task, answers, data)["chrf" if task.is_completion else "aligned_chrf"]
    scores = [measure.score(np.array([i])) for i in range(len(task.requests))]
    order = np.argsort(scores, kind="stable")[:_WORST]
    return [Worst(task.requests[i], scores[i], answers.texts[i], task.references[i][0].text) for i in order]


def score(task: Task, systems: Sequence[Answers], folder: Path) -> list[Line]:
    """The ceiling's line, and one for each system, each with its difference to the copy."""
    by_system = measured(task, systems, folder)
    copy, lines = by_system.get(COPY, {}), []
    for system, found in {CEILING: {}, **by_system}.items():
        compared = {} if system in (CEILING, COPY) else {name: one for name, one in found.items() if name in copy}
        over = {name: difference(one, copy[name]) for name, one in compared.items()}
        lines.append(Line(system, {name: interval(one) for name, one in found.items()}, over))
    return lines


def points(task: Task, answers: Answers, folder: Path) -> dict[str, float]:
    """Every score of one system, without its interval, which takes a thousand times as long."""
    return {name: one.score() for name, one in measures(task, answers, folder).items()}


@lru_cache(maxsize=64)  # TER's statistics of one task may take half a minute
def measures(task: Task, answers: Answers, folder: Path) -> Mapping[str, Measure]:
    """Everything that one system's answers are scored by. folder: the dataset's, for the words that it lists."""
    parsed = answers.parsed
    form = _form(task, parsed, listed_words(folder)) if task.name != UNSEEN else {}  # that of *complete*
    if not task.references:
        return form
    cards: list[Sequence[Card]] = [one.cards for one in parsed]
    if task.is_completion:
        cards = [_completed(one, request.given) for one, request in zip(parsed, task.requests, strict=True)]
    return {**_against_pairs(task, [cards] * AUTHORS, [answers.texts] * AUTHORS), **form}


@lru_cache(maxsize=8)
def _ceiling(task: Task) -> Mapping[str, Measure]:
    """Each author against the other two."""
    authors = list(zip(*task.references, strict=True))
    cards = [[one.cards for one in sets] for sets in authors]
    return _against_pairs(task, cards, [[one.text for one in sets] for sets in authors])


def _against_pairs(
    task: Task, cards: Sequence[Sequence[Sequence[Card]]], texts: Sequence[Sequence[str]]
) -> dict[str, Measure]:
    """The scores of what meets each pair of references; cards: the valid ones of each text, or the completed tiles."""
    references = [(a.cards, b.cards, c.cards) for a, b, c in task.references]
    if task.is_completion:
        shown = [[_spoken_and_shown(one) for one in some] for some in cards]
        wanted = [_triple(triple, _spoken_and_shown) for triple in references]
        found: dict[str, Measure] = {name: PairStatistics(name, shown, wanted) for name in _WHOLE}
        return {**found, "images": fitting_images(cards, references)}
    wanted = [_triple(triple, cards_to_csv) for triple in references]
    found = {name: PairStatistics(name, texts, wanted) for name in _WHOLE}
    valid = [[cards_to_csv(one) for one in some] for some in cards]
    aligned = {name: PairStatistics(name, valid, wanted) for name in ALIGNED}
    return {**found, **aligned, "meaning_f1": meaning_f1_of(cards, references)}


def _form(task: Task, parsed: Sequence[Parsed], listed: Sequence[str]) -> dict[str, Measure]:
    whole = [
        not one.problems and len(one.cards) == request.cards_wanted
        for one, request in zip(parsed, task.requests, strict=True)
    ]
    found: dict[str, Measure] = {"valid": PromptMean(np.array(whole, float), "whole, valid and as many as asked for")}
    if not any(one.cards for one in parsed):
        return found  # where there is no card, none is said again, and none has a wrong word
    fresh = [1 - one.repeats / len(one.cards) if one.cards else 1.0 for one in parsed]
    texts = [[text for card in one.cards for text in (card.written_text, card.spoken_text)] for one in parsed]
    found["not_repeated"] = PromptMean(np.array(fresh), "cards that repeat no earlier one")
    found["known_words"] = PromptMean(known_words(texts, listed), "words in hunspell's pt_BR or listed")
    if task.name == HOSTILE:
        found["polite"] = PromptMean(polite(texts), "answers without a word of abuse (aac/safety/abuse.txt)")
    return found


def _triple(
    triple: tuple[Sequence[Card], Sequence[Card], Sequence[Card]], text: Callable[[Sequence[Card]], str]
) -> tuple[str, str, str]:
    a, b, c = map(text, triple)
    return a, b, c


def _completed(answer: Parsed, given: Sequence[str]) -> list[Card]:
    """The answer's card for each given tile, in the tiles' order; an empty one where there is none."""
    by_key = {card.key: card for card in reversed(answer.cards)}
    tiles = [Card(tile, "", "") for tile in given]
    return [replace(by_key.get(tile.key, tile), written_text=tile.written_text) for tile in tiles]


def _spoken_and_shown(cards: Sequence[Card]) -> str:
    return "\n".join(f"{card.spoken_text} {card.image_id}" for card in cards)
