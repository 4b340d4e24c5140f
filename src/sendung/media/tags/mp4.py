"""MP4 (M4A): iTunes' metadata atoms, through mutagen; and which chapters it is to have, which ffmpeg writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm

from sendung.core.text import clean
from sendung.media.tags.languages import three_letters
from sendung.media.tags.values import EpisodeTags, ascii_url

_PODCAST = 21
"""stik: the media kind that Apple's players file under podcasts."""
_COVER_FORMATS = {"image/jpeg": MP4Cover.FORMAT_JPEG, "image/png": MP4Cover.FORMAT_PNG}


_TITLE_BYTES = 255
"""Of Nero's list, which ffmpeg makes of the same chapters: a title that it cut within a character could not be read."""


def chapters_of(tags: EpisodeTags) -> list[tuple[int, int, str]]:
    """Start and end (ms) and title of each chapter.

    A text track is filled from its start, so a chapter without a title stands before a first one that is late.
    """
    timed = [(start, end, _cut(clean(tag.chapter.title))) for start, end, tag in tags.timed_chapters()]
    return [(0, timed[0][0], ""), *timed] if timed and timed[0][0] > 0 else timed


def _cut(title: str) -> str:
    return title.encode()[:_TITLE_BYTES].decode(errors="ignore").rstrip()


def write_atoms(path: Path, tags: EpisodeTags) -> None:
    """Replace the metadata of an MP4 file in place; offsets to its audio stay right, the audio itself is not touched.

    Raises mutagen.MutagenError.
    """
    audio: Any = MP4(path)
    if audio.tags is None:
        audio.add_tags()
    audio.tags.clear()
    audio.tags.update(dict(_atoms(tags)))
    audio.save(padding=lambda _: 0)


def _atoms(tags: EpisodeTags) -> Iterator[tuple[str, Any]]:
    yield "\xa9nam", clean(tags.title)
    yield "\xa9alb", clean(tags.show)
    yield "\xa9ART", clean(", ".join(tags.artists))
    yield "\xa9day", tags.date.isoformat(timespec="seconds")
    yield "\xa9gen", "Podcast"
    yield "pcst", True
    yield "stik", [_PODCAST]
    yield "purl", ascii_url(tags.feed_url)
    yield "egid", clean(tags.guid)
    yield _freeform("LANGUAGE", three_letters(tags.language))
    yield from _optional_atoms(tags)


def _optional_atoms(tags: EpisodeTags) -> Iterator[tuple[str, Any]]:
    if tags.number is not None:
        yield "trkn", [(tags.number, 0)]
    if tags.season is not None:
        yield "disk", [(tags.season, 0)]
    if tags.url:
        yield _freeform("WWWAUDIOFILE", ascii_url(tags.url))
    if tags.website:
        yield _freeform("WWWARTIST", ascii_url(tags.website))
    texts = {
        "\xa9cmt": tags.summary,
        "desc": tags.summary,
        "cprt": tags.copyright,
        "catg": tags.category,
        "keyw": ", ".join(tags.keywords),
    }
    yield from ((name, clean(text)) for name, text in texts.items() if text)
    if tags.cover:
        yield "covr", [MP4Cover(tags.cover.data, _COVER_FORMATS[tags.cover.media_type])]


def _freeform(name: str, value: str) -> tuple[str, Any]:
    """Names as Picard's and Mp3tag's tables of tag mappings have them."""
    return f"----:com.apple.iTunes:{name}", [MP4FreeForm(value.encode(), AtomDataType.UTF8)]
