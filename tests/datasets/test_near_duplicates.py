"""The fast ways to find near-duplicates find what the definition says, no more and no less."""

from __future__ import annotations

import random
import threading
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aac.datasets import near_duplicates
from aac.datasets.card_files import read_card_sets
from aac.datasets.near_duplicates import (
    SPLITS,
    alike_pairs,
    are_near_duplicates,
    near_marks,
    prompt_clusters,
    subset_pairs,
)
from aac.words import stem
from tests.conftest import ROOT

WORDS = ["dor", "dores", "dente", "barriga", "comer", "comida", "comi", "de", "na", "no", "a", "e", "Médico", "medico"]
WORDS += ["!", "farmácia", "Farmacias", "FARMÁCIA,", "x", "1", "12", "123456789", "123456780", "quero", "querer", "ção"]
PROMPTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join) | st.text(max_size=8)


def shipped_prompts() -> list[str]:
    lines = (ROOT / "annotations" / "cards_v1" / "train.csv").read_text(encoding="utf-8").splitlines()[1:]
    return sorted({line.split(",")[0] for line in lines})


def by_definition(one: list[str], other: list[str]) -> set[tuple[int, int]]:
    """The pairs of near-duplicates, each prompt compared with each."""
    return {(i, j) for i, a in enumerate(one) for j, b in enumerate(other) if are_near_duplicates(a, b)}


def by_marks(one: list[str], other: list[str]) -> set[tuple[int, int]]:
    """The pairs that `near_marks` finds, a bit for each of the others, 60 at a time."""
    pairs = set()
    for start in range(0, len(other), 60):
        some = other[start : start + 60]
        for i, mark in enumerate(near_marks(one, {prompt: 1 << j for j, prompt in enumerate(some)})):
            pairs |= {(i, start + j) for j in range(len(some)) if mark >> j & 1}
    return pairs


def clusters_by_definition(prompts: list[str]) -> set[frozenset[str]]:
    """The clusters, by joining all that any near pair links."""
    cluster_of = {prompt: frozenset([prompt]) for prompt in prompts}
    for a, b in combinations(cluster_of, 2):
        if are_near_duplicates(a, b):
            joined = cluster_of[a] | cluster_of[b]
            cluster_of.update(dict.fromkeys(joined, joined))
    return set(cluster_of.values())


def typos(prompts: list[str], count: int) -> list[str]:
    """The prompts with a letter or two left out, changed or put in, for ratios round the limit."""
    chance = random.Random(0)
    changed = list(prompts)
    for _ in range(count):
        letters = list(chance.choice(changed))
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(letters) + 1)
            letters[at : at + chance.randint(0, 1)] = chance.choice(["", "a", "z", " "])
        changed.append("".join(letters))
    return sorted(set(changed))


@settings(deadline=None, max_examples=200)
@given(one=st.lists(PROMPTS, max_size=8), other=st.lists(PROMPTS, max_size=8, unique=True))
def test_the_marks_are_those_of_the_near_duplicates(one: list[str], other: list[str]):
    assert by_marks(one, other) == by_definition(one, other)


def test_the_marks_of_real_prompts_and_their_typos_are_those_of_the_near_duplicates():
    prompts = typos(shipped_prompts(), 400)

    pairs = by_definition(prompts[::2], prompts[1::2])

    assert by_marks(prompts[::2], prompts[1::2]) == pairs
    assert len(pairs) > 200


@settings(deadline=None, max_examples=200)
@given(prompts=st.lists(PROMPTS, max_size=10, unique=True))
def test_the_clusters_are_those_that_near_duplicates_link(prompts: list[str]):
    assert {frozenset(cluster) for cluster in prompt_clusters(prompts)} == clusters_by_definition(prompts)


def test_the_clusters_of_real_prompts_and_their_typos_are_those_that_near_duplicates_link():
    prompts = typos(shipped_prompts(), 200)

    assert {frozenset(cluster) for cluster in prompt_clusters(prompts)} == clusters_by_definition(prompts)


def test_the_clusters_do_not_depend_on_how_many_letters_are_compared_at_once(monkeypatch: pytest.MonkeyPatch):
    prompts = typos(shipped_prompts(), 200)
    whole = prompt_clusters(prompts)
    monkeypatch.setattr(near_duplicates, "_CELLS_AT_ONCE", 300)

    assert prompt_clusters(prompts) == whole


@pytest.mark.parametrize("total", [40, 80, 120, 39, 41, 27, 26, 400])
def test_letters_on_either_side_of_the_limit_are_told_apart_as_the_definition_does(total: int):
    """Texts of `total` letters together, from all the same to none."""
    texts = [
        ("a" * same + "b" * (total // 2 - same), "a" * same + "c" * (total - total // 2 - same))
        for same in range(1, total // 2 + 1)
    ]

    found = {(i, j) for i, j in all_pairs([a for a, _ in texts], [b for _, b in texts]) if i == j}

    assert found == {(i, i) for i, (a, b) in enumerate(texts) if are_near_duplicates(f"{a}", f"{b}")}
    assert 0 < len(found) < len(texts)


def all_pairs(one: list[str], other: list[str]) -> set[tuple[int, int]]:
    return {pair for i, j in alike_pairs(one, other) for pair in zip(i.tolist(), j.tolist(), strict=True)}


@settings(deadline=None, max_examples=100)
@given(texts=st.lists(st.text("ab", max_size=30), max_size=12))
def test_texts_compared_with_themselves_give_each_pair_at_least_once(texts: list[str]):
    once = {(min(pair), max(pair)) for pair in all_pairs(texts, texts)}

    assert once == {(min(pair), max(pair)) for pair in all_pairs(texts, list(texts))}


@settings(deadline=None, max_examples=200)
@given(sets=st.sets(st.frozensets(st.sampled_from("abcdefg"), min_size=1), max_size=40).map(list))
def test_every_proper_part_is_found_once(sets: list[frozenset[str]]):
    found = list(subset_pairs(sets))

    assert len(found) == len(set(found))
    assert set(found) == {(i, j) for i, a in enumerate(sets) for j, b in enumerate(sets) if a < b}


def test_no_prompts_have_no_clusters_and_no_marks():
    assert prompt_clusters([]) == []
    assert near_marks([], {"Dor": 1}) == []
    assert near_marks(["Dor"], {}) == [0]


def test_the_same_prompt_again_is_in_the_same_cluster():
    assert prompt_clusters(["Dor", "Escola", "Dor", "!", "!"]) == [("Escola",), ("Dor", "Dor"), ("!", "!")]


def test_stems_are_right_when_several_threads_ask():
    words = [f"{stem}{end}" for stem in ("cant", "fal", "com", "dorm") for end in ("ando", "amos", "aria", "ei", "ou")]
    expected = [near_duplicates.stems(word) for word in words]
    wrong: list[str] = []

    def ask() -> None:
        for _ in range(50):
            stem.cache_clear()
            wrong.extend(w for w, stems in zip(words, expected, strict=True) if near_duplicates.stems(w) != stems)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_pairs_come_as_indices_of_what_was_given_whatever_its_order():
    ((i, j),) = alike_pairs(["aaaaaaaaaaaaa", "b"], ["cc", "b", "aaaaaaaaaaaaaa"])

    assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 2), (1, 1)]
    assert i.dtype == np.intp


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ajudar", "Quero ajudar!"),
        ("Brincar no parque", "Brincar!"),
        ("Dor de cabeça.", "Cabeça"),
        ("Estou com dores.", "Dor"),
        ("Brincar/Correr", "Brincar"),
        ("Cafe\u0301 da manha\u0303", "Café"),
    ],
)
def test_marks_between_words_hide_no_near_duplicate(one: str, other: str):
    assert are_near_duplicates(one, other)


def test_no_shipped_prompt_is_near_one_of_another_split():
    folder = ROOT / "annotations" / "cards_v1"
    split_of = {s.prompt: split for split in SPLITS for s in read_card_sets(folder / f"{split}.csv")}
    marks = near_marks(list(split_of), {prompt: 1 << SPLITS.index(split) for prompt, split in split_of.items()})

    assert [prompt for prompt, mark in zip(split_of, marks, strict=True) if mark.bit_count() > 1] == []
