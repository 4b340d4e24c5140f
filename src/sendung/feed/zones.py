"""Names of time zones as feeds write them, and how far they are from Greenwich.

What has one meaning only. IST (India, Ireland, Israel) and single letters have several, so they stand for UTC, as RFC
2822 asks (section 4.3).
"""

from __future__ import annotations

from datetime import timedelta

RFC_2822 = {
    "UT": 0, "GMT": 0, "Z": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
"""Section 4.3, obs-zone: the only names that a feed's date may have. Hours."""

_EAST = {
    0: ("UTC", "WET"),
    1: ("CET", "WEST", "BST"),
    2: ("CEST", "EET", "SAST", "CAT"),
    3: ("EEST", "MSK", "EAT"),
    4: ("MSD",),
    5: ("PKT",),
    7: ("ICT", "WIB"),
    8: ("HKT", "SGT", "PHT", "AWST", "WITA"),
    9: ("JST", "KST", "WIT"),
    9.5: ("ACST",),
    10: ("AEST",),
    10.5: ("ACDT",),
    11: ("AEDT",),
    12: ("NZST",),
    13: ("NZDT",),
    -2: ("BRST",),
    -3: ("ADT", "ART", "BRT", "CLST"),
    -4: ("CLT",),
    -5: ("COT", "PET"),
    -8: ("AKDT",),
    -9: ("AKST",),
    -10: ("HST",),
}
"""IANA time zone database, releases until 2016, which still had these abbreviations; BST as Europe/London has it."""

_GERMAN = {"MEZ": 1, "MESZ": 2}
"""Einheiten- und Zeitgesetz, sections 4 and 5."""

_HOURS = {name: hours for hours, names in _EAST.items() for name in names} | RFC_2822 | _GERMAN


def offset_of(name: str) -> timedelta | None:
    """East of Greenwich; None for a name that is not known, or means several zones."""
    hours = _HOURS.get(name.upper())
    return None if hours is None else timedelta(hours=hours)
