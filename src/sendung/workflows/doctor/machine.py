"""The machine: Python, ffmpeg and its codecs, fonts, disk space, caches."""

from __future__ import annotations

import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import features

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.workflows.doctor.diagnosis import Area, Diagnosis, Health

_ENOUGH = 3_000_000_000
"""Bytes that mastering an hour of two stereo tracks may take for a while, at 48 kHz and 32 bits."""
_LITTLE = 300_000_000
"""Bytes below which an ordinary episode cannot be mastered."""

_NEEDED = {
    "-encoders": {"libmp3lame", "aac", "pcm_f32le", "pcm_s16le"},
    "-decoders": {"aac", "alac", "flac", "mp3float", "opus", "pcm_s16le", "pcm_s24le", "vorbis"},
    "-filters": {"aformat", "aresample", "atrim", "concat", "ebur128", "pan", "volume"},
}
"""What mastering asks of ffmpeg, by the option that lists it."""
_PUT_FFMPEG_RIGHT = "Reinstall imageio-ffmpeg with pip, or let IMAGEIO_FFMPEG_EXE name an ffmpeg with all of them."


def check_machine(cache: Path, temporary: Path) -> Iterator[Diagnosis]:
    """What publishing needs of this machine. `cache` and `temporary` are the folders that mastering writes to."""
    yield _diagnosis(
        "Python",
        Health.OK,
        say("Python {python_version} on {system}.", python_version=platform.python_version(), system=platform.system()),
    )
    yield from _ffmpeg()
    yield _fonts()
    yield _writable(cache)
    for subject, folder in {"space for the cache": cache, "space for temporary files": temporary}.items():
        yield _space(subject, folder)


def _ffmpeg() -> Iterator[Diagnosis]:
    try:
        with Ffmpeg() as ffmpeg:
            output = {option: _output(ffmpeg, option) for option in ("-version", *_NEEDED)}
    except (FfmpegFailed, UsageError, OSError):
        yield _diagnosis("ffmpeg", Health.BAD, "It does not run, so nothing can be mastered.", _PUT_FFMPEG_RIGHT)
        return
    version = re.match(r"ffmpeg version (\S+)", output["-version"])
    yield _diagnosis("ffmpeg", Health.OK, say("Its version is {more}.", more=version[1] if version else say("unknown")))
    missing = sorted(name for option, names in _NEEDED.items() for name in names - _names(output[option]))
    if missing:
        message = say("This ffmpeg lacks {missing}.", missing=", ".join(missing))
        yield _diagnosis("codecs", Health.BAD, message, _PUT_FFMPEG_RIGHT)
    else:
        yield _diagnosis("codecs", Health.OK, "All that are needed are there, MP3 and AAC among them.")


def _output(ffmpeg: Ffmpeg, option: str) -> str:
    data = bytearray()
    ffmpeg.read([option], data.extend)
    return data.decode("utf-8", "replace")


def _names(listing: str) -> set[str]:
    """The names in one of ffmpeg's lists: the second word of each line."""
    return {words[1] for line in listing.splitlines() if len(words := line.split()) > 1}


def _fonts() -> Diagnosis:
    missing = [name for name in ("freetype2", "jpg", "zlib") if not features.check(name)]
    if missing:
        message = say(
            "Pillow was built without {missing}, so artwork or charts cannot be made.", missing=", ".join(missing)
        )
        return _diagnosis("fonts and pictures", Health.BAD, message, "Reinstall Pillow with pip, from its own wheel.")
    return _diagnosis("fonts and pictures", Health.OK, "Pillow draws text and reads and writes JPEG and PNG.")


def _writable(cache: Path) -> Diagnosis:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError as error:
        message = say(
            "The cache {cache} cannot be written: {strerror}. Every publish will master all audio again.",
            cache=cache,
            strerror=error.strerror,
        )
        return _diagnosis("cache", Health.WARN, message, "Mend its permissions, or name another with SENDUNG_CACHE.")
    return _diagnosis("cache", Health.OK, say("The cache is {cache}.", cache=cache))


def _space(subject: str, folder: Path) -> Diagnosis:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    words = say("{free:.1f} GB are free for {folder}.", free=free / 1000000000.0, folder=folder)
    if free < _ENOUGH:
        hint = "Free some space: mastering an hour of stereo takes up to 3 GB for a while."
        return _diagnosis(
            subject, Health.BAD if free < _LITTLE else Health.WARN, say("Only {words}", words=words), hint
        )
    return _diagnosis(subject, Health.OK, words)


def _diagnosis(subject: str, state: Health, message: str, hint: str = "") -> Diagnosis:
    return Diagnosis(Area.MACHINE, subject, state, message, hint)
