"""Prompts that ask for much the same, and a split that keeps them together."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Literal

import snowballstemmer
from rapidfuzz import fuzz

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

_NEAR_DUPLICATE_RATIO = 85.0
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
_STEMMER = snowballstemmer.stemmer("portuguese")


def are_near_duplicates(one: str, other: str) -> bool:
    """Whether two prompts ask for much the same.

    They do when the stems of one's content words are all among the other's ("Dor", "Dor de dente"; "Comer", "Comida"),
    or when their plain letters are alike by 85 of 100 (rapidfuzz's ratio, words sorted).
    """
    a, b = _stems(one), _stems(other)
    if a and b and (a <= b or b <= a):
        return True
    return fuzz.token_sort_ratio(_plain(one), _plain(other)) >= _NEAR_DUPLICATE_RATIO


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())


def _stems(prompt: str) -> frozenset[str]:
    words = [word for word in prompt.casefold().replace(",", " ").split() if word not in _STOPWORDS]
    return frozenset(_plain(stem) for stem in _STEMMER.stemWords(words))


def prompt_clusters(prompts: Sequence[str]) -> list[tuple[str, ...]]:
    """Group prompts so that near-duplicates, and theirs in turn, are in one group; order is kept."""
    clusters: list[list[str]] = []
    for prompt in prompts:
        near = [cluster for cluster in clusters if any(are_near_duplicates(prompt, other) for other in cluster)]
        merged = [other for cluster in near for other in cluster] + [prompt]
        clusters = [cluster for cluster in clusters if cluster not in near] + [merged]
    return [tuple(cluster) for cluster in clusters]


def split_prompts(prompts: Sequence[str], *, validation: float = 0.1, test: float = 0.1) -> dict[str, Split]:
    """A split for every prompt: clusters, in an order that only their words decide, fill test, then validation.

    The same prompts give the same split on any machine, whatever their order.
    """
    ordered = sorted(set(prompts))
    clusters = sorted(prompt_clusters(ordered), key=lambda c: hashlib.sha256(min(c).encode()).hexdigest())
    wanted = {"test": round(test * len(ordered)), "validation": round(validation * len(ordered))}
    chosen: dict[str, Split] = {}
    counts = {"test": 0, "validation": 0}
    for cluster in clusters:
        split: Split = "train"
        for candidate in ("test", "validation"):
            if counts[candidate] + len(cluster) <= wanted[candidate]:
                split = candidate
                counts[candidate] += len(cluster)
                break
        chosen.update(dict.fromkeys(cluster, split))
    return chosen
