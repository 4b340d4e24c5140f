"""Chapters that stand in text, a line each: a time and a title. In lists of their own, and in show notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sendung.core.model import Chapter
from sendung.core.text import clean
from sendung.media.chapters.times import parse_time

_TIME = r"\d+(?::\d+){1,2}(?:[.,]\d+)?"
_BULLET = r"(?:[-*+•]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__)?"
_LISTED = re.compile(
    rf"{_BULLET}(?P<open>[(\[])?(?P<start>-?{_TIME})(?:\s*(?:-->|→|-|–|—|to|bis)\s*{_TIME})?(?(open)[)\]])(?:\*\*|__)?"
    r"(?:\s*(?:[-–—|•:]|->|→)(?=\s)|(?=\s)|$)(?P<title> .*?)?(?: <(?P<url>[^<>\s]+)>)?"
)
"""The time first, with or without brackets, and what parts it from the title."""
_LISTED_LAST = re.compile(
    rf"{_BULLET}(?P<title>\S.*?)(?:\s+[-–—|•]\s+|\s+)(?P<open>[(\[])?(?P<start>{_TIME})(?(open)[)\]])(?:\*\*|__)?"
)
"""The title first."""
_NOTE_LINE = re.compile(
    r"\s{0,3}(?:[-*+]\s+)?(?:\*\*|__)?(?P<open>[(\[])?(?P<start>\d{1,3}(?::\d{2}){1,2})(?(open)[)\]])(?:\*\*|__)?"
    r"(?:\s*[-–—:|]\s+|\s+)(?P<title>\S.*)"
)
_LINK = re.compile(r"\[(?P<title>[^\[\]]+)\]\(<?(?P<url>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)


class WrittenChapter(NamedTuple):
    """One chapter as a file has it: the number of its line (0 where that is not known), the time as written."""

    line: int
    start: str | float
    title: str
    url: str | None = None
    image: str | None = None
    silent: bool = False
    """Whether the file says that it is in no list (`toc` of JSON)."""
    heading: bool = False
    """Whether this is a line of words above the first chapter."""


class LocatedChapter(NamedTuple):
    """A chapter, and where its file has it."""

    chapter: Chapter
    line: int
    """From 1; 0 where that is not known."""
    image: str | None = None
    """The picture that the file names, as written there."""


def read_list(text: str) -> Iterator[WrittenChapter]:
    """Time, title, and a link in angle brackets (Auphonic help, "Chapter Marks"; mp4chaps(1)), and YouTube's lists."""
    above = True
    for number, line in lines_of(text):
        words = clean(line)
        match = _LISTED.fullmatch(words) or _LISTED_LAST.fullmatch(words)
        if match:
            above = False
            title, url = _linked((match["title"] or "").strip().removesuffix("**").strip())
            yield WrittenChapter(number, match["start"], title, match.groupdict().get("url") or url)
        else:
            yield WrittenChapter(number, words, "", heading=above and not re.search(r"\d:\d", words))


def from_notes(markdown: str) -> tuple[LocatedChapter, ...]:
    """The chapters listed in show notes: lines of a time and a title, the first at 00:00, in the order of the lines.

    "00:00 Title", "- 1:02:03 – Title" and "(12:30) [Title](https://…)" all count; nothing inside a code block does.
    Lines with times are no chapters unless there are two and the first says 00:00 (the rule of Spotify and YouTube).
    """
    return tuple(LocatedChapter(_note_chapter(match), index + 1) for index, match in _note_lines(markdown).items())


def without_chapters(markdown: str) -> str:
    """Show notes without the lines that `from_notes` takes for chapters, for where the chapters are listed anyway."""
    taken = _note_lines(markdown)
    return "\n".join(line for number, line in enumerate(markdown.split("\n")) if number not in taken)


def web_address(url: object) -> str | None:
    """A link as chapters have it; None for anything but a web address."""
    return clean(url) if isinstance(url, str) and _WEB.fullmatch(clean(url)) else None


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, each with its number."""
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _linked(title: str) -> tuple[str, str | None]:
    """A title without Markdown's links, and where the first of them leads."""
    link = _LINK.search(title)
    return _LINK.sub(lambda match: match["title"], title), link["url"] if link else None


def _note_lines(markdown: str) -> dict[int, re.Match[str]]:
    """The lines of the notes (by index) that list chapters; none if they do not start at zero or are alone."""
    listed: dict[int, re.Match[str]] = {}
    fenced = False
    for number, line in enumerate(markdown.split("\n")):
        fenced ^= bool(_FENCE.match(line))
        match = None if fenced else _NOTE_LINE.fullmatch(line)
        if match and _time_or_none(match["start"]) is not None:
            listed[number] = match
    starts = [_time_or_none(match["start"]) for match in listed.values()]
    return listed if len(starts) > 1 and starts[0] == 0 else {}


def _note_chapter(match: re.Match[str]) -> Chapter:
    title, url = _linked(match["title"])
    return Chapter(start_ms=parse_time(match["start"]), title=clean(title), url=web_address(url))


def _time_or_none(value: str) -> int | None:
    try:
        return parse_time(value)
    except ValueError:
        return None
