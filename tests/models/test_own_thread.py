"""Work that is always done in one thread."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import Future

import pytest

from aac.models.own_thread import OwnThread


def nothing() -> None:
    """First."""


def test_all_is_done_in_one_thread_in_the_order_in_which_it_came():
    thread, done = OwnThread(nothing), []
    works = [thread.do(lambda n=n: done.append((n, threading.get_ident()))) for n in range(20)]  # type: ignore[misc]
    works[-1].result()

    assert [n for n, _ in done] == list(range(20))
    assert len({ident for _, ident in done}) == 1
    assert threading.get_ident() not in {ident for _, ident in done}


def test_what_comes_first_is_done_there_once():
    firsts: list[int] = []
    thread = OwnThread(lambda: firsts.append(threading.get_ident()))
    idents = [thread.do(threading.get_ident).result() for _ in range(3)]

    assert firsts == idents[:1]


def test_work_that_has_not_begun_can_be_cancelled():
    thread, may_end, done = OwnThread(nothing), threading.Event(), []
    first = thread.do(lambda: may_end.wait(60))
    second = thread.do(lambda: done.append("second"))
    third = thread.do(lambda: done.append("third"))

    assert second.cancel()
    may_end.set()
    third.result()
    assert first.result()
    assert done == ["third"]


def test_an_error_is_told_to_who_asked_and_the_next_is_done():
    thread = OwnThread(nothing)
    with pytest.raises(ZeroDivisionError):
        thread.do(lambda: 1 // 0).result()

    assert thread.do(lambda: 1).result() == 1


def test_the_thread_ends_with_its_object():
    thread = OwnThread(nothing)
    found = thread.do(threading.current_thread).result()
    del thread
    gc.collect()
    found.join(60)

    assert not found.is_alive()


def test_what_was_done_is_held_no_longer():
    class Model:
        pass

    thread, model = OwnThread(nothing), Model()
    seen = weakref.ref(model)
    thread.do(lambda held=model: None).result()  # type: ignore[misc]
    del model
    thread.do(nothing).result()
    gc.collect()

    assert seen() is None


def test_what_is_ended_in_the_thread_itself_is_not_waited_for():
    thread = OwnThread(nothing)
    begun = threading.Event()
    works: list[Future[None]] = []

    def end_itself() -> None:
        begun.wait(60)
        thread.end(works[0])

    works.append(thread.do(end_itself))
    begun.set()

    assert works[0].result(60) is None
    assert thread.do(lambda: 1).result(60) == 1


def test_what_is_under_way_is_waited_for_and_what_has_not_begun_is_cancelled():
    thread, begun, may_end, done = OwnThread(nothing), threading.Event(), threading.Event(), []
    first = thread.do(lambda: (begun.set(), may_end.wait(60), done.append("first")))
    begun.wait(60)
    second = thread.do(lambda: done.append("second"))
    thread.end(second)
    may_end.set()

    thread.end(first)

    assert done == ["first"]
    assert second.cancelled()
