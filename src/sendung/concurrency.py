"""The same work on many things at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(work: Callable[[Item], Result], items: Iterable[Item], at_once: int) -> list[Result]:
    """The results of `work` on each item, in their order, from at most `at_once` threads.

    The first error is raised once no thread works any more; KeyboardInterrupt at once, for a host who has pressed
    Ctrl-C does not wait until a large file is sent.
    """
    pool = ThreadPoolExecutor(at_once)
    try:
        results = list(pool.map(work, items))
    except BaseException as error:
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    pool.shutdown()
    return results
