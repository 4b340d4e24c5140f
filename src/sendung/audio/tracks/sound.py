"""A track whose samples can be read from anywhere: where it lies, or decoded once into a scratch file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Heard, check_length, lies_open
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, in_frames, local
from sendung.audio.source.probe import refusal
from sendung.audio.tracks.denoise import RATE, Denoiser
from sendung.audio.values import Denoise, Source, TrackFile


@dataclass(frozen=True)
class TrackSound:
    """The samples of a track, at its own rate; a voice is one channel, music two."""

    track: TrackFile
    path: Path
    rate: int
    """Hertz."""
    channels: int
    raw: bool
    """Floats without a header, of these channels only; else a file of which a part is picked."""

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """Input arguments, and a filter graph that ends with these samples (None: to the end) as floats."""
        whence = ["-ss", f"{first / self.rate:.6f}"] if first else []
        until = [] if count is None else ["-t", f"{count / self.rate + 0.1:.6f}"]
        kind = ["-f", "f32le", "-ar", str(self.rate), "-ch_layout", _layout(self.channels)] if self.raw else []
        stream = "0:a:0" if self.raw else stream_of(self.track)
        end = "" if count is None else f",atrim=end_sample={count}"
        pick = "" if self.raw else _picked(self.track)
        layout = f"aformat=sample_fmts=fltp:channel_layouts={_layout(self.channels)}"
        return [*whence, *until, *kind, *local(self.path), "-map", stream], f"{pick}{layout}{end}"


def take_in_track(
    ffmpeg: Ffmpeg, track: TrackFile, source: Source, path: Path, heard: Heard, denoise: Denoise = "off"
) -> TrackSound:
    """A track as it lies, if any of its samples can be found there; else decoded to `path`. Raises AudioError."""
    channels = 2 if track.role in {"music", "mix"} and not track.channel and source.channels > 1 else 1
    where = TrackSound(track, track.path, source.sample_rate, channels, raw=False)
    if track.role == "voice" and denoise != "off":
        _decode(ffmpeg, where, source, path, RATE, denoise)
        return TrackSound(track, path, RATE, channels, raw=True)
    if lies_open(source):
        return where
    _decode(ffmpeg, where, source, path, source.sample_rate, "off", heard)
    return TrackSound(track, path, source.sample_rate, channels, raw=True)


def _decode(
    ffmpeg: Ffmpeg,
    sound: TrackSound,
    source: Source,
    path: Path,
    rate: int,
    denoise: Denoise,
    heard: Heard = lambda seconds: None,
) -> None:
    """Write a track as floats at a rate, without its noise if that is wanted."""
    size = 0
    arguments, graph = sound.open(0, None)
    with path.open("wb") as file, ExitStack() as stack:
        denoiser = stack.enter_context(Denoiser(denoise)) if denoise != "off" else None

        def take(samples: Floats) -> None:
            nonlocal size
            size += len(samples)
            heard(len(samples) / sound.channels / rate)
            file.write((denoiser.take(samples) if denoiser else samples).data)

        read(ffmpeg, sound.track, [*arguments, "-af", f"{graph},aresample={rate}"], sound.channels, take)
        if denoiser:
            denoiser.finish().tofile(file)
    check_length(source, size / sound.channels / rate)


def read(
    ffmpeg: Ffmpeg, track: TrackFile, arguments: list[str], channels: int, take: Callable[[Floats], object]
) -> None:
    """Hand on the samples that some arguments give, those of all channels at once, in turns.

    Raises AudioError if they cannot be decoded.
    """
    frames = in_frames(4 * channels, lambda data: take(np.frombuffer(data, np.float32)))
    try:
        log = ffmpeg.read([*arguments, "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"], frames)
    except FfmpegFailed as error:
        raise refusal(track.path, error.log) from None
    if "Error during demuxing" in log:
        raise refusal(track.path, log)


def stream_of(track: TrackFile) -> str:
    """What -map wants."""
    return f"0:a:{(track.stream or 1) - 1}"


def _picked(track: TrackFile) -> str:
    """The filter, with a comma after it, that takes one channel; nothing for all of them."""
    return f"pan=mono|c0=c{track.channel - 1}," if track.channel else ""


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"
