"""Results that are encoded in one piece: AAC in M4A, and Opus in Ogg. Why is in docs/decisions/one-piece.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sendung.audio.encode.decoded import FileResult
from sendung.audio.encode.mp3_parts import levelled
from sendung.audio.encode.remux import M4A_FILE
from sendung.audio.encode.rendition import Work
from sendung.audio.measure.meter import measure_whole
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import Floats, Numbers, WindowValues, window_of
from sendung.audio.shape.limiter import Curve
from sendung.audio.source.ffmpeg import Take


@dataclass(frozen=True)
class CodecForm:
    """A codec in its container, as ffmpeg is asked for it."""

    arguments: tuple[str, ...]
    rate: int | None = None
    """Hertz; None: the programme's."""


M4A = CodecForm(("-c:a", "aac", *M4A_FILE))
"""AAC-LC in MP4."""
OPUS = CodecForm(
    ("-c:a", "libopus", "-vbr", "constrained", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "opus"),
    48000,
)
"""Opus in Ogg (RFC 7845). Without the constraint, music takes half as much again as was asked for; without bitexact,
the stream's number would be random.
"""


class WholeRendition:
    """A result encoded in one piece, on one core; it is measured in parts, on all."""

    def __init__(self, work: Work, form: CodecForm) -> None:
        self._work, self._form = work, form
        self.path = work.path

    def make(self, curve: Curve) -> Reading:
        """Encode the whole, and measure it. The reading is in the programme's windows, as the curve is."""
        work = self._work
        self._encode(curve)
        programme, rate = work.programme, self._form.rate or work.programme.rate
        length = round(work.length * rate / programme.rate)
        decoded = FileResult(self.path, rate, programme.channels, length)
        return at_rate(measure_whole(work.ffmpeg, decoded, length, work.verified, work.ceiling), programme.rate)

    def mend(self, curve: Curve, windows: Numbers) -> Reading:
        """Encode the whole again."""
        return self.make(curve)

    def _encode(self, curve: Curve) -> None:
        work = self._work
        arguments, graph = levelled(work.ffmpeg, work.programme, curve, 0, work.length)
        rate = f",aresample={self._form.rate}:tsf=fltp" if self._form.rate not in (None, work.programme.rate) else ""
        args = [*arguments, "-filter_complex", f"{graph.removesuffix('[out]')}{rate}[out]", "-map", "[out]"]
        args += ["-b:a", f"{work.kbps}k", *self._form.arguments, "-y", f"file:{self.path}"]
        work.ffmpeg.read(["-progress", "pipe:1", "-stats_period", "0.25", *args], _reporting(work.encoded))


def at_rate(reading: Reading, rate: int) -> Reading:
    """A reading with the windows of another sample rate: each gets the highest peak of those that it touches."""
    if reading.rate == rate:
        return reading
    samples = round(reading.samples * rate / reading.rate)
    windows = -(-samples // window_of(rate))
    peaks = _highest_touched(reading.peaks, reading.rate, windows, rate)
    known = reading.true_peaks.at(np.arange(len(reading.peaks), dtype=np.int32), 0.0)
    true_peaks = _highest_touched(known, reading.rate, windows, rate)
    return replace(reading, rate=rate, samples=samples, peaks=peaks, true_peaks=WindowValues.above(true_peaks, 0.0))


def _highest_touched(values: Floats, rate: int, windows: int, wanted_rate: int) -> Floats:
    """Of the values for windows at a rate, the highest that each window at another rate touches; 0 after their end."""
    # A window here lasts `ours` / `theirs` windows there.
    ours, theirs = window_of(wanted_rate) * rate, window_of(rate) * wanted_rate
    numbers = np.arange(windows)
    # The first that it touches, and the one after the last.
    ends = np.stack((numbers * ours // theirs, -(-(numbers + 1) * ours // theirs)), 1)
    padded = np.append(values, np.zeros(2, np.float32))
    return np.maximum.reduceat(padded, ends.ravel())[::2]


def _reporting(done: Callable[[float], None]) -> Take:
    """Tells `done` the seconds that ffmpeg's -progress says were encoded since it last did."""
    reached = 0.0

    def take(block: memoryview) -> None:
        nonlocal reached
        for moment in _REACHED.findall(block):
            done(int(moment) / 1e6 - reached)
            reached = int(moment) / 1e6

    return take


_REACHED = re.compile(rb"out_time_us=(\d+)")
