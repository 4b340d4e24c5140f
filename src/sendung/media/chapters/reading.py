"""Read chapters that hosts and their tools have written: labels, lists, exports. What a file is shows its content."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from sendung.core.errors import ConfigError, Place, Problem
from sendung.core.model import Chapter
from sendung.core.namespaces import URIS
from sendung.core.text import clean, read_text
from sendung.media.chapters.times import parse_time

"""Podlove Simple Chapters 1.2, "XML Namespace"."""

_AUDACITY = re.compile(r"(?P<start>\d+[.,]?\d*)\t(?P<end>\d+[.,]?\d*)(?:\t(?P<title>.*))?")
_LISTED = re.compile(r"(?P<start>\d+(?::\d+){1,2}(?:[.,]\d+)?)(?P<title> .*?)?(?: <(?P<url>[^<>\s]+)>)?")
_OGM_START = re.compile(r"CHAPTER(?P<number>\d+)\s*=\s*(?P<start>.*)", re.IGNORECASE)
_OGM_FIELD = re.compile(r"CHAPTER(?P<number>\d+)(?P<field>NAME|URL)\s*=\s*(?P<text>.*)", re.IGNORECASE)
_NOTE_LINE = re.compile(
    r"\s{0,3}(?:[-*+]\s+)?(?:\*\*|__)?(?P<open>[(\[])?(?P<start>\d{1,3}(?::\d{2}){1,2})(?(open)[)\]])(?:\*\*|__)?"
    r"(?:\s*[-–—:|]\s+|\s+)(?P<title>\S.*)"
)
_LINK = re.compile(r"\[(?P<title>[^\[\]]+)\]\(<?(?P<url>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)


class _Mark(NamedTuple):
    """One chapter as a file has it: the number of its line (0 where it has none), the time as written."""

    line: int
    start: str | float
    title: str
    url: str | None = None
    image: str | None = None


class LocatedChapter(NamedTuple):
    """A chapter, and where its file has it."""

    chapter: Chapter
    line: int
    """From 1; 0 where that is not known."""
    image: str | None = None
    """The picture that the file names, as written there."""


def read_file(path: Path, data: bytes | None = None) -> tuple[LocatedChapter, ...]:
    """The chapters in a file, in the order of their times.

    Reads Audacity label tracks, Podlove Simple Chapters (XML), lists of "00:00:00.000 Title <url>" (Auphonic, mp4chaps,
    Ultraschall), OGM chapters (CHAPTER01=…), marker and region lists of Reaper (CSV), and JSON chapters (Podcasting
    2.0 or Podlove). Marks whose name starts with "_" are Ultraschall's own and no chapters; so are JSON chapters with
    `toc` false. `data` are the file's bytes, where they were read already. Raises ConfigError with the place of every
    line that cannot be read.
    """
    text = read_text(path, data)
    chapters: list[LocatedChapter] = []
    wrong: list[Problem] = []
    for mark in _reader_of(text)(text, path):
        try:
            chapters.extend(
                () if mark.title.startswith("_") else [LocatedChapter(_chapter(mark), mark.line, mark.image)]
            )
        except ValueError as error:
            wrong.append(Problem(str(error), "Correct it, or export the file again.", Place(path, mark.line)))
    if wrong:
        raise ConfigError.of(wrong)
    if not chapters:
        raise ConfigError(f"{path.name} has no chapters.", "Export them again, or do not name the file.", Place(path))
    return tuple(sorted(chapters, key=lambda located: located.chapter.start_ms))


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


def _reader_of(text: str) -> Callable[[str, Path], Iterable[_Mark]]:
    start = text.lstrip()
    first = start.split("\n", 1)[0]
    if start.startswith("<"):
        return _psc
    if start.startswith(("{", "[")):
        return _json
    if _AUDACITY.fullmatch(first):
        return _audacity
    if _OGM_START.match(first):
        return _ogm
    if re.match(r'"?#"?[,;\t]"?Name\b', first):
        return _reaper
    return _list


def _audacity(text: str, path: Path) -> Iterator[_Mark]:
    """Audacity manual, "Importing and Exporting Labels": start, end, name; lines of a backslash are spectral."""
    for number, line in _lines(text):
        match = _AUDACITY.fullmatch(line)
        if match:
            yield _Mark(number, match["start"], match["title"] or "")
        elif not line.startswith("\\"):
            yield _Mark(number, line, "")


def _list(text: str, path: Path) -> Iterator[_Mark]:
    """Auphonic help, "Chapter Marks", and mp4chaps(1): time, title, and a link in angle brackets."""
    for number, line in _lines(text):
        match = _LISTED.fullmatch(clean(line))
        if match:
            yield _Mark(number, match["start"], match["title"] or "", match["url"])
        else:
            yield _Mark(number, clean(line), "")


def _ogm(text: str, path: Path) -> Iterator[_Mark]:
    """OGM tools, ogmmerge(1): CHAPTER01=time, CHAPTER01NAME=title; Vorbis comments hold chapters the same way."""
    fields = {(m["number"], m["field"].upper()): m["text"] for _, line in _lines(text) if (m := _OGM_FIELD.match(line))}
    for number, line in _lines(text):
        start = _OGM_START.match(line)
        if start:
            of = start["number"]
            yield _Mark(number, start["start"], fields.get((of, "NAME"), ""), fields.get((of, "URL")))


def _reaper(text: str, path: Path) -> Iterator[_Mark]:
    """Reaper, Region/Marker Manager, "Export regions/markers": markers (M1), or regions (R1) where there are none."""
    delimiter = next(c for c in text if c in ",;\t")
    rows = list(enumerate(csv.reader(text.split("\n"), delimiter=delimiter), start=1))[1:]
    kinds = ("M", "R") if any(row and row[0].startswith("M") for _, row in rows) else ("R",)
    for number, row in rows:
        if len(row) > 2 and row[0].startswith(kinds[0]):
            yield _Mark(number, row[2], row[1])


def _psc(text: str, path: Path) -> Iterator[_Mark]:
    """Podlove Simple Chapters 1.2: chapter elements with start, title and href, alone or within a feed's item."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise ConfigError(
            f"{path.name} is not right XML: {error.msg}.", "Export it again.", Place(path, line)
        ) from None
    for element in root.iter(f"{{{URIS['psc']}}}chapter"):
        start, title = element.get("start", ""), element.get("title", "")
        yield _Mark(_line_of(element), start, title, element.get("href"), element.get("image"))


def _line_of(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _json(text: str, path: Path) -> Iterator[_Mark]:
    """JSON Chapters 1.2 (startTime, title, url), or Podlove's (start, title, href), as a list or under "chapters"."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise ConfigError(f"{path.name} is not right JSON.", "Export it again.", Place(path, line)) from None
    entries = document.get("chapters") if isinstance(document, dict) else document
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            yield _Mark(0, str(entry), "")
        elif entry.get("toc") is not False:
            yield _json_mark(entry)


def _json_mark(entry: dict[str, Any]) -> _Mark:
    start = entry.get("startTime", entry.get("start"))
    url = entry.get("url") or entry.get("href")
    image = entry.get("img") or entry.get("image")
    title = str(entry.get("title") or "")
    return _Mark(0, start if isinstance(start, int | float) else str(start), title, url, str(image) if image else None)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _chapter(mark: _Mark) -> Chapter:
    """Raises ValueError with a sentence."""
    return Chapter(start_ms=parse_time(mark.start), title=clean(mark.title), url=_web(mark.url))


def _web(url: object) -> str | None:
    return clean(url) if isinstance(url, str) and _WEB.fullmatch(clean(url)) else None


def _note_lines(markdown: str) -> dict[int, re.Match[str]]:
    """The lines of the notes (by index) that list chapters; none if they do not start at zero or are alone."""
    found: dict[int, re.Match[str]] = {}
    fenced = False
    for number, line in enumerate(markdown.split("\n")):
        fenced ^= bool(_FENCE.match(line))
        match = None if fenced else _NOTE_LINE.fullmatch(line)
        if match and _time_or_none(match["start"]) is not None:
            found[number] = match
    starts = [_time_or_none(match["start"]) for match in found.values()]
    return found if len(starts) > 1 and starts[0] == 0 else {}


def _note_chapter(match: re.Match[str]) -> Chapter:
    link = _LINK.search(match["title"])
    title = _LINK.sub(lambda m: m["title"], match["title"])
    return Chapter(start_ms=parse_time(match["start"]), title=clean(title), url=_web(link["url"] if link else None))


def _time_or_none(value: str) -> int | None:
    try:
        return parse_time(value)
    except ValueError:
        return None
