"""A card's picture leans on what the picture chooser expects after its words."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from typing import Any

import torch

from aac.models.leaning import AMISS, Leaning, Tokens, token_ids
from aac.models.pictures import PictureChooser, Said
from aac.parsing import parse

WEIGHT = 2.0  # of the chooser's log probabilities beside the model's: twice as much as its own
_LEAST = 1e-4  # a picture that the chooser does not expect stays possible


def picture_tree(chooser: PictureChooser, tokenizer: Any) -> Tokens:
    """The chooser's pictures by their tokens."""
    return Tokens.of(token_ids(tokenizer, chooser.choices))


class PictureLeaning:
    """One row's pictures; those of its earlier cards, and what looks like them, are left out."""

    def __init__(self, chooser: PictureChooser, tree: Tokens, prompt: str, line_ends: Sequence[int]) -> None:
        """line_ends: the tokens that can follow a card's last field."""
        self._chooser = chooser
        self._tree = tree
        self._prompt = prompt
        self._line_ends = line_ends
        self._start = -1  # of the picture's tokens; -1 outside of one
        self._expected = torch.empty(0)

    def leaning(self, ids: Sequence[int], text: str) -> Leaning | None:
        """What every token gets, and those that begin or go on with a picture; None outside of one."""
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
        if (node := self._tree.at(ids[self._start :])) is None:
            return None
        others, tokens = node.leaning(self._most, lambda here: AMISS * here)
        if node.ends:  # a whole picture: the line ends, or a longer picture goes on
            return math.log(AMISS), {**tokens, **dict.fromkeys(self._line_ends, others)}
        return others, tokens

    def _expect(self, said: Said, earlier: str) -> None:
        with torch.no_grad():
            self._expected = self._chooser([said])[0].softmax(0)
        used = self._chooser.alike(card.image_id for card in parse(earlier).cards)
        self._expected = self._expected.clamp(min=_LEAST / len(self._expected)) ** WEIGHT
        self._expected[list(used)] = self._expected.min() * AMISS

    def _most(self, pictures: Sequence[int]) -> float:
        """The likeliest picture of some: it leads through its tokens, however many others begin as it does."""
        return float(self._expected[pictures].max())
