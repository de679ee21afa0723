"""What a training gains from what no configuration can say: rows of the embedding learned too, packed batches, stages.

    python -m benchmarks.training_variants docs/quality/trials/e1.json --variant plain --variant rows

Each variant trains the configuration's steps from the base model, with the same seed, examples and order, and prints as
JSON the loss of the validation sets, the steps' seconds and how many numbers were learned; nothing else is kept.
*rows*: the embedding's rows of the tokens that write pictures and accented letters are learned beside the LoRA weights
(PEFT's trainable tokens; the output shares the rows). *ordered*: the cards of every set, of the validation's too, stand
in the order of their tiles' letters, so that a set has one order only. *packed*: each batch is one row without padding,
in which no example sees another one; of every batch the share that is padding is printed too. *alone*: the card sets
without the plain sentences. *staged*: the first half of the steps reads plain sentences alone, the second one card sets
alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import torch
from peft import get_peft_model
from transformers import get_scheduler, set_seed

from aac.errors import AacError, DataError
from aac.models.decoding import grammar_tokenizer
from aac.models.loading import load_base
from aac.models.registry import find_base_model
from aac.records import CardSet
from aac.settings import Settings
from aac.training.config import TrainConfig, check_config
from aac.training.examples import IGNORED, CardSetExamples, collate
from aac.training.lora import lora_config, trained_parameters
from aac.training.order import EpochOrder, batch_lengths, schedule
from aac.training.plain import plain_examples
from aac.training.prepare import Splits, examples_for, read_splits, template_for

Example = dict[str, list[int]]
Batch = Mapping[str, Any]
VARIANTS = PLAIN, ROWS, ORDERED, PACKED, ALONE, STAGED = "plain", "rows", "ordered", "packed", "alone", "staged"
_ASCII = 0x80


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", metavar="CONFIG.json", help="as `python -m aac train` takes it; in fp32")
    parser.add_argument("--variant", choices=VARIANTS, action="append", help="in turn; all if none is named")
    options = parser.parse_args()
    try:
        config = check_config(TrainConfig.load(options.config))
        settings = Settings.from_environment()
        for variant in options.variant or VARIANTS:
            print(json.dumps({"variant": variant, **trained(config, variant, settings)}), flush=True)
    except AacError as error:
        print(f"{error.pt}\n{error.en}", file=sys.stderr)
        return error.exit_code
    return 0


def trained(config: TrainConfig, variant: str, settings: Settings) -> dict[str, float]:
    """What one variant came to."""
    entry = find_base_model(config.base_model)
    base = load_base(entry, settings)
    splits = ordered(read_splits(config)) if variant == ORDERED else read_splits(config)
    if variant == STAGED and not splits.plain:
        raise DataError(
            "A variante staged precisa de frases. Diga a pasta delas no campo plain da configuração.",
            "The variant staged needs sentences. Name their folder in the configuration's field plain.",
        )
    template, first = template_for(config, entry), []
    if variant == STAGED:
        sentences = plain_examples(splits.plain, base.tokenizer, config.seed)
        first = [CardSetExamples((), base.tokenizer, template, config.max_length, further=sentences)]
    if variant in (ALONE, STAGED):
        splits = replace(splits, plain=())
    examples, held_out = examples_for(config, splits, base.tokenizer, template)
    set_seed(config.seed)
    adapter = lora_config(config)
    if variant == ROWS:
        adapter.trainable_token_indices = beyond_ascii(base.tokenizer)
    model: Any = get_peft_model(base.model, adapter)
    pad = base.tokenizer.pad_token_id
    gather = packed if variant == PACKED else lambda some: collate(some, pad)
    told = _learn(model, config, [*first, examples], gather)
    loss = _loss(model, held_out, config.batch_size, pad)
    return {"validation_loss": loss, **told, "learned": trained_parameters(model), "padding": padding(config, examples)}


def _learn(
    model: Any, config: TrainConfig, stages: Sequence[CardSetExamples], gather: Callable[[Sequence[Example]], Batch]
) -> dict[str, float]:
    """The recipe of `aac.training.fit`: AdamW, its schedule, gradients clipped to 1; the stages share its steps."""
    learned = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(learned, config.learning_rate, weight_decay=config.weight_decay)
    steps = schedule(config, len(stages[-1])).steps
    each = steps // len(stages)
    first = (islice(_batches(config, stage), each) for stage in stages[:-1])
    batches = chain(*first, _batches(config, stages[-1]))
    warmup = int(steps * config.warmup_share)
    rates = get_scheduler(config.schedule, optimizer, num_warmup_steps=warmup, num_training_steps=steps)
    model.train()
    began_s = time.perf_counter()
    for step, batch in zip(range(steps), batches, strict=False):
        loss = model(**gather(batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        rates.step()
        optimizer.zero_grad()
        if (step + 1) % config.log_every_steps == 0:
            print(f"{step + 1}/{steps}: {loss.item():.3f}", file=sys.stderr, flush=True)
    return {"training_loss": round(loss.item(), 4), "seconds": round(time.perf_counter() - began_s, 1)}


def _batches(config: TrainConfig, examples: CardSetExamples) -> Iterator[list[Example]]:
    order = EpochOrder.of(config, examples)
    while True:
        indices = list(order)
        for start in range(0, len(indices), config.batch_size):
            yield [examples[i] for i in indices[start : start + config.batch_size]]
        order.epoch += 1


def _loss(model: Any, held_out: CardSetExamples, batch_size: int, pad_token_id: int) -> float:
    """The mean of the batches', as the library's trainer takes it."""
    model.eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(held_out), batch_size):
            some = [held_out[i] for i in range(start, min(start + batch_size, len(held_out)))]
            found += [model(**collate(some, pad_token_id)).loss.item()] * len(some)
    return round(sum(found) / len(found), 4)


def ordered(splits: Splits) -> Splits:
    """With the cards of each set in the order of their tiles."""

    def in_order(sets: Sequence[CardSet]) -> list[CardSet]:
        return [replace(one, cards=tuple(sorted(one.cards, key=lambda card: card.key))) for one in sets]

    return replace(splits, train=in_order(splits.train), validation=in_order(splits.validation))


def packed(batch: Sequence[Example]) -> Batch:
    """One row of all examples, [1, T]. Positions begin anew with each: the model then masks each from the others.

    Logits are computed where the next token has a label, [1, K], as `collate` leaves out those of the prompts.
    """
    follow = torch.tensor([[label for one in batch for label in (*one["labels"][1:], IGNORED)]])
    kept = (follow[0] != IGNORED).nonzero()[:, 0]
    return {
        "input_ids": torch.tensor([[token for one in batch for token in one["input_ids"]]]),
        "position_ids": torch.tensor([[i for one in batch for i in range(len(one["input_ids"]))]]),
        "labels": follow[:, kept],
        "shift_labels": follow[:, kept],
        "logits_to_keep": kept,
        "use_cache": False,  # with one the model would not look whether examples stand in one row
    }


def padding(config: TrainConfig, examples: CardSetExamples) -> float:
    """The share of all tokens in the padded batches of a training that is padding."""
    batches = list(batch_lengths(config, examples))
    read, held = sum(map(sum, batches)), sum(len(lengths) * max(lengths) for lengths in batches)
    return round(1 - read / held, 4)


def beyond_ascii(tokenizer: Any) -> list[int]:
    """The tokens with a byte that no ASCII character has: of pictures and of accented letters, whole or in part."""
    pieces = grammar_tokenizer(tokenizer)
    return [i for i in range(len(tokenizer)) if any(byte >= _ASCII for byte in pieces.decode_bytes([i]))]


if __name__ == "__main__":
    sys.exit(main())
