"""Dates of feeds, in all the ways they occur. RFC 2822 is what RSS asks for, but not what every host writes.

A date is taken apart here: its zone and the words of a language; day, month, year and time are python-dateutil's. What
has two readings, or is no day that there ever was a podcast on, is not read, and the remark says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_day_names, get_month_names
from dateutil import parser

from sendung.core.words import say
from sendung.feed.zones import RFC_2822, offset_of

_LANGUAGES = ("en", "de", "de_AT", "fr", "es", "it", "pt", "nl", "da", "sv", "nb")
_MORE_MONTHS = {"mrz": 3, "maerz": 3, "mae": 3, "sept": 9}
"""Beside those of CLDR."""
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FILLERS = {
    "um",
    "at",
    "on",
    "uhr",
    "den",
    "der",
    "am",
    "the",
    "of",
    "de",
    "del",
    "di",
    "le",
    "a",
    "om",
    "kl",
    "klokken",
}
"""Words between the parts of a date. "am" is none after a time, where it is a half of the day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What a zero becomes in many a database."""
_YEARS = range(1970, 2200)

_AREA = r"(?P<area>[a-z]+(?:/[a-z_+-]+){1,2})"
_OFFSET = r"(?:(?:gmt|utc?)\s*)?(?P<offset>[+-](?:\d{1,2}:?\d{2}|\d{1,2}))(?:\s*[a-z]{1,5})?"
_NAME = r"(?P<name>(?![ap]m\b)[a-z]{1,5})"
_COMMENT = r"(?:\s*\([^)]*\))?"
_CLOCK = r"(?P<rest>.*?\d[.:]\d\d(?:[.:,]\d+)*(?:\s*[ap]m)?)"
_ZONED = re.compile(rf"{_CLOCK}(?:\s*{_OFFSET}|\s+{_AREA}|\s*{_NAME}){_COMMENT}")
_ZONED_DAY = re.compile(rf"(?P<rest>.*\d)\s+(?:(?P<offset>[+]\d\d:?\d\d)|{_AREA}|{_NAME}){_COMMENT}")
_LOGGED = re.compile(r"(?<=\d{4}):(?=\d\d:\d\d)")
"""As web servers write it: 10/Jan/2024:06:00:00."""
_ZONE_BEFORE_YEAR = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?)\s+([a-z]{1,5}|[+-]\d{4})\s+(\d{4})$")
"""As date(1) and Java write it: Tue Mar  5 06:00:00 CET 2024."""
_HALF = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\.?(?![a-z])")
_DOTTED_CLOCK = re.compile(r"(?<=\s)(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?=$|\s*[ap]m)")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|°)\b|(?<=\d)\.(?=\s*[^\W\d])")
_WORD = re.compile(r"(?<![\w:])[^\W\d_]+\.?")
_NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?=$|[\s,t])")
_LAST_SECOND = re.compile(r"(:\d\d):60\b")
_MIDNIGHT = re.compile(r"(?<!\d)24:00(:00)?\b")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)t?(\d\d)(\d\d)(\d\d)?")
_NO_YEAR = re.compile(r"(?<![\d:.+])0\d{3}(?![\d:])")
_STRICT = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [12]\d{3} "
    r"\d\d:\d\d:\d\d (?:[+-](?:0\d|1[0-3])[0-5]\d|GMT)"
)
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")


_WANTED = re.compile(
    r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s*,\s*)?(?P<day>\d{1,2})\s+"
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(?P<year>\d{4})\s+"
    r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<zone>[+-]\d{4}|[A-Z]{1,5}))?",
    re.IGNORECASE,
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def fault_of(text: str) -> str:
    """What is wrong with a date for RSS (RFC 2822, section 3.3), as a predicate; empty if nothing is.

    Words may have any case: the grammar's do (RFC 2234, section 2.3).
    """
    match = _WANTED.fullmatch(text.strip())
    if not match:
        return "is no RFC 2822 date"
    try:
        return _weekday_fault(match) or _zone_fault(match["zone"] or "")
    except ValueError:
        return "is no day or time that there is"


def _weekday_fault(match: re.Match[str]) -> str:
    """Raises ValueError if there is no such day or time."""
    day, hour, minute, second = (int(match[name] or 0) for name in ("day", "hour", "minute", "second"))
    month = _ENGLISH.index(match["month"].lower()) + 1
    # A leap second is a time (RFC 2822, section 3.3).
    moment = datetime(int(match["year"]), month, day, hour, minute, second - (second == 60), tzinfo=UTC)
    weekday, written = _WEEKDAYS[moment.weekday()], match["weekday"]
    return (
        say("was a {capitalize}, not a {written}", capitalize=weekday.capitalize(), written=written)
        if written and written.lower() != weekday
        else ""
    )


def _zone_fault(zone: str) -> str:
    if zone.isalpha() and zone.upper() not in RFC_2822:
        return say("names the zone {zone}, which RFC 2822 does not know; apps take it for UTC", zone=zone)
    return "" if zone else "names no zone"


@dataclass(frozen=True)
class FeedDate:
    """What could be read of a date."""

    moment: datetime | None
    """In UTC; None if the date could not be read."""
    remark: str = ""
    """Why it could not be read, or what had to be assumed; part of a sentence. Empty if all was clear."""
    zoned: bool = True
    """Whether it names its zone."""


class _Unread(ValueError):
    """Why a date cannot be read."""


class _English(parser.parserinfo):
    """Years of two and three digits as RFC 2822 takes them (section 4.3)."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        if year < 100 and not century_specified:
            return year + (2000 if year < 50 else 1900)
        return year + 1900 if 100 <= year < 1000 else year


_PARSER = parser.parser(_English())


def read_date(text: str, zone: tzinfo) -> FeedDate:
    """The moment that a feed means; what names no zone is in `zone`, one that is unknown is UTC."""
    if strict := _rfc_2822(text):
        return FeedDate(strict)
    try:
        local, own_zone, remark = _read(" ".join(unicodedata.normalize("NFKC", text).lower().split()))
        moment = local.replace(tzinfo=own_zone or zone).astimezone(UTC)
    except _Unread as error:
        return FeedDate(None, str(error))
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        # dateutil's parser is not written for hostile text: it raises all of these.
        return FeedDate(None, "no such date can be read")
    if moment == _EPOCH or moment.year not in _YEARS:
        return FeedDate(None, say("there was no podcast in {year}", year=moment.year))
    return FeedDate(moment, remark, own_zone is not None)


def _rfc_2822(text: str) -> datetime | None:
    """The moment of a date that is as RSS asks for; most are."""
    if not _STRICT.fullmatch(text):
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" is UTC, of which the place is not known (RFC 2822, section 3.3); then the parser names no zone.
    moment = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return moment if moment.year in _YEARS and moment != _EPOCH else None


def _read(text: str) -> tuple[datetime, tzinfo | None, str]:
    """Day and time, the zone if one is named, and a remark. Raises ValueError and its like."""
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC), UTC, "taken for seconds since 1970"
    text = _COMPACT.sub(_expanded, _LOGGED.sub(" ", text))
    text = _ZONE_BEFORE_YEAR.sub(r"\3 \1 \2", _HALF.sub(r"\1m", text), count=1)
    text, zone, remark = _zoned(text)
    if no_year := _NO_YEAR.search(text):
        raise _Unread(say("{no_year} is no year", no_year=no_year[0]))
    day = timedelta(0)
    if _MIDNIGHT.search(text):
        text, day = _MIDNIGHT.sub("00:00:00", text), timedelta(days=1)
    text = _translated(_DOTTED_CLOCK.sub(_with_colons, _LAST_SECOND.sub(r"\1:59", text)))
    return _without_zone(text) + day, zone, remark


def _zoned(text: str) -> tuple[str, tzinfo | None, str]:
    """The date without its zone, that zone if it names one, and what had to be assumed of it."""
    match = _ZONED.fullmatch(text) or _ZONED_DAY.fullmatch(text)
    if not match or match["rest"].strip() == "" or _is_month(match["name"] or ""):
        return text, None, ""
    if match["offset"]:
        return match["rest"], _offset(match["offset"]), ""
    name = match["area"] or match["name"]
    if name == "uhr":
        return match["rest"], None, ""
    area, east = _areas().get(name), offset_of(name)
    if area is None and east is None:
        return (
            match["rest"],
            UTC,
            say("“{name}” is no zone with one meaning, so it was taken for UTC", name=name.upper()),
        )
    return match["rest"], ZoneInfo(area) if area else timezone(east or timedelta(0)), ""


def _offset(text: str) -> tzinfo:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise _Unread(say("no place is {text} from UTC", text=text))
    east = timedelta(hours=hours, minutes=minutes)
    return timezone(-east if text.startswith("-") else east)


@cache
def _areas() -> dict[str, str]:
    """Europe/Berlin and its like, by their names in lower case."""
    return {name.lower(): name for name in available_timezones() if "/" in name}


def _expanded(digits: re.Match[str]) -> str:
    return f"{'-'.join(digits.group(1, 2, 3))} {':'.join(part for part in digits.group(4, 5, 6) if part)}"


def _with_colons(clock: re.Match[str]) -> str:
    return ":".join(part for part in clock.groups() if part)


def _translated(text: str) -> str:
    """The date with English months, without days of the week, ordinals and fillers. Raises _Unread for other words."""
    text = _ORDINAL.sub("", text)
    words = [word for word in _WORD.findall(text) if _is_month(word)]
    skip = words[0] if len(words) > 1 and _plain(words[0]) in _weekdays() else None

    def english(match: re.Match[str]) -> str:
        nonlocal skip
        word = _plain(match[0])
        if match[0] == skip:
            skip = None
            return " "
        if month := _months().get(word):
            return f" {_ENGLISH[month - 1]} "
        if word in ("am", "pm") and match.start() and text[: match.start()].rstrip()[-1:].isdigit():
            return f" {word} "
        if word in _weekdays() or word in _FILLERS or word == "t":
            return " "
        raise _Unread(say("“{match}” is no word of a date", match=match[0][:40]))

    return " ".join(_WORD.sub(english, text).split()).strip(" ,-–")


def _without_zone(text: str) -> datetime:
    numeric = _NUMERIC.match(text)
    year_first = bool(re.match(r"\d{4}", text))
    if numeric and not year_first:
        _check_order(*numeric.groups())
    if re.search(r"[+]|:\s*-|–", text):
        raise _Unread("no such date can be read")
    results = {
        _PARSER.parse(text, default=default, dayfirst=not year_first, yearfirst=year_first, ignoretz=True)
        for default in (datetime(2000, 1, 1), datetime(2004, 2, 29))  # noqa: DTZ001 - its zone is set later
    }
    if len(results) > 1:
        raise _Unread("day, month or year is missing")
    return results.pop()


def _check_order(first: str, mark: str, second: str, year: str) -> None:
    """Numbers only: with dots the day is first, else it must be told by its size. Raises _Unread."""
    if len(year) != 4 and mark != ".":
        raise _Unread("what is year, month and day cannot be told")
    if mark != "." and first != second and int(first) <= 12 and int(second) <= 12:
        raise _Unread("whether the day or the month is first cannot be told")


def _is_month(word: str) -> bool:
    return _plain(word) in _months()


def _plain(word: str) -> str:
    """A word without its dot, and without accents."""
    kept = (c for c in unicodedata.normalize("NFD", word.rstrip(".")) if not unicodedata.combining(c))
    return "".join(kept)


@cache
def _months() -> dict[str, int]:
    names = {_plain(name): number for name, number in _named(get_month_names)}
    # German has May and Mai, but also its own short forms, which CLDR does not list.
    return names | _MORE_MONTHS


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(_plain(name) for name, _ in _named(get_day_names)) | {"tues", "thur", "thurs", "wednes"}


def _named(names: object) -> Iterator[tuple[str, int]]:
    """Every name in every language (Unicode CLDR, dates/calendars/gregorian), with its number."""
    for language in _LANGUAGES:
        for width in ("abbreviated", "wide"):
            for context in ("format", "stand-alone"):
                for number, name in names(width, context, language).items():  # type: ignore[operator]
                    yield name.lower(), number
