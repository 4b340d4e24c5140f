"""Opus in Ogg: Vorbis comments, through mutagen.

Rules: RFC 7845, section 5.2; "Ogg Vorbis I format specification: comment field and header specification"; Xiph wiki,
"VorbisComment" for METADATA_BLOCK_PICTURE and "Chapter Extension" for chapters.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutagen import flac
from mutagen.id3 import PictureType
from mutagen.oggopus import OggOpus

from sendung.core.text import clean
from sendung.media.chapters import format_time
from sendung.media.tags.languages import three_letters
from sendung.media.tags.values import EpisodeTags, Picture, ascii_url


def write_comments(path: Path, tags: EpisodeTags) -> None:
    """Replace the comments of an Ogg Opus file in place; its audio is not touched. Raises mutagen.MutagenError."""
    audio: Any = OggOpus(path)
    audio.tags.clear()
    for name, text in _comments(tags):
        audio.tags[name] = [text]
    audio.save(padding=lambda _: 0)


def _comments(tags: EpisodeTags) -> Iterator[tuple[str, str]]:
    """Names that the specification lacks as Mp3tag's table of tag mappings has them."""
    texts = {
        "TITLE": tags.title,
        "ALBUM": tags.show,
        "ARTIST": ", ".join(tags.artists),
        "DATE": tags.date.isoformat(timespec="seconds"),
        "GENRE": "Podcast",
        "LANGUAGE": three_letters(tags.language),
        "TRACKNUMBER": _number(tags.number),
        "DISCNUMBER": _number(tags.season),
        "COPYRIGHT": tags.copyright,
        "DESCRIPTION": tags.summary,
        "WWWAUDIOFILE": ascii_url(tags.url) if tags.url else "",
        "WWWARTIST": ascii_url(tags.website) if tags.website else "",
        "PODCAST": "1",
        "PODCASTURL": ascii_url(tags.feed_url),
        "PODCASTID": tags.guid,
        "PODCASTCATEGORY": tags.category,
        "PODCASTKEYWORDS": ", ".join(tags.keywords),
    }
    yield from ((name, clean(text)) for name, text in texts.items() if text)
    yield from _chapters(tags)
    if tags.cover:
        yield "METADATA_BLOCK_PICTURE", _picture(tags.cover)


def _chapters(tags: EpisodeTags) -> Iterator[tuple[str, str]]:
    for number, tag in enumerate(tags.chapters, 1):
        name = f"CHAPTER{number:03}"
        yield name, format_time(tag.chapter.start_ms, milliseconds=True)
        yield f"{name}NAME", clean(tag.chapter.title)
        if tag.chapter.url:
            yield f"{name}URL", ascii_url(tag.chapter.url)


def _picture(picture: Picture) -> str:
    """FLAC's picture block (RFC 9639, section 8.8); sizes in pixels may be left 0."""
    block: Any = flac.Picture()
    block.type, block.mime, block.data = PictureType.COVER_FRONT, picture.media_type, picture.data
    return b64encode(block.write()).decode("ascii")


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
