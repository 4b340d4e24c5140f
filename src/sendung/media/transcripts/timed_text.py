"""Text for readers with times in it, as Otter, Descript, Riverside and others export it; and text without any.

There is no standard. A time begins what is said, on a line of its own, before a name, or behind it:

    Sven Kramer  0:00          [00:00:00] Sven Kramer: Guten Tag.          Sven Kramer (00:00.123)
    Guten Tag.                                                             Guten Tag.

A file keeps to one way of writing them: a line of the text that only begins or ends with a time is told by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sendung.core.errors import Severity
from sendung.core.text import clean
from sendung.core.words import say
from sendung.media.chapters import parse_time
from sendung.media.transcripts.labels import is_name
from sendung.media.transcripts.passages import Mistake, Parts, Passage, remark

_CLOCK = r"\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?"
_SPAN = rf"(?P<start>{_CLOCK})(?:\s*(?:-->|->|→|–|—|-|to|bis)\s*(?P<end>{_CLOCK}))?"
_OPEN, _CLOSE = r"(?:\*\*)?(?P<open>[\[(<{])?\s*", r"\s*(?(open)[\])>}])(?:\*\*)?"
_FIRST = re.compile(rf"{_OPEN}{_SPAN}{_CLOSE}(?:\s*[-–—|:]\s+|\s+|$)(?P<text>.*)")
"""A time, then a name or what is said, or nothing."""
_LAST = re.compile(rf"(?P<name>[^:]{{1,80}}?):?(?P<gap>[\s,]+)(?:[-–—|]\s+)?{_OPEN}{_SPAN}{_CLOSE}\s*:?")
"""A name, then a time."""
_BETWEEN = re.compile(
    rf"(?P<name>[^:]{{1,80}}?):?\s+(?:\*\*)?(?P<open>[\[(])\s*{_SPAN}\s*[\])](?:\*\*)?\s*:?\s+(?P<text>\S.*)"
)
"""A name, a time in brackets, and what is said."""
_STRAY = re.compile(rf"[\[(#<]\s*{_CLOCK}(?:-\d)?\s*[\])#>]|(?<!\d)\d{{1,2}}:\d{{2}}:\d{{2}}(?!\d)")
"""A time in the midst of text, in brackets or to the second; #00:01:02-3# is how f4transkript writes it."""
_FOOTER = re.compile(r"(?:Transcribed by|Transcript(?:ion)? by|Created with|Erstellt mit)\b.*", re.IGNORECASE)
_HEADING_LINES = 5
"""Lines of a title, a date and so on that may stand above the first time."""


class _Stamp(NamedTuple):
    """A line with a time, taken apart."""

    way: tuple[int, bool]
    """Where the time stands, and whether in brackets."""
    start_ms: int
    end_ms: int | None
    text: str
    """A name and a colon, what is said, both or nothing."""


def is_timed_text(text: str) -> bool:
    """Whether text has times of its own: two lines with one at least, or one at the beginning of the first."""
    stamps = _stamps(text)
    above = [line for line in text.split("\n")[: min(stamps, default=0)] if line.strip()]
    at_once = not above and any(stamp.way[0] == 0 for stamp in stamps.values())
    return len(above) <= _HEADING_LINES and (len(stamps) > 1 or at_once)


def read_timed_text(text: str) -> Parts:
    """The passages of text with times; a passage goes on until the next time."""
    parts = list(_stamped(text))
    passages = [part for part in parts if isinstance(part, Passage)]
    named = sum(_is_headed(passage) for passage in passages)
    headed = len(passages) > 1 and named * 10 >= len(passages) * 9
    return [_with_label(part) if headed and isinstance(part, Passage) else part for part in parts]


def _is_headed(passage: Passage) -> bool:
    """Whether the first line of a passage may be the name of whoever speaks: text as a rule does not look like that."""
    return len(passage.lines) > 1 and ":" not in passage.lines[0] and is_name(passage.lines[0])


def _with_label(passage: Passage) -> Passage:
    if not _is_headed(passage):
        return passage
    return replace(passage, lines=(f"{passage.lines[0]}:", *passage.lines[1:]))


def _stamped(text: str) -> Iterator[Passage | Mistake]:
    """Each time with what stands behind it, and below it until the next."""
    lines = text.split("\n")
    stamps = _stamps(text)
    current: Passage | None = None
    for index, line in enumerate(lines):
        words = clean(line)
        if stamp := stamps.get(index):
            if current:
                yield current
            current = Passage(index + 1, stamp.start_ms, stamp.end_ms, (stamp.text,) if stamp.text else ())
        elif words and _FOOTER.fullmatch(words) and not any(map(str.strip, lines[index + 1 :])):
            yield remark(
                index + 1, say('"{words}" is not said, and was left out.', words=words), severity=Severity.NOTE
            )
        elif words and current:
            current = replace(current, lines=(*current.lines, words))
        elif words:
            yield remark(index + 1, say('"{words}" stands before the first time, and was left out.', words=words[:60]))
    if current:
        yield current


def read_untimed_text(text: str) -> Parts:
    """Paragraphs, which last from 0 to 0. Times in their midst are a mistake: nobody wants to read them."""
    stray = [number for number, line in enumerate(text.split("\n"), start=1) for _ in _STRAY.findall(line)]
    if len(stray) > 1:
        message = "There are times within the text, which cannot be told from what is said."
        yield Mistake(stray[0], message, "Export it as WebVTT or SRT, or as text without times.")
        return
    for first, lines in _paragraphs(text):
        yield Passage(first, 0, 0, tuple(lines))


def _paragraphs(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if clean(line):
            lines.append(clean(line))
        elif lines:
            yield number - len(lines), lines
            lines = []


def _stamps(text: str) -> dict[int, _Stamp]:
    """The lines with times, by index: all in the way of the first; without brackets they must go on in time, too."""
    stamps: dict[int, _Stamp] = {}
    way, latest = None, 0
    for index, line in enumerate(text.split("\n")):
        stamp = _stamp(line.strip())
        if stamp and (way is None or stamp.way == way) and (stamp.way[1] or stamp.start_ms >= latest):
            stamps[index], way, latest = stamp, stamp.way, stamp.start_ms
    return stamps


def _stamp(line: str) -> _Stamp | None:
    if match := _FIRST.fullmatch(line):
        halved = line.startswith("**") and match["text"].count("**") % 2 == 1
        return _taken(0, match, match["text"].replace("**", "", 1) if halved else match["text"])
    if match := _BETWEEN.fullmatch(line):
        return _taken(1, match, f"{_name(match)}: {match['text']}")
    match = _LAST.fullmatch(line)
    if match and (match["open"] or len(match["gap"]) > 1 or "\t" in match["gap"] or is_name(_name(match))):
        return _taken(2, match, f"{_name(match)}:")
    return None


def _name(match: re.Match[str]) -> str:
    return clean(match["name"].strip("* "))


def _taken(position: int, match: re.Match[str], text: str) -> _Stamp | None:
    try:
        start, end = parse_time(match["start"]), parse_time(match["end"]) if match["end"] else None
    except ValueError:
        return None
    if end is not None and end < start:
        return None
    way = (position, bool(match["open"]))
    return _Stamp(way, start, None if end is None else max(end, start + 1), clean(text))
