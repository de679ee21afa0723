"""Learning which picture goes with which words, from card sets and the keywords that Unicode gives to emoji."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from aac.datasets.emoji_words import keywords_of
from aac.models.choosers import Bag
from aac.models.pictures import PictureChooser, Said, bag
from aac.records import CardSet
from aac.training.choosers import Lesson, teach

_EPOCHS = 12
_DROPOUT = 0.2
_KEYWORDS = 6  # of each emoji; those further back in Unicode's list are far-fetched


def train_pictures(sets: Sequence[CardSet], seed: int = 0, epochs: int = _EPOCHS) -> PictureChooser:
    """A chooser for the pictures of these sets and Unicode's. The same sets and seed give the same one on a machine."""
    pairs = [
        (Said(card.written_text, card.spoken_text, one.prompt), card.image_id) for one in sets for card in one.cards
    ]
    pairs += [(Said(word), image) for image, words in keywords_of().items() for word in words[:_KEYWORDS]]
    pictures = sorted({image for _, image in pairs})
    bags = [bag(said) for said, _ in pairs]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        chooser = PictureChooser(pictures, _rarity(bags)).train()
        wanted = torch.tensor([chooser.index[image] for _, image in pairs])
        teach(chooser, Lesson(bags, wanted, torch.ones(len(bags)), epochs, _DROPOUT))
    return chooser.eval()


def _rarity(bags: Sequence[Bag]) -> torch.Tensor:
    counts = np.bincount(np.concatenate([one.ids for one in bags]), minlength=PictureChooser.BUCKETS)
    return torch.from_numpy(np.log(len(bags) / np.maximum(counts, 1)).astype(np.float32))
