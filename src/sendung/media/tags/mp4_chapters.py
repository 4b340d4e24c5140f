"""The chapters of an MP4 file, in both ways that players know: a QuickTime text track and Nero's chpl box.

Rules: QuickTime File Format, "Chapter lists" (a text track that the audio's track refers to as `chap`) and "Text
sample data"; ISO 14496-12 for the boxes. No library writes them; ffmpeg does, but would write the whole file anew.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import BinaryIO

from sendung.core.text import clean
from sendung.media.tags.mp4_boxes import BadBoxes, Box, copy_range, join, read_box, top_level

Marks = Sequence[tuple[int, str]]
"""Start (ms) and title of each chapter."""

_TIMESCALE = 1000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UTF8 = struct.pack(">I4sI", 12, b"encd", 0x100)
"""Says that a text sample is UTF-8 (QuickTime File Format, "Text sample data", 'encd')."""
_FULL_BOX = bytes(4)
"""Version 0, no flags."""
_LARGEST_OFFSET = 0xFFFFFFFF


def write(source: BinaryIO, target: BinaryIO, marks: Marks, duration_ms: int) -> None:
    """Copy an MP4 file and give it these chapters, in place of any it has; its audio samples stay as they are.

    Raises BadBoxes if the file is fragmented, larger than 4 GB, or not MP4.
    """
    spans = list(top_level(source))
    moov = next((span for span in spans if span.kind == b"moov"), None)
    if moov is None or any(span.kind == b"moof" for span in spans):
        raise BadBoxes("it is not a plain MP4 file")
    end, marks = spans[-1].end, _with_start(marks)
    samples = [_sample(title) for _, title in marks]
    old = read_box(source, moov)
    grown = len(bytes(_with_chapters(old, marks, samples, duration_ms, 0))) - (moov.end - moov.start)
    if end + grown + sum(map(len, samples)) > _LARGEST_OFFSET:
        raise BadBoxes("it is larger than 4 GB")
    new = _with_chapters(old, marks, samples, duration_ms, end + grown + 8)
    copy_range(source, target, 0, moov.start)
    target.write(bytes(_moved(new, moov.end, grown)))
    copy_range(source, target, moov.end, end)
    if samples:
        target.write(bytes(Box(b"mdat", b"".join(samples))))


def read(source: BinaryIO) -> list[tuple[int, str]]:
    """The chapters of the text track that the first track with chapters refers to; empty where there is none.

    Raises BadBoxes or struct.error where the file is damaged.
    """
    span = next((span for span in top_level(source) if span.kind == b"moov"), None)
    tracks = [box for box in read_box(source, span).children() if box.kind == b"trak"] if span else []
    wanted = {number for track in tracks for number in _chapter_references(track)}
    for track in tracks:
        if _track_id(track) in wanted and _handler(track) in (b"text", b"sbtl"):
            return _text_samples(source, track)
    return []


def _with_start(marks: Marks) -> Marks:
    """Samples fill a track from its start, so a chapter without a title stands before a first one that is late."""
    return [(0, ""), *marks] if marks and marks[0][0] > 0 else list(marks)


def _with_chapters(moov: Box, marks: Marks, samples: Sequence[bytes], duration_ms: int, offset: int) -> Box:
    """The movie box with a text track whose samples are at `offset` of the file, and with chpl."""
    children = [child for child in moov.children() if not _is_chapter_track(child)]
    audio = next((box for box in children if box.kind == b"trak" and _handler(box) == b"soun"), None)
    if audio is None:
        raise BadBoxes("it has no audio track")
    number = 1 + max(_track_id(box) for box in children if box.kind == b"trak")
    result = []
    for child in children:
        if child.kind == b"mvhd" and marks:
            result.append(Box(b"mvhd", child.body[:-4] + struct.pack(">I", number + 1)))
        elif child is audio:
            result.append(_referring(child, number if marks else None))
        elif child.kind != b"udta":
            result.append(child)
    timescale = _movie_timescale(moov.need(b"mvhd"))
    if marks:
        result.append(_track(number, marks, samples, duration_ms, offset, timescale))
    udta = [box for box in (moov.find(b"udta") or Box(b"udta", b"")).children() if box.kind != b"chpl"]
    return join(b"moov", [*result, join(b"udta", [*udta, *([_chpl(marks)] if marks else [])])])


def _is_chapter_track(box: Box) -> bool:
    return box.kind == b"trak" and _handler(box) == b"text"


def _referring(audio: Box, number: int | None) -> Box:
    """The audio's track with a reference to the track of its chapters, and no other."""
    children = [box for box in audio.children() if box.kind != b"tref"]
    if number is None:
        return join(b"trak", children)
    before = next(index for index, box in enumerate(children) if box.kind == b"mdia")
    reference = join(b"tref", [Box(b"chap", struct.pack(">I", number))])
    return join(b"trak", [*children[:before], reference, *children[before:]])


def _track(number: int, marks: Marks, samples: Sequence[bytes], duration_ms: int, offset: int, timescale: int) -> Box:
    length = duration_ms * timescale // 1000
    tkhd = struct.pack(">IIIIII8xhhhxx", 2, 0, 0, number, 0, length, 0, 0, 0) + _MATRIX + bytes(8)
    edits = struct.pack(">IIIiI", 0, 1, length, 0, 0x10000)
    header = Box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, _TIMESCALE, duration_ms, 0x55C4, 0))
    handler = Box(b"hdlr", struct.pack(">I4s4s12x", 0, b"", b"text") + b"Chapters\0")
    base = Box(b"gmin", _FULL_BOX + struct.pack(">HHHHhxx", 0x40, 0x8000, 0x8000, 0x8000, 0))
    base_header = join(b"gmhd", [base, Box(b"text", _MATRIX)])
    data_here = Box(b"dref", struct.pack(">II", 0, 1) + bytes(Box(b"url ", struct.pack(">I", 1))))
    info = join(b"minf", [base_header, join(b"dinf", [data_here]), _table(marks, samples, duration_ms, offset)])
    media = join(b"mdia", [header, handler, info])
    return join(b"trak", [Box(b"tkhd", tkhd), join(b"edts", [Box(b"elst", edits)]), media])


def _table(marks: Marks, samples: Sequence[bytes], duration_ms: int, offset: int) -> Box:
    starts = [start for start, _ in marks]
    ends = [*starts[1:], max(duration_ms, starts[-1])]
    lengths = b"".join(struct.pack(">II", 1, end - start) for start, end in zip(starts, ends, strict=True))
    sizes = b"".join(struct.pack(">I", len(sample)) for sample in samples)
    style = Box(b"text", struct.pack(">6xH44x", 1))
    return join(
        b"stbl",
        [
            Box(b"stsd", struct.pack(">II", 0, 1) + bytes(style)),
            Box(b"stts", struct.pack(">II", 0, len(marks)) + lengths),
            Box(b"stsc", struct.pack(">IIIII", 0, 1, 1, len(samples), 1)),
            Box(b"stsz", struct.pack(">III", 0, 0, len(samples)) + sizes),
            Box(b"stco", struct.pack(">III", 0, 1, offset)),
        ],
    )


def _sample(title: str) -> bytes:
    text = _cut(title, 4096)
    return struct.pack(">H", len(text)) + text + _UTF8


def _chpl(marks: Marks) -> Box:
    """Nero's list: 255 chapters at most, starts in 100 ns, titles of up to 255 bytes."""
    named = [(start, _cut(title, 255)) for start, title in marks if title][:255]
    entries = b"".join(struct.pack(">QB", start * 10_000, len(title)) + title for start, title in named)
    return Box(b"chpl", struct.pack(">IIB", 0x01000000, 0, len(named)) + entries)


def _cut(title: str, size: int) -> bytes:
    return clean(title).encode()[:size].decode(errors="ignore").encode()


def _moved(moov: Box, behind: int, by: int) -> Box:
    """The movie box whose audio lies `by` bytes further on where it is behind the movie box."""
    return join(
        b"moov", [_moved_in(child, behind, by) if child.kind == b"trak" else child for child in moov.children()]
    )


def _moved_in(box: Box, behind: int, by: int) -> Box:
    if box.kind in (b"trak", b"mdia", b"minf", b"stbl") and not _is_chapter_track(box):
        return join(box.kind, [_moved_in(child, behind, by) for child in box.children()])
    if box.kind not in (b"stco", b"co64"):
        return box
    form = "I" if box.kind == b"stco" else "Q"
    count = struct.unpack(">I", box.body[4:8])[0]
    offsets = struct.unpack(f">{count}{form}", box.body[8:])
    return Box(
        box.kind, box.body[:8] + struct.pack(f">{count}{form}", *(o + by if o >= behind else o for o in offsets))
    )


def _text_samples(source: BinaryIO, track: Box) -> list[tuple[int, str]]:
    table = track.need(b"mdia", b"minf", b"stbl")
    timescale = _movie_timescale(track.need(b"mdia", b"mdhd"))
    marks: list[tuple[int, str]] = []
    time = 0
    for offset, duration in zip(_offsets(table), _durations(table), strict=False):
        source.seek(offset)
        text = source.read(struct.unpack(">H", source.read(2))[0])
        encoding = "utf-16" if text.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        marks.append((time * 1000 // timescale, clean(text.decode(encoding, errors="replace"))))
        time += duration
    return [(start, title) for start, title in marks if title]


def _offsets(table: Box) -> list[int]:
    """Where each sample is (ISO 14496-12, section 8.7: stsc, stsz and stco together)."""
    chunk_box = table.find(b"stco") or table.need(b"co64")
    form = "I" if chunk_box.kind == b"stco" else "Q"
    chunks = [fields[0] for fields in struct.iter_unpack(f">{form}", chunk_box.body[8:])]
    runs = list(struct.iter_unpack(">III", table.need(b"stsc").body[8:]))
    same, count = struct.unpack(">II", table.need(b"stsz").body[4:12])
    sizes = [same] * count if same else [f[0] for f in struct.iter_unpack(">I", table.need(b"stsz").body[12:])]
    found: list[int] = []
    for number, chunk in enumerate(chunks, start=1):
        inside = next(run[1] for run in reversed(runs) if run[0] <= number)
        before = accumulate(sizes[len(found) : len(found) + inside - 1], initial=0)
        found += [chunk + bytes_before for bytes_before in before]
    return found[: len(sizes)]


def _durations(table: Box) -> list[int]:
    runs = struct.iter_unpack(">II", table.need(b"stts").body[8:])
    return [duration for count, duration in runs for _ in range(min(count, 10_000))]


def _chapter_references(track: Box) -> list[int]:
    box = track.find(b"tref", b"chap")
    return [fields[0] for fields in struct.iter_unpack(">I", box.body)] if box else []


def _handler(track: Box) -> bytes:
    return track.need(b"mdia", b"hdlr").body[8:12]


def _track_id(track: Box) -> int:
    body = track.need(b"tkhd").body
    return int.from_bytes(body[20:24] if body[0] else body[12:16], "big")


def _movie_timescale(header: Box) -> int:
    """Units a second, of an mvhd or mdhd box."""
    at = 20 if header.body[0] else 12
    return max(1, int.from_bytes(header.body[at : at + 4], "big"))
