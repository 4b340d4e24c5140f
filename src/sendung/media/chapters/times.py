"""Points in time, as hosts write them and as formats want them. Inside the process they are whole milliseconds."""

from __future__ import annotations

import math
import re

from sendung.core.words import say

_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,9}))?", re.ASCII)
_EXPECTED = 'write it as minutes:seconds ("1:30"), hours:minutes:seconds ("1:02:03.5") or seconds (90)'


def parse_time(value: str | float) -> int:
    """Milliseconds of "1:30", "00:01:30", "1:02:03.5", "90", 90 or 90.5 (numbers are seconds).

    Minutes may pass 59 when no hours are given ("75:00"). Raises ValueError with a sentence that says what to write.
    """
    if isinstance(value, str):
        return _parse_clock(value)
    if isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(say("{value} is not a time: {expected}.", value=value, expected=_EXPECTED))
    if value < 0:
        raise ValueError(say("{value} is before the start: {expected}.", value=value, expected=_EXPECTED))
    return round(value * 1000)


def format_time(ms: int, *, milliseconds: bool = False) -> str:
    """Hours, minutes, seconds: "00:01:30", or "00:01:30.250" with milliseconds. Cut, so a jump is never late."""
    seconds, rest = divmod(ms, 1000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{clock}.{rest:03}" if milliseconds else clock


def _parse_clock(value: str) -> int:
    match = _CLOCK.fullmatch(value.strip())
    if match is None:
        raise ValueError(say('"{value}" is not a time: {expected}.', value=value, expected=_EXPECTED))
    hours, minutes, seconds, fraction = match.groups()
    if (minutes and int(seconds) > 59) or (hours and int(minutes) > 59):
        raise ValueError(say('"{value}" is not a time: minutes and seconds go from 0 to 59.', value=value))
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + round(int((fraction or "0").ljust(9, "0")) / 1_000_000)
