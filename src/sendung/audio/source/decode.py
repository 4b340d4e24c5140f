"""From a recording to a programme whose parts can be read at once.

Uncompressed files and FLAC at the result's rate are read where they are. Everything else (lossy files, video, other
rates, more than two channels, parameters that change half-way) cannot be sought to the sample, so it is decoded once
to a scratch file of float samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.audio.source.probe import cut_off, refusal, stops_early
from sendung.audio.source.programme import Programme, Reel
from sendung.audio.values import Depth, Source

_EXACT_CONTAINERS = {"wav", "w64", "aiff", "flac"}
_FORMS: Mapping[str, Literal["wav", "w64"]] = {"wav": "wav", "w64": "w64"}


def rate_of(source: Source) -> int:
    """The rate of the result: 44.1 kHz for its own family, else 48 kHz."""
    return 44100 if source.sample_rate % 11025 == 0 else 48000


def seekable(source: Source) -> bool:
    """Whether ffmpeg finds every sample of it, at the result's rate and in one or two channels."""
    return (
        source.container in _EXACT_CONTAINERS
        and (source.codec == "flac" or (source.codec.startswith("pcm_") and not source.codec.startswith("pcm_f64")))
        and source.exact_duration
        and source.sample_rate == rate_of(source)
        and source.channels <= 2
    )


def take_in(ffmpeg: Ffmpeg, source: Source, scratch: Path, heard: Callable[[float], None]) -> Programme:
    """The recording as a programme; `heard` is told the seconds decoded. Raises AudioError if it is cut off."""
    rate, channels = rate_of(source), min(source.channels, 2)
    if seekable(source):
        reel = Reel(source.path, 0, None, channels, raw=False, form=_FORMS.get(source.container))
        return Programme((reel,), rate, channels, _depth(source))
    path = scratch / "decoded.f32"
    samples = decode(ffmpeg, source, rate, channels, path, heard)
    return Programme((Reel(path, 0, samples, channels, raw=True),), rate, channels, "float")


def _depth(source: Source) -> Depth:
    if source.codec in {"pcm_s16le", "pcm_s16be", "pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw"}:
        return "s16"
    return "float" if source.codec.startswith("pcm_f") else "s32"


def decode(
    ffmpeg: Ffmpeg,
    source: Source,
    rate: int,
    channels: int,
    path: Path,
    heard: Callable[[float], None],
    gain_db: float = 0.0,
) -> int:
    """Write a recording, with a gain, as float samples to `path`; returns how many (of each channel)."""
    frame = 4 * channels
    written = 0
    layout = "mono" if channels == 1 else "stereo"
    # The sum of many channels is brought back into range by the level stage, so nothing is clipped here.
    graph = f"aresample={rate}:tsf=fltp,aformat=sample_fmts=flt:channel_layouts={layout}"
    if gain_db:
        graph += f",volume={gain_db:.3f}dB:precision=float"
    args = [*local(source.path), "-map", "0:a:0", "-af", graph, "-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"]
    with path.open("wb") as file:

        def take(block: memoryview) -> None:
            nonlocal written
            file.write(block)
            written += len(block)
            heard(len(block) / frame / rate)

        try:
            log = ffmpeg.read(args, take)
        except FfmpegFailed as error:
            raise refusal(source.path, error.log) from None
    if "Error during demuxing" in log:
        raise stops_early(source, written / frame / rate)
    check_length(source, written / frame / rate)
    return written // frame


def check_length(source: Source, found_s: float) -> None:
    """Raise AudioError if much less was found than the header says."""
    if source.exact_duration and found_s < source.duration_s * 0.99 - 0.5:
        raise cut_off(source)
