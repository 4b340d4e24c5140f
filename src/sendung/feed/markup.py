"""Markup whose values can never break it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from sendung.media.notes import printable

_WORD = "[!#-%(-;=?-~\u00a1-\u167f]+"
"""Characters from which the commonest texts are made: neither to be escaped, nor white space, nor forbidden."""
_HARMLESS = re.compile(f"(?:{_WORD}+(?: {_WORD}+)*+)?").fullmatch


@lru_cache(maxsize=4096)
def quote(text: str) -> str:
    """A value as markup, for an element or an attribute: one line without characters that XML forbids, escaped."""
    return text if _HARMLESS(text) else escape(_join_lines(text))


def optional(name: str, value: str | int | None) -> str:
    """An attribute with a space before it, or nothing if there is no value."""
    return f' {name}="{quote(str(value))}"' if value else ""


def line(text: str) -> str:
    """One line: printable, with single spaces and none at the edges (Apple warns of white space there)."""
    return text if _HARMLESS(text) else _join_lines(text)


def _join_lines(text: str) -> str:
    return " ".join(printable(text).split())


@lru_cache(maxsize=4096)
def clock(milliseconds: int) -> str:
    """A time within an episode as HH:MM:SS."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def rfc2822(moment: datetime) -> str:
    """An aware time as RSS wants it (RFC 2822 section 3.3), in UTC, whatever the locale."""
    # With usegmt, the standard library does not ask the zone for its offset, which takes as long as all the rest.
    return format_datetime(moment.astimezone(UTC), usegmt=True).replace("GMT", "+0000")
