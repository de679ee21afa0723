"""Small text classifiers that lie beside an adapter's weights: bags of hashed features, averaged, one linear layer.

As fastText (Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification", section 2).
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from aac.errors import CorruptError


@dataclass(frozen=True, slots=True)
class Bag:
    """Hashed features, [F], and how often each stands there before rarity, [F]."""

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]


class Chooser(torch.nn.Module):
    """A probability for each of its choices. rarity: [buckets], by which a feature's weight is multiplied."""

    FILE: ClassVar[str]
    CHOICES: ClassVar[str]  # what they are called in the file
    BUCKETS: ClassVar[int]
    WIDTH: ClassVar[int]
    rarity: torch.Tensor

    def __init__(self, choices: Sequence[Any], rarity: torch.Tensor) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.register_buffer("rarity", rarity)
        self.features = torch.nn.EmbeddingBag(self.BUCKETS, self.WIDTH, mode="sum")
        self.out = torch.nn.Linear(self.WIDTH, len(self.choices))
        torch.nn.init.normal_(self.features.weight, 0, 0.1)

    @classmethod
    def hashed(cls, features: Mapping[str, float]) -> Bag:
        """The features by the buckets that their names fall into."""
        found: dict[int, float] = defaultdict(float)
        for name, weight in features.items():
            found[zlib.crc32(name.encode()) % cls.BUCKETS] += weight
        return Bag(np.array(list(found), np.int64), np.array(list(found.values()), np.float32))

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
        """Logits, [N, choices], of what `averaged` gave."""
        return self.out(averaged)

    def save(self, folder: Path) -> None:
        """Write `FILE`, in half precision."""
        halves = {name: tensor.half().contiguous() for name, tensor in self.state_dict().items()}
        choices = json.dumps([self.written(one) for one in self.choices], ensure_ascii=False)
        save_file(halves, folder / self.FILE, metadata={self.CHOICES: choices})

    @staticmethod
    def written(choice: Any) -> Any:
        """A choice as JSON has it."""
        return choice

    @staticmethod
    def choice(written: Any) -> Any:
        """The choice that `written` made this of. Raises `ValueError` or `TypeError` for what is none."""
        return written

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What `save` wrote there, None where there is nothing; `CorruptError` where it cannot be read."""
        path = folder / cls.FILE
        if not path.is_file():
            return None
        try:
            with safe_open(path, "pt") as file:
                state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping
                written = json.loads(file.metadata()[cls.CHOICES])
            made = cls([cls.choice(one) for one in written], state["rarity"])
            made.load_state_dict(state)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise CorruptError(
                f"{cls.FILE} do adaptador {folder.name} não pôde ser lido. Copie a pasta de novo, ou apague esse "
                "arquivo: o adaptador fala sem ele.",
                f"{cls.FILE} of the adapter {folder.name} cannot be read. Copy the folder again, or delete that file: "
                "the adapter speaks without it.",
            ) from error
        return made.eval()
