"""While a card's field is written, the model's scores lean on what somebody else expects there.

A product of two experts (Hinton 2002): what the language model adds up to over a text's tokens, and the other's
probability of that text, given out token by token: each gets what the likeliest text behind it has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from transformers import LogitsProcessor

MARKS = (",", ',"')  # between two fields, where the second stands in quotes or not
AMISS = 1e-9  # what breaks a card, or is not what is known to belong there; a model can be sure of it
_QUOTE = '"'
Most = Callable[[Sequence[int]], float]  # what the likeliest of some texts has, all of which are numbered


@dataclass(slots=True)
class Tokens:
    """The texts whose tokens begin alike: all of them, the one that ends here, and those that go on."""

    texts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    next: dict[int, Tokens] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> Tokens:
        """A tree of these texts' tokens, each under its number."""
        root = cls(list(range(len(texts))))
        for i, tokens in enumerate(texts):
            node = root
            for token in tokens:
                node = node.next.setdefault(token, cls())
                node.texts.append(i)
            node.ends.append(i)
        return root

    def at(self, written: Sequence[int]) -> Tokens | None:
        """Where these tokens lead; None where no text begins with them."""
        node = self
        for token in written:
            if token not in node.next:
                return None
            node = node.next[token]
        return node

    def after(self, written: Sequence[int]) -> Tokens | None:
        """Where these tokens lead and a text goes on; None elsewhere."""
        node = self.at(written)
        return node if node and node.next else None

    def leaning(self, most: Most, others: Callable[[float], float]) -> Leaning:
        """others: what every token gets that leads to no text, by what the likeliest text from here has."""
        here = most(self.texts)
        following = {token: most(one.texts) for token, one in self.next.items()}
        ends = most(self.ends) if self.ends else others(here)
        return math.log(ends / here), {token: math.log(share / here) for token, share in following.items()}


Leaning = tuple[float, Mapping[int, float]]  # what every other token gets, and what these get


class Expert(Protocol):
    """What one row leans on."""

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """After these tokens of an answer, and their text; None where it has nothing to say."""


class FieldLeaning(LogitsProcessor):
    """Adds to each next token what a row's experts say for it."""

    def __init__(self, decode: Callable[[Sequence[int]], str], rows: Sequence[Sequence[Expert]]) -> None:
        """decode: tokens to text. rows: each one's experts; none leaves the row as it is."""
        self._decode = decode
        self._rows = rows
        self._prompt_tokens = -1

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """[B, T] ids and [B, V] scores; the first call sees the prompts alone."""
        if self._prompt_tokens < 0:
            self._prompt_tokens = input_ids.shape[1]
        scores = scores.clone()  # type: ignore[assignment]
        for i, written in enumerate(input_ids[:, self._prompt_tokens :].tolist()):
            experts = self.experts(i, written)
            text = self._decode(written) if experts else ""
            for expert in experts:
                if leaning := expert.leaning(written, text):
                    _add(scores[i], *leaning)
        return scores

    def experts(self, row: int, written: Sequence[int]) -> Sequence[Expert]:
        """What a row leans on after the tokens of its answer; they have seen every token before the last."""
        return self._rows[row]


def token_ids(tokenizer: Any, texts: Sequence[str], *, at_start: bool = False) -> list[list[int]]:
    """The tokens of each text, as they stand within an answer or at its start, where sentencepiece puts a mark."""
    before = "" if at_start else "\n"
    first, *found = tokenizer([before, *(f"{before}{text}" for text in texts)], add_special_tokens=False)["input_ids"]
    return [ids[len(first) :] for ids in found]


def mark_ids(tokenizer: Any, behind: str = "") -> list[int]:
    """The tokens of MARKS with what stands right behind a field; none where one is no single token and cannot be told
    from the other.
    """
    found = token_ids(tokenizer, [behind + mark for mark in MARKS])
    return [token for (token,) in found] if all(len(ids) == 1 for ids in found) else []


def line_end_of(tokenizer: Any) -> int:
    """The token that ends a card's line."""
    token: int = tokenizer("\n", add_special_tokens=False)["input_ids"][-1]
    return token


def needs_quotes(text: str) -> bool:
    """Whether a field of this text stands in quotes."""
    return "," in text or _QUOTE in text


def as_field(text: str) -> str:
    """The text as it stands in a line of CSV."""
    return f"{_QUOTE}{text.replace(_QUOTE, 2 * _QUOTE)}{_QUOTE}" if needs_quotes(text) else text


def _add(scores: torch.Tensor, others: float, tokens: Mapping[int, float]) -> None:
    """[V], changed in place."""
    ids = torch.tensor(list(tokens), device=scores.device)
    own = scores[ids] + torch.tensor(list(tokens.values()), device=scores.device, dtype=scores.dtype)
    scores += others
    scores[ids] = own
