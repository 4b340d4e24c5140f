"""How long and how large: the promises for shows with thousands of episodes."""

from __future__ import annotations

import time
import tracemalloc
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from sendung.core.model import Episode
from sendung.core.podcasting20 import FeedOptions
from sendung.feed import archive, older, render
from sendung.feed.paging import MAX_BYTES
from tests.feed.shows import BUILT, NOW, SHOW, episode

COUNT = 5_000
BENCH: Any = import_module("benchmarks.feed")
ALL = SHOW.model_copy(update={"feed": FeedOptions(items=0)})


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    one = episode()
    changes = ({"guid": f"g{n}", "date": NOW - timedelta(days=n), "notes": f"{one.notes} {n}"} for n in range(COUNT))
    return [one.model_copy(update=change) for change in changes]


def test_five_thousand_episodes_are_written_within_half_a_second(episodes: list[Episode]) -> None:
    """What a publish does: write feed.xml, and tell of every older page whether it changed."""
    started = time.process_time()
    document = render(SHOW, episodes, NOW, BUILT)
    pages = archive(SHOW, episodes, NOW)
    assert time.process_time() - started < 0.5
    assert len(document) <= MAX_BYTES
    assert document.count(b"<item>") + older(SHOW, episodes, NOW) == COUNT
    assert pages


@pytest.mark.soak
def test_one_long_document_takes_a_few_times_as_long_as_bare_feedgen_takes_for_a_third_of_it() -> None:
    """`make bench-feed`; the best of five in turns, for the processor may be shared."""
    runs = (BENCH.sendung(0, COUNT), BENCH.feedgen(COUNT))
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for run, times in zip(runs, taken, strict=True):
            started = time.process_time()
            run()
            times.append(time.process_time() - started)
    assert min(taken[0]) < 3.5 * min(taken[1])


@pytest.mark.soak
def test_five_thousand_episodes_in_one_document_take_little_memory(episodes: list[Episode]) -> None:
    tracemalloc.start()
    document = render(ALL, episodes, NOW, BUILT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.count(b"<item>") == COUNT
    assert peak < 100_000_000
