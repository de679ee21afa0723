"""Win rates and strengths: numbers worked by hand and from the literature, and what must not change them."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from scipy.optimize import minimize

from aac.preferences import Ballot, Strength, WinRate, strengths, win_rates
from aac.records import CHOICES


def ballots(one: str, other: str, wins: int = 0, losses: int = 0, ties: int = 0, both_bad: int = 0) -> list[Ballot]:
    counts = dict(zip(CHOICES, (wins, losses, ties, both_bad), strict=True))
    return [(one, other, choice) for choice, count in counts.items() for _ in range(count)]


def one_rate(wins: int, losses: int, ties: int = 0, both_bad: int = 0) -> WinRate:
    (rate,) = win_rates(ballots("a", "b", wins, losses, ties, both_bad))
    return rate


def swapped(given: list[Ballot]) -> list[Ballot]:
    """The same votes with the sides of the screen changed."""
    other_side = {"left": "right", "right": "left"}
    return [(right, left, other_side.get(choice, choice)) for left, right, choice in given]


def shuffled(given: list[Ballot]) -> list[Ballot]:
    return random.Random(0).sample(given, len(given))


def by_name(told: tuple[Strength, ...]) -> dict[str, float]:
    return {row.contestant: row.strength for row in told}


def p_value(wins: int, losses: int) -> float:
    """The exact test in whole numbers: both tails of the binomial with even chances."""
    total = wins + losses
    tail = sum(math.comb(total, k) for k in range(max(wins, losses), total + 1))
    return min(1.0, 2 * tail / 2**total)


FEW = [*ballots("a", "b", 3, 1), *ballots("b", "c", 2, 1, ties=1, both_bad=4)]
MANY = [
    *ballots("a", "b", 60, 40, ties=7),
    *ballots("b", "c", 55, 45),
    *ballots("a", "c", 30, 20),
    *ballots("c", "d", 9, 6),
]


def test_without_ballots_there_is_no_win_rate():
    assert win_rates([]) == ()


def test_one_vote_as_worked_by_hand():
    z2 = 1.959963984540054**2

    assert one_rate(1, 0) == WinRate("a", "b", 1, 0, 0, 0, 1.0, pytest.approx(1 / (1 + z2)), 1.0, 1.0, 5)


def test_ties_and_both_bad_are_told_and_not_counted():
    told = one_rate(8, 2, ties=5, both_bad=7)

    assert (told.wins, told.losses, told.ties, told.both_bad, told.decisive, told.rate) == (8, 2, 5, 7, 10, 0.8)
    assert (told.low, told.high, told.p_value) == (one_rate(8, 2).low, one_rate(8, 2).high, one_rate(8, 2).p_value)


@pytest.mark.parametrize("others", [{"ties": 3}, {"both_bad": 3}])
def test_a_pair_without_a_decisive_vote_has_no_rate_and_misses_the_six_that_could_decide(others: dict[str, int]):
    told = one_rate(0, 0, **others)

    assert (told.rate, told.low, told.high, told.p_value, told.votes_missing) == (None, None, None, None, 6)
    assert not told.is_decided


def test_eight_of_ten_has_the_interval_of_wilson():
    told = one_rate(8, 2)

    assert (told.low, told.high) == (pytest.approx(0.4902, abs=5e-5), pytest.approx(0.9433, abs=5e-5))


def test_the_interval_has_the_shares_that_stand_196_standard_errors_from_the_rate():
    told = one_rate(37, 21)

    for share in (told.low, told.high):
        assert abs(told.rate - share) == pytest.approx(1.959963984540054 * math.sqrt(share * (1 - share) / 58))


def test_eight_of_ten_has_the_p_value_counted_by_hand():
    assert one_rate(8, 2).p_value == pytest.approx(2 * (45 + 10 + 1) / 1024)


def test_even_votes_have_p_1():
    assert one_rate(7, 7).p_value == 1


@pytest.mark.parametrize(("wins", "losses", "is_decided"), [(5, 0, False), (6, 0, True), (0, 6, True), (9, 2, False)])
def test_a_pair_is_decided_below_five_per_cent(wins: int, losses: int, is_decided: bool):
    assert one_rate(wins, losses).is_decided is is_decided


@pytest.mark.parametrize(
    ("wins", "losses", "missing"),
    [
        (1, 0, 5),
        (5, 0, 1),
        (0, 5, 1),
        (6, 0, 0),
        (8, 2, 2),  # 9 of 11 has p = 134/2048, 10 of 12 has 158/4096
        (3, 3, None),
        (501, 499, None),
    ],
)
def test_votes_missing_as_worked_by_hand(wins: int, losses: int, missing: int | None):
    assert one_rate(wins, losses).votes_missing == missing


def leader_share(wins: int, losses: int, more: int) -> int:
    """Whole votes nearest to more * wins / (wins + losses), a half rounded down, for wins > losses."""
    exact, total = more * wins, wins + losses
    return exact // total + (2 * (exact % total) > total)


@pytest.mark.parametrize(("wins", "losses"), [(w, n) for w in range(1, 9) for n in range(w)])
def test_votes_missing_is_the_least_that_decides_if_they_fall_as_so_far(wins: int, losses: int):
    missing = one_rate(wins, losses).votes_missing

    def p_after(more: int) -> float:
        ahead = leader_share(wins, losses, more)
        return p_value(wins + ahead, losses + more - ahead)

    assert p_after(missing) < 0.05
    assert all(p_after(more) >= 0.05 for more in range(missing))


def test_votes_missing_may_be_thousands():
    missing = one_rate(51, 49).votes_missing

    assert 9_000 < missing <= 10_000
    ahead = [51 + leader_share(51, 49, more) for more in (missing, missing - 1)]
    assert p_value(ahead[0], 100 + missing - ahead[0]) < 0.05 <= p_value(ahead[1], 99 + missing - ahead[1])


def test_more_than_ten_thousand_votes_missing_are_not_told():
    assert one_rate(509, 491).votes_missing is None


@pytest.mark.parametrize(("wins", "losses"), [(0, 1), (12, 3), (30, 29), (60, 40), (58, 42), (200, 170)])
def test_nothing_is_missing_exactly_where_the_pair_is_decided(wins: int, losses: int):
    told = one_rate(wins, losses)

    assert (told.votes_missing == 0) is told.is_decided


def test_win_rates_do_not_mind_sides_nor_order():
    assert win_rates(shuffled(swapped(FEW))) == win_rates(FEW)


def test_the_other_ones_win_rate_is_what_is_left():
    told, (turned,) = one_rate(8, 2), win_rates(ballots("z", "b", 8, 2))

    assert (turned.one, turned.other, turned.wins, turned.losses) == ("b", "z", 2, 8)
    assert (turned.rate, turned.low, turned.high) == pytest.approx((1 - told.rate, 1 - told.high, 1 - told.low))
    assert (turned.p_value, turned.votes_missing) == (pytest.approx(told.p_value), told.votes_missing)


def test_pairs_that_met_come_in_the_order_of_names():
    given = [("c", "b", "left"), ("b", "a", "tie"), ("d", "a", "both_bad")]

    assert [(rate.one, rate.other) for rate in win_rates(given)] == [("a", "b"), ("a", "d"), ("b", "c")]


def test_one_contestant_on_both_sides_is_passed_over():
    same = [("a", "a", choice) for choice in CHOICES]

    assert win_rates([*FEW, *same]) == win_rates(FEW)
    assert strengths([*FEW, *same], resamples=20) == strengths(FEW, resamples=20)


@pytest.mark.parametrize(
    "given", [[], ballots("a", "b", 5, 2), [*ballots("a", "b", 5), *ballots("b", "c", both_bad=3)]]
)
def test_fewer_than_three_contestants_have_no_strengths(given: list[Ballot]):
    assert strengths(given) == ()


def test_a_chain_of_three_has_the_strengths_worked_by_hand():
    told = by_name(strengths(FEW, resamples=1))

    # With one tie more for each pair: a beats b by 3.5 to 1.5, b beats c by 3 to 2; nothing else binds them.
    assert told["a"] - told["b"] == pytest.approx(math.log(3.5 / 1.5))
    assert told["b"] - told["c"] == pytest.approx(math.log(3 / 2))
    assert sum(told.values()) == pytest.approx(0)


# Wins of each row over each column, American League East 1987; Agresti, Categorical Data Analysis, 2nd ed., 10.6.
BASEBALL = {
    "Milwaukee": (0, 7, 9, 7, 7, 9, 11),
    "Detroit": (6, 0, 7, 5, 11, 9, 9),
    "Toronto": (4, 6, 0, 7, 7, 8, 12),
    "New York": (6, 8, 6, 0, 6, 7, 10),
    "Boston": (6, 2, 6, 7, 0, 7, 12),
    "Cleveland": (4, 4, 5, 6, 6, 0, 6),
    "Baltimore": (2, 4, 1, 3, 1, 7, 0),
}
AGRESTI = (1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0.0)
GAMES = [
    ballot
    for team, row in BASEBALL.items()
    for rival, wins in zip(BASEBALL, row, strict=True)
    for ballot in ballots(team, rival, wins)
]


def test_the_strengths_of_baseball_teams_are_agrestis_but_for_the_tie_added_to_each_pair():
    # A hundred seasons drown the added ties.
    told = by_name(strengths(GAMES * 100, resamples=1))

    assert [told[team] - told["Baltimore"] for team in BASEBALL] == pytest.approx(AGRESTI, abs=0.002)


def test_one_season_is_drawn_together_a_little_by_the_added_ties():
    told = by_name(strengths(GAMES, resamples=1))

    drawn = [(told[team] - told["Baltimore"]) / full for team, full in zip(BASEBALL, AGRESTI, strict=True) if full]
    assert all(0.85 < share < 1 for share in drawn)


def test_strengths_are_the_most_likely_ones():
    names, pairs = "abcd", {("a", "b"): (63.5, 43.5), ("b", "c"): (55, 45), ("a", "c"): (30, 20), ("c", "d"): (9, 6)}

    def surprise(x: np.ndarray) -> float:
        gaps = [(x[names.index(one)] - x[names.index(other)], votes) for (one, other), votes in pairs.items()]
        return sum((w + 0.5) * np.logaddexp(0, -gap) + (n + 0.5) * np.logaddexp(0, gap) for gap, (w, n) in gaps)

    likeliest = minimize(surprise, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    told = by_name(strengths(MANY, resamples=1))

    assert [told[name] for name in names] == pytest.approx(likeliest - likeliest.mean(), abs=1e-4)


def test_ties_alone_make_all_equal():
    told = strengths([*ballots("a", "b", ties=9), *ballots("b", "c", ties=2)], resamples=50)

    for row in told:
        assert (row.strength, row.low, row.high) == pytest.approx((0, 0, 0), abs=1e-9)


def test_a_circle_makes_all_equal():
    told = by_name(strengths([*ballots("a", "b", 4), *ballots("b", "c", 4), *ballots("c", "a", 4)], resamples=1))

    assert list(told.values()) == pytest.approx([0, 0, 0], abs=1e-9)


def test_two_ties_are_a_win_to_each():
    ties = [*FEW, *ballots("a", "c", ties=4)]
    wins = [*FEW, *ballots("a", "c", 2, 2)]

    assert by_name(strengths(ties, resamples=1)) == pytest.approx(by_name(strengths(wins, resamples=1)))


def test_both_bad_changes_no_strength_interval_nor_count():
    bad = [*ballots("a", "c", both_bad=9), *ballots("x", "a", both_bad=2)]

    assert strengths([*MANY, *bad], resamples=20) == strengths(MANY, resamples=20)


def test_whoever_won_every_vote_is_first_and_finite():
    told = strengths([*ballots("z", "a", 50), *ballots("z", "b", 50), *ballots("a", "b", 10, 10)], resamples=50)

    assert told[0].contestant == "z"
    assert all(math.isfinite(number) for row in told for number in (row.strength, row.low, row.high))


def test_the_strongest_comes_first_and_equals_by_name():
    told = strengths([*ballots("m", "z", 9, 1), *ballots("m", "b", 9, 1)], resamples=1)

    assert [row.contestant for row in told] == ["m", "b", "z"]


def test_votes_are_those_a_contestant_took_part_in_ties_included():
    told = {row.contestant: row.votes for row in strengths(FEW, resamples=1)}

    assert told == {"a": 4, "b": 8, "c": 4}


def test_strengths_mind_neither_sides_nor_order():
    assert strengths(shuffled(swapped(MANY)), resamples=30) == strengths(MANY, resamples=30)


def test_names_do_not_change_strengths():
    names = dict(zip("abcd", "zxwy", strict=True))
    renamed = [(names[left], names[right], choice) for left, right, choice in MANY]

    told, before = by_name(strengths(renamed, resamples=1)), by_name(strengths(MANY, resamples=1))

    assert told == pytest.approx({names[name]: strength for name, strength in before.items()}, abs=1e-5)


def test_votes_turned_round_turn_strengths_round():
    turned = [(right, left, choice) for left, right, choice in MANY]

    told, before = by_name(strengths(turned, resamples=1)), by_name(strengths(MANY, resamples=1))

    assert told == pytest.approx({name: -strength for name, strength in before.items()}, abs=1e-5)


def test_the_same_seed_draws_the_same_intervals_and_another_does_not():
    first, again, other = (strengths(MANY, resamples=50, seed=seed) for seed in (3, 3, 4))

    assert first == again
    assert [row.low for row in first] != [row.low for row in other]
    assert by_name(first) == by_name(other)


def test_intervals_hold_the_strength():
    assert all(row.low < row.strength < row.high for row in strengths(MANY))


def test_a_hundred_times_the_votes_make_intervals_ten_times_narrower():
    few, many = ({row.contestant: row.high - row.low for row in strengths(given)} for given in (MANY, MANY * 100))

    assert [few[name] / many[name] for name in few] == pytest.approx([10] * 4, rel=0.25)


def test_intervals_are_as_wide_as_large_sample_theory_has_them():
    told = {row.contestant: row for row in strengths([*ballots("a", "b", 400, 400), *ballots("b", "c", 300, 100)])}

    # a = (2X + Y)/3, b = (Y - X)/3, c = -(X + 2Y)/3 of the two log odds; x and y are their variances.
    x, y = 1 / 400 + 1 / 400, 1 / 300 + 1 / 100
    errors = {"a": math.sqrt(4 * x + y) / 3, "b": math.sqrt(x + y) / 3, "c": math.sqrt(x + 4 * y) / 3}
    widths = {name: row.high - row.low for name, row in told.items()}
    assert widths == pytest.approx({name: 2 * 1.96 * error for name, error in errors.items()}, rel=0.12)


def test_of_groups_that_never_met_only_the_greatest_is_given():
    greatest = [("z" + left, "z" + right, choice) for left, right, choice in MANY]

    told = strengths([*ballots("a", "b", 500, 400), *greatest], resamples=20)

    assert told == strengths(greatest, resamples=20)


def test_of_equal_groups_the_one_with_more_votes_is_given():
    more = [("z" + left, "z" + right, choice) for left, right, choice in [*FEW, ("a", "b", "left")]]

    assert {row.contestant for row in strengths([*FEW, *more], resamples=1)} == {"za", "zb", "zc"}


def test_of_equal_groups_with_equal_votes_the_first_by_name_is_given():
    given = [("a", "d", "left"), ("d", "f", "left"), ("b", "c", "left"), ("b", "e", "left")]

    assert {row.contestant for row in strengths(given, resamples=1)} == {"a", "d", "f"}


def test_groups_joined_by_a_late_vote_are_one():
    halves = [*ballots("a", "b", 3, 1), *ballots("c", "d", 2, 1)]

    assert len(strengths([*halves, ("d", "a", "left")], resamples=1)) == 4


def test_groups_of_two_have_no_strengths():
    assert strengths([*ballots("a", "b", 3, 1), *ballots("c", "d", 2, 1)]) == ()


@pytest.mark.parametrize("order", range(8))
def test_odds_beyond_a_float_are_drawn_together_until_they_fit(order: int):
    # Without it the solver gives up on about half of the orders that the names may stand in.
    names = random.Random(order).sample("abcdefghijklmnopqrstuvwxyz", 26)
    given = [ballot for one, other in itertools.pairwise(names) for ballot in ballots(one, other, 100)]

    told = strengths(given, resamples=3)

    assert [row.contestant for row in told] == names
    assert all(math.isfinite(number) for row in told for number in (row.strength, row.low, row.high))
