"""Who has a turn at the model, in which order, and whose a browser tab is."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from aac.ui.tabs import Tabs
from aac.ui.turns import LineFull, Ticket, Turns
from tests.ui.doors import Clock


def joined(turns: Turns, session: str, person: str) -> Ticket:
    """The ticket of a tab that now stands in the line."""
    assert turns.ask(session, person)
    ticket = turns.join(session)
    assert ticket is not None
    return ticket


def test_a_person_with_many_tabs_has_one_request_waiting():
    turns = Turns()

    asked = [turns.ask(tab, "ana") for tab in ("one", "two", "three")]

    assert asked == [True, False, False]
    assert turns.ask("four", "bia")
    assert turns.join("two") is None


def test_a_person_has_one_request_running_and_one_waiting():
    turns = Turns()
    assert turns.begin(joined(turns, "one", "ana"))

    assert turns.ask("two", "ana")
    assert not turns.ask("three", "ana")


def test_people_who_share_an_address_have_more():
    turns = Turns()

    asked = [turns.ask(str(tab), "address", 8) for tab in range(9)]

    assert asked == [True] * 7 + [False] * 2  # one more may run


def test_who_shares_an_address_with_many_does_not_make_others_wait_for_all_of_them():
    turns = Turns()
    for tab in range(8):
        assert turns.ask(str(tab), "address", 9)
    many = [turns.join(str(tab)) for tab in range(8)]
    alone = joined(turns, "alone", "ana")

    assert [turns.ahead(one) for one in many if one][:3] == [0, 2, 3]
    assert turns.ahead(alone) == 1


def test_a_turn_that_was_taken_back_costs_none():
    turns = Turns()
    assert turns.begin(joined(turns, "one", "ana"))
    for _ in range(5):
        joined(turns, "two", "bia")
        turns.stop("two")
    mine = joined(turns, "two", "bia")
    other = joined(turns, "three", "caio")

    assert (turns.ahead(mine), turns.ahead(other)) == (1, 2)


def test_who_came_first_is_answered_first_and_one_at_a_time():
    turns = Turns()
    tickets = [joined(turns, person, person) for person in ("ana", "bia", "caio")]

    assert [turns.ahead(ticket) for ticket in tickets] == [0, 1, 2]
    assert [turns.begin(ticket) for ticket in reversed(tickets)] == [False, False, True]
    assert [turns.ahead(ticket) for ticket in tickets] == [0, 1, 2]
    assert not turns.begin(tickets[1])
    turns.end(tickets[0])
    assert [turns.ahead(ticket) for ticket in tickets[1:]] == [0, 1]
    assert turns.begin(tickets[1])


def test_the_place_is_where_one_joins_the_line_not_where_one_asked():
    turns = Turns()
    turns.ask("one", "ana")
    bia = joined(turns, "two", "bia")
    ana = turns.join("one")
    assert ana is not None

    assert (turns.ahead(bia), turns.ahead(ana)) == (0, 1)
    assert turns.begin(bia)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_waits_while_another_has_had_two_turns(seed: int):
    """Greedy people with many tabs ask for all that they are given, at random moments."""
    turns, chance = Turns(), random.Random(seed)
    waiting: dict[Ticket, Counter[str]] = {}  # for each that waits, the turns that others began since
    running: Ticket | None = None
    for step in range(2_000):
        person = chance.choice(("ana", "ana", "ana", "bia", "caio"))
        tab = f"{person}{step}"
        if turns.ask(tab, person) and (ticket := turns.join(tab)):
            waiting[ticket] = Counter()
        if running and chance.random() < 0.3:
            turns.end(running)
            running = None
        for ticket in chance.sample(list(waiting), len(waiting)):
            if turns.begin(ticket):
                running = ticket
                del waiting[ticket]
                for others in waiting.values():
                    others[ticket.person] += 1
                assert all(max(others.values(), default=0) < 2 for others in waiting.values())


def test_joining_twice_with_one_request_gives_one_place():
    turns = Turns()
    joined(turns, "one", "ana")

    assert turns.join("one") is None


def test_a_turn_that_is_over_is_free_again():
    turns = Turns()
    ticket = joined(turns, "one", "ana")
    turns.begin(ticket)
    turns.ask("two", "ana")

    turns.end(ticket)

    assert not turns.ask("three", "ana")
    assert turns.stop("two")
    assert turns.ask("four", "ana")
    turns.forget("four")
    assert turns.ask("five", "ana")


def test_what_is_taken_back_leaves_the_line_and_its_tab_may_ask_anew():
    turns = Turns()
    ana, bia = joined(turns, "one", "ana"), joined(turns, "two", "bia")

    assert turns.stop("one")

    assert (ana.state, turns.ahead(bia)) == ("over", 0)
    again = joined(turns, "one", "ana")
    assert again is not ana
    assert not turns.begin(ana)
    assert turns.begin(bia)


def test_who_closed_the_tab_while_answered_holds_the_model_until_it_has_stopped():
    turns = Turns()
    ana, bia = joined(turns, "one", "ana"), joined(turns, "two", "bia")
    turns.begin(ana)

    turns.forget("one")

    assert ana.stop.is_set()
    assert not turns.begin(bia)
    turns.end(ana)
    assert turns.begin(bia)


def test_a_request_that_never_joins_keeps_no_place():
    clock = Clock()
    turns = Turns(clock)
    turns.ask("lost", "ana")
    assert not turns.ask("one", "ana")

    clock.now += 61

    assert turns.ask("one", "ana")


def test_what_was_asked_for_and_refused_keeps_no_place():
    turns = Turns()
    turns.ask("one", "ana")
    assert not turns.ask("two", "ana")

    turns.withdraw("one")

    assert turns.ask("two", "ana")


@pytest.mark.parametrize("is_running", [False, True])
def test_a_refused_call_takes_nobody_out_of_the_line(is_running: bool):
    turns = Turns()
    ticket = joined(turns, "one", "ana")
    assert not is_running or turns.begin(ticket)

    turns.withdraw("one")

    assert ticket.state == ("running" if is_running else "waiting")
    assert not ticket.stop.is_set()


def test_a_full_line_takes_nobody_more_until_somebody_leaves_it():
    turns = Turns(most=2)
    joined(turns, "one", "ana")
    joined(turns, "two", "bia")

    with pytest.raises(LineFull):
        turns.ask("three", "caio")
    assert turns.ask("one", "ana")  # who stands in it already
    turns.stop("two")

    assert turns.ask("three", "caio")


def test_asking_again_in_one_tab_takes_no_second_place():
    turns = Turns()

    assert [turns.ask("one", "ana") for _ in range(3)] == [True] * 3
    assert not turns.ask("two", "ana")


def test_a_tab_is_of_who_used_it_first():
    tabs = Tabs()

    assert tabs.is_of("a-tab", "ana")
    assert tabs.is_of("a-tab", "ana")
    assert not tabs.is_of("a-tab", "")
    assert not tabs.is_of("a-tab", "bia")
    assert tabs.is_of("another", "bia")


def test_any_number_of_tabs_takes_bounded_memory():
    tabs = Tabs(kept=10)

    for i in range(100):
        tabs.is_of(str(i), "ana")

    assert len(tabs._owners) == 10
    assert not tabs.is_of("99", "bia")
