"""Chapters as editors and services export them: labels, tables, JSON, XML, captions, tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from sendung.core.errors import ConfigError, Place
from sendung.core.namespaces import URIS
from sendung.core.text import lines_of_keys
from sendung.core.words import say
from sendung.media.chapters.listed import WrittenChapter, lines_of
from sendung.media.tables import columns_of, rows_of

_AUDACITY = re.compile(r"(?P<start>-?\d+[.,]?\d*)\t(?P<end>-?\d+[.,]?\d*)(?:\t(?P<title>.*))?")
_OGM_START = re.compile(r"CHAPTER(?P<number>\d+)\s*=\s*(?P<start>.*)", re.IGNORECASE)
_OGM_FIELD = re.compile(r"CHAPTER(?P<number>\d+)(?P<field>NAME|URL)\s*=\s*(?P<text>.*)", re.IGNORECASE)
_VTT_TIMES = re.compile(r"\s*(?P<start>[\d:.,]+)\s*-->\s*[\d:.,]+.*")
_CUE_TRACK = re.compile(r"\s*TRACK\s+\d+", re.IGNORECASE)
_CUE_TITLE = re.compile(r"\s*TITLE\s+\"?(?P<title>[^\"]*)\"?\s*", re.IGNORECASE)
_CUE_INDEX = re.compile(r"\s*INDEX\s+01\s+(?P<minutes>\d+):(?P<seconds>\d{2}):(?P<frames>\d{2})\s*", re.IGNORECASE)
_CUE_FRAMES = 75
"""Of a second (Red Book)."""
_COLUMNS = {
    "start": ("start", "start time", "starttime", "time", "in", "position", "timecode"),
    "title": ("name", "title", "marker name", "chapter", "label", "description"),
    "url": ("url", "link", "href"),
    "image": ("image", "img", "picture"),
}
_JSON_STARTS = ("startTime", "start_sec", "start_time", "start", "time")
_JSON_TITLES = ("title", "name", "label", "headline")
_JSON_LINES = (r'"startTime"\s*:', r'"start_sec"\s*:', r'"start_time"\s*:', r'"start"\s*:')


def is_audacity(line: str) -> bool:
    """Whether a line is a label of Audacity's."""
    return _AUDACITY.fullmatch(line) is not None


def read_audacity(text: str) -> Iterator[WrittenChapter]:
    """Audacity manual, "Importing and Exporting Labels": start, end, name; lines of a backslash are spectral."""
    for number, line in lines_of(text):
        match = _AUDACITY.fullmatch(line)
        if match:
            yield WrittenChapter(number, match["start"], match["title"] or "")
        elif not line.startswith("\\"):
            yield WrittenChapter(number, line, "")


def is_ogm(line: str) -> bool:
    """Whether a line is the time of an OGM chapter."""
    return _OGM_START.match(line) is not None


def read_ogm(text: str) -> Iterator[WrittenChapter]:
    """OGM tools, ogmmerge(1): CHAPTER01=time, CHAPTER01NAME=title; Vorbis comments hold chapters the same way."""
    matches = (_OGM_FIELD.match(line) for _, line in lines_of(text))
    fields = {(match["number"], match["field"].upper()): match["text"] for match in matches if match}
    for number, line in lines_of(text):
        start = _OGM_START.match(line)
        if start:
            of = start["number"]
            yield WrittenChapter(number, start["start"], fields.get((of, "NAME"), ""), fields.get((of, "URL")))


def is_table(line: str) -> bool:
    """Whether a line names the columns of a table with times and titles."""
    return {"start", "title"} <= _columns(line).keys()


def read_table(text: str) -> Iterator[WrittenChapter]:
    """Rows with a start and a name, as audio editors export markers (CSV, TSV).

    Of Reaper's ("Region/Marker Manager", "Export regions/markers") the markers (M1), or the regions (R1) where there
    are none.
    """
    header = text.split("\n", 1)[0]
    columns = _columns(header)
    rows = [(number, cells) for number, cells in _cells(text, header) if number > 1]
    markers = any(cells[0].startswith("M") for _, cells in rows) and header.lstrip('"').startswith("#")
    for number, cells in rows:
        values = {kind: cells[index] for kind, index in columns.items() if index < len(cells)}
        if "start" in values and (not markers or cells[0].startswith("M")):
            url, image = values.get("url") or None, values.get("image") or None
            yield WrittenChapter(number, values["start"], values.get("title", ""), url, image)


def _columns(header: str) -> dict[str, int]:
    return columns_of(_cells(header, header), _COLUMNS)


def _cells(text: str, header: str) -> Iterator[tuple[int, list[str]]]:
    return rows_of(text, delimiter=next((c for c in header if c in "\t;,"), ","))


def read_vtt(text: str) -> Iterator[WrittenChapter]:
    """WebVTT of the kind "chapters" (W3C WebVTT, section 1.5): a cue a chapter, its text the title."""
    lines = [*text.split("\n"), ""]
    for index, line in enumerate(lines):
        if match := _VTT_TIMES.fullmatch(line):
            yield WrittenChapter(index + 1, match["start"], re.sub(r"<[^<>]*>", "", lines[index + 1]))


def read_ffmetadata(text: str) -> Iterator[WrittenChapter]:
    """FFmpeg formats documentation, "Metadata": [CHAPTER], TIMEBASE, START, title; escaped by backslashes."""
    fields: dict[str, str] = {}
    number = 0
    for line_number, line in [*lines_of(text), (0, "[END]")]:
        if line.startswith("["):
            if number:
                yield WrittenChapter(number, _ffmpeg_time(fields), fields.get("title", ""))
            fields, number = {}, line_number if line.strip().upper() == "[CHAPTER]" else 0
        elif "=" in line:
            key, _, value = line.partition("=")
            fields[key.strip().lower()] = re.sub(r"\\(.)", r"\1", value.strip())


def _ffmpeg_time(fields: Mapping[str, str]) -> str | float:
    base = re.fullmatch(r"(\d+)/([1-9]\d*)", fields.get("timebase", "1/1000000000"))
    start = fields.get("start", "")
    return int(start) * int(base[1]) / int(base[2]) if base and start.isdigit() else start


def read_cue_sheet(text: str) -> Iterator[WrittenChapter]:
    """CDRWIN user's guide, appendix A: TRACK, TITLE, INDEX 01 in minutes, seconds and 75ths of one."""
    title, within = "", False
    for number, line in lines_of(text):
        if _CUE_TRACK.match(line):
            title, within = "", True
        elif within and (match := _CUE_TITLE.fullmatch(line)):
            title = match["title"]
        elif match := _CUE_INDEX.fullmatch(line):
            seconds = int(match["minutes"]) * 60 + int(match["seconds"]) + int(match["frames"]) / _CUE_FRAMES
            yield WrittenChapter(number, seconds, title)


def read_xml(text: str, path: Path) -> Iterator[WrittenChapter]:
    """Podlove Simple Chapters 1.2, alone or within a feed's item; or Matroska's (RFC 9559, section 5.1.7)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        message = say("{name} is not right XML: {msg}.", name=path.name, msg=error.msg)
        raise ConfigError(message, "Export it again.", Place(path, error.lineno or 0)) from None
    for element in root.iter(f"{{{URIS['psc']}}}chapter"):
        start, title = element.get("start", ""), element.get("title", "")
        yield WrittenChapter(_line_of(element), start, title, element.get("href"), element.get("image"))
    for element in root.iter("ChapterAtom"):
        start, title = element.findtext("ChapterTimeStart", ""), element.findtext("ChapterDisplay/ChapterString", "")
        if element.findtext("ChapterFlagHidden") != "1":
            yield WrittenChapter(_line_of(element), start, title)


def _line_of(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def read_json(text: str, path: Path) -> Iterator[WrittenChapter]:
    """Chapters as a list or under "chapters": JSON Chapters 1.2, Podlove, Auphonic's API (within "data"), ffprobe."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise ConfigError(
            say("{name} is not right JSON.", name=path.name), "Export it again.", Place(path, line)
        ) from None
    entries = _entries(document)
    for entry, line in zip(entries, lines_of_keys(text, _JSON_LINES, len(entries)), strict=True):
        yield _json_chapter(entry, line) if isinstance(entry, dict) else WrittenChapter(line, str(entry), "")


def _entries(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return []
    inner = document.get("chapters")
    return inner if isinstance(inner, list) else _entries(document.get("data"))


def _json_chapter(entry: dict[str, Any], line: int) -> WrittenChapter:
    start = next((entry[key] for key in _JSON_STARTS if entry.get(key) is not None), None)
    tags = entry["tags"] if isinstance(entry.get("tags"), dict) else {}
    title = next((text for text in (entry.get(key) or tags.get(key) for key in _JSON_TITLES) if text), "")
    image = entry.get("img") or entry.get("image")
    written = start if isinstance(start, int | float) else str(start)
    url = entry.get("url") or entry.get("href")
    return WrittenChapter(line, written, str(title), url, str(image) if image else None, entry.get("toc") is False)
