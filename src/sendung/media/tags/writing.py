"""Put tags and audio together into the file that is published."""

from __future__ import annotations

import struct
from pathlib import Path

from mutagen import MutagenError

from sendung.core.errors import AudioError, Place
from sendung.media.tags import id3, mp4, mp4_chapters, ogg
from sendung.media.tags.mp4_boxes import BadBoxes, copy_range
from sendung.media.tags.values import EpisodeTags


def write(audio: Path, media_type: str, tags: EpisodeTags, into: Path) -> None:
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
            _write_mp4(audio, tags, part)
        part.replace(into)
    except OSError as error:
        hint = "Check that there is space left and that you may write there."
        raise AudioError(f"{into.name} cannot be written: {error.strerror}.", hint, Place(into)) from None
    except (MutagenError, BadBoxes, struct.error) as error:
        hint = "Master it again; if this happens again, publish MP3."
        raise AudioError(f"{audio.name} cannot be tagged: {error}.", hint, Place(audio)) from None
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


def _write_mp4(audio: Path, tags: EpisodeTags, part: Path) -> None:
    marks = [(tag.chapter.start_ms, tag.chapter.title) for tag in tags.chapters]
    with audio.open("rb") as source, part.open("wb") as target:
        mp4_chapters.write(source, target, marks, tags.duration_ms)
    mp4.write_atoms(part, tags)
