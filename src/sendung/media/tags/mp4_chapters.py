"""Reading the chapters of an MP4 file that stand in a text track, which mutagen does not know; ffmpeg writes them.

Rules: QuickTime File Format, "Chapter lists" (a text track that the audio's track refers to as `chap`) and "Text
sample data"; ISO 14496-12 for the boxes.
"""

from __future__ import annotations

import struct
from itertools import accumulate
from typing import BinaryIO

from sendung.core.text import clean
from sendung.media.tags.mp4_boxes import Mp4Box, read_box, top_level


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


def _text_samples(source: BinaryIO, track: Mp4Box) -> list[tuple[int, str]]:
    table = track.need(b"mdia", b"minf", b"stbl")
    timescale = _timescale(track.need(b"mdia", b"mdhd"))
    marks: list[tuple[int, str]] = []
    time = 0
    for offset, duration in zip(_offsets(table), _durations(table), strict=False):
        source.seek(offset)
        text = source.read(struct.unpack(">H", source.read(2))[0])
        encoding = "utf-16" if text.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        marks.append((round(time * 1000 / timescale), clean(text.decode(encoding, errors="replace"))))
        time += duration
    return [(start, title) for start, title in marks if title]


def _offsets(table: Mp4Box) -> list[int]:
    """Where each sample is (ISO 14496-12, section 8.7: stsc, stsz and stco together)."""
    chunk_box = table.find(b"stco") or table.need(b"co64")
    form = "I" if chunk_box.kind == b"stco" else "Q"
    chunks = [fields[0] for fields in struct.iter_unpack(f">{form}", chunk_box.body[8:])]
    runs = list(struct.iter_unpack(">III", table.need(b"stsc").body[8:]))
    same, count = struct.unpack(">II", table.need(b"stsz").body[4:12])
    sizes = [same] * count if same else [f[0] for f in struct.iter_unpack(">I", table.need(b"stsz").body[12:])]
    offsets: list[int] = []
    for number, chunk in enumerate(chunks, start=1):
        inside = next(run[1] for run in reversed(runs) if run[0] <= number)
        before = accumulate(sizes[len(offsets) : len(offsets) + inside - 1], initial=0)
        offsets += [chunk + bytes_before for bytes_before in before]
    return offsets[: len(sizes)]


def _durations(table: Mp4Box) -> list[int]:
    runs = struct.iter_unpack(">II", table.need(b"stts").body[8:])
    return [duration for count, duration in runs for _ in range(min(count, 10_000))]


def _chapter_references(track: Mp4Box) -> list[int]:
    box = track.find(b"tref", b"chap")
    return [fields[0] for fields in struct.iter_unpack(">I", box.body)] if box else []


def _handler(track: Mp4Box) -> bytes:
    return track.need(b"mdia", b"hdlr").body[8:12]


def _track_id(track: Mp4Box) -> int:
    body = track.need(b"tkhd").body
    return int.from_bytes(body[20:24] if body[0] else body[12:16], "big")


def _timescale(header: Mp4Box) -> int:
    """Units a second, of an mdhd box."""
    at = 20 if header.body[0] else 12
    return max(1, int.from_bytes(header.body[at : at + 4], "big"))
