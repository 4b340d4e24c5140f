"""One run over a track, before anything is decided: how loud it is when, and its whitened sound for the clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sendung.audio.source.decode import check_length
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.audio.source.probe import refusal, stops_early
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.spectra import RATE, Spectra
from sendung.audio.values import Source, Track
from sendung.core.errors import AudioError

SILENT_LUFS = -65.0
"""A track whose loud moments are softer holds no voice."""
Heard = Callable[[float], None]


def listen_to_all(
    ffmpeg: Ffmpeg, tracks: Sequence[Track], sources: Sequence[Source], scratch: Path, heard: Heard
) -> list[Voice]:
    """Every track, as many at once as there are cores; `heard` is told the seconds. Raises AudioError."""
    tasks = [
        partial(_listen, ffmpeg, track, source, scratch / f"track-{number}.white", heard)
        for number, (track, source) in enumerate(zip(tracks, sources, strict=True))
    ]
    return ffmpeg.all(tasks)


def _listen(ffmpeg: Ffmpeg, track: Track, source: Source, path: Path, heard: Heard) -> Voice:
    spectra, size = Spectra(path), 0
    left = b""

    def take(block: memoryview) -> None:
        nonlocal left, size
        data = left + bytes(block)
        whole = len(data) // 4 * 4
        left = data[whole:]
        spectra.take(np.frombuffer(data, np.float32, whole // 4))
        size += whole // 4
        heard(whole / 4 / RATE)

    graph = f"{picked(track)}aresample={RATE}:tsf=fltp,aformat=sample_fmts=flt:channel_layouts=mono"
    args = [*local(track.path), "-map", stream_of(track), "-af", graph, "-f", "f32le", "pipe:1"]
    try:
        log = ffmpeg.read(args, take)
    except FfmpegFailed as error:
        raise refusal(track.path, error.log) from None
    if "Error during demuxing" in log:
        raise stops_early(source, size / RATE)
    check_length(source, size / RATE)
    sound, levels = spectra.finish()
    voice = Voice(sound, levels)
    if voice.speech < SILENT_LUFS:
        raise AudioError(f"{track.name} is silent", "Is it the right track, and was the microphone switched on?")
    return voice


def stream_of(track: Track) -> str:
    """What -map wants."""
    return f"0:a:{(track.stream or 1) - 1}"


def picked(track: Track) -> str:
    """The filter, with a comma after it, that takes one channel; nothing for all of them."""
    return f"pan=mono|c0=c{track.channel - 1}," if track.channel else ""
