"""Numbers along a programme in a file: what is written is read back, from any place, by several threads."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sendung.audio.measure.series import Series

FLOATS = st.lists(st.floats(0, 8, width=32), max_size=60)


@given(FLOATS, FLOATS, st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_they_read_as_a_list_would(values: list[float], over: list[float], at: int, start: int, stop: int) -> None:
    series, expected = Series(values), list(values)
    series.write(at, np.array(over, np.float32))
    if over:
        expected += [0.0] * (at - len(expected))
        expected[at : at + len(over)] = over
    assert series[:].tolist() == expected
    assert len(series) == len(expected)
    assert series[start:stop].tolist() == expected[start:stop]
    assert [value for _, chunk in series.chunks(7) for value in chunk.tolist()] == expected
    assert [value for _, chunk in series.chunks(7, start, stop) for value in chunk.tolist()] == expected[start:stop]
    assert series.mapped(lambda chunk: chunk * 2)[:].tolist() == [2 * value for value in expected]
    assert series.highest() == max(expected, default=0.0)
    head = min(start, len(expected))
    rest = series.without_head(head)
    assert rest[:].tolist() == expected[head:]
    assert rest[1:stop].tolist() == expected[head:][1:stop]


def test_a_number_that_was_read_is_read_anew_once_it_was_written_over() -> None:
    series = Series([0.25] * 10)
    assert series[3:4].tolist() == [0.25]
    series.write(3, np.array([0.5], np.float32))
    assert series[3:4].tolist() == [0.5]


def test_another_has_its_file_in_the_same_folder_and_is_apart(tmp_path: Path) -> None:
    series = Series([1.0, 2.0], tmp_path)
    other = series.mapped(np.negative)
    series.write(0, np.array([5], np.float32))
    assert other[:].tolist() == [-1.0, -2.0]
    assert len(series.another()) == 0


def test_threads_write_their_own_stretches(tmp_path: Path) -> None:
    series = Series(folder=tmp_path)

    def write(part: int) -> None:
        for number in range(100):
            series.write(part * 1000 + number * 10, np.full(10, part, np.float32))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert series[:].tolist() == [part for part in range(8) for _ in range(1000)]


def test_the_file_goes_with_the_last_that_looks_at_it(tmp_path: Path) -> None:
    gc.collect()  # what earlier tests left, a failed one's frames too, would else be closed while this one counts
    open_before = len(list(Path("/dev/fd").iterdir()))
    rest = Series([1.0, 2.0], tmp_path).without_head(1)
    gc.collect()
    assert rest[:].tolist() == [2.0]
    assert list(tmp_path.iterdir()) == []
    del rest
    gc.collect()
    assert len(list(Path("/dev/fd").iterdir())) == open_before
