"""Work in threads: the same on many things at once, or something beside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AWAKE_S = 0.2
_TIDYING_S = 1.5


def each(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    at_once: int,
    *,
    ahead: int | None = None,
    stop: Callable[[], None] | None = None,
) -> list[Result]:
    """The results of `work` on each item, in their order, from at most `at_once` threads.

    Items are taken in this thread: all of them before waiting for the first result, or only so many `ahead` of what
    the threads work on, where it takes something to make one or to hold it. The first error is raised once no thread
    works any more; KeyboardInterrupt at once, for a host who has pressed Ctrl-C does not wait until a large file is
    sent. Then `stop` ends what the threads do, where that can be, and they have a moment to tidy up.
    """
    pool = ThreadPoolExecutor(at_once)
    futures: list[Future[Result]] = []
    queue = _Queue(None if ahead is None else at_once + ahead)
    try:
        for item in items:
            if not queue.enter():
                break
            futures.append(pool.submit(work, item))
            futures[-1].add_done_callback(queue.leave)
        if not wait_awake(futures):
            _end(pool, futures)
    except BaseException as error:
        if isinstance(error, Exception):
            _end(pool, futures)
        else:
            pool.shutdown(wait=False, cancel_futures=True)
            if stop:
                stop()
                wait([future for future in futures if not future.cancelled()], _TIDYING_S)
        raise
    pool.shutdown(cancel_futures=True)
    # What was cancelled comes last, for the error that was the reason to be raised before.
    return [future.result() for future in sorted(futures, key=lambda future: future.cancelled())]


def _end(pool: ThreadPoolExecutor, futures: Sequence[Future[Any]]) -> None:
    """Begin nothing more, and wait until what has begun has ended."""
    pool.shutdown(wait=False, cancel_futures=True)
    wait_awake([future for future in futures if not future.cancelled()], ALL_COMPLETED)


class _Queue:
    """How much may be under way; nothing enters any more once something has failed."""

    def __init__(self, places: int | None) -> None:
        self._free = threading.Semaphore(places) if places is not None else None
        self._failed = False

    def enter(self) -> bool:
        """Wait for a place; whether there is one."""
        while not self._failed:
            if self._free is None or self._free.acquire(timeout=_AWAKE_S):
                return not self._failed
        return False

    def leave(self, future: Future[Any]) -> None:
        """Make place again."""
        if _failed(future):
            self._failed = True
        if self._free is not None:
            self._free.release()


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Do `work` in a thread of its own meanwhile; what is yielded waits for its result, or raises its error.

    At the end of the block the thread has ended, unless KeyboardInterrupt ends it. An error that nobody has asked for
    is dropped.
    """
    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)

    def result() -> Result:
        wait_awake([future])
        return future.result()

    try:
        try:
            yield result
        except Exception:
            wait_awake([future], ALL_COMPLETED)
            raise
        wait_awake([future], ALL_COMPLETED)
    finally:
        pool.shutdown(wait=False)


def wait_awake(futures: Sequence[Future[Any]], until: str = FIRST_EXCEPTION) -> bool:
    """Wait until all have ended, or (unless `until` is ALL_COMPLETED) one with an error; whether all went well.

    A signal may come just before this thread falls asleep, or reach another thread. Python acts on it only once this
    one is awake (signal, "Execution of Python signal handlers"), so it wakes up now and then; else Ctrl-C would seem
    to be ignored. To be told of each end costs the same however often it wakes up.
    """
    ended, one_at_a_time, left = threading.Event(), threading.Lock(), len(futures)

    def note(future: Future[Any]) -> None:
        nonlocal left
        failed = until == FIRST_EXCEPTION and _failed(future)
        with one_at_a_time:
            left -= 1
            if failed or not left:
                ended.set()

    for future in futures:
        future.add_done_callback(note)
    while futures and not ended.wait(_AWAKE_S):
        pass
    return not any(_failed(future) for future in futures if future.done())


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None
