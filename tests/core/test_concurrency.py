"""Work on many things at once: results in order, the first error, and Ctrl-C at any moment."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from sendung.core.concurrency import beside, each

UNHEARD = """
import os, signal, sys, threading, time
from sendung.core.concurrency import each

def work(number):
    time.sleep(0.3)
    if number == 0:
        # It reaches this thread, so nothing wakes the one that waits: as when it comes just before that falls asleep.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    time.sleep(8)

try:
    each(work, range(2), 2)
except KeyboardInterrupt:
    os._exit(130)
"""


BESIDE = UNHEARD.replace("import each", "import beside").replace(
    "    each(work, range(2), 2)", "    with beside(lambda: work(0)):\n        pass"
)
BESIDE_A_FAILURE = BESIDE.replace("        pass", "        raise LookupError")
WHILE_FULL = UNHEARD.replace("range(2), 2)", "range(9), 2, ahead=1)")
NO_FURTHER_ITEM = UNHEARD.replace("range(2), 2)", "(number or 1 / 0 for number in (1, 0, 0)), 2)").replace(
    "== 0", "== 1"
)
AFTER_A_FAILURE = UNHEARD.replace(
    "    time.sleep(0.3)", "    if number == 1:\n        raise LookupError\n    time.sleep(1)"
)


def test_results_come_in_the_order_of_the_items() -> None:
    def work(number: int) -> int:
        time.sleep(0.02 * (3 - number))
        return number * 2

    assert each(work, range(4), 4) == [0, 2, 4, 6]
    assert each(work, [], 4) == []


def test_an_error_ends_what_was_not_begun_and_is_raised_once_nothing_works_any_more() -> None:
    begun: list[int] = []
    ended: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise LookupError(number)
        time.sleep(0.3)
        ended.append(number)

    with pytest.raises(LookupError):
        each(work, range(50), 2)
    assert begun[:2] == [0, 1]
    assert len(begun) < 10
    assert sorted(ended) == [number for number in begun if number != 1]


def test_items_are_made_in_this_thread_and_few_of_them_ahead() -> None:
    made: list[int] = []
    makers: set[int] = set()
    done: list[int] = []
    most = 0

    def items() -> Iterator[int]:
        nonlocal most
        for number in range(30):
            made.append(number)
            makers.add(threading.get_ident())
            most = max(most, len(made) - len(done))
            yield number

    def work(number: int) -> int:
        time.sleep(0.005)
        done.append(number)
        return number

    assert each(work, items(), 2, ahead=3) == list(range(30))
    assert makers == {threading.get_ident()}
    assert 2 < most <= 2 + 3 + 1


def test_no_item_is_made_any_more_once_one_has_failed() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            made.append(number)
            yield number

    def work(number: int) -> None:
        if number == 3:
            raise LookupError(number)
        time.sleep(0.01)

    with pytest.raises(LookupError):
        each(work, items(), 2, ahead=2)
    assert len(made) < 20


def test_work_beside_is_done_meanwhile() -> None:
    here, there = threading.Event(), threading.Event()

    def work() -> str:
        there.set()
        return "done" if here.wait(5) else "late"

    with beside(work) as result:
        assert there.wait(5)
        here.set()
        assert result() == "done"


def test_an_error_beside_is_raised_where_the_result_is_asked_for() -> None:
    def work() -> None:
        raise LookupError

    with beside(work) as result, pytest.raises(LookupError):
        result()


def test_work_beside_has_ended_when_the_block_ends_with_an_error() -> None:
    ended = threading.Event()

    def work() -> None:
        time.sleep(0.2)
        ended.set()

    with pytest.raises(LookupError), beside(work):
        raise LookupError
    assert ended.is_set()


@pytest.mark.parametrize(
    "program",
    [UNHEARD, WHILE_FULL, NO_FURTHER_ITEM, AFTER_A_FAILURE, BESIDE, BESIDE_A_FAILURE],
    ids=["all work", "the next has to wait", "one could not be made", "one has failed", "beside", "beside a failure"],
)
def test_an_interrupt_that_reaches_a_sleeping_program_by_another_thread_is_heard(program: str) -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=30)
    assert done.returncode == 130
    assert time.monotonic() - began < 4
