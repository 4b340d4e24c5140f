"""What counts, rule by rule, with the guidelines' own example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sendung.listening.engine import first_row
from sendung.listening.rules import CROWD, WORDS, Reason, audio_file
from tests.listening.counting import HEAD, MINUTE, SIZE, caddy, count_lines, make_plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOON = "2026-10-20T12:00:00+02:00"


def test_the_guidelines_table_of_windows(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    """Section 5.5.1, "Example", the column "Calendar": 1, 1, 0, 1."""
    requests = ["2026-10-19T22:00:00", "2026-10-20T03:00:00", "2026-10-20T22:15:00", "2026-10-21T23:15:00"]
    for number, expected in enumerate((1, 2, 2, 3), 1):
        told = count_lines(engine, tmp_path, [caddy(f"{at}+02:00") for at in requests[:number]])
        assert told.downloads == expected
    assert told.days == {"2026-10-19": 1, "2026-10-20": 1, "2026-10-21": 1}


def test_ten_downloads_by_six_agents_behind_one_address_are_six(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    """Section 5.5.4, scenario 1."""
    lines = [caddy(NOON, User_Agent=f"App/{number % 6}") for number in range(10)]
    assert count_lines(engine, tmp_path, lines).downloads == 6


def test_play_pause_play_is_one(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    """Section 5.5.4, scenario 2."""
    half = SIZE // 2
    lines = [
        caddy(NOON, span=f"bytes=0-{half}", status=206, size=half + 1),
        caddy("2026-10-20T13:00:00+02:00", span=f"bytes={half}-", status=206, size=SIZE - half),
    ]
    told = count_lines(engine, tmp_path, lines)
    assert told.reasons == {"counted": 1, "again": 1}


@pytest.mark.parametrize(
    ("spans", "counts"),
    [
        ([(0, HEAD + MINUTE)], True),
        ([(0, HEAD + MINUTE - 1)], False),
        ([(HEAD, MINUTE)], True),
        ([(5_000_000, MINUTE)], True),
        ([(SIZE - MINUTE, MINUTE)], True),
        ([(0, 500_000), (500_000, 560_000)], True),
        ([(0, 500_000), (500_000, 559_999)], False),
        ([(500_000, 560_000), (0, 500_000)], True),
        ([(0, 600_000)] * 5, False),
        ([(0, 600_000), (300_000, 600_000), (10_000_000, 159_999)], False),
        ([(0, 600_000), (300_000, 600_000), (10_000_000, 160_000)], True),
        ([(0, 600_000), (100_000, 100), (599_999, 460_001)], True),
        ([(0, 600_000), (100_000, 100), (599_999, 460_000)], False),
        ([(0, HEAD)] * 20, False),
    ],
)
def test_ranges_are_put_together_until_a_minute_behind_the_tags(
    engine: DuckDBPyConnection, tmp_path: Path, spans: list[tuple[int, int]], counts: bool
) -> None:
    lines = [caddy(NOON, span=f"bytes={start}-{start + size - 1}", status=206, size=size) for start, size in spans]
    told = count_lines(engine, tmp_path, lines)
    assert told.downloads == counts
    assert told.reasons.get("short", 0) == (0 if counts else len(spans))


def test_what_was_asked_for_and_not_sent_does_not_count(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    assert count_lines(engine, tmp_path, [caddy(NOON, span="bytes=0-", status=206, size=900_000)]).downloads == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (caddy(NOON, method="HEAD"), Reason.HEAD),
        (caddy(NOON, method="POST"), Reason.METHOD),
        (caddy(NOON, status=304, size=0), Reason.UNCHANGED),
        (caddy(NOON, status=404), Reason.STATUS),
        (caddy(NOON, status=416), Reason.STATUS),
        (caddy(NOON, span="bytes=0-1", status=206, size=2), Reason.PROBE),
        (caddy(NOON, Sec_Purpose="prefetch;prerender"), Reason.PREFETCH),
        (caddy(NOON, User_Agent="atc/1.0 watchOS/10.0 model/Watch6,6"), Reason.WATCH),
        (caddy(NOON, User_Agent="(null)/(null) watchOS/7.0 model/Watch"), Reason.WATCH),
        (caddy(NOON).replace("one-0123", "two-0123"), Reason.OTHER),
        (caddy("yesterday"), Reason.UNREADABLE),
        (caddy(NOON, address="somewhere"), Reason.UNREADABLE),
        (caddy(NOON), Reason.COUNTED),
        (caddy(NOON, User_Agent="Watch atc/1.0 watchOS"), Reason.COUNTED),
        (caddy(NOON, span="bytes=0-1,5-6", status=206, size=SIZE), Reason.COUNTED),
    ],
)
def test_each_line_has_its_reason(engine: DuckDBPyConnection, tmp_path: Path, line: str, reason: Reason) -> None:
    assert count_lines(engine, tmp_path, [line]).reasons == {reason: 1}


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


def test_ipv6_counts_by_its_first_half_and_mapped_ipv4_is_itself(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    same = ["2001:db8:1:2::1", "2001:DB8:1:2:9:8:7:6", "2001:db8:1:2:ffff::"]
    assert count_lines(engine, tmp_path, [caddy(NOON, address=address) for address in same]).downloads == 1
    other = [*same, "2001:db8:1:3::1", "192.0.2.1", "::ffff:192.0.2.1"]
    assert count_lines(engine, tmp_path, [caddy(NOON, address=address) for address in other]).downloads == 3


def test_an_address_with_too_many_downloads_is_not_believed(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    lines = [caddy(NOON, User_Agent=f"App/{number}") for number in range(CROWD + 1)]
    lines.append(caddy(NOON, address="192.0.2.8"))
    told = count_lines(engine, tmp_path, lines)
    assert told.reasons == {"crowd": CROWD + 1, "counted": 1}
    assert count_lines(engine, tmp_path, lines[1:]).downloads == CROWD + 1


@pytest.mark.parametrize(
    ("moments", "days"),
    [
        (["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z"], {"2026-10-24": 1, "2026-10-25": 1}),
        (["2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"], {"2026-10-25": 1}),  # 25 hours: the clock goes back
        (["2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"], {"2026-10-25": 1, "2026-10-26": 1}),
        (["2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z"], {"2026-03-29": 1}),  # 23 hours
        (["2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"], {"2026-03-29": 1, "2026-03-30": 1}),
    ],
)
def test_days_are_the_shows(
    engine: DuckDBPyConnection, tmp_path: Path, moments: list[str], days: dict[str, int]
) -> None:
    assert count_lines(engine, tmp_path, [caddy(moment) for moment in moments]).days == days


@pytest.mark.parametrize(
    ("address", "country"),
    [("192.0.2.9", "DE"), ("203.0.113.127", "AT"), ("203.0.113.128", ""), ("2001:db8:7::1", "CH")],
)
def test_countries_come_from_the_table(engine: DuckDBPyConnection, tmp_path: Path, address: str, country: str) -> None:
    assert count_lines(engine, tmp_path, [caddy(NOON, address=address)]).countries == {country: 1}


@pytest.mark.parametrize(
    ("referrer", "article"),
    [
        ("https://www.example.org/eins", ("https://www.example.org/eins", "de")),
        ("https://example.org/", ("https://www.example.org/eins", "de")),
        ("https://example.net/", ("https://www.example.org/eins", "en")),
        ("https://cdn.example.org/show/e/one/index.html", None),
        ("https://search.example/", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
    ],
)
def test_the_page_before_tells_the_article(
    engine: DuckDBPyConnection, tmp_path: Path, referrer: str, article: tuple[str, str] | None
) -> None:
    told = count_lines(engine, tmp_path, [caddy(NOON, Referer=referrer)])
    assert told.articles == ({article: 1} if article else {})


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("from=newsletter", ("newsletter", "")),
        ("a=1&from=en", ("https://www.example.org/eins", "en")),
        ("from=%22%3E", None),
        ("fromage=1", None),
    ],
)
def test_a_link_may_say_where_it_stands(
    engine: DuckDBPyConnection, tmp_path: Path, query: str, article: tuple[str, str] | None
) -> None:
    page = caddy(NOON, size=9_000).replace("audio/one-0123456789abcdef.mp3", f"e/one/index.html?{query}")
    told = count_lines(engine, tmp_path, [page, caddy("2026-10-20T12:00:09+02:00")])
    assert told.articles == ({article: 1} if article else {})
    assert told.reasons == {"page": 1, "counted": 1}


def test_since_and_until_take_whole_days(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    from datetime import date

    lines = [caddy(f"2026-10-{day}T23:30:00+02:00") for day in (19, 20, 21)]
    told = count_lines(engine, tmp_path, lines, make_plan(since=date(2026, 10, 20), until=date(2026, 10, 20)))
    assert told.days == {"2026-10-20": 1}
    assert told.reasons == {"counted": 1, "outside": 2}


def test_a_file_shorter_than_a_minute_takes_all_of_its_sound() -> None:
    short = audio_file("k", 0, 500_000, 30, 128_000)
    assert (short.head, short.minute) == (20_000, 480_000)
    whole = audio_file("k", 0, SIZE, 3000, 128_000)
    assert (whole.head, whole.minute) == (HEAD, MINUTE)


def test_the_engine_draws_nothing_on_stdout(engine: DuckDBPyConnection) -> None:
    """It would where Python looks interactive to it, as in this test, and what --json prints was no JSON."""
    assert first_row(engine, "SELECT current_setting('enable_progress_bar')") == (False,)
