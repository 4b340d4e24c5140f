"""What is this file? Answered from its header, its start and its end, without reading it whole."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.audio.values import Source
from sendung.core.errors import AudioError

SHORTEST_S = 1.0
RE_EXPORT = "Export it again from the editor, as WAV or FLAC if you can."
_STREAM = re.compile(r"Stream #0:\d+.*?: Audio: (\w+)")
_INPUT = re.compile(r"^Input #0, (\S+), from ", re.MULTILINE)
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_STREAMED_SIZES = (0, 0xFFFFFFFF)
"""What a recorder writes into a WAV header when it cannot go back to fill in the length."""


def probe(path: Path) -> Source:
    """What the recording is.

    Raises AudioError if the file is missing, empty, no audio, cut off, shorter than a second or cannot be decoded.
    """
    with Ffmpeg() as ffmpeg:
        return probe_with(ffmpeg, path)


def probe_with(ffmpeg: Ffmpeg, path: Path) -> Source:
    """`probe`, among other work of one mastering."""
    check_file(path)
    whole = _check_declared_size(path)
    start = bytearray()
    # A second of WAV: its header tells rate and channels as they are after decoding.
    args = [*local(path), "-map", "0:a:0", "-t", "1", "-c:a", "pcm_s16le", "-f", "wav", "pipe:1"]
    try:
        log = ffmpeg.read(args, start.extend, loglevel="info")
    except FfmpegFailed as error:
        raise refusal(path, error.log) from None
    if len(start) < 44 or not (stream := _STREAM.search(log)):
        raise refusal(path, log)
    channels, rate = struct.unpack_from("<HI", start, 22)
    container = _INPUT.search(log)
    source = Source(
        path=path,
        duration_s=_duration(log),
        sample_rate=rate,
        channels=channels,
        codec=stream[1],
        container=container[1].rstrip(",") if container else "",
        exact_duration="Duration: N/A" not in log and "Estimating duration" not in log,
    )
    decoded_s = (len(start) - start.find(b"data") - 8) / 2 / max(1, channels) / max(1, rate)
    _check_length(source, decoded_s)
    if not whole:
        _check_end(ffmpeg, source)
    return source


def refusal(path: Path, log: str) -> AudioError:
    """The one sentence for what ffmpeg says about an input that it cannot use."""
    name = path.name
    if "moov atom not found" in log or "End of file" in log:
        return AudioError(f"{name} is cut off: its end is missing", "Copy it again from where it was recorded.")
    if "matches no streams" in log:
        return AudioError(f"{name} has no sound in it", "Name the audio file of the episode.")
    if "Invalid data found" in log and "Error opening input" in log:
        return AudioError(f"{name} is not an audio file, whatever its name says", RE_EXPORT)
    if "Permission denied" in log:
        return AudioError(f"{name} cannot be read: permission denied", "Give yourself the right to read it.")
    return AudioError(f"{name} cannot be decoded: it is damaged or of an unknown kind", RE_EXPORT)


def check_file(path: Path) -> None:
    """Raise AudioError unless the path is a file with something in it."""
    if not path.exists():
        raise AudioError(f"There is no audio file {path.name}", "Put it beside episode.yaml, or name the right one.")
    if not path.is_file():
        raise AudioError(f"{path.name} is not a file", "Name the audio file of the episode.")
    if path.stat().st_size == 0:
        raise AudioError(f"{path.name} is empty (0 bytes)", "Copy it again, or wait until the copy is done.")


def _check_declared_size(path: Path) -> bool:
    """Compare what a WAV or AIFF header says of its samples with what the file holds; True if that is all there."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
            order, data = "<", b"data"
        elif head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            order, data = ">", b"SSND"
        else:
            return False
        size = path.stat().st_size
        wide = 0
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack(order + "4sI", header)
            here = file.tell()
            if name == b"ds64":
                wide = struct.unpack("<Q", file.read(24)[8:16])[0]
            if name == data:
                declared = wide if head[:4] == b"RF64" and length == 0xFFFFFFFF else length
                if declared not in _STREAMED_SIZES and here + declared > size:
                    raise AudioError(
                        f"{path.name} is cut off: it says {declared} bytes of sound, {size - here} are there",
                        "Copy it again from where it was recorded.",
                    )
                return declared not in _STREAMED_SIZES
            file.seek(here + length + length % 2)
    return False


def _duration(log: str) -> float:
    match = _DURATION.search(log)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0


def _check_length(source: Source, decoded_s: float) -> None:
    if decoded_s < SHORTEST_S - 0.01:
        raise AudioError(
            f"{source.path.name} is too short: {decoded_s:.2f} s of sound",
            "An episode has at least one second. Is it the right file?",
        )


def _check_end(ffmpeg: Ffmpeg, source: Source) -> None:
    """If the header says how long it is, something must be there shortly before."""
    if not source.exact_duration or source.duration_s < SHORTEST_S:
        return
    size = 0

    def count(block: memoryview) -> None:
        nonlocal size
        size += len(block)

    at = max(0.0, source.duration_s - max(2.0, source.duration_s * 0.01))
    args = ["-ss", f"{at:.3f}", *local(source.path), "-map", "0:a:0", "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1"]
    try:
        ffmpeg.read(args, count)
    except FfmpegFailed as error:
        raise refusal(source.path, error.log) from None
    if not size:
        raise cut_off(source)


def stops_early(source: Source, found_s: float) -> AudioError:
    """The error for a file of which ffmpeg reads a part, and then gives up."""
    return AudioError(f"{source.path.name} cannot be read beyond {found_s:.1f} s: it is damaged, or changes", RE_EXPORT)


def cut_off(source: Source) -> AudioError:
    """The error for a file that ends before its header says."""
    return AudioError(
        f"{source.path.name} is cut off: it should last {source.duration_s:.1f} s, but ends before",
        "Copy it again from where it was recorded.",
    )
