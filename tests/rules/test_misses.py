"""Feeds whose mistake `check` once did not see, and one that it saw a mistake in where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung import rules
from sendung.feed.reader import read

FOLDER = Path(__file__).parent / "misses"
MISSES = {
    "baddate": [("apple-date", "“Wed, 31 Feb 2024 06:00:00 +0000” is no day or time that there is.")],
    "zone": [("apple-date", "“Tue, 02 Jan 2024 06:00:00 IST” names the zone IST, which RFC 2822 does not know; "
                            "apps take it for UTC.")],
    "space": [("rss-uri", "<enclosure> has a space in “https://cdn.example.com/mit leer.mp3”.")],
    "twoenc": [("rss-one-enclosure", "“Folge Nummer 1 vom Kanal” has more than one enclosure.")],
    "twoguid": [("rss-one-guid", "“Folge Nummer 1 vom Kanal” has a second GUID, “b”.")],
    "inline": [("apple-html", "Apple does not show br in <description>."),
               ("apple-cdata", "<description> holds HTML outside of a CDATA section."),
               ("rss-markup", "<description> holds markup that is not escaped.")],
    "lowerday": [],
}  # fmt: skip


@pytest.mark.parametrize(("name", "findings"), MISSES.items())
def test_what_was_missed_is_found(name: str, findings: list[tuple[str, str]]) -> None:
    feed = read((FOLDER / f"{name}.xml").read_bytes())
    assert [(finding.rule, finding.message) for finding in rules.check(feed)] == findings


def test_a_wrong_weekday_is_found() -> None:
    feed = (FOLDER / "lowerday.xml").read_bytes().replace(b"tue, 2", b"Mon, 2")
    assert [finding.message for finding in rules.check(read(feed))] == [
        "“Mon, 2 jan 2024 06:00:00 +0000” was a Tue, not a Mon."
    ]
