"""Chapters that a recording brings along: marks set while recording or editing, or the tags of a finished file."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import mutagen
from mutagen.id3 import ID3Tags
from mutagen.mp4 import MP4

from sendung.core.model import Chapter
from sendung.core.text import clean
from sendung.media.chapters import parse_time
from sendung.media.tags import mp4_chapters
from sendung.media.tags.values import ChapterTag, Picture

_WEB = re.compile(r"https?://\S+")


_VORBIS_START = re.compile(r"chapter(\d+)", re.IGNORECASE)


_LARGEST_CHUNK = 16 * 1024 * 1024
"""A chunk of marks is small; a larger one is damaged."""


@dataclass(frozen=True)
class RecordingMarks:
    """The marks of a recording."""

    chapters: tuple[ChapterTag, ...] = ()
    """In the order of their times."""
    unnamed: int = 0
    """How many have no name, or stand in no table of contents, and are no chapters."""


def read_marks(path: Path) -> RecordingMarks:
    """The chapters in an audio file with their pictures; none where it has none, or none that can be read.

    Reads labelled cue points of WAV (BWF, RF64), CHAP frames of ID3 (MP3, AIFF, WAV), QuickTime's and Nero's chapters
    of MP4, and chapter comments of FLAC, Ogg and Opus. Marks without a name, and those that start with "_"
    (Ultraschall's own), are no chapters.
    """
    unnamed = 0
    for read in _READERS:
        try:
            marks = read(path)
        except (mutagen.MutagenError, struct.error, ValueError, StopIteration):
            continue
        unnamed = max(unnamed, sum(not mark.chapter.title for mark in marks))
        titles = [mark for mark in marks if mark.chapter.title and not mark.chapter.title.startswith("_")]
        named = {mark.chapter.start_ms: mark for mark in titles}
        if named:
            return RecordingMarks(tuple(named[start] for start in sorted(named)), unnamed)
    return RecordingMarks(unnamed=unnamed)


def read_chapters(path: Path) -> tuple[Chapter, ...]:
    """The chapters of `read_marks`, without pictures."""
    return tuple(mark.chapter for mark in read_marks(path).chapters)


def _cue_points(path: Path) -> list[ChapterTag]:
    """RIFF, "Multimedia Programming Interface and Data Specifications 1.0": cue-ck, labl-ck; EBU Tech 3306 for RF64."""
    rate, points, labels = 0, list[tuple[int, int]](), dict[int, str]()
    with path.open("rb") as source:
        for kind, body in _chunks(source):
            if kind == b"fmt ":
                rate = struct.unpack("<I", body[4:8])[0]
            elif kind == b"cue ":
                points = [(number, at) for number, *_, at in struct.iter_unpack("<II4sIII", _cues_of(body))]
            elif kind == b"LIST" and body.startswith(b"adtl"):
                labels |= dict(_labels(body[4:]))
    if not rate:
        return []
    return [ChapterTag(Chapter(start_ms=at * 1000 // rate, title=labels.get(number, ""))) for number, at in points]


def _cues_of(body: bytes) -> bytes:
    count = struct.unpack("<I", body[:4])[0]
    return body[4 : 4 + 24 * min(count, len(body) // 24)]


def _chunks(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a WAV file that say something about its audio; the audio itself is passed over."""
    form, _, kind = struct.unpack("<4sI4s", source.read(12))
    if form not in (b"RIFF", b"RF64", b"BW64") or kind != b"WAVE":
        return
    long_size = 0
    while len(head := source.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        following = source.tell() + (long_size if size == 0xFFFFFFFF and name == b"data" else size)
        if name in (b"ds64", b"fmt ", b"cue ", b"LIST") and size < _LARGEST_CHUNK:
            body = source.read(size)
            long_size = struct.unpack("<Q", body[8:16])[0] if name == b"ds64" else long_size
            yield name, body
        source.seek(following + following % 2)


def _labels(body: bytes) -> Iterator[tuple[int, str]]:
    position = 0
    while position + 8 <= len(body):
        name, size = struct.unpack("<4sI", body[position : position + 8])
        text = body[position + 8 : position + 8 + size]
        if name == b"labl" and size > 4:
            yield struct.unpack("<I", text[:4])[0], _decode(text[4:].split(b"\0", 1)[0])
        position += 8 + size + size % 2


def _decode(text: bytes) -> str:
    """Editors write UTF-8 today; older ones write the code page of Windows."""
    try:
        return clean(text.decode())
    except UnicodeDecodeError:
        return clean(text.decode("cp1252", errors="replace"))


def _track(path: Path) -> list[ChapterTag]:
    with path.open("rb") as source:
        if source.read(8)[4:] != b"ftyp":
            return []
        return [ChapterTag(Chapter(start_ms=start, title=title)) for start, title in mp4_chapters.read(source)]


def _tagged(path: Path) -> list[ChapterTag]:
    """Chapters that mutagen reads: ID3, Nero's chpl, Vorbis comments."""
    file = mutagen.File(path)
    if isinstance(file, MP4):
        marks = [Chapter(start_ms=round(c.start * 1000), title=clean(c.title)) for c in file.chapters or ()]
        return [ChapterTag(mark) for mark in marks]
    tags: Any = getattr(file, "tags", None)
    if isinstance(tags, ID3Tags):
        return list(_frames(tags))
    return [ChapterTag(mark) for mark in _comments(dict(tags))] if tags else []


def _frames(tags: ID3Tags) -> Iterator[ChapterTag]:
    """CHAP frames; where there is a table of contents (CTOC) those that it does not list are without a name."""
    listed = {child for toc in tags.getall("CTOC") for child in toc.child_element_ids}
    for frame in tags.getall("CHAP"):
        links = [link.url for link in frame.sub_frames.getall("WXXX") if _WEB.fullmatch(link.url)]
        title = clean(" ".join(str(text) for text in frame.sub_frames.getall("TIT2")))
        shown = title if not listed or frame.element_id in listed else ""
        chapter = Chapter(start_ms=frame.start_time, title=shown, url=links[0] if links else None)
        pictures = [p for p in frame.sub_frames.getall("APIC") if p.data and p.mime != _LINKED]
        yield ChapterTag(chapter, Picture(pictures[0].data, pictures[0].mime) if pictures else None)


_LINKED = "-->"
"""The type of a picture that is only an address (ID3v2.3, section 4.15)."""


def _comments(tags: dict[str, Sequence[str]]) -> Iterator[Chapter]:
    """Xiph wiki, "Chapter Extension": CHAPTER001 is a time, CHAPTER001NAME a title, CHAPTER001URL a link."""
    fields = {name.lower(): str(values[0]) for name, values in tags.items() if values}
    for name, value in fields.items():
        if _VORBIS_START.fullmatch(name):
            link = fields.get(f"{name}url", "")
            url = link if _WEB.fullmatch(link) else None
            yield Chapter(start_ms=parse_time(value), title=clean(fields.get(f"{name}name", "")), url=url)


_READERS: tuple[Callable[[Path], Sequence[ChapterTag]], ...] = (_cue_points, _track, _tagged)


_READ: Any = mutagen.File


_KEYS = ("tit2", "\xa9nam", "title")
"""Of ID3 (ID3v2.3, section 4.2.1), MP4 and Vorbis comments, in lower case."""


def read_title(path: Path) -> str:
    """The title in a recording's tags, one line; empty where it has none, or none that can be read."""
    try:
        tags = dict(getattr(_READ(path), "tags", None) or {})
    except (mutagen.MutagenError, OSError, ValueError):
        return ""
    texts = {key.lower(): value for key, value in tags.items()}
    title = next((texts[key] for key in _KEYS if key in texts), "")
    values = title if isinstance(title, list) else getattr(title, "text", [title])
    return clean(str(values[0])) if values else ""
