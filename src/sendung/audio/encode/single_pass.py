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
from sendung.audio.measure.reading import Reading, window_of
from sendung.audio.measure.series import Series
from sendung.audio.shape.limiter import Curve
from sendung.audio.source.ffmpeg import Take


@dataclass(frozen=True)
class Form:
    """A codec in its container, as ffmpeg is asked for it."""

    arguments: tuple[str, ...]
    rate: int | None = None
    """Hertz; None: the programme's."""


M4A = Form(("-c:a", "aac", *M4A_FILE))
"""AAC-LC in MP4."""
OPUS = Form(
    ("-c:a", "libopus", "-vbr", "constrained", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "opus"),
    48000,
)
"""Opus in Ogg (RFC 7845). Without the constraint, music takes half as much again as was asked for; without bitexact,
the stream's number would be random.
"""


class WholeRendition:
    """A result encoded in one piece, on one core; it is measured in parts, on all."""

    def __init__(self, work: Work, form: Form) -> None:
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

    def mend(self, curve: Curve, before: Curve) -> Reading:
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
    # A window here lasts `ours` / `theirs` windows there.
    ours, theirs = window_of(rate) * reading.rate, window_of(reading.rate) * rate
    peaks, true_peaks = (
        _highest_touched(series, windows, ours, theirs) for series in (reading.peaks, reading.true_peaks)
    )
    return replace(reading, rate=rate, samples=samples, peaks=peaks, true_peaks=true_peaks)


def _highest_touched(there: Series, windows: int, ours: int, theirs: int) -> Series:
    """The highest of the values there that each window here touches: it lasts `ours` / `theirs` of theirs."""
    here = there.another()
    for first in range(0, windows, _AT_ONCE):
        numbers = np.arange(first, min(windows, first + _AT_ONCE))
        starts, stops = numbers * ours // theirs, -(-(numbers + 1) * ours // theirs)
        found = there[int(starts[0]) : int(stops[-1])]
        found = np.append(found, np.zeros(int(stops[-1] - starts[0]) - len(found), np.float32))
        touched = np.minimum(starts[:, None] + np.arange((stops - starts).max()), stops[:, None] - 1)
        here.write(first, found[touched - starts[0]].max(1))
    return here


_AT_ONCE = 1 << 12
"""Windows converted at once."""


def _reporting(done: Callable[[float], None]) -> Take:
    """Tells `done` the seconds that ffmpeg's -progress says were encoded since it last did."""
    reached = 0.0

    def take(block: memoryview) -> None:
        nonlocal reached
        for found in _REACHED.findall(block):
            done(int(found) / 1e6 - reached)
            reached = int(found) / 1e6

    return take


_REACHED = re.compile(rb"out_time_us=(\d+)")
