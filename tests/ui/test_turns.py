"""Who has a turn at the model, and whose a browser tab is."""

from __future__ import annotations

from aac.ui.tabs import Tabs
from aac.ui.turns import Turns


def test_a_person_with_many_tabs_has_the_turns_of_one_person():
    turns = Turns()

    asked = [turns.ask(tab, "ana") for tab in ("one", "two", "three")]

    assert asked == [True, True, False]
    assert turns.ask("four", "bia")
    assert turns.begin("three") is None


def test_a_turn_that_is_over_is_free_again():
    turns = Turns()
    turns.ask("one", "ana")
    turns.ask("two", "ana")
    stop = turns.begin("one")
    assert stop is not None

    turns.end("one", stop)

    assert turns.ask("three", "ana")
    assert not turns.ask("four", "ana")
    turns.stop("two")
    assert turns.ask("four", "ana")
    turns.forget("four")
    assert turns.ask("five", "ana")


def test_asking_again_in_one_tab_takes_no_second_place():
    turns = Turns()

    assert [turns.ask("one", "ana") for _ in range(3)] == [True] * 3
    assert turns.ask("two", "ana")


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
