"""Moments in words, in the show's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sendung.cli.output import count


def date_words(moment: datetime, zone: ZoneInfo) -> str:
    """Friday, 20 November 2026, 06:00 (Europe/Berlin)."""
    local = moment.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({zone.key})"


def short_words(moment: datetime, zone: ZoneInfo) -> str:
    """2026-11-20 06:00, as a host writes it in episode.yaml."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def distance(span: timedelta) -> str:
    """How long it is, either way, in the largest unit that says enough: 3 hours, 2 days."""
    minutes = max(round(abs(span.total_seconds()) / 60), 1)
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= 2 * size:
            return count(minutes // size, unit)
    return count(minutes, "minute")
