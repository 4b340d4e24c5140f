"""Numbers by window in a file: what is written is read back, from any place, by several threads."""

from __future__ import annotations

import gc
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sendung.audio.windows import Windows

FLOATS = st.lists(st.floats(0, 8, width=32), max_size=60)


@given(FLOATS, FLOATS, st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_they_read_as_a_list_would(values: list[float], over: list[float], at: int, start: int, stop: int) -> None:
    windows, expected = Windows(values), list(values)
    windows.write(at, array("f", over))
    if over:
        expected += [0.0] * (at - len(expected))
        expected[at : at + len(over)] = over
    assert list(windows) == expected
    assert len(windows) == len(expected)
    assert list(windows[start:stop]) == expected[start:stop]
    assert [windows[number] for number in range(len(expected))] == expected
    head = min(start, len(expected))
    rest = windows.without_head(head)
    assert list(rest) == expected[head:]
    assert list(rest[1:stop]) == expected[head:][1:stop]


def test_a_number_that_was_read_is_read_anew_once_it_was_written_over() -> None:
    windows = Windows([0.25] * 10)
    assert windows[3] == 0.25
    windows.write(3, array("f", [0.5]))
    assert windows[3] == 0.5


def test_threads_write_their_own_stretches(tmp_path: Path) -> None:
    windows = Windows(folder=tmp_path)

    def write(part: int) -> None:
        for number in range(100):
            windows.write(part * 1000 + number * 10, array("f", [part] * 10))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert list(windows) == [part for part in range(8) for _ in range(1000)]


def test_the_file_goes_with_the_last_that_looks_at_it(tmp_path: Path) -> None:
    open_before = len(list(Path("/dev/fd").iterdir()))
    rest = Windows([1.0, 2.0], tmp_path).without_head(1)
    gc.collect()
    assert list(rest) == [2.0]
    assert list(tmp_path.iterdir()) == []
    del rest
    gc.collect()
    assert len(list(Path("/dev/fd").iterdir())) == open_before
