"""Which picture a tile and its speech ask for: by words, stems, word pairs, English glosses and the tile's letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from aac.models.adapters import PICTURES
from aac.models.choosers import Bag, Chooser
from aac.words import plain_letters, stem
from aac.words.glosses import gloss

_SPEECH, _PROMPT, _ENGLISH, _LETTERS = 0.5, 0.15, 0.5, 0.3  # beside 1 for each word of the tile
_GRAM = 4
_SEX_AND_SKIN = dict.fromkeys((0x200D, 0x2640, 0x2642, 0xFE0F, *range(0x1F3FB, 0x1F400)))


@dataclass(frozen=True, slots=True)
class Said:
    """What a picture is wanted for: a card's two texts and the prompt it answers."""

    written: str
    spoken: str = ""
    prompt: str = ""


class PictureChooser(Chooser):
    """A probability for each picture. Its rarity: the log of all cards by those with a feature."""

    FILE, CHOICES, BUCKETS, WIDTH = PICTURES, "pictures", 1 << 16, 64

    def __init__(self, pictures: Sequence[str], rarity: torch.Tensor) -> None:
        super().__init__(pictures, rarity)
        self.index = {picture: i for i, picture in enumerate(self.choices)}
        self._alike = defaultdict[str, list[int]](list)
        for picture, i in self.index.items():
            self._alike[_at_a_glance(picture)].append(i)

    def forward(self, said: Sequence[Said]) -> torch.Tensor:
        """Logits, [N, pictures]."""
        return self.read(self.averaged([bag(one) for one in said]))

    def likeliest(self, said: Said, but: Collection[str] = ()) -> str:
        """The picture that is asked for most, of those that do not look like one in `but`."""
        with torch.inference_mode():
            order = self([said])[0].argsort(descending=True).tolist()
        used = self.alike(but)
        return next(self.choices[i] for i in order if i not in used)

    def alike(self, pictures: Iterable[str]) -> set[int]:
        """The numbers of these pictures, and of those that differ from them in sex or skin alone."""
        return {i for picture in pictures for i in self._alike.get(_at_a_glance(picture), ())}


def _at_a_glance(picture: str) -> str:
    return picture.translate(_SEX_AND_SKIN)


def bag(said: Said) -> Bag:
    """The features of what is said."""
    found: dict[str, float] = defaultdict(float)
    for text, weight in ((said.written, 1.0), (said.spoken, _SPEECH), (said.prompt, _PROMPT)):
        words = plain_letters(text).split()
        for word in words:
            found[f"w{word}"] += weight
            found[f"s{stem(word)}"] += weight
        for pair in pairwise(words):
            found[f"b{' '.join(pair)}"] += weight
        for word in gloss(text).split():
            found[f"e{word}"] += _ENGLISH * weight
    letters = f" {plain_letters(said.written)} "
    for start in range(len(letters) - _GRAM + 1):
        found[f"l{letters[start : start + _GRAM]}"] += _LETTERS
    return PictureChooser.hashed(found)
