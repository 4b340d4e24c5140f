from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendung.core.model import Asset, Chapter
from sendung.media import chapters

IMAGE = Asset(key="assets/abc.jpg", media_type="image/jpeg", size=1, sha256="abc")


def outline(*marks: tuple[int, str]) -> tuple[Chapter, ...]:
    return tuple(Chapter(start_ms=start, title=title) for start, title in marks)


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("1:30", 90_000),
        ("00:01:30", 90_000),
        ("1:02:03.5", 3_723_500),
        ("1:02:03,5", 3_723_500),
        ("00:00:00.0004", 0),
        ("00:00:01.9996", 2000),
        ("75:00", 4_500_000),
        (" 90 ", 90_000),
        ("90.25", 90_250),
        (90, 90_000),
        (90.5, 90_500),
        (0, 0),
    ],
)
def test_times_are_read_in_every_way_that_hosts_write_them(value: str | float, ms: int) -> None:
    assert chapters.parse_time(value) == ms


@pytest.mark.parametrize(
    "value",
    ["", "1:2:3:4", "1:60", "1:60:00", "-1:00", "1m30s", "١:٣٠", "1:30\n2", -1, math.nan, math.inf, True, "9" * 40],
)
def test_what_is_no_time_is_refused_with_a_sentence(value: str | float) -> None:
    with pytest.raises(ValueError, match=r"(is not a time|before the start).*\.$"):
        chapters.parse_time(value)


@given(st.integers(0, 400 * 3600 * 1000))
def test_a_written_time_reads_back(ms: int) -> None:
    assert chapters.parse_time(chapters.format_time(ms, milliseconds=True)) == ms
    assert chapters.parse_time(chapters.format_time(ms)) == ms // 1000 * 1000


def test_a_right_outline_has_no_flaws() -> None:
    assert chapters.flaws(outline((0, "Eins"), (60_000, "Zwei")), 61_000) == []


def test_every_flaw_is_found_at_its_chapter() -> None:
    wrong = outline((0, "Eins"), (50_000, "Zwei"), (40_000, "Drei"), (40_000, " "), (90_000, "Fünf"), (-1, "Sechs"))
    found = chapters.flaws(wrong, 90_000)
    assert [(flaw.position, flaw.message) for flaw in found] == [
        (2, 'Chapter 3 "Drei" starts at 00:00:40, before "Zwei" at 00:00:50.'),
        (3, "Chapter 4 (at 00:00:40) has no title."),
        (3, 'Chapter 4 " " starts at 00:00:40, when "Drei" does.'),
        (4, 'Chapter 5 "Fünf" starts at 00:01:30, but the audio ends at 00:01:30.'),
        (5, 'Chapter 6 "Sechs" starts before the audio.'),
        (5, 'Chapter 6 "Sechs" starts at 00:00:00, before "Fünf" at 00:01:30.'),
    ]
    assert all(flaw.hint.endswith(".") for flaw in found)


def test_more_chapters_than_a_file_can_hold_are_a_flaw() -> None:
    many = [(n * 1000, f"K{n}") for n in range(256)]
    assert [flaw.position for flaw in chapters.flaws(outline(*many), 1_000_000)] == [255]
    assert chapters.flaws(outline(*many[:255]), 1_000_000) == []


def test_a_chapter_ends_where_the_next_one_starts_and_the_last_with_the_audio() -> None:
    assert chapters.ends(outline((0, "A"), (5, "B")), 9) == (5, 9)
    assert chapters.ends((), 9) == ()


def test_chapters_move_with_the_audio_and_the_first_stays_at_its_start() -> None:
    marks = outline((0, "A"), (5000, "B"), (9000, "C"))
    assert [c.start_ms for c in chapters.shift(marks, -1500, 8000)] == [0, 3500, 7500]
    assert [c.start_ms for c in chapters.shift(marks, 2000, 12_000)] == [0, 7000, 11_000]


def test_no_chapter_is_lost_when_the_head_or_the_tail_is_cut() -> None:
    marks = outline((0, "A"), (500, "B"), (900, "C"), (7000, "D"), (7500, "E"))
    moved = chapters.shift(marks, -1000, 5000)
    assert [c.start_ms for c in moved] == [0, 1, 2, 4998, 4999]
    assert [c.title for c in moved] == list("ABCDE")


@given(
    st.lists(st.integers(0, 100_000), max_size=30, unique=True).map(sorted),
    st.integers(-100_000, 100_000),
    st.integers(31, 200_000),
)
def test_shifted_chapters_are_always_right(starts: list[int], by_ms: int, duration_ms: int) -> None:
    moved = chapters.shift(outline(*((start, "X") for start in starts)), by_ms, duration_ms)
    assert len(moved) == len(starts)
    assert chapters.flaws(moved, duration_ms) == []


def test_the_json_has_what_the_format_asks_for_and_the_same_bytes_each_time() -> None:
    marks = (
        Chapter(start_ms=0, title='Über "uns" </script>'),
        Chapter(start_ms=90_250, title="Zwei", url="https://example.org/?a=1&b=2", image=IMAGE),
    )
    data = chapters.to_json(marks, lambda asset: f"https://example.org/{asset.key}")
    assert json.loads(data) == {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0, "title": 'Über "uns" </script>'},
            {
                "startTime": 90.25,
                "title": "Zwei",
                "img": "https://example.org/assets/abc.jpg",
                "url": "https://example.org/?a=1&b=2",
            },
        ],
    }
    assert data == chapters.to_json(marks, lambda asset: f"https://example.org/{asset.key}")
    assert "Über".encode() in data


def test_timestamps_are_lines_of_hours_minutes_seconds_and_title() -> None:
    assert chapters.timestamps(outline((0, "Start"), (3_723_999, "Ende"))) == ["00:00:00 Start", "01:02:03 Ende"]
