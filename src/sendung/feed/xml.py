"""Markup whose values can never break it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from sendung.notes import printable

_HARMLESS = re.compile("[!#-%(-;=?-~]*").fullmatch


@lru_cache(maxsize=4096)
def quote(text: str) -> str:
    """A value as markup, for an element or an attribute: one line without characters that XML forbids, escaped."""
    return text if _HARMLESS(text) else escape(line(text))


def optional(name: str, value: str | int | None) -> str:
    """An attribute with a space before it, or nothing if there is no value."""
    return f' {name}="{quote(str(value))}"' if value else ""


def line(text: str) -> str:
    """One line: printable, with single spaces and none at the edges (Apple warns of white space there)."""
    return " ".join(printable(text).split())


def rfc2822(moment: datetime) -> str:
    """An aware time as RSS wants it (RFC 2822 section 3.3), in UTC, whatever the locale."""
    return format_datetime(moment.astimezone(UTC))
