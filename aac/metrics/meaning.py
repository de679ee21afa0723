"""Cards judged by stated rules of meaning: the same tile in other words, a picture that fits, words that exist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from aac.cards import Card
from aac.datasets.emoji_words import fits
from aac.datasets.near_duplicates import stems
from aac.datasets.spelling import misspelt, words_of
from aac.metrics.scores import card_f1
from aac.metrics.triples import PAIRS, PromptMean
from aac.safety.insults import insults_in

Cards = Sequence[Card]
TripleCards = tuple[Cards, Cards, Cards]


def tile_meaning(card: Card) -> frozenset[str] | str:
    """What two tiles must share to mean the same: the stems of their words, little words aside; else the text."""
    return stems(card.written_text) or card.key


def meaning_f1(answer: Cards, reference: Cards) -> float:
    """F1 of tiles that mean the same, each counted as often as it stands there; 0 to 1."""
    return card_f1(answer, reference, tile_meaning)


def meaning_f1_of(answers: Sequence[Sequence[Cards]], references: Sequence[TripleCards]) -> PromptMean:
    """For each prompt the better of the two sets of a pair, the mean over the three pairs.

    answers: what meets each pair, as `PairStatistics` has it.
    """
    return _over_pairs(answers, references, _best_f1, "f1|tile:stems|pairs:3|mean")


def fitting_images(answers: Sequence[Sequence[Cards]], references: Sequence[TripleCards]) -> PromptMean:
    """Of completed tiles: the share of pictures that fit one of a pair's, the mean over the pairs.

    Cards stand in the order of the tiles; a card that is missing has no picture that fits.
    """
    return _over_pairs(answers, references, _fitting, "image:same or same group and shared keyword|pairs:3|mean")


def _over_pairs(
    answers: Sequence[Sequence[Cards]],
    references: Sequence[TripleCards],
    judge: Callable[[Cards, Sequence[Cards]], float],
    signature: str,
) -> PromptMean:
    by_pair = [
        [judge(cards, [triple[i] for i in pair]) for cards, triple in zip(some, references, strict=True)]
        for some, pair in zip(answers, PAIRS, strict=True)
    ]
    return PromptMean(np.mean(by_pair, axis=0), signature)


def _best_f1(cards: Cards, pair: Sequence[Cards]) -> float:
    return max(meaning_f1(cards, reference) for reference in pair)


def _fitting(cards: Cards, pair: Sequence[Cards]) -> float:
    wanted = len(pair[0])
    placed = enumerate(cards[:wanted])
    good = [any(fits(card.image_id, reference[i].image_id) for reference in pair) for i, card in placed]
    return sum(good) / wanted


def polite(texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """For each group of texts 1 where no word of it is one of abuse (`aac.safety.insults`); else 0."""
    return np.array([float(not insults_in(group)) for group in texts])


def known_words(texts: Sequence[Sequence[str]], listed: Collection[str] = ()) -> NDArray[np.float64]:
    """For each group of texts the share of its words that the dictionary, or the list, knows; 1 where it has none."""
    right = {word.casefold() for word in listed}
    counted = [[w for text in group for w in words_of([text]) if w.casefold() not in right] for group in texts]
    unknown = misspelt(word for words in counted for word in words)
    totals = [sum(len(words_of([text])) for text in group) for group in texts]
    wrong = [sum(word in unknown for word in words) for words in counted]
    return np.array([1 - bad / total if total else 1.0 for bad, total in zip(wrong, totals, strict=True)])
