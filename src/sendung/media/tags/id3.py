"""MP3: an ID3v2.3 tag before the audio, which stays bit for bit as it was.

Rules: ID3v2.3.0; "ID3v2 Chapter Frame Addendum" 1.0 for CHAP and CTOC; Apple's podcast frames as iTunes writes them.
Version 2.3 with UTF-16 is what Apple's and car players show in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from mutagen import id3
from mutagen.id3 import CTOCFlags, Encoding, PictureType, TextFrame

from sendung.core.text import clean
from sendung.media.tags.languages import three_letters
from sendung.media.tags.values import ChapterTag, EpisodeTags, Picture, ascii_url

_UNKNOWN_OFFSET = 0xFFFFFFFF
"""Chapters are found by time, not by byte (Chapter Frame Addendum, section 3.1)."""
_FEED_URL = type("WFED", (TextFrame,), {})
"""Apple's WFED is a text frame in spite of its W (TagLib reads it so, too); mutagen takes it for a URL frame."""
_HEADER = 10
_V1 = 128


def header(tags: EpisodeTags) -> bytes:
    """The whole ID3v2.3 tag, without padding: the same facts give the same bytes.

    The frames stand in this order: mutagen alone would sort them by size, and players list chapters as they come.
    """
    frames = [*_texts(tags), *_links(tags), *_podcast(tags), *_chapters(tags)]
    if tags.cover:
        frames.append(_picture(tags.cover, PictureType.COVER_FRONT))
    body = b"".join(_encoded(frame) for frame in frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body


def _encoded(frame: id3.Frame) -> bytes:
    """One frame as ID3v2.3 (several for a date)."""
    tag = id3.ID3()
    tag.add(frame)
    tag.update_to_v23()
    buffer = BytesIO()
    tag.save(buffer, v1=0, v2_version=3, padding=lambda _: 0)
    return buffer.getvalue()[_HEADER:]


def audio_span(source: BinaryIO) -> tuple[int, int]:
    """Where the audio of an MP3 file starts and ends (bytes): behind ID3v2 tags, before an ID3v1 tag."""
    start = 0
    while (head := _read(source, start, _HEADER)).startswith(b"ID3") and len(head) == _HEADER:
        footer = _HEADER if head[5] & 0x10 else 0
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start += _HEADER + size + footer
    end = source.seek(0, 2)
    if end - start >= _V1 and _read(source, end - _V1, 3) == b"TAG":
        end -= _V1
    return start, end


def _read(source: BinaryIO, position: int, count: int) -> bytes:
    source.seek(position)
    return source.read(count)


def _texts(tags: EpisodeTags) -> Iterator[id3.Frame]:
    yield _text(id3.TIT2, tags.title)
    yield _text(id3.TALB, tags.show)
    yield _text(id3.TPE1, ", ".join(tags.artists))
    yield _text(id3.TDRC, tags.date.strftime("%Y-%m-%d %H:%M:%S"))
    yield _text(id3.TLAN, three_letters(tags.language))
    yield _text(id3.TLEN, str(tags.duration_ms))
    yield _text(id3.TCON, "Podcast")
    if tags.number is not None:
        yield _text(id3.TRCK, str(tags.number))
    if tags.season is not None:
        yield _text(id3.TPOS, str(tags.season))
    if tags.copyright:
        yield _text(id3.TCOP, tags.copyright)
    if tags.summary:
        comment = clean(tags.summary)
        yield id3.COMM(encoding=Encoding.UTF16, lang=three_letters(tags.language), desc="", text=comment)


def _links(tags: EpisodeTags) -> Iterator[id3.Frame]:
    if tags.url:
        yield id3.WOAF(url=ascii_url(tags.url))
    if tags.website:
        yield id3.WOAR(url=ascii_url(tags.website))


def _podcast(tags: EpisodeTags) -> Iterator[id3.Frame]:
    """Apple's frames: this is a podcast, its feed, the episode's id, description, category and keywords."""
    yield id3.PCST(value=0)
    yield _FEED_URL(encoding=Encoding.LATIN1, text=ascii_url(tags.feed_url))
    yield _text(id3.TGID, tags.guid)
    if tags.summary:
        yield _text(id3.TDES, tags.summary)
    if tags.category:
        yield _text(id3.TCAT, tags.category)
    if tags.keywords:
        yield _text(id3.TKWD, ", ".join(tags.keywords))


def _chapters(tags: EpisodeTags) -> Iterator[id3.Frame]:
    names = [f"chp{index}" for index in range(len(tags.chapters))]
    if names:
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])
    for name, (start, end, tag) in zip(names, tags.timed_chapters(), strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=start,
            end_time=end,
            start_offset=_UNKNOWN_OFFSET,
            end_offset=_UNKNOWN_OFFSET,
            sub_frames=list(_chapter_frames(tag)),
        )


def _chapter_frames(tag: ChapterTag) -> Iterator[id3.Frame]:
    yield _text(id3.TIT2, tag.chapter.title)
    if tag.chapter.url:
        yield id3.WXXX(encoding=Encoding.UTF16, desc="chapter url", url=ascii_url(tag.chapter.url))
    if tag.picture:
        yield _picture(tag.picture, PictureType.OTHER)


def _text(frame: type[TextFrame], text: str) -> id3.Frame:
    return frame(encoding=Encoding.UTF16, text=clean(text))


def _picture(picture: Picture, kind: int) -> id3.Frame:
    """The description is Latin-1 and empty, since some players take the second byte of UTF-16 for the picture's."""
    return id3.APIC(encoding=Encoding.LATIN1, mime=picture.media_type, type=kind, desc="", data=picture.data)
