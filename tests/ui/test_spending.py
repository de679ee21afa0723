"""For how long the model works for one person in a day."""

from __future__ import annotations

import pytest

from aac.ui.spending import Spender, Spending
from tests.ui.doors import Clock

HOUR_S, DAY_S = 3600, 24 * 3600
ANA, BIA = Spender("person:ana"), Spender("person:bia")
SCHOOL = Spender("address:school", 4, is_address=True)


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000 * DAY_S)  # at the beginning of an hour


def test_who_has_something_left_may_go_on(clock: Clock):
    spending = Spending(60, clock)

    spending.add(ANA, 59.9)

    assert spending.wait_s(ANA) == 0


def test_who_has_used_it_up_waits_until_what_was_used_is_a_day_old(clock: Clock):
    spending = Spending(60, clock)

    spending.add(ANA, 60)
    wait_s = spending.wait_s(ANA)
    clock.now += wait_s - 1

    assert DAY_S <= wait_s <= DAY_S + HOUR_S
    assert spending.wait_s(ANA) == 1
    clock.now += 1
    assert spending.wait_s(ANA) == 0


def test_the_wait_is_for_as_much_as_it_takes_and_not_for_all_of_it(clock: Clock):
    spending = Spending(60, clock)
    spending.add(ANA, 20)
    clock.now += 5 * HOUR_S
    spending.add(ANA, 50)

    wait_s = spending.wait_s(ANA)

    assert wait_s == 20 * HOUR_S
    clock.now += wait_s
    assert spending.wait_s(ANA) == 0


def test_in_no_day_is_there_more_than_the_allowance_and_one_answer(clock: Clock):
    spending = Spending(600, clock)
    begun: list[float] = []
    for _ in range(4 * DAY_S // 300):
        clock.now += 300
        if not spending.wait_s(ANA):
            spending.add(ANA, 90)
            begun.append(clock.now)

    in_a_day = [sum(at <= other < at + DAY_S for other in begun) for at in begun]

    assert max(in_a_day) == 7  # 6 × 90 s leave something of 600
    assert len(begun) > 7


def test_one_person_s_seconds_are_nobody_else_s(clock: Clock):
    spending = Spending(60, clock)

    spending.add(ANA, 1_000)

    assert spending.wait_s(BIA) == 0


def test_who_shares_an_address_shares_several_allowances(clock: Clock):
    spending = Spending(60, clock)

    spending.add(SCHOOL, 239)
    assert spending.wait_s(SCHOOL) == 0
    spending.add(SCHOOL, 1)

    assert spending.wait_s(SCHOOL) > 0


@pytest.mark.parametrize(("limit_s", "spender"), [(0, ANA), (60, Spender())])
def test_without_a_limit_or_a_key_nothing_is_counted(limit_s: float, spender: Spender, clock: Clock):
    spending = Spending(limit_s, clock)

    spending.add(spender, 10_000)

    assert spending.wait_s(spender) == 0
    assert len(spending) == 0


def test_so_many_are_kept_and_who_used_most_is_forgotten_last(clock: Clock):
    spending = Spending(60, clock, keys_kept=100)
    spending.add(ANA, 60)

    for number in range(1_000):
        spending.add(Spender(f"address:{number}", 4), 0.01)

    assert len(spending) <= 100
    assert spending.wait_s(ANA) > 0


def test_what_is_older_than_a_day_is_not_kept(clock: Clock):
    spending = Spending(60, clock)
    spending.add(ANA, 1)
    clock.now += DAY_S + HOUR_S

    spending.wait_s(BIA)

    assert len(spending) == 0


def test_a_clock_that_is_set_back_gives_nobody_more(clock: Clock):
    """The app's own clock is never set back; that of a test is."""
    spending = Spending(60, clock)
    spending.add(ANA, 60)

    clock.now -= HOUR_S

    assert spending.wait_s(ANA) > DAY_S
