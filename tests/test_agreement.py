"""Agreement: the worked examples of Krippendorff 2011, counts done by hand, and what must not change a number."""

from __future__ import annotations

import random

import pytest

from aac.agreement import Agreement, Judgement, agreement


def judgements(**rows: str) -> list[Judgement]:
    """One row a person, one character an item, "." where the person did not judge it."""
    return [(who, f"item {i}", value) for who, row in rows.items() for i, value in enumerate(row) if value != "."]


def numbers(given: list[Judgement]) -> list[Judgement]:
    return [(who, item, int(value)) for who, item, value in given]


# "Computing Krippendorff's Alpha-Reliability", sections A, B and C: two observers of a yes or no, two observers of five
# names, and four observers who left gaps.
TWO_VALUES = judgements(Meg="0100000010", Owen="1110010000")
FIVE_NAMES = judgements(Ben="aabbdcccedda", Gerry="babbbccceddd")
WITH_GAPS = judgements(A="123321412...", B="1233224125.3", C=".3332342251.", D="12332441251.")


@pytest.mark.parametrize(
    ("given", "alpha"), [(TWO_VALUES, 0.095), (FIVE_NAMES, 0.692), (WITH_GAPS, 0.743)], ids=["A", "B", "C"]
)
def test_nominal_alpha_is_that_of_krippendorffs_examples(given: list[Judgement], alpha: float):
    assert agreement(given, "nominal").alpha == pytest.approx(alpha, abs=0.0005)


def test_ordinal_alpha_is_that_of_krippendorffs_example():
    assert agreement(numbers(WITH_GAPS), "ordinal").alpha == pytest.approx(0.815, abs=0.0005)


def test_the_counts_of_krippendorffs_example_are_those_made_by_hand():
    told = agreement(WITH_GAPS, "nominal")

    # Pairs of each item, equal of all: 3/3 3/6 6/6 6/6 6/6 0/6 6/6 3/6 6/6 3/3 1/1; the twelfth has one judgement.
    assert (told.items, told.annotators, told.pairs, told.judgements) == (11, 4, 55, 40)
    assert told.pairwise == pytest.approx(43 / 55)


def test_two_people_and_three_items_as_worked_by_hand():
    given = judgements(a="kkf", b="kff")

    told = agreement(given, "nominal")

    # Coincidences: kk 2, ff 2, kf and fk 1 each; 3 values of each name. alpha = 1 - (6 - 1) * 2 / (2 * 3 * 3).
    assert told == Agreement(pytest.approx(1 - 5 * 2 / 18), pytest.approx(2 / 3), 3, 2, 3, 6)


def test_whoever_always_agrees_has_1():
    told = agreement(judgements(a="kfwk", b="kfwk", c="kf.."), "nominal")

    assert (told.alpha, told.pairwise) == (1, 1)


def test_whoever_always_disagrees_is_below_chance():
    told = agreement(judgements(a="kkff", b="ffkk"), "nominal")

    # All 8 coincidences differ, where chance has 2 * 4 * 4 / 7 of them differ.
    assert (told.alpha, told.pairwise) == (pytest.approx(1 - 8 * 7 / 32), 0)


def test_an_item_judged_by_chance_has_alpha_0():
    given = [(f"person {i}", "item", value) for i, value in enumerate("kkff")]

    assert agreement(given, "nominal").alpha == pytest.approx(0)


def test_ordinal_alpha_minds_how_far_values_lie_apart():
    near = numbers(judgements(a="12345", b="12344"))
    far = numbers(judgements(a="12345", b="12341"))

    assert agreement(near, "ordinal").alpha > agreement(far, "ordinal").alpha


def test_ordinal_alpha_minds_the_order_of_values_and_not_their_size():
    given = numbers(judgements(a="123451", b="123442"))
    stretched = [(who, item, 10.0 ** float(value)) for who, item, value in given]

    assert agreement(stretched, "ordinal") == agreement(given, "ordinal")


@pytest.mark.parametrize("values", [(1, 9, 10), (1.0, 2.5, 11.0), (-1, 0, 1)])
def test_values_stand_in_the_order_of_numbers_whatever_came_first_and_however_they_are_written(values):
    given = numbers(judgements(a="3312122", b="3231222"))
    other = [(who, item, values[value - 1]) for who, item, value in given]

    # Another order of the same values, 3 before 1 and 2, has another alpha: the order was minded.
    assert agreement(other, "ordinal") == agreement(sorted(given, key=lambda judgement: judgement[2]), "ordinal")
    assert agreement(other, "ordinal").alpha != agreement([(w, i, v % 3) for w, i, v in given], "ordinal").alpha


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_without_judgements_nothing_is_said(level):
    assert agreement([], level) == Agreement(None, None, 0, 0, 0, 0)


def test_one_judgement_says_nothing():
    assert agreement([("a", "item", "keep")], "nominal") == Agreement(None, None, 0, 0, 0, 0)


def test_people_who_never_judged_the_same_item_say_nothing():
    assert agreement(judgements(a="kk..", b="..ff"), "nominal") == Agreement(None, None, 0, 0, 0, 0)


def test_a_single_value_has_equal_pairs_and_no_alpha():
    assert agreement(judgements(a="kk", b="kk"), "nominal") == Agreement(None, 1.0, 2, 2, 2, 4)


def test_a_second_value_that_only_one_person_used_alone_gives_no_alpha():
    assert agreement(judgements(a="kkf", b="kk."), "nominal").alpha is None


def test_an_item_that_one_person_judged_counts_nowhere():
    given = judgements(a="kkf", b="kff")
    alone = [("c", "another", "wrong"), ("a", "a third", "keep")]

    assert agreement([*given, *alone], "nominal") == agreement(given, "nominal")


def test_of_two_judgements_of_one_item_by_one_person_the_last_counts():
    given = judgements(a="kkf", b="kff")
    earlier = [("a", "item 0", "w"), ("b", "item 2", "k")]

    assert agreement([*earlier, *given], "nominal") == agreement(given, "nominal")


def test_a_person_who_judged_an_item_twice_is_no_pair():
    assert agreement([("a", "item", "keep"), ("a", "item", "fix")], "nominal").pairs == 0


def test_neither_the_order_nor_the_names_change_anything():
    names = {who: f"{i}" for i, who in enumerate("DBCA")}
    renamed = [(names[who], item[::-1], value) for who, item, value in WITH_GAPS]
    random.Random(0).shuffle(renamed)

    told, before = agreement(renamed, "nominal"), agreement(WITH_GAPS, "nominal")

    assert told.alpha == pytest.approx(before.alpha)
    assert (told.pairwise, told.items, told.pairs) == (before.pairwise, before.items, before.pairs)


def test_an_item_of_many_people_weighs_by_pairs_in_the_share_and_by_judgements_in_alpha():
    crowd = [(f"person {i}", "crowded", value) for i, value in enumerate("kkff")]
    couple = judgements(a="kf", b="kf")

    told = agreement([*crowd, *couple], "nominal")

    # Of 8 judgements, 4 of each name; the crowd's 6 pairs, 4 of them unequal, make 8/3 of the 8 coincidences unequal.
    assert told.pairwise == pytest.approx((2 + 2) / (6 + 2))
    assert told.alpha == pytest.approx(1 - 7 * (8 / 3) / (2 * 4 * 4))


def test_a_hundred_thousand_judgements_by_as_many_people_are_measured():
    # People by items, as a full table of float64, would be 40 GB.
    given = [
        (f"{item}{side}", f"{item}", (item + (side == "b" and item % 4 == 0)) % 2)
        for item in range(50_000)
        for side in "ab"
    ]

    told = agreement(given, "ordinal")

    assert (told.items, told.annotators, told.pairs) == (50_000, 100_000, 50_000)
    assert told.pairwise == pytest.approx(0.75)
