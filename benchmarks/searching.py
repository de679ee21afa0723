"""Other ways to search for an adapter's answer than greedily: beams, and the best of several by a judge.

    python -m benchmarks.searching beams --width 4 --out build/beams
    python -m benchmarks.searching best --candidates 8 --temperature 0.6 --out build/best
    python -m aac quality report --task tuning --answers build/best/agreement

Answers are kept as `python -m aac quality answer` keeps them, in one folder for each way; they lean on the same
experts, the weights are merged. Of the validation split only: it is for choosing. Each way's points are printed, and
the seconds.

The judges of the best: *likelihood*, of the tokens by the model alone, their mean; *agreement*, aligned chrF with the
other candidates, their mean (minimum Bayes risk, Kumar and Byrne 2004); *votes*, no candidate but the cards that most
candidates have, by the rule of the same tile; *references*, who knows the answer: no judge can be better, nor ship.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import log_softmax
from transformers import LogitsProcessorList

from aac.cards import Card, cards_to_csv
from aac.errors import AacError
from aac.evaluation import BATCH_SIZE, MAX_NEW_TOKENS, PROTOCOL, answer_requests
from aac.metrics.meaning import tile_meaning
from aac.metrics.scores import best_match, match_cards
from aac.models.adapters import Adapter, find_adapter, weights_sha256
from aac.models.generation import Row, encode_prompt
from aac.models.leaning import Expert, FieldLeaning
from aac.models.loading import load_base
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.parsing import parse
from aac.prompts import SEED_MAX
from aac.records import CardSet, GenerationRequest
from aac.settings import Settings
from aac.workflow import quality
from aac.workflow.quality_tasks import Task, read_task
from benchmarks.trials_on_gpu import DATA, MergedSpeaker

TASKS = ("tuning", "tuning_complete")
ROWS_AT_ONCE = 64
Chosen = dict[str, list[str]]  # by each judge, an answer a request


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True, metavar="beams|best")
    beams = ways.add_parser("beams")
    beams.add_argument("--width", type=int, default=4, metavar="N")
    beams.add_argument("--length-penalty", type=float, default=1.0, metavar="X", help="transformers' own; 0: none")
    best = ways.add_parser("best")
    best.add_argument("--candidates", type=int, default=8, metavar="N", help="drawn, beside the greedy answer")
    best.add_argument("--temperature", type=float, default=0.6, metavar="X")
    for way in (beams, best):
        way.add_argument("--out", type=Path, required=True, metavar="FOLDER")
        way.add_argument("--task", choices=TASKS, action="append", help="tuning where none is named")
        way.add_argument("--adapter", default="default", metavar="NAME", help="default, or a folder")
        way.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help="of the tasks")
        way.add_argument("--base", default=EMBEDDED_ID, metavar="NAME", help="the base model, or its folder")
    options = parser.parse_args()
    try:
        run(options, Settings.from_environment())
    except AacError as error:
        print(f"{error.pt}\n{error.en}", file=sys.stderr)
        return error.exit_code
    return 0


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Answer the tasks, keep what each judge chose, and print its points."""
    entry = find_base_model(options.base)
    adapter = find_adapter(options.adapter, entry)
    assert adapter is not None
    speaker = SearchingSpeaker(load_base(entry, settings), adapter)
    for name in options.task or TASKS[:1]:
        task, began_s = read_task(options.data, name), time.perf_counter()
        at_once = ROWS_AT_ONCE
        if options.way == "beams":
            at_once //= options.width
            texts = speaker.beams(task.requests, options.width, options.length_penalty)
            how, found = f"beams:{options.width}|length:{options.length_penalty}", {"": texts}
        else:
            candidates = speaker.candidates(task.requests, options.candidates, options.temperature)
            how = f"best:{options.candidates}+greedy|temperature:{options.temperature}"
            found = chosen(task, candidates, speaker)
        print(f"{name}, {how}: {time.perf_counter() - began_s:.0f} s", flush=True)
        for judge, texts in found.items():
            protocol = PROTOCOL.replace("greedy", f"{how}|{judge}" if judge else how)
            protocol = protocol.replace(f"batch:{BATCH_SIZE}", f"batch:{at_once}") + "|merged"
            told = {"protocol": protocol, "model": entry.id, "adapter_sha256": weights_sha256(adapter.folder)}
            quality.keep_answers(options.out / judge, quality.WITH, task, texts, told)
            points = quality.points(task, quality.read_answers(options.out / judge, quality.WITH, task), options.data)
            print(judge or "beams", {metric: round(score, 1) for metric, score in points.items()}, flush=True)


class SearchingSpeaker(MergedSpeaker):
    """Answers one adapter's requests other than greedily."""

    def __init__(self, base: Any, adapter: Adapter) -> None:
        super().__init__(base, adapter)
        self._adapter = adapter

    def beams(self, requests: Sequence[GenerationRequest], width: int, length_penalty: float) -> list[str]:
        """The likeliest answers that a beam search of this width finds; what an answer leans on counts as well."""
        at_once, texts = max(1, ROWS_AT_ONCE // width), list[str]()
        for start in range(0, len(requests), at_once):
            texts += self._beams(requests[start : start + at_once], width, length_penalty)
            print(f"{len(texts)}/{len(requests)}", file=sys.stderr, flush=True)
        return texts

    def _beams(self, requests: Sequence[GenerationRequest], width: int, length_penalty: float) -> list[str]:
        tokenizer = self.base.tokenizer
        decode = partial(tokenizer.decode, skip_special_tokens=True)
        leaning = BeamLeaning(decode, [self._experts.of(self._adapter, one) for one in requests], width)
        inputs = self._encode([Row(one, self._adapter, self._adapter.template) for one in requests])
        with torch.inference_mode():
            found = self._model.generate(
                **inputs,
                num_beams=width,
                early_stopping=True,  # at as many whole answers as beams; the others would go on to the last token
                do_sample=False,
                length_penalty=length_penalty,
                max_new_tokens=MAX_NEW_TOKENS,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
                logits_processor=LogitsProcessorList([leaning]),
            )
        return [decode(ids) for ids in found[:, inputs["input_ids"].shape[1] :]]

    def candidates(self, requests: Sequence[GenerationRequest], count: int, temperature: float) -> list[list[str]]:
        """For each request its greedy answer, then `count` that were drawn with seeds of their own."""
        answer = partial(answer_requests, self, self._adapter, batch_size=ROWS_AT_ONCE)
        found = [[one.raw_text] for one in answer(requests)]
        for draw in range(1, count + 1):
            seeds = range(draw * 1_000, SEED_MAX)
            drawn = answer([replace(r, temperature=temperature, seed=s) for r, s in zip(requests, seeds, strict=False)])
            for texts, one in zip(found, drawn, strict=True):
                texts.append(one.raw_text)
            print(f"{draw}/{count}", file=sys.stderr, flush=True)
        return found

    def likelihoods(self, request: GenerationRequest, texts: Sequence[str]) -> list[float]:
        """The mean log probability of each text's tokens and its end, by the model alone."""
        tokenizer = self.base.tokenizer
        prompt = encode_prompt(tokenizer, self._adapter.template, request)
        answers = [
            [*ids, tokenizer.eos_token_id] for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        ]
        length = max(map(len, answers))
        rows = torch.tensor([prompt + ids + [tokenizer.pad_token_id] * (length - len(ids)) for ids in answers])
        with torch.inference_mode():
            logits = self._model(input_ids=rows, logits_to_keep=length + 1).logits[:, :-1]
        each = log_softmax(logits, -1).gather(2, rows[:, len(prompt) :, None])[..., 0]
        return [float(row[: len(ids)].mean()) for row, ids in zip(each, answers, strict=True)]


class BeamLeaning(FieldLeaning):
    """Beams part and die: what an expert remembers of a row is that of the beam which the row goes on from."""

    def __init__(self, decode: Any, rows: Sequence[Sequence[Expert]], width: int) -> None:
        super().__init__(decode, rows)
        self._width = width
        self._seen: dict[tuple[int, ...], Sequence[Expert]] = {}
        self._before = self._seen

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """[B × width, T] ids and their log probabilities, [B × width, V]."""
        self._before, self._seen = self._seen, {}
        return super().__call__(input_ids, scores)

    def experts(self, row: int, written: Sequence[int]) -> Sequence[Expert]:
        """Copies of those that have seen all but the last token."""
        request = row // self._width
        before = self._before[request, *written[:-1]] if written else self._rows[request]
        self._seen[request, *written] = found = [copy.copy(one) for one in before]
        return found


def chosen(task: Task, candidates: Sequence[Sequence[str]], speaker: SearchingSpeaker) -> Chosen:
    """What each judge makes of each request's candidates, the greedy answer alone among them."""
    found: Chosen = {"greedy": [texts[0] for texts in candidates]}
    for request, triple, texts in zip(task.requests, task.references, candidates, strict=True):
        cards = [parse(text).cards for text in texts]
        for judge, scores in {
            "likelihood": speaker.likelihoods(request, texts),
            "agreement": [_agreement(i, cards) for i in range(len(cards))],
            "references": [_met(one, triple) for one in cards],
        }.items():
            found.setdefault(judge, []).append(texts[scores.index(max(scores))])
        found.setdefault("votes", []).append(cards_to_csv(voted(cards, request)))
    return found


def _agreement(index: int, candidates: Sequence[Sequence[Card]]) -> float:
    others = [cards for i, cards in enumerate(candidates) if i != index]
    return sum(match_cards(candidates[index], cards).similarity for cards in others) / max(len(others), 1)


def _met(cards: Sequence[Card], references: Sequence[CardSet]) -> float:
    return best_match(cards, [one.cards for one in references]).similarity


def voted(candidates: Sequence[Sequence[Card]], request: GenerationRequest) -> list[Card]:
    """As many cards as wanted, those whose tile most candidates have, the first found of equals, each as most say it.

    Given tiles keep their order. A picture stands once where another one was found for the tile.
    """
    found: dict[object, Counter[Card]] = {}
    for cards in candidates:
        for key, card in {tile_meaning(card): card for card in cards}.items():
            found.setdefault(key, Counter())[card] += 1
    most = sorted(found.values(), key=lambda votes: -votes.total())
    if request.given:
        places: Mapping[str, int] = {tile: i for i, tile in enumerate(request.given)}
        most = sorted(found.values(), key=lambda votes: places.get(next(iter(votes)).written_text, len(places)))
    used, kept = set[str](), list[Card]()
    for votes in most[: request.cards_wanted]:
        ranked = [card for card, _ in votes.most_common()]
        kept.append(next((card for card in ranked if card.image_id not in used), ranked[0]))
        used.add(kept[-1].image_id)
    return kept


if __name__ == "__main__":
    sys.exit(main())
