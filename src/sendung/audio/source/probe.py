"""What is this file? Its tracks, channels, layout and true length; of its sound, a second is decoded."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.audio.source.packets import PacketClock, read_packets
from sendung.audio.source.wav import Samples, samples_in
from sendung.audio.values import Source, Track
from sendung.core.errors import AudioError
from sendung.core.words import say

SHORTEST_S = 1.0
RE_EXPORT = "Export it again from the editor, as WAV or FLAC if you can."
COUNTED = frozenset({"wav", "w64", "aiff", "flac", "caf", "rf64"})
"""Containers whose header says how many samples there are, and that have no clock beside them."""
_STREAM = re.compile(r"Stream #0:\d+(?:\[\w+\])?(?:\(([^)]*)\))?: Audio: (\w+).*? Hz, ([^,\n]+)(.*)")
_TITLE = re.compile(r"^\s+title\s+: (.+)", re.MULTILINE)
_PICTURES = re.compile(r"Stream #0:\d+.*?: Video: (?!.*\(attached pic\))")
_INPUT = re.compile(r"^Input #0, (\S+), from ", re.MULTILINE)
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_WIDTH = re.compile(r"(\d+) channels")
_ENDS_EARLY = re.compile("partial file|ended prematurely")


def probe(recording: Path, *, alone: bool = True) -> Source:
    """What the recording is; not `alone` if only one of its tracks or channels is wanted.

    Raises AudioError if the file is missing, empty, no audio, cut off, shorter than a second or cannot be decoded, or
    if its tracks cannot all belong to the episode.
    """
    with Ffmpeg() as ffmpeg:
        return probe_with(ffmpeg, recording, alone=alone)


def opened(path: Path) -> list[str]:
    """The arguments that open a recording: three channels and more are loudspeakers only if the file says so."""
    samples = samples_in(path)
    # Without seeking it looks for no further chunks amid the sound.
    length = ["-seekable", "0", "-ignore_length", "1"] if samples and samples.beyond else []
    return ["-guess_layout_max", "2", *length, *local(path)]


def probe_with(ffmpeg: Ffmpeg, path: Path, *, alone: bool = True) -> Source:
    """`probe`, among other work of one mastering."""
    check_file(path)
    samples = samples_in(path)
    start = bytearray()
    # A second of WAV, wherever on the clock it begins: its header tells rate and channels as they are after decoding.
    args = [*opened(path), "-map", "0:a:0", "-af", "asetpts=N/SR/TB", "-t", "1", "-c:a", "pcm_s16le", "-f", "wav"]
    try:
        log = ffmpeg.read([*args, "pipe:1"], start.extend, loglevel="info")
    except FfmpegFailed as error:
        raise refusal(path, error.log) from None
    source = _described(path, log, bytes(start))
    decoded_s = (len(start) - start.find(b"data") - 8) / 2 / max(1, source.channels) / max(1, source.sample_rate)
    if decoded_s < SHORTEST_S - 0.01:
        raise AudioError(
            say("{name} is too short: {decoded_s:.2f} s of sound", name=path.name, decoded_s=decoded_s),
            "An episode has at least one second. Is it the right file?",
        )
    if alone:
        _check_languages(source)
    return _timed(ffmpeg, source, samples)


def _described(path: Path, log: str, start: bytes) -> Source:
    """What ffmpeg's words about a file, and its first second as WAV, tell."""
    head = log.partition("Stream mapping:")[0]
    streams = list(_STREAM.finditer(head))
    if len(start) < 44 or not streams:
        raise refusal(path, log)
    channels, rate = struct.unpack_from("<HI", start, 22)
    container = _INPUT.search(head)
    ends = [*(stream.start() for stream in streams[1:]), len(head)]
    tracks = [_track(stream, head[stream.end() : end]) for stream, end in zip(streams, ends, strict=True)]
    tracks[0] = replace(tracks[0], channels=channels)
    return Source(
        path=path,
        duration_s=_duration(head),
        sample_rate=rate,
        channels=channels,
        codec=streams[0][2],
        container=container[1].rstrip(",") if container else "",
        exact_duration="Duration: N/A" not in head and "Estimating duration" not in head,
        tracks=tuple(tracks),
        video=bool(_PICTURES.search(head)),
    )


def _track(stream: re.Match[str], details: str) -> Track:
    layout = stream[3].strip()
    unplaced = _WIDTH.fullmatch(layout)
    title = _TITLE.search(details.partition("Stream #")[0])
    language = stream[1] or ""
    return Track(
        channels=int(unplaced[1]) if unplaced else {"mono": 1}.get(layout, 2),
        layout="" if unplaced and int(unplaced[1]) > 2 else layout,
        language="" if language == "und" else language,
        title=title[1].strip() if title else "",
    )


def _check_languages(source: Source) -> None:
    """Two hosts' tracks are mixed; the same talk in two languages would be heard at once."""
    languages = list(dict.fromkeys(track.language for track in source.tracks if track.language))
    if len(languages) > 1:
        raise AudioError(
            say(
                "{name} has sound tracks in different languages ({languages})",
                name=source.path.name,
                languages=", ".join(languages),
            ),
            'Name the right one under "tracks:" in episode.yaml (stream: 1, 2 …), or export it as a file of its own.',
        )


def _timed(ffmpeg: Ffmpeg, source: Source, samples: Samples | None) -> Source:
    """The source with its true length: by its samples, or by its packets. Raises AudioError if its end is missing."""
    if samples and not samples.known and samples.a_second:
        return replace(source, duration_s=samples.size / samples.a_second, exact_duration=False)
    if source.container in COUNTED and source.exact_duration:
        if samples is None:
            _check_end(ffmpeg, source)
        return source
    try:
        clocks, log = read_packets(ffmpeg, opened(source.path), len(source.tracks))
    except FfmpegFailed as error:
        raise refusal(source.path, error.log) from None
    duration_s = max(clock.end_s for clock in clocks)
    # With pictures, or with several tracks, the header says how long the longest of them is.
    short = duration_s < source.duration_s * 0.99 - 0.5 and not source.video and len(clocks) == 1
    if _ENDS_EARLY.search(log) or (short and source.exact_duration):
        raise cut_off(source)
    tracks = [_with_gaps(track, clock) for track, clock in zip(source.tracks, clocks, strict=True)]
    return replace(source, duration_s=duration_s, tracks=tuple(tracks))


def _with_gaps(track: Track, clock: PacketClock) -> Track:
    return replace(track, gaps=tuple(clock.gaps))


def refusal(path: Path, log: str) -> AudioError:
    """The one sentence for what ffmpeg says about an input that it cannot use."""
    name = path.name
    if "moov atom not found" in log or "End of file" in log:
        return AudioError(
            say("{name} is cut off: its end is missing", name=name), "Copy it again from where it was recorded."
        )
    if "matches no streams" in log:
        return AudioError(say("{name} has no sound in it", name=name), "Name the audio file of the episode.")
    if "Invalid data found" in log and "Error opening input" in log:
        return AudioError(say("{name} is not an audio file, whatever its name says", name=name), RE_EXPORT)
    if "Permission denied" in log:
        return AudioError(
            say("{name} cannot be read: permission denied", name=name), "Give yourself the right to read it."
        )
    return AudioError(say("{name} cannot be decoded: it is damaged or of an unknown kind", name=name), RE_EXPORT)


def check_file(path: Path) -> None:
    """Raise AudioError unless the path is a file with something in it."""
    if not path.exists():
        raise AudioError(
            say("There is no audio file {name}", name=path.name), "Put it beside episode.yaml, or name the right one."
        )
    if not path.is_file():
        raise AudioError(say("{name} is not a file", name=path.name), "Name the audio file of the episode.")
    if path.stat().st_size == 0:
        raise AudioError(
            say("{name} is empty (0 bytes)", name=path.name), "Copy it again, or wait until the copy is done."
        )


def _duration(log: str) -> float:
    match = _DURATION.search(log)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0


def _check_end(ffmpeg: Ffmpeg, source: Source) -> None:
    """Something must be there shortly before the end that the header tells."""
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
    return AudioError(
        say(
            "{name} cannot be read beyond {found_s:.1f} s: it is damaged, or changes",
            name=source.path.name,
            found_s=found_s,
        ),
        RE_EXPORT,
    )


def cut_off(source: Source) -> AudioError:
    """The error for a file that ends before its header says."""
    return AudioError(
        say(
            "{name} is cut off: it should last {duration_s:.1f} s, but ends before",
            name=source.path.name,
            duration_s=source.duration_s,
        ),
        "Copy it again from where it was recorded.",
    )
