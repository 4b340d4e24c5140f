"""Numbers by window in a file: what is written is read back, from any place, by several threads."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sendung.audio.windows import Windows

MANY = Windows(np.arange(400_001, dtype=np.float32))
FLOATS = st.lists(st.floats(0, 8, width=32), max_size=60)


@given(FLOATS, FLOATS, st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_they_read_as_a_list_would(values: list[float], over: list[float], at: int, start: int, stop: int) -> None:
    windows, expected = Windows(values), list(values)
    windows.write(at, np.array(over, np.float32))
    if over:
        expected += [0.0] * (at - len(expected))
        expected[at : at + len(over)] = over
    assert windows[:].tolist() == expected
    assert len(windows) == len(expected)
    assert windows[start:stop].tolist() == expected[start:stop]
    assert [value for _, chunk in windows.chunks(7) for value in chunk.tolist()] == expected
    assert windows.highest() == max(expected, default=0.0)
    head = min(start, len(expected))
    rest = windows.without_head(head)
    assert rest[:].tolist() == expected[head:]
    assert rest[1:stop].tolist() == expected[head:][1:stop]


@given(st.sets(st.integers(0, 400_000), max_size=9))
def test_some_windows_are_found_wherever_they_lie(numbers: set[int]) -> None:
    """They are read in stretches, in as few as their distances allow."""
    chosen = np.array(sorted(numbers), np.int32)
    assert MANY.at(chosen).tolist() == chosen.tolist()


def test_a_number_that_was_read_is_read_anew_once_it_was_written_over() -> None:
    windows, third = Windows([0.25] * 10), np.array([3], np.int32)
    assert windows.at(third).tolist() == [0.25]
    windows.write(3, np.array([0.5], np.float32))
    assert windows.at(third).tolist() == [0.5]


def test_threads_write_their_own_stretches(tmp_path: Path) -> None:
    windows = Windows(folder=tmp_path)

    def write(part: int) -> None:
        for number in range(100):
            windows.write(part * 1000 + number * 10, np.full(10, part, np.float32))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert windows[:].tolist() == [part for part in range(8) for _ in range(1000)]


def test_the_file_goes_with_the_last_that_looks_at_it(tmp_path: Path) -> None:
    open_before = len(list(Path("/dev/fd").iterdir()))
    rest = Windows([1.0, 2.0], tmp_path).without_head(1)
    gc.collect()
    assert rest[:].tolist() == [2.0]
    assert list(tmp_path.iterdir()) == []
    del rest
    gc.collect()
    assert len(list(Path("/dev/fd").iterdir())) == open_before
