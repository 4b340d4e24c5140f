"""Moments in words, in the show's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sendung.cli.output import count
from sendung.core.words import say, told

_WEEKDAYS = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)
_MONTHS = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)


def date_words(moment: datetime, zone: ZoneInfo) -> str:
    """Friday, 20 November 2026, 06:00 (Europe/Berlin)."""
    local = moment.astimezone(zone)
    return told(
        "{weekday}, {local.day} {month} {local:%Y, %H:%M} ({zone})",
        local=local,
        weekday=_WEEKDAYS[local.weekday()],
        month=_MONTHS[local.month - 1],
        zone=zone.key,
    )


def short_words(moment: datetime, zone: ZoneInfo) -> str:
    """2026-11-20 06:00, as a host writes it in episode.yaml; in German 20.11.2026 06:00."""
    return told("{moment:%Y-%m-%d %H:%M}", moment=moment.astimezone(zone))


def distance(span: timedelta) -> str:
    """How long it is, either way, in the largest unit that says enough: 3 hours, 2 days."""
    minutes = max(round(abs(span.total_seconds()) / 60), 1)
    if minutes >= 2 * 24 * 60:
        return count(minutes // (24 * 60), "day")
    return count(minutes // 60, "hour") if minutes >= 2 * 60 else count(minutes, "minute")
