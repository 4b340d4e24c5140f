"""Dates of feeds: what each form means, what cannot be known, and that nothing is read as another moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_datetime as format_in
from hypothesis import given, settings
from hypothesis import strategies as st

from sendung.feed.dates import read_date
from sendung.feed.zones import offset_of

BERLIN = ZoneInfo("Europe/Berlin")
READ = {
    # As RSS asks for, and as its neighbours.
    "Wed, 05 Mar 2025 06:00:00 +0100": "2025-03-05T05:00:00",
    "5 Mar 2025 06:00 EST": "2025-03-05T11:00:00",
    "10 Jan 2024 10:10 GMT": "2024-01-10T10:10:00",
    "Wed,10 Jan 2024 06:00:00 GMT": "2024-01-10T06:00:00",
    "wed, 10 jan 2024 06:00:00 gmt": "2024-01-10T06:00:00",
    "Wednesday, 05-Mar-25 06:00:00 GMT": "2025-03-05T06:00:00",
    "Thu, 5 Mar 98 6:00:00 -0800": "1998-03-05T14:00:00",
    "Wed, 10 Jan 124 06:00:00 GMT": "2024-01-10T06:00:00",
    "Friday 06 November 2020": "2020-11-05T23:00:00",
    "Mon, 16th Nov 2020 13:16:28 GMT": "2020-11-16T13:16:28",
    "26 Sep 2022 GMT": "2022-09-26T00:00:00",
    "Wed, 10 Jan 2024 06.00.00 GMT": "2024-01-10T06:00:00",
    "  Wed,\n 05 Mar 2025   06:00:00 Z": "2025-03-05T06:00:00",
    "Tue, 31 Dec 2024 24:00:00 GMT": "2025-01-01T00:00:00",
    "Tue, 31 Dec 2024 23:59:60 GMT": "2024-12-31T23:59:59",
    # Zones.
    "Sat, 05 Jul 2025 06:00:00": "2025-07-05T04:00:00",
    "Sat, 05 Jul 2025 06:00:00 CEST": "2025-07-05T04:00:00",
    "Sat, 05 Jul 2025 06:00:00 MESZ": "2025-07-05T04:00:00",
    "Wed, 10 Jan 2024 06:00:00 SGT": "2024-01-09T22:00:00",
    "Tue 16 Feb 2016, 23:16:00 EDT": "2016-02-17T03:16:00",
    "Fri, 31 Mar 2023 20:19:00 America/Los_Angeles": "2023-04-01T03:19:00",
    "Wed, 10 Jan 2024 06:00 Europe/Berlin": "2024-01-10T05:00:00",
    "Wed, 05 Mar 2025 06:00:00 +01:00": "2025-03-05T05:00:00",
    "Wed, 05 Mar 2025 06:00:00 +1": "2025-03-05T05:00:00",
    "Wed, 05 Mar 2025 06:00:00 GMT+0100": "2025-03-05T05:00:00",
    "Wed, 10 Jan 2024 06:00:00 GMT-5": "2024-01-10T11:00:00",
    "Wed, 05 Mar 2025 06:00:00 -0000": "2025-03-05T06:00:00",
    "Wed, 05 Mar 2025 06:00:00 +0100 (CET)": "2025-03-05T05:00:00",
    "Wed, 10 Jan 2024 06:00:00 +0000 GMT": "2024-01-10T06:00:00",
    "Wed, 10 Jan 2024 06:00:00 +0100 MEZ": "2024-01-10T05:00:00",
    # The month first, and halves of the day.
    "March 5, 2024 6:00 PM PST": "2024-03-06T02:00:00",
    "Mar 5, 2024 12:10 am GMT": "2024-03-05T00:10:00",
    "Jan 10th, 2024 at 6:00 a.m. EST": "2024-01-10T11:00:00",
    "Friday, December 22, 2017 - 3:09pm": "2017-12-22T14:09:00",
    "Wed, 10 Jan 2024 6:00:00 PM GMT": "2024-01-10T18:00:00",
    # As asctime and Java write it, and web servers.
    "Tue Mar  5 06:00:00 2024": "2024-03-05T05:00:00",
    "Tue Mar  5 06:00:00 CET 2024": "2024-03-05T05:00:00",
    "Wed Jan 10 06:00:00 +0300 2024": "2024-01-10T03:00:00",
    "10/Jan/2024:06:00:00 +0100": "2024-01-10T05:00:00",
    # German and French.
    "Mi, 05 Mär 2025 06:00:00 +0100": "2025-03-05T05:00:00",
    "Do., 5. Dezember 2024 um 06:00": "2024-12-05T05:00:00",
    "Mittwoch, 10. Januar 2024 um 06:00 Uhr": "2024-01-10T05:00:00",
    "Sa, 04 Jän 2025 12:00:00": "2025-01-04T11:00:00",
    "mer, 9 avr 2018 00:00:00 +0200": "2018-04-08T22:00:00",
    "mar. 9 avril 2018 à 10:00": "2018-04-09T08:00:00",
    "jeu., 02 avril 2020 00:00:00 +0200": "2020-04-01T22:00:00",
    "1er février 2024 06:00": "2024-02-01T05:00:00",
    # ISO 8601 and numbers.
    "2025-03-05T06:00:00Z": "2025-03-05T06:00:00",
    "2024-01-10T06:00Z": "2024-01-10T06:00:00",
    "2025-03-05 06:00:00 +0100": "2025-03-05T05:00:00",
    "2024-01-10 20:19:00 UTC": "2024-01-10T20:19:00",
    "2020-11-08T16:20:00-05:00Z": "2020-11-08T21:20:00",
    "2024-01-10T06:00:00.250+01:00": "2024-01-10T05:00:00.250000",
    "20240110T060000Z": "2024-01-10T06:00:00",
    "2025-03-05": "2025-03-04T23:00:00",
    "10.01.2024 06:00": "2024-01-10T05:00:00",
    "10.1.24": "2024-01-09T23:00:00",
    "2024/01/10 06:00": "2024-01-10T05:00:00",
    "13/03/2025 10:00": "2025-03-13T09:00:00",
}
UNREAD = [
    *("", "Invalid Date", "yesterday", "31 Feb 2025 10:00 GMT", "2025-13-01", "5 Foo 2025 10:00 GMT", "9" * 400),
    *("5 Mar 2025 10:99 GMT", "Wed, 05 Mar 2025 06:00:00 +9900", "5 Mar", "March 2024", "12:30", "2024-02-30"),
    # Whether the day or the month is first, or which number is the year.
    *("05/03/2025 10:00", "05-03-2025", "01-02-03", "24-01-10"),
    # What databases write for nothing: never 2001, never 2024.
    *("0000-00-00 00:00:00", "Mon, 30 Nov -0001 00:00:00 +0000", "-0001-11-30T00:00:00+00:00", "0001-01-01T00:00:00Z"),
    *("Mon, 01 Jan 0001 00:00:00 +0000", "Sat, 13 Jan 0024 06:00:00 +0100", "Sat, 13 Jan 1900 00:00:00 Z"),
    *("Sat, 30 Dec 1899 00:00:00 GMT", "Fri, 01 Jan 1904 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 +0000"),
]


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_dates_are_read_in_every_form(text: str, meant: str) -> None:
    date = read_date(text, BERLIN)
    assert date.moment == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert date.remark == ""


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_no_date_or_has_two_readings_is_not_read_and_says_why(text: str) -> None:
    date = read_date(text, BERLIN)
    assert date.moment is None
    assert date.remark


@pytest.mark.parametrize("name", ["IST", "XYZ", "A", "Mars/Olympus"])
def test_an_unknown_zone_is_utc_and_that_is_said(name: str) -> None:
    date = read_date(f"Wed, 10 Jan 2024 06:00:00 {name}", BERLIN)
    assert date.moment == datetime(2024, 1, 10, 6, tzinfo=UTC)
    assert name.lower() in date.remark.lower()
    assert "taken for UTC" in date.remark


def test_seconds_since_1970_are_read_and_that_is_said() -> None:
    date = read_date("1704866400", BERLIN)
    assert date.moment == datetime(2024, 1, 10, 6, tzinfo=UTC)
    assert date.remark


def test_zones_are_those_of_rfc_2822_and_of_one_meaning() -> None:
    assert offset_of("pdt") == timedelta(hours=-7)
    assert offset_of("MESZ") == timedelta(hours=2)
    assert offset_of("IST") is None


MOMENTS = st.integers(31_536_000, 7_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))) | st.just(
    timezone(timedelta(hours=5.75))
)


@settings(deadline=None)
@given(MOMENTS, ZONES)
def test_every_moment_is_read_back_from_each_usual_form(moment: datetime, zone: timezone) -> None:
    local = moment.astimezone(zone)
    forms = [
        format_datetime(local),
        local.isoformat(),
        local.isoformat(" "),
        local.strftime("%d.%m.%Y %H:%M:%S %z"),
        local.strftime("%Y/%m/%d %H:%M:%S%z"),
        local.strftime("%d/%b/%Y:%H:%M:%S %z"),
        local.strftime("%a %b %d %H:%M:%S %z %Y"),
        local.strftime("%B %d, %Y %I:%M:%S %p %z"),
        *(
            format_in(local, pattern, locale=language)
            for language in ("de", "en", "fr", "es", "it", "nl", "sv")
            for pattern in ("EEE, d MMM yyyy HH:mm:ss Z", "EEEE, d. MMMM yyyy HH:mm:ss xxx")
        ),
    ]
    assert {form: read_date(form, BERLIN).moment for form in forms} == dict.fromkeys(forms, moment)


WORDS = st.sampled_from(["Mon,", "5", "31", "Feb", "mar", "2024", "0001", "10:00", "+0100", "CET", "pm", "-", "T", "."])


@settings(deadline=None)
@given(st.text(max_size=40) | st.lists(WORDS, max_size=8).map(" ".join) | st.lists(WORDS, max_size=8).map("".join))
def test_no_text_is_more_than_a_date_or_a_reason(text: str) -> None:
    date = read_date(text, BERLIN)
    assert (date.moment is None) <= bool(date.remark)
    assert date.moment is None or 1970 <= date.moment.year < 2201
