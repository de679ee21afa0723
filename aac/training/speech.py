"""Learning in which frame a tile is said, from card sets."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch

from aac.models.speech import SpeechChooser, bag
from aac.records import CardSet
from aac.training.choosers import BATCH, Lesson, teach
from aac.words.frames import Frame, frame_of

_EPOCHS = 15
_DROPOUT = 0.4
_FURTHER_EPOCHS = 8
_STEPS_MIN = 40
_TILES_MIN = 3
_BESIDE = 0.25  # what a set counts whose author is not among those to be followed


@dataclass(frozen=True, slots=True)
class _Example:
    tile: str
    frame: Frame
    weight: float


def train_speech(
    sets: Sequence[CardSet], focus: Collection[int] = (), seed: int = 0, epochs: int = _EPOCHS
) -> SpeechChooser:
    """A chooser for the frames of these sets' cards.

    focus: the authors that count in full; empty: all. The same sets and seed give the same one on a machine.
    """
    said = _said(sets, focus)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        chooser = SpeechChooser(_frames(said), torch.ones(SpeechChooser.BUCKETS))
        return _taught(chooser, said, epochs)


def taught_further(chooser: SpeechChooser, sets: Sequence[CardSet], seed: int = 0) -> SpeechChooser:
    """What it knew, and the frames of these sets' cards, which are how people now want to be heard."""
    said = _said(sets)
    more = [frame for frame in _frames(said) if frame not in set(chooser.choices)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        wider = SpeechChooser((*chooser.choices, *more), chooser.rarity)
        wider.features.load_state_dict(chooser.features.state_dict())
        with torch.no_grad():
            wider.out.weight[: len(chooser.choices)] = chooser.out.weight
            wider.out.bias[: len(chooser.choices)] = chooser.out.bias
        return _taught(wider, said, _FURTHER_EPOCHS)


def _said(sets: Sequence[CardSet], focus: Collection[int] = ()) -> list[_Example]:
    counts = [(one, 1.0 if not focus or one.reference in focus else _BESIDE) for one in sets]
    cards = [(card, weight) for one, weight in counts for card in one.cards]
    found = [(card.written_text, frame_of(card.written_text, card.spoken_text), weight) for card, weight in cards]
    return [_Example(tile, frame, weight) for tile, frame, weight in found if frame]


def _frames(said: Sequence[_Example]) -> list[Frame]:
    """Those of several tiles: others are sayings of their own, and perhaps somebody's own words."""
    tiles: dict[Frame, set[str]] = defaultdict(set)
    for one in said:
        tiles[one.frame].add(one.tile.casefold())
    return sorted((frame for frame, of in tiles.items() if len(of) >= _TILES_MIN), key=_order)


def _order(frame: Frame) -> str:
    return json.dumps(frame.as_list())


def _taught(chooser: SpeechChooser, said: Sequence[_Example], epochs: int) -> SpeechChooser:
    index = {frame: i for i, frame in enumerate(chooser.choices)}
    known = [one for one in said if one.frame in index]
    if known:
        epochs = max(epochs, math.ceil(_STEPS_MIN * BATCH / len(known)))
        wanted = torch.tensor([index[one.frame] for one in known])
        weights = torch.tensor([one.weight for one in known])
        teach(chooser.train(), Lesson([bag(one.tile) for one in known], wanted, weights, epochs, _DROPOUT))
    return chooser.eval()
