"""New prompts beside known ones: nothing moves, near-duplicates stay together, what cannot be honest is left out."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from aac.datasets.card_files import read_card_sets
from aac.datasets.near_duplicates import SPLITS, are_near_duplicates, split_prompts
from aac.datasets.splits import plan_splits
from tests.conftest import ROOT

WORDS = ["dor", "dores", "dente", "barriga", "comer", "comida", "na", "farmácia", "escola", "febre", "sede", "12345"]
PROMPTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
THINGS = ["casa", "rua", "sol", "lua", "mar", "rio", "flor", "gato", "livro", "mesa"]
THINGS += ["porta", "janela", "chuva", "vento", "pedra", "ponte", "barco", "trem", "navio", "lago"]


def shipped() -> dict[str, str]:
    return {
        s.prompt: split for split in SPLITS for s in read_card_sets(ROOT / "annotations" / "cards_v1" / f"{split}.csv")
    }


def test_known_prompts_keep_their_split_and_others_take_that_of_the_near_ones():
    plan = plan_splits({"Dor de dente": "test", "Escola": "validation"}, ["Dor de dente", "Dor", "Na escola"])

    assert plan.splits == {"Dor de dente": "test", "Dor": "test", "Na escola": "validation"}
    assert plan.left_out == ()


def test_a_prompt_near_prompts_of_two_splits_is_left_out():
    plan = plan_splits({"Dor de dente": "train", "Dor de barriga": "test"}, ["Dor", "Dente"])

    assert plan.splits == {"Dente": "train"}
    assert plan.left_out == ("Dor",)


def test_a_prompt_near_two_prompts_of_one_split_takes_it():
    assert plan_splits({"Dor de dente": "test", "Dor de barriga": "test"}, ["Dor"]).splits == {"Dor": "test"}


def test_a_prompt_follows_known_ones_through_other_new_ones():
    plan = plan_splits({"Dor de dente": "test"}, ["Dor", "Dor de barriga"])

    assert plan.splits == {"Dor": "test", "Dor de barriga": "test"}


def test_new_prompts_that_link_two_splits_are_all_left_out():
    plan = plan_splits({"Febre alta": "train", "Sede demais": "test"}, ["Febre", "Febre sede", "Sede", "Escola"])

    assert set(plan.splits) == {"Escola"}
    assert plan.left_out == ("Febre", "Febre sede", "Sede")


def test_what_is_left_out_links_nothing():
    known = {"Febre alta": "train", "Sede demais": "test"}

    plan = plan_splits(known, ["Febre alta sede demais", "Sede demais escola"])

    assert plan.left_out == ("Febre alta sede demais",)
    assert plan.splits == {"Sede demais escola": "test"}


def test_known_prompts_that_are_near_each_other_in_two_splits_do_not_move():
    known = {"Dor": "train", "Dor de dente": "test"}

    assert plan_splits(known, ["Dor", "Dor de dente"]).splits == known


def test_known_prompts_that_are_not_asked_for_are_not_in_the_plan():
    assert plan_splits({"Dor": "train", "Escola": "test"}, ["Dor"]).splits == {"Dor": "train"}


def test_without_known_prompts_the_splits_are_those_of_the_prompts_alone():
    assert plan_splits({}, THINGS).splits == split_prompts(THINGS)


def test_without_known_prompts_the_shipped_prompts_get_their_shipped_splits():
    assert plan_splits({}, shipped()).splits == shipped()


def test_the_shares_are_of_all_prompts_old_and_new():
    plan = plan_splits(dict.fromkeys(THINGS[:16], "train"), THINGS[16:])

    assert sorted(plan.splits.values()) == ["test", "test", "validation", "validation"]


def test_versions_that_grow_by_little_still_fill_every_split():
    known: dict[str, str] = {}
    for thing in THINGS:
        known.update(plan_splits(known, [*known, thing]).splits)

    counts = [list(known.values()).count(split) for split in SPLITS]
    assert counts == [16, 2, 2]


def test_other_shares_may_be_asked_for():
    plan = plan_splits({}, THINGS, validation=0, test=0.5)

    assert sorted(plan.splits.values()) == ["test"] * 10 + ["train"] * 10


def test_no_prompts_have_an_empty_plan():
    assert plan_splits({"Dor": "train"}, []) == plan_splits({}, iter(()))


@settings(deadline=None, max_examples=150)
@given(known=st.dictionaries(PROMPTS, st.sampled_from(SPLITS), max_size=6), prompts=st.lists(PROMPTS, max_size=12))
def test_every_plan_is_whole_honest_and_the_same_in_any_order(known, prompts):
    plan = plan_splits(known, prompts)

    assert set(plan.splits) | set(plan.left_out) == set(prompts)
    assert not set(plan.splits) & set(plan.left_out)
    assert not set(plan.left_out) & set(known)
    everyone = {**known, **plan.splits}
    assert all(everyone[prompt] == split for prompt, split in known.items())
    new = [prompt for prompt in plan.splits if prompt not in known]
    assert all(everyone[a] == everyone[b] for a in new for b in everyone if are_near_duplicates(a, b))
    shuffled = random.Random(0).sample(prompts, len(prompts))
    assert plan_splits(dict(reversed(known.items())), shuffled) == plan


@settings(deadline=None, max_examples=100)
@given(first=st.lists(PROMPTS, max_size=8), second=st.lists(PROMPTS, max_size=8))
def test_no_prompt_changes_sides_in_a_later_version(first, second):
    before = plan_splits({}, first)
    after = plan_splits(before.splits, [*first, *second])

    assert {prompt: after.splits[prompt] for prompt in before.splits} == before.splits
