"""Put tags and audio together into the file that is published."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from mutagen import MutagenError

from sendung.core.errors import AudioError, Place
from sendung.core.words import say
from sendung.media.tags import id3, mp4, mp4_chapters, ogg
from sendung.media.tags.mp4_boxes import BadBoxes, copy_range, top_level
from sendung.media.tags.values import EpisodeTags

Remux = Callable[[Path, Sequence[tuple[int, int, str]], Path], None]
"""Copies an MP4 file and gives it chapters: `sendung.audio.with_chapters`, for only `audio` starts ffmpeg."""


def write(audio: Path, media_type: str, tags: EpisodeTags, into: Path, remux: Remux) -> None:
    """Copy mastered audio to `into` and tag it there; what tags it had are replaced, its audio is bit for bit the same.

    `media_type` is audio/mpeg, audio/ogg (with Opus) or a name of MP4 (audio/x-m4a, audio/m4a, audio/mp4). The same
    audio and tags give the same bytes; `into` appears whole or not at all. Raises AudioError if the file is not what
    its type says.
    """
    part = into.with_name(f"{into.name}.part")
    try:
        if media_type == "audio/mpeg":
            _write_mp3(audio, tags, part)
        elif media_type.startswith("audio/ogg"):
            _write_ogg(audio, tags, part)
        else:
            _write_mp4(audio, tags, part, remux)
        part.replace(into)
    except OSError as error:
        hint = "Check that there is space left and that you may write there."
        raise AudioError(
            say("{name} cannot be written: {strerror}.", name=into.name, strerror=error.strerror), hint, Place(into)
        ) from None
    except (MutagenError, BadBoxes, struct.error) as error:
        hint = "Master it again; if this happens again, publish MP3."
        raise AudioError(
            say("{name} cannot be tagged: {error}.", name=audio.name, error=error), hint, Place(audio)
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _write_mp3(audio: Path, tags: EpisodeTags, part: Path) -> None:
    with audio.open("rb") as source, part.open("wb") as target:
        start, end = id3.audio_span(source)
        target.write(id3.header(tags))
        copy_range(source, target, start, end)


def _write_ogg(audio: Path, tags: EpisodeTags, part: Path) -> None:
    with audio.open("rb") as source, part.open("wb") as target:
        copy_range(source, target, 0, audio.stat().st_size)
    ogg.write_comments(part, tags)


def _write_mp4(audio: Path, tags: EpisodeTags, part: Path, remux: Remux) -> None:
    with audio.open("rb") as source, part.open("wb"):
        list(top_level(source))  # ffmpeg would copy what there is of a file that was cut off
    chapters = mp4.chapters_of(tags)
    remux(audio, chapters, part)
    mp4.write_atoms(part, tags)
    with part.open("rb") as written:
        if mp4_chapters.read(written) != [(start, title) for start, _, title in chapters if title]:
            raise BadBoxes("ffmpeg gave it other chapters")
