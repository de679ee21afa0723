"""From card sets to token ids and labels; only the answer is learned."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from aac.models.generation import encode_prompt
from aac.prompts import PromptTemplate
from aac.records import CardSet

IGNORED = -100  # the label that torch's cross entropy passes over


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids of prompt and answer; labels are IGNORED over the prompt. Equal lengths.

    reference: the set's number among those of its prompt; 0 of what is no set.
    """

    input_ids: list[int]
    labels: list[int]
    reference: int = 0


def make_example(tokenizer: Any, template: PromptTemplate, card_set: CardSet, cards_wanted: int) -> Example:
    """The first `cards_wanted` cards of a set as the answer to its prompt, with the end token."""
    asked = replace(card_set, cards=card_set.cards[:cards_wanted])
    prompt = encode_prompt(tokenizer, template, asked.request)
    text = asked.text
    answer = [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    return Example(prompt + answer, [IGNORED] * len(prompt) + answer, card_set.reference)


class CardSetExamples(torch.utils.data.Dataset[dict[str, list[int]]]):
    """Examples of one split, and further ones. With `varied_counts`, four in ten ask for fewer cards than they have."""

    def __init__(
        self,
        sets: Sequence[CardSet],
        tokenizer: Any,
        template: PromptTemplate,
        max_length: int,
        varied_counts: random.Random | None = None,
        further: Sequence[Example] = (),
    ) -> None:
        examples = list(further)
        for card_set in sets:
            wanted = len(card_set.cards)
            if varied_counts and varied_counts.random() < 0.4:
                wanted = varied_counts.randint(1, wanted)
            examples.append(make_example(tokenizer, template, card_set, wanted))
        self.examples = [example for example in examples if len(example.input_ids) <= max_length]
        self.left_out = len(examples) - len(self.examples)

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        example = self.examples[index]
        return {"input_ids": example.input_ids, "labels": example.labels}

    def of(self, references: Container[int]) -> list[int]:
        """The indices of the sets with one of these numbers."""
        return [i for i, example in enumerate(self.examples) if example.reference in references]

    @property
    def lengths(self) -> list[int]:
        """Tokens of each example, prompt included."""
        return [len(example.input_ids) for example in self.examples]

    @property
    def tokens(self) -> int:
        """Tokens that one pass reads, prompts included."""
        return sum(self.lengths)


def collate(batch: Sequence[dict[str, list[int]]], pad_token_id: int) -> dict[str, torch.Tensor | int]:
    """[B, T] tensors, padded on the right (training reads no next token after the padding).

    No logits are computed where no row has a label yet: labels, [B, K], are of the last K tokens, K = logits_to_keep,
    the word of transformers. They took a third of a step's time.
    """
    length = max(len(example["input_ids"]) for example in batch)
    first = min(next((i for i, label in enumerate(e["labels"]) if label != IGNORED), length) for e in batch)
    kept = length - max(first - 1, 0)  # the token before the first label predicts it

    def padded(field: str, value: int) -> torch.Tensor:
        return torch.tensor([e[field] + [value] * (length - len(e[field])) for e in batch])

    mask = [[1] * len(e["input_ids"]) + [0] * (length - len(e["input_ids"])) for e in batch]
    return {
        "input_ids": padded("input_ids", pad_token_id),
        "labels": padded("labels", IGNORED)[:, -kept:],
        "attention_mask": torch.tensor(mask),
        "logits_to_keep": kept,
    }
