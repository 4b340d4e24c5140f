"""Dates of feeds, in all the ways they occur. RFC 2822 is what RSS asks for, but not what every host writes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from sendung.core.field_types import FIRST_YEAR, LAST_YEAR

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GERMAN = {"mär": 3, "mrz": 3, "mae": 3, "mai": 5, "okt": 10, "dez": 12, "jän": 1}
_EAST = {
    0: ("Z", "UT", "UTC", "GMT", "WET"),
    1: ("CET", "MEZ", "WEST", "BST"),
    2: ("CEST", "MESZ", "EET"),
    3: ("EEST", "MSK"),
    9: ("JST",),
    10: ("AEST",),
    11: ("AEDT",),
    -4: ("EDT",),
    -5: ("EST", "CDT"),
    -6: ("CST", "MDT"),
    -7: ("MST", "PDT"),
    -8: ("PST",),
}
_ZONES = {name: hours for hours, names in _EAST.items() for name in names}
"""Hours east of Greenwich: the names of RFC 2822 (section 4.3), and those of Europe and the far east."""
_DAY_FIRST = r"(?P<day>\d{1,2})\.?[\s-]+(?P<month>[^\W\d]{3,12})\.?[\s-]+(?P<year>\d{4}|\d{2})"
_MONTH_FIRST = r"(?P<month>[^\W\d]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?:(?:GMT|UTC)?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)|(?P<name>[A-Za-z]{1,5}))"
_REST = rf"(?:[\s,T]+(?:at\s+|um\s+)?{_TIME}(?:\s*{_ZONE})?(?:\s*\([^)]*\))?)?"
_FORMS = tuple(
    re.compile(rf"(?:[^\W\d]{{2,10}}\.?,?\s+)?{date}{_REST}", re.IGNORECASE) for date in (_DAY_FIRST, _MONTH_FIRST)
)


def parse_date(text: str, zone: tzinfo) -> datetime | None:
    """The moment that a feed means, aware; None if it cannot be read. What names no zone is in `zone`."""
    text = " ".join(text.split())
    try:
        moment = _iso(text) or _written(text)
        if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    """ISO 8601, as Atom and Dublin Core write it."""
    if not re.match(r"\d{4}-?\d{2}-?\d{2}", text):
        return None
    return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d|Z$)", "", text))


def _written(text: str) -> datetime | None:
    """With the month in letters, English or German."""
    found = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if not found or not (month := _month(found["month"])):
        return None
    year = int(found["year"])
    if year < 100:
        # RFC 2822, section 4.3: 00 to 49 are of this century.
        year += 2000 if year < 50 else 1900
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    day = datetime(year, month, int(found["day"]), tzinfo=_zone(found["offset"], found["name"]))
    if hour > 24 or int(found["minute"] or 0) > 59:
        return None
    return day + timedelta(hours=hour, minutes=int(found["minute"] or 0), seconds=min(int(found["second"] or 0), 59))


def _month(name: str) -> int | None:
    start = name.lower()[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _GERMAN.get(start)


def _zone(offset: str | None, name: str | None) -> tzinfo | None:
    if offset:
        digits = offset[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
        east = timedelta(hours=hours, minutes=minutes)
        return timezone(-east if offset.startswith("-") else east)
    hours_east = _ZONES.get((name or "").upper())
    return None if hours_east is None else timezone(timedelta(hours=hours_east))
