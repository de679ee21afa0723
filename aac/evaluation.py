"""One adapter (or none) on a file of card sets: the answers it gives, and their scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aac.datasets.card_files import references_by_request
from aac.metrics.scores import aligned_scores, format_scores, text_scores
from aac.models.adapters import Adapter
from aac.models.generation import Row, Speaker
from aac.parsing import PARSER_VERSION, parse
from aac.records import CardSet, Evaluation, Generation, GenerationRequest

MAX_NEW_TOKENS = 256
BATCH_SIZE = 8  # part of the protocol: padding changes the last bits of a logit
# What a stored evaluation was made by; raise the first number where scores stop being comparable with older ones.
# 2: an adapter's answers lean on what was asked for and on its choosers (`aac.models.leaning`).
# 3: twice as much on the pictures' chooser, and a card is whole: three fields, one picture, the given tile.
# 4: a prompt is read as it is meant, and its insults are not said back; a used picture, or one alike, is the last.
PROTOCOL = f"4|greedy|free|tokens:{MAX_NEW_TOKENS}|batch:{BATCH_SIZE}|fp32|parser:{PARSER_VERSION}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote for one prompt, beside the reference sets it is scored against."""

    generation: Generation
    references: tuple[CardSet, ...]


def evaluate(
    speaker: Speaker,
    adapter: Adapter | None,
    sets: Sequence[CardSet],
    *,
    well_formed: bool = False,
    on_answers: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Evaluation, list[Answer]]:
    """Answer every prompt greedily, at most 256 new tokens, and score.

    The number of cards asked for is that of the prompt's first reference set. on_answers is told how many of the
    prompts have their answer.
    """
    started_s = time.perf_counter()
    answers = _answers(speaker, adapter, sets, well_formed, on_answers)
    parsed = [parse(answer.generation.raw_text) for answer in answers]
    texts = [answer.generation.raw_text for answer in answers]
    scores = text_scores(texts, [[r.text for r in answer.references] for answer in answers])
    form = format_scores(parsed)
    evaluation = Evaluation(
        bleu=scores.bleu,
        ter=scores.ter,
        chrf=scores.chrf,
        aligned=aligned_scores([p.cards for p in parsed], [a.references for a in answers]),
        valid_answers=form.valid_answers,
        valid_cards=form.valid_cards,
        repeated_cards=form.repeated_cards,
        prompts=len(answers),
        duration_s=time.perf_counter() - started_s,
    )
    return evaluation, answers


def _answers(
    speaker: Speaker,
    adapter: Adapter | None,
    sets: Sequence[CardSet],
    well_formed: bool,
    on_answers: Callable[[int, int], None],
) -> list[Answer]:
    asked = references_by_request(sets)
    generations = answer_requests(speaker, adapter, list(asked), well_formed=well_formed, on_answers=on_answers)
    return [Answer(g, tuple(r)) for g, r in zip(generations, asked.values(), strict=True)]


def answer_requests(
    speaker: Speaker,
    adapter: Adapter | None,
    requests: Sequence[GenerationRequest],
    *,
    well_formed: bool = False,
    on_answers: Callable[[int, int], None] = lambda done, total: None,
    batch_size: int = BATCH_SIZE,
) -> list[Generation]:
    """Answer greedily, by the protocol of every evaluation, in the order of the requests.

    batch_size: another one than the protocol's is to be told beside the answers.
    """
    template = adapter.template if adapter else speaker.base.entry.template
    rows = [
        Row(replace(request, well_formed=well_formed, max_new_tokens=MAX_NEW_TOKENS), adapter, template)
        for request in requests
    ]
    generations: list[Generation] = []
    for start in range(0, len(rows), batch_size):
        generations += speaker.generate(rows[start : start + batch_size])
        on_answers(len(generations), len(rows))
    return generations
