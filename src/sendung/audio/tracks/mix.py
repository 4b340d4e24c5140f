"""The sum of tracks on one time line: each resampled to its clock, with its gain over time."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import soxr

from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Heard
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.programme import spans
from sendung.audio.tracks.clock import ClockPiece, TrackClock
from sendung.audio.tracks.sound import TrackSound, read
from sendung.audio.tracks.spectra import HOP_S

GRID = 100
"""Gains a second; between two of them the gain is a straight line."""
_LEAST_S, _MOST_S = 60, 800
"""Seconds in a part: as for mastering."""
_PAUSE_S = 6.0
"""How far the border of a part may move to where it is quiet."""
_RUN_UP_S = 2.0
"""Of a resampled track, before a part: within it is a sample that begins nearly where one of the time line does."""
_SETTLES_S = 0.05
"""At least: what the resampler's filter and others need."""
_FILTERS_SETTLE_S = 1.0
"""The same where hum is notched: a notch of 4 Hz rings for a second."""
_FADE_S = 0.005
"""Where a track begins, ends, or was mended: short enough to leave a word alone, long enough not to click."""


@dataclass(frozen=True, eq=False)
class MixTrack:
    """A track as it is mixed."""

    sound: TrackSound
    clock: TrackClock
    """From the time line to the track."""
    gains: Floats
    """Linear, every HOP_S of the time line; it is silent before and after."""
    filters: str = ""
    """For ffmpeg, each with a comma before it."""


@dataclass(frozen=True)
class MixForm:
    """What a mix is like."""

    rate: int
    channels: int
    length: int
    """Samples of each channel."""


def write_mix(
    ffmpeg: Ffmpeg, tracks: Sequence[MixTrack], form: MixForm, levels: Floats, path: Path, heard: Heard
) -> None:
    """Write the mix as a WAV file of floats, in parts at once; `heard` is told the seconds of every track.

    `levels` are those of everything, dB every HOP_S: parts begin where it is quiet.

    What is held is a second or so of one track a core.
    """
    header = wav_header(form)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 4 * form.channels * form.length)
    tasks = [
        partial(_mix_part, ffmpeg, tracks, _MixFile(path, form, len(header), heard), first, count)
        for first, count in _parts(form, levels)
    ]
    ffmpeg.all(tasks)


def wav_header(form: MixForm) -> bytes:
    """RIFF, or RF64 (EBU Tech 3306) for more than 4 GB, of 32-bit floats."""
    frame = 4 * form.channels
    size = frame * form.length
    sound = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, form.channels, form.rate, form.rate * frame, frame, 32)
    if size + 36 < 1 << 32:
        return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + sound + struct.pack("<4sI", b"data", size)
    wide = struct.pack("<4sIQQQI", b"ds64", 28, 72 + size, size, form.length, 0)
    head = struct.pack("<4sI4s", b"RF64", 0xFFFFFFFF, b"WAVE")
    return head + wide + sound + struct.pack("<4sI", b"data", 0xFFFFFFFF)


def _parts(form: MixForm, levels: Floats) -> list[tuple[int, int]]:
    """The whole in parts (first, count) that begin on the grid, where it is quiet."""
    grid = form.rate // GRID
    cut = sorted(spans(form.length, grid, _LEAST_S * form.rate, _MOST_S * form.rate))
    firsts = [0, *(_quiet(first, form, levels) // grid * grid for first, _ in cut[1:])]
    edges = [*firsts, form.length]
    parts = [(start, end - start) for start, end in pairwise(edges)]
    return sorted(parts, key=lambda part: -part[1])


def _quiet(first: int, form: MixForm, levels: Floats) -> int:
    """The quietest moment near a sample."""
    around = round(_PAUSE_S / HOP_S)
    hop = round(first / form.rate / HOP_S)
    start = max(1, hop - around)
    some = levels[start : hop + around]
    return round((start + int(np.argmin(some)) + 1) * HOP_S * form.rate) if some.size else first


def _mix_part(ffmpeg: Ffmpeg, tracks: Sequence[MixTrack], mix: _MixFile, first: int, count: int) -> None:
    """Add every track to a part of the file, one after another."""
    for track in tracks:
        for stretch in stretches(track, mix.form, first, count):
            with mix.path.open("r+b", buffering=0) as file:
                adder = _Adder(file, mix, track, stretch)
                _read_stretch(ffmpeg, track, stretch, adder)
                adder.finish()


@dataclass(frozen=True)
class _MixFile:
    """The file that a mix is added up in."""

    path: Path
    form: MixForm
    offset: int
    """Bytes before the first sample."""
    heard: Heard


@dataclass(frozen=True)
class Stretch:
    """Samples of the mix that one line of a track's clock covers."""

    first: int
    count: int
    source: int
    """The first sample of the track that is read."""
    early: int
    """Samples of the mix that come of the track before `first`, and are dropped."""
    ratio: float
    """Samples of the track for each of the mix."""
    fade_in: bool
    fade_out: bool


def stretches(track: MixTrack, form: MixForm, first: int, count: int) -> Iterator[Stretch]:
    """What of a part a track covers: nothing before its start, and in its holes."""
    rate, pieces = form.rate, track.clock.pieces
    opens = max(first, math.ceil(track.clock.starts_at * rate))
    for number, piece in enumerate(pieces):
        start = max(opens, _sample(piece.start, rate, first))
        end = min(first + count, _sample(piece.end, rate, first + count))
        if start >= end:
            continue
        jumped = number > 0 and start == _sample(piece.start, rate, first)
        jumps = number < len(pieces) - 1 and end == _sample(piece.end, rate, first + count)
        yield _stretch(track, piece, rate, (start, end), (jumped or start > first, jumps))


def _sample(moment: float, rate: int, otherwise: int) -> int:
    return math.ceil(moment * rate) if math.isfinite(moment) else otherwise


def _stretch(track: MixTrack, piece: ClockPiece, rate: int, ends: tuple[int, int], fades: tuple[bool, bool]) -> Stretch:
    start, end = ends
    own = track.sound.rate
    ratio = piece.rate * own / rate
    exact = piece.position(start / rate) * own
    # A resampler begins on a sample. Of those before the start, one that is nearly on a sample of the mix is taken, so
    # that one part goes on where the other ended.
    most = max(0, min(math.floor(exact / ratio), round(_RUN_UP_S * rate)))
    settles = _FILTERS_SETTLE_S if track.filters else _SETTLES_S
    least = min(most, round(settles * rate))
    early = np.arange(least, most + 1)
    places = exact - early * ratio
    apart = np.abs(places - np.rint(places))
    best = int(np.argmax(apart < apart.min() + 1e-3))
    return Stretch(start, end - start, max(0, round(float(places[best]))), int(early[best]), ratio, *fades)


def _read_stretch(ffmpeg: Ffmpeg, track: MixTrack, stretch: Stretch, adder: _Adder) -> None:
    wanted = math.ceil((stretch.early + stretch.count) * stretch.ratio) + round(_SETTLES_S * track.sound.rate)
    arguments, graph = track.sound.open(stretch.source, wanted)
    read(ffmpeg, track.sound.track, [*arguments, "-af", graph + track.filters], track.sound.channels, adder.take)


class _Adder:
    """Takes a stretch of a track, and adds it to the file as it is to sound."""

    def __init__(self, file: io.FileIO, mix: _MixFile, track: MixTrack, stretch: Stretch) -> None:
        self._file = file
        self._mix, self._form, self._track, self._stretch = mix, mix.form, track, stretch
        self._skip = stretch.early
        self._done = 0
        """Samples of the mix that are written."""
        channels = track.sound.channels
        self._resampler = (
            None
            if abs(stretch.ratio - 1) < 1e-9
            else soxr.ResampleStream(stretch.ratio * 1e6, 1e6, channels, dtype="float32", quality="HQ")
        )

    def take(self, samples: Floats) -> None:
        """Samples of the track."""
        self._resampled(samples, last=False)

    def finish(self) -> None:
        """What is still in the resampler."""
        self._resampled(np.empty(0, np.float32), last=True)

    def _resampled(self, samples: Floats, *, last: bool) -> None:
        channels = self._track.sound.channels
        shaped = samples.reshape(-1, channels)
        if self._resampler:
            shaped = self._resampler.resample_chunk(shaped if channels > 1 else shaped[:, 0], last=last)
            shaped = shaped.reshape(-1, channels)
        skipped = min(self._skip, len(shaped))
        self._skip -= skipped
        self._add(shaped[skipped : skipped + self._stretch.count - self._done])

    def _add(self, samples: Floats) -> None:
        if not len(samples):
            return
        form, first = self._form, self._stretch.first + self._done
        shaped = samples * self._gains(first, len(samples))[:, None]
        frame = 4 * form.channels
        place = self._mix.offset + first * frame
        shape = len(samples), form.channels
        # What the tracks before left here; a file that was made long is silence where nothing was written yet.
        self._file.seek(place)
        mixed = np.frombuffer(self._file.read(len(samples) * frame), np.float32).reshape(shape) + shaped
        self._file.seek(place)
        self._file.write(mixed.astype(np.float32).data)
        self._done += len(samples)
        self._mix.heard(len(samples) / form.rate)

    def _gains(self, first: int, count: int) -> Floats:
        """The gain of each sample: straight between the points of a grid, and faded at the ends."""
        return gains_at(self._track.gains, self._form.rate, first, count) * self._fades(first, count)

    def _fades(self, first: int, count: int) -> Floats | float:
        stretch, size = self._stretch, round(_FADE_S * self._form.rate)
        begin, end = first - stretch.first, stretch.first + stretch.count - first - count
        if not (stretch.fade_in and begin < size) and not (stretch.fade_out and end < size):
            return 1.0
        since = np.arange(begin, begin + count)
        fades = np.ones(count, np.float32)
        if stretch.fade_in:
            fades *= np.clip(since / size, 0, 1).astype(np.float32)
        if stretch.fade_out:
            fades *= np.clip((stretch.count - 1 - since) / size, 0, 1).astype(np.float32)
        return fades


def gains_at(gains: Floats, rate: int, first: int, count: int) -> Floats:
    """The gains of samples, from gains every HOP_S."""
    grid = rate // GRID
    points = np.arange(first // grid, (first + count) // grid + 2)
    values = np.interp(points / GRID, np.arange(len(gains)) * HOP_S, gains).astype(np.float32)
    slopes = np.diff(values) / np.float32(grid)
    ramp = np.arange(grid, dtype=np.float32)
    every: Floats = (values[:-1, None] + slopes[:, None] * ramp).ravel()
    return every[first % grid :][:count]
