"""Which picture a tile and its speech ask for: a small text classifier that lies beside an adapter's weights.

Bags of words, stems, word pairs, English glosses and the tile's letters, hashed, averaged and read by one linear layer
(fastText: Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification", section 2).
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from aac.errors import CorruptError
from aac.models.adapters import PICTURES
from aac.words import plain_letters, stem
from aac.words.glosses import gloss

BUCKETS = 1 << 16
WIDTH = 64
_SPEECH, _PROMPT, _ENGLISH, _LETTERS = 0.5, 0.15, 0.5, 0.3  # beside 1 for each word of the tile
_GRAM = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What a picture is wanted for: a card's two texts and the prompt it answers."""

    written: str
    spoken: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Bag:
    """Hashed features, [F], and how often each stands there before rarity, [F]."""

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]


class PictureChooser(torch.nn.Module):
    """A probability for each of its pictures. rarity: [BUCKETS], the log of all cards by those with a feature."""

    rarity: torch.Tensor

    def __init__(self, pictures: Sequence[str], rarity: torch.Tensor) -> None:
        super().__init__()
        self.pictures = tuple(pictures)
        self.index = {picture: i for i, picture in enumerate(self.pictures)}
        self.register_buffer("rarity", rarity)
        self.features = torch.nn.EmbeddingBag(BUCKETS, WIDTH, mode="sum")
        self.out = torch.nn.Linear(WIDTH, len(self.pictures))
        torch.nn.init.normal_(self.features.weight, 0, 0.1)

    def forward(self, said: Sequence[Said]) -> torch.Tensor:
        """Logits, [N, pictures]."""
        return self.read(self.averaged([bag(one) for one in said]))

    def averaged(self, bags: Sequence[Bag]) -> torch.Tensor:
        """[N, WIDTH]: the features of each, weighted to length 1."""
        ids = torch.from_numpy(np.concatenate([one.ids for one in bags]))
        weights = torch.from_numpy(np.concatenate([one.weights for one in bags])) * self.rarity[ids]
        sizes = torch.tensor([len(one.ids) for one in bags])
        row = torch.repeat_interleave(torch.arange(len(bags)), sizes)
        squares = torch.zeros(len(bags)).index_add_(0, row, weights**2)
        even = weights / (squares.sqrt() + 1e-6)[row]
        return self.features(ids, sizes.cumsum(0) - sizes, per_sample_weights=even)

    def read(self, averaged: torch.Tensor) -> torch.Tensor:
        """Logits, [N, pictures], of what `averaged` gave."""
        return self.out(averaged)

    def save(self, folder: Path) -> None:
        """Write `pictures.safetensors`, in half precision."""
        halves = {name: tensor.half().contiguous() for name, tensor in self.state_dict().items()}
        save_file(halves, folder / PICTURES, metadata={"pictures": json.dumps(self.pictures, ensure_ascii=False)})

    @classmethod
    def load(cls, folder: Path) -> PictureChooser | None:
        """What `save` wrote there, None where there is nothing; `CorruptError` where it cannot be read."""
        path = folder / PICTURES
        if not path.is_file():
            return None
        try:
            with safe_open(path, "pt") as file:
                state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping
                made = cls(json.loads(file.metadata()["pictures"]), state["rarity"])
            made.load_state_dict(state)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise CorruptError(
                f"{PICTURES} do adaptador {folder.name} não pôde ser lido. Copie a pasta de novo, ou apague esse "
                "arquivo: o adaptador fala sem ele.",
                f"{PICTURES} of the adapter {folder.name} cannot be read. Copy the folder again, or delete that file: "
                "the adapter speaks without it.",
            ) from error
        return made.eval()


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
    hashed: dict[int, float] = defaultdict(float)
    for name, weight in found.items():
        hashed[zlib.crc32(name.encode()) % BUCKETS] += weight
    return Bag(np.array(list(hashed), np.int64), np.array(list(hashed.values()), np.float32))
