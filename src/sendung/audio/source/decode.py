"""From a recording to a programme whose parts can be read at once.

Uncompressed files and FLAC at the result's rate are read where they are. Everything else (lossy files, video, other
rates, more than two channels, several tracks, parameters that change half-way) cannot be sought to the sample, so it
is decoded once to a scratch file of float samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sendung.audio.source.ffmpeg import BLOCK, Ffmpeg, FfmpegFailed, local
from sendung.audio.source.probe import cut_off, opened, refusal, stops_early
from sendung.audio.source.programme import Programme, Reel
from sendung.audio.values import Depth, Gap, Source, Track

_SOUGHT = {"wav", "w64", "aiff", "flac"}
_FORMS: Mapping[str, Literal["wav", "w64"]] = {"wav": "wav", "w64": "w64"}
Heard = Callable[[float], None]


@dataclass(frozen=True)
class Form:
    """How a recording is decoded."""

    rate: int
    channels: int
    """1 or 2."""
    gain_db: float = 0.0

    @property
    def frame(self) -> int:
        """Bytes of a sample of all channels."""
        return 4 * self.channels

    @property
    def layout(self) -> str:
        """As ffmpeg calls it."""
        return "mono" if self.channels == 1 else "stereo"


def rate_of(source: Source) -> int:
    """The rate of the result: 44.1 kHz for its own family, else 48 kHz."""
    return 44100 if source.sample_rate % 11025 == 0 else 48000


def channels_of(source: Source) -> int:
    """How many channels a recording is heard on: microphones without places, alone or as tracks, are heard as one."""
    return max(_heard_on(track) for track in source.tracks)


def _heard_on(track: Track) -> int:
    return min(track.channels, 2) if track.layout else 1


def lies_open(source: Source) -> bool:
    """Whether ffmpeg finds every sample of it where it is."""
    exact = source.codec == "flac" or source.codec.startswith("pcm_")
    return source.container in _SOUGHT and exact and source.exact_duration


def seekable(source: Source) -> bool:
    """Whether that is so at the result's rate, and in one or two channels."""
    return (
        lies_open(source)
        and not source.codec.startswith("pcm_f64")
        and source.sample_rate == rate_of(source)
        and source.channels <= 2
    )


def take_in(ffmpeg: Ffmpeg, source: Source, scratch: Path, heard: Heard, high_pass: int = 0) -> Programme:
    """The recording as a programme without what is below `high_pass` (Hz); `heard` is told the seconds decoded.

    Raises AudioError if it is cut off.
    """
    rate = rate_of(source)
    if seekable(source):
        container = _FORMS.get(source.container)
        reel = Reel(source.path, 0, None, source.channels, raw=False, form=container, high_pass=high_pass)
        return Programme((reel,), rate, source.channels, _depth(source))
    path, form = scratch / "decoded.f32", Form(rate, channels_of(source))
    samples = decode(ffmpeg, source, form, path, heard)
    reel = Reel(path, 0, samples, form.channels, raw=True, high_pass=high_pass)
    return Programme((reel,), rate, form.channels, "float")


def _depth(source: Source) -> Depth:
    if source.codec in {"pcm_s16le", "pcm_s16be", "pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw"}:
        return "s16"
    return "float" if source.codec.startswith("pcm_f") else "s32"


def decode(ffmpeg: Ffmpeg, source: Source, form: Form, path: Path, heard: Heard) -> int:
    """Write a recording as float samples to `path`: all its tracks at once, in step with its clock.

    Returns how many samples (of each channel).
    """
    share = len(source.tracks)
    parts = [path.with_suffix(f".{number}.f32") for number in range(share)] if share > 1 else [path]
    for number, part in enumerate(parts):
        _decode_track(ffmpeg, source, number, form, part, lambda seconds: heard(seconds / share))
    if share > 1:
        _mix(ffmpeg, parts, form, path)
    samples = path.stat().st_size // form.frame
    check_length(source, samples / form.rate)
    return samples


def _decode_track(ffmpeg: Ffmpeg, source: Source, number: int, form: Form, path: Path, heard: Heard) -> None:
    track = source.tracks[number]
    args = [*opened(source.path), "-map", f"0:a:{number}", "-af", _filters(track, form), "-c:a", "pcm_f32le"]
    with path.open("wb") as file:
        filler = _Filler(file.write, track.gaps, form)

        def take(block: memoryview) -> None:
            filler.take(block)
            heard(len(block) / form.frame / form.rate)

        try:
            log = ffmpeg.read([*args, "-f", "f32le", "pipe:1"], take)
        except FfmpegFailed as error:
            raise refusal(source.path, error.log) from None
        written = file.tell()
    if "Error during demuxing" in log:
        raise stops_early(source, written / form.frame / form.rate)


def _filters(track: Track, form: Form) -> str:
    """The filters that bring a track to a form; of the channels that it has, each is heard.

    A sum of many is brought back into range by the level stage, so nothing is clipped here. The low-frequency channel
    is one of them: recorders of six microphones call the fourth so.
    """
    graph = f"aresample={form.rate}:tsf=fltp"
    if not track.layout:
        summed = "+".join(f"c{number}" for number in range(track.channels))
        sides = "|".join(f"c{side}={summed}" for side in range(form.channels))
        graph = f"pan={form.layout}|{sides},{graph}"
    elif track.layout not in {"mono", "stereo"}:
        graph += f":ochl={form.layout}:lfe_mix_level=1"
    graph += f",aformat=sample_fmts=flt:channel_layouts={form.layout}"
    return graph + (f",volume={form.gain_db:.3f}dB:precision=float" if form.gain_db else "")


class _Filler:
    """Writes samples with silence where the clock of a track goes on without sound."""

    def __init__(self, write: Callable[[bytes | memoryview], object], gaps: Sequence[Gap], form: Form) -> None:
        self._write = write
        rate, frame = form.rate, form.frame
        self._gaps = [(round(gap.at_s * rate) * frame, round(gap.length_s * rate) * frame) for gap in gaps]
        """Where each begins in what is written, and how long it is, bytes."""
        self._written = 0

    def take(self, block: memoryview) -> None:
        """The next samples."""
        while self._gaps and self._gaps[0][0] < self._written + len(block):
            at, length = self._gaps.pop(0)
            before = max(0, at - self._written)
            self._put(block[:before])
            block = block[before:]
            for size in (*(BLOCK for _ in range(length // BLOCK)), length % BLOCK):
                self._put(bytes(size))
        self._put(block)

    def _put(self, block: bytes | memoryview) -> None:
        self._write(block)
        self._written += len(block)


def _mix(ffmpeg: Ffmpeg, parts: Sequence[Path], form: Form, path: Path) -> None:
    """The sum of tracks, as long as the longest; what they were is removed."""
    kind = ["-f", "f32le", "-ar", str(form.rate), "-ch_layout", form.layout]
    inputs = [word for part in parts for word in (*kind, *local(part))]
    mix = f"amix=inputs={len(parts)}:normalize=0:duration=longest,aformat=sample_fmts=flt"
    with path.open("wb") as file:
        ffmpeg.read([*inputs, "-filter_complex", mix, "-f", "f32le", "pipe:1"], file.write)
    for part in parts:
        part.unlink()


def check_length(source: Source, found_s: float) -> None:
    """Raise AudioError if much less was found than the file promises."""
    if source.exact_duration and found_s < source.duration_s * 0.99 - 0.5:
        raise cut_off(source)
