"""Prompts that ask for much the same, and a split that keeps them together.

`are_near_duplicates` is the definition. `near_marks` and `prompt_clusters` find the same pairs among tens of thousands
of prompts: stems by an index on each set's rarest one, letters in blocks of about the same length.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aac.words import plain_letters, stem

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

_COMPARED_CHARS = 1_000  # five times the longest prompt; the time grows as their square
_NEAR_DUPLICATE_RATIO = 85.0
_WORD = re.compile(r"\w+")
# Two texts of which one is shorter than 17/23 of the other cannot be alike by 85 of 100: 2·17 / (17 + 23) = 0.85.
_LENGTHS = (17, 23)
_CELLS_AT_ONCE = 1 << 21  # of the matrix of letters compared: 2 MB, and 32 MB of pairs were all of them near
_STOPWORDS = frozenset(
    [
        "a",
        "o",
        "as",
        "os",
        "um",
        "uma",
        "de",
        "da",
        "do",
        "das",
        "dos",
        "em",
        "na",
        "no",
        "nas",
        "nos",
        "à",
        "ao",
        "para",
        "pra",
        "por",
        "com",
        "sem",
        "e",
        "ou",
        "que",
        "eu",
        "me",
        "meu",
        "minha",
    ]
)

_Key = TypeVar("_Key")
Indices = NDArray[np.intp]


def are_near_duplicates(one: str, other: str) -> bool:
    """Whether two prompts ask for much the same.

    They do when the stems of one's content words are all among the other's ("Dor", "Dor de dente"; "Comer", "Comida"),
    or when their plain letters, the first thousand of them, are alike by 85 of 100 (rapidfuzz's ratio, words sorted).
    """
    a, b = stems(one), stems(other)
    if a and b and (a <= b or b <= a):
        return True
    letters, others = (plain_letters(text)[:_COMPARED_CHARS] for text in (one, other))
    return fuzz.token_sort_ratio(letters, others) >= _NEAR_DUPLICATE_RATIO


def stems(prompt: str) -> frozenset[str]:
    """The stems of a text's content words (snowball's for Portuguese), without case and accents."""
    words = _WORD.findall(unicodedata.normalize("NFC", prompt.casefold()))
    return frozenset(stem(word) for word in words if word not in _STOPWORDS)


def _sorted_letters(prompt: str) -> str:
    return " ".join(sorted(plain_letters(prompt).split()))


def subset_pairs(sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Every (i, j) where `sets[i]` is a proper part of `sets[j]`, once; none may be empty."""
    counts = Counter(one for stems in sets for one in stems)
    by_rarest: dict[str, list[int]] = {}
    for i in sorted(range(len(sets)), key=lambda i: len(sets[i])):
        by_rarest.setdefault(min(sets[i], key=lambda one: (counts[one], one)), []).append(i)
    for j, whole in enumerate(sets):
        for one in whole:
            for i in by_rarest.get(one, ()):
                if len(sets[i]) >= len(whole):
                    break
                if sets[i] < whole:
                    yield i, j


def alike_pairs(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Indices, Indices]]:
    """In chunks, every i and j for which the sorted letters `one[i]` and `other[j]` are alike by 85 of 100.

    Where `one` is `other`, each pair comes in one order at least.
    """
    row_order, column_order = (np.array(sorted(range(len(t)), key=lambda i: len(t[i])), np.intp) for t in (one, other))
    rows, columns = [one[i] for i in row_order], [other[j] for j in column_order]
    row_sizes, column_sizes = (np.array([len(text) for text in texts]) for texts in (rows, columns))
    short, long = _LENGTHS
    start = 0
    while start < len(rows):
        first = start if one is other else int(np.searchsorted(column_sizes * long, row_sizes[start] * short))
        reach = int(np.searchsorted(column_sizes * short, row_sizes[start] * long, side="right"))
        end = min(len(rows), start + max(1, _CELLS_AT_ONCE // max(1, reach - first)))
        last = int(np.searchsorted(column_sizes * short, row_sizes[end - 1] * long, side="right"))
        scores = process.cdist(
            rows[start:end],
            columns[first:last],
            scorer=fuzz.ratio,
            score_cutoff=_NEAR_DUPLICATE_RATIO,
            dtype=np.uint8,
            workers=-1,
        )
        i, j = np.nonzero(scores)
        yield row_order[start + i], column_order[first + j]
        start = end


def near_marks(prompts: Sequence[str], others: Mapping[str, int]) -> list[int]:
    """For each prompt the marks of all others that are near-duplicates of it, joined by "or" (64 bits)."""
    marks = np.array(list(others.values()), np.uint64)
    by_letters = np.zeros(len(prompts), np.uint64)
    letters = [_sorted_letters(prompt) for prompt in prompts]
    for i, j in alike_pairs(letters, [_sorted_letters(other) for other in others]):
        np.bitwise_or.at(by_letters, i, marks[j])
    return [a | b for a, b in zip(by_letters.tolist(), _marks_by_stems(prompts, others), strict=True)]


def _marks_by_stems(prompts: Sequence[str], others: Mapping[str, int]) -> list[int]:
    own = {stems(prompt): 0 for prompt in prompts}
    for other, mark in others.items():
        said = stems(other)
        own[said] = own.get(said, 0) | mark
    own.pop(frozenset(), None)
    sets = list(own)
    near = dict(own)
    for i, j in subset_pairs(sets):
        near[sets[i]] |= own[sets[j]]
        near[sets[j]] |= own[sets[i]]
    return [near.get(stems(prompt), 0) for prompt in prompts]


def prompt_clusters(prompts: Sequence[str]) -> list[tuple[str, ...]]:
    """Group prompts so that near-duplicates, and theirs in turn, are in one group; order is kept."""
    labels = np.arange(len(prompts))
    for i, j in _links(prompts):
        a, b = labels[i], labels[j]
        apart = a != b
        if apart.any():
            graph = coo_array((np.ones(apart.sum(), np.int8), (a[apart], b[apart])), shape=(len(prompts),) * 2)
            labels = connected_components(graph, directed=False)[1][labels]
    clusters = _indices_by(labels.tolist()).values()
    return [tuple(prompts[i] for i in cluster) for cluster in sorted(clusters, key=lambda cluster: cluster[-1])]


def _links(prompts: Sequence[str]) -> Iterator[tuple[Indices, Indices]]:
    """Enough near pairs to join every cluster: of prompts with the same stems or letters only the first has others."""
    by_stems = _indices_by(stems(prompt) for prompt in prompts)
    by_letters = _indices_by(_sorted_letters(prompt) for prompt in prompts)
    by_stems.pop(frozenset(), None)
    for members in (*by_stems.values(), *by_letters.values()):
        if len(members) > 1:
            yield np.full(len(members) - 1, members[0]), np.array(members[1:])
    first = np.array([members[0] for members in by_stems.values()], np.intp)
    pairs = np.array(list(subset_pairs(list(by_stems))), np.intp).reshape(-1, 2)
    yield first[pairs[:, 0]], first[pairs[:, 1]]
    first = np.array([members[0] for members in by_letters.values()], np.intp)
    letters = list(by_letters)
    for i, j in alike_pairs(letters, letters):
        yield first[i], first[j]


def _indices_by(keys: Iterable[_Key]) -> dict[_Key, list[int]]:
    groups: dict[_Key, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    return groups


def split_prompts(prompts: Sequence[str], *, validation: float = 0.1, test: float = 0.1) -> dict[str, Split]:
    """A split for every prompt: clusters, in an order that only their words decide, fill test, then validation.

    The same prompts give the same split on any machine, whatever their order.
    """
    ordered = sorted(set(prompts))
    room = {"test": round(test * len(ordered)), "validation": round(validation * len(ordered))}
    return fill_splits(prompt_clusters(ordered), room)


def fill_splits(clusters: Iterable[Sequence[str]], room: Mapping[str, int]) -> dict[str, Split]:
    """Put whole clusters, in an order that only their words decide, where there is room: test, validation, else train.

    room: how many prompts "test" and "validation" may take.
    """
    left = dict(room)
    chosen: dict[str, Split] = {}
    for cluster in sorted(clusters, key=lambda c: hashlib.sha256(min(c).encode()).hexdigest()):
        split: Split = "train"
        for candidate in ("test", "validation"):
            if len(cluster) <= left[candidate]:
                split = candidate
                left[candidate] -= len(cluster)
                break
        chosen.update(dict.fromkeys(cluster, split))
    return chosen
