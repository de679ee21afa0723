"""In which frame a tile is said: by its first words, its last one, all of them, their endings and its mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch

from aac.models.adapters import SPEECH
from aac.models.choosers import Bag, Chooser
from aac.words import plain_letters, stem
from aac.words.frames import Frame, split, spoken
from aac.words.glosses import gloss

_MOST_COUNTED = 6


class SpeechChooser(Chooser):
    """A probability for each frame."""

    FILE, CHOICES, BUCKETS, WIDTH = SPEECH, "frames", 1 << 15, 48

    def forward(self, tiles: Sequence[str]) -> torch.Tensor:
        """Logits, [N, frames]."""
        return self.read(self.averaged([bag(tile) for tile in tiles]))

    def likeliest(self, tile: str, count: int) -> dict[str, float]:
        """What is said for this tile in those of its likeliest frames that fit it, each with its probability."""
        with torch.inference_mode():
            chances = self([tile])[0].softmax(0)
        found: dict[str, float] = {}
        for i in chances.argsort(descending=True).tolist():
            if (text := spoken(tile, self.choices[i])) and text not in found:
                found[text] = float(chances[i])
                if len(found) == count:
                    break
        return found

    @staticmethod
    def written(choice: Any) -> Any:
        """A frame as JSON has it."""
        return choice.as_list()

    @staticmethod
    def choice(written: Any) -> Any:
        """The frame."""
        return Frame.read(written)


def bag(tile: str) -> Bag:
    """The features of a tile. Its first words say the most: what is wanted, asked or told begins alike."""
    words, mark = split(tile.lower())
    found: dict[str, float] = defaultdict(float)
    found[f"mark{mark}"] += 0.5
    found[f"count{min(len(words), _MOST_COUNTED)}"] += 0.5
    for name, weight, some in (
        ("first", 1.5, words[:1]),
        ("two", 1.0, words[:2]),
        ("three", 0.7, words[:3]),
        ("second", 0.7, words[1:2]),
        ("last", 1.0, words[-1:]),
    ):
        found[f"{name} {' '.join(some)}"] += weight
    for name, weight, some in (("first", 0.5, words[:1]), ("second", 0.3, words[1:2])):
        for word in some:
            found[f"{name}-{word[-2:]}"] += weight
    for word in words:
        found[f"w{word}"] += 0.5
        found[f"s{stem(plain_letters(word))}"] += 0.3
    for word in gloss(tile).split():
        found[f"e{word}"] += 0.3
    return SpeechChooser.hashed(found)
