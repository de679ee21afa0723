"""While a card's picture is written, the model's scores lean on what the picture chooser expects there.

A product of two experts (Hinton 2002): what the language model adds up to over a picture's tokens, and the chooser's
probability of that picture, given out token by token: each gets what the likeliest picture behind it has.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import LogitsProcessor

from aac.models.pictures import PictureChooser, Said
from aac.parsing import parse

WEIGHT = 1.0  # of the chooser's log probabilities beside the model's: as much as its own
_LEAST = 1e-4  # a picture that the chooser does not expect stays possible


@dataclass(slots=True)
class _Node:
    """The pictures whose tokens begin alike: all of them, the one that ends here, and those that go on."""

    pictures: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    next: dict[int, _Node] = field(default_factory=dict)


def picture_tree(chooser: PictureChooser, tokenizer: Any) -> _Node:
    """The chooser's pictures by their tokens."""
    root = _Node(list(range(len(chooser.pictures))))
    for i, tokens in enumerate(tokenizer(list(chooser.pictures), add_special_tokens=False)["input_ids"]):
        node = root
        for token in tokens:
            node = node.next.setdefault(token, _Node())
            node.pictures.append(i)
        node.ends.append(i)
    return root


class PictureLeaning(LogitsProcessor):
    """Adds to each next token of a picture what the chooser says for it; pictures of earlier cards are left out."""

    def __init__(self, tokenizer: Any, rows: Sequence[tuple[PictureChooser, _Node, str] | None]) -> None:
        """rows: each one's chooser, its tree and the prompt; None leaves the row as it is."""
        self._rows = [_RowPictures(tokenizer, *row) if row else None for row in rows]
        self._prompt_tokens = -1

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """[B, T] ids and [B, V] scores; the first call sees the prompts alone."""
        if self._prompt_tokens < 0:
            self._prompt_tokens = input_ids.shape[1]
        scores = scores.clone()  # type: ignore[assignment]
        for i, row in enumerate(self._rows):
            if row and (leaning := row.leaning(input_ids[i, self._prompt_tokens :].tolist())):
                others, tokens = leaning
                ids = torch.tensor(list(tokens), device=scores.device)
                own = torch.tensor(list(tokens.values()), device=scores.device, dtype=scores.dtype)
                own = scores[i, ids] + WEIGHT * own
                scores[i] += WEIGHT * others
                scores[i, ids] = own
        return scores


class _RowPictures:
    """Where one row stands: in which line, and from which token on it writes a picture."""

    def __init__(self, tokenizer: Any, chooser: PictureChooser, tree: _Node, prompt: str) -> None:
        self._tokenizer = tokenizer
        self._chooser = chooser
        self._tree = tree
        self._prompt = prompt
        self._start = -1  # of the picture's tokens; -1 outside of one
        self._expected = torch.empty(0)

    def leaning(self, ids: list[int]) -> tuple[float, Mapping[int, float]] | None:
        """What every token gets, and those that begin or go on with a picture; None outside of one."""
        text = self._tokenizer.decode(ids, skip_special_tokens=True)
        earlier, _, line = text.rpartition("\n")
        fields = next(csv.reader([line]), [])
        if len(fields) != 3:
            self._start = -1
            return None
        if not fields[2]:
            self._start = len(ids)
            self._expect(Said(fields[0], fields[1], self._prompt), earlier)
        if self._start < 0:
            return None
        return self._at(ids[self._start :])

    def _expect(self, said: Said, earlier: str) -> None:
        with torch.no_grad():
            self._expected = self._chooser([said])[0].softmax(0)
        index = self._chooser.index
        for card in parse(earlier).cards:
            if card.image_id in index:
                self._expected[index[card.image_id]] = 0
        self._expected = self._expected.clamp(min=_LEAST / len(index))

    def _at(self, written: Sequence[int]) -> tuple[float, Mapping[int, float]] | None:
        node = self._tree
        for token in written:
            if token not in node.next:
                return None
            node = node.next[token]
        if not node.next:
            return None
        most = self._most(node.pictures)
        here = self._most(node.ends) if node.ends else _LEAST * most
        following = {token: self._most(one.pictures) for token, one in node.next.items()}
        return math.log(here / most), {token: math.log(share / most) for token, share in following.items()}

    def _most(self, pictures: Sequence[int]) -> float:
        """The likeliest picture of some: it leads through its tokens, however many others begin as it does."""
        return float(self._expected[pictures].max())
