"""Loudness, peaks and sameness of channels, read in one go, in as many parts at once as there are cores."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sendung.audio.candidates import Threshold, worth_keeping
from sendung.audio.ffmpeg import BLOCK, Ffmpeg
from sendung.audio.oversampling import CONTEXT, true_peaks
from sendung.audio.programme import Programme, spans
from sendung.audio.reading import HEADROOM, Readable, Reading, TruePeaks, window_of
from sendung.audio.samples import highest_in
from sendung.audio.values import Depth
from sendung.audio.windows import Floats, Windows

LEAST_S, MOST_S = 60, 800
"""Seconds in a part: less is halved at most, for starting ffmpeg costs more than it saves; of more, much is held."""
RUN_UP_S = 3
"""Read before a part so that its first short-term value (3 s) is whole and the meter's filters have settled."""
SILENT = -120.0
"""LUFS, for no sound at all."""
SURELY_STEREO = 1e-3
"""A difference between the channels from which on they are not compared any more."""
_LOUDNESS = re.compile(rb"r128\.M=(\S+)\nlavfi\.r128\.S=(\S+)")
_SCALES: dict[Depth, str] = {
    "s16": "aformat=sample_fmts=s16",
    "s32": "aformat=sample_fmts=s32",
    "float": f"volume={1 / HEADROOM}:precision=double,aformat=sample_fmts=s32",
}


def measure_whole(
    ffmpeg: Ffmpeg,
    what: Readable,
    samples: int,
    heard: Callable[[float], None],
    ceiling: float = math.inf,
    *,
    exact: bool = True,
    before: Sequence[Callable[[], None]] = (),
) -> Reading:
    """Measure all of it, in as many parts at once as there are cores.

    It has so many `samples`, or about so many if that is not `exact`. The rest is as for `measure`.
    """
    limits = LEAST_S * what.rate, MOST_S * what.rate
    parts: list[tuple[int, int | None]] = [*spans(samples, what.rate // 10, ffmpeg.workers, *limits)]
    if not exact:
        parts[-1] = (parts[-1][0], None)
    return Reading.joined(measure(ffmpeg, what, parts, heard, ceiling, before=before))


def measure_programme(ffmpeg: Ffmpeg, programme: Programme, about_s: float, heard: Callable[[float], None]) -> Reading:
    """`measure_whole` of a programme that lasts about so many seconds, if it does not know better."""
    samples = programme.length or round(about_s * programme.rate)
    return measure_whole(ffmpeg, programme, samples, heard, exact=programme.length is not None)


def measure(
    ffmpeg: Ffmpeg,
    what: Readable,
    parts: Sequence[tuple[int, int | None]],
    heard: Callable[[float], None],
    ceiling: float = math.inf,
    peaks: Windows | None = None,
    before: Sequence[Callable[[], None]] = (),
) -> list[Reading]:
    """Measure parts (first sample, count; the last may be open), at once.

    Parts start at whole tenths of a second. `heard` is told the seconds read. Of windows that may exceed `ceiling`
    (linear), every true peak is found. The readings share `peaks`, or new ones. `before` are tasks to start first, by
    which it is made; opening it waits for them. Raises what Ffmpeg.read raises.
    """
    peaks = Windows(folder=ffmpeg.folder) if peaks is None else peaks
    form = _Form(what)
    threshold = Threshold(ceiling, form.unit)
    tasks: list[Callable[[], Reading | None]] = [*before]
    tasks += [partial(_measure_span, ffmpeg, what, form, *part, heard, peaks, threshold) for part in parts]
    readings = [reading for reading in ffmpeg.all(tasks) if reading is not None]
    # The same true peaks, whichever part was quicker.
    for reading in readings:
        found = reading.true_peaks
        found = found.chosen(peaks.at(found.windows) >= threshold.least)
        reading.true_peaks = worth_keeping(found, ceiling, what.rate // 10 // window_of(what.rate))
    return readings


def _measure_span(
    ffmpeg: Ffmpeg,
    what: Readable,
    form: _Form,
    first: int,
    count: int | None,
    heard: Callable[[float], None],
    peaks: Windows,
    threshold: Threshold,
) -> Reading:
    run_up = min(first, RUN_UP_S * what.rate)
    arguments, graph = what.open(first - run_up, None if count is None else count + run_up)
    loudness = ffmpeg.new_file("loudness-", ".txt")
    meter = f"ebur128=framelog=quiet:metadata=1,ametadata=print:file={loudness.name}"
    scale = _SCALES[what.depth]
    if arguments:
        graph += f",asetnsamples=16384:p=0,asplit[loud][samples];[loud]{meter},anullsink;[samples]{scale}[out]"
    else:
        # One chain, for with two ends and no input to wait for, ffmpeg may give up. The meter wants tenths of a second.
        graph += f",asetnsamples={what.rate // 10}:p=0,{meter},{scale},asetnsamples={what.rate}:p=0[out]"
    reading = Reading(what.rate, what.channels, peaks=peaks)
    listener = _Listener(reading, form, threshold, first, run_up, heard)
    args = [*arguments, "-filter_complex", graph, "-map", "[out]", "-f", form.kind, "pipe:1"]
    ffmpeg.read(args, listener.take)
    listener.finish()
    reading.momentary, reading.short_term = _read_loudness(loudness, run_up * 10 // what.rate)
    loudness.unlink()
    return reading


def _read_loudness(path: Path, skipped: int) -> tuple[Floats, Floats]:
    """The momentary and the short-term values that ebur128 has written, but the first so many."""
    found: list[Floats] = []
    rest = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK // 8):
            # The values of one moment, in lines that begin with its number, may be cut in two.
            whole, _, rest = (rest + block).rpartition(b"frame:")
            found.append(_values_in(whole))
    values = np.concatenate([*found, _values_in(rest)])[skipped:]
    # The meter's running sums may end a little below zero in digital silence, whose logarithm is no number.
    values[np.isnan(values)] = SILENT
    return values[:, 0].copy(), values[:, 1].copy()


def _values_in(lines: bytes) -> Floats:
    return np.array(_LOUDNESS.findall(lines)).reshape(-1, 2).astype(np.float32)


class _Form:
    """How samples come from ffmpeg."""

    def __init__(self, what: Readable) -> None:
        self.width = 2 if what.depth == "s16" else 4
        self.kind = "s16le" if self.width == 2 else "s32le"
        self.type = f"<i{self.width}"
        full_scale = HEADROOM if what.depth == "float" else 1.0
        self.unit: float = full_scale / 2 ** (8 * self.width - 1)
        """The smallest sample, linear."""
        self.frame = self.width * what.channels
        self.window = window_of(what.rate) * self.frame
        self.context = CONTEXT * self.frame


class _Listener:
    """Takes the samples of one span, window by window."""

    def __init__(
        self,
        reading: Reading,
        form: _Form,
        threshold: Threshold,
        first: int,
        run_up: int,
        heard: Callable[[float], None],
    ) -> None:
        self.reading = reading
        self.form = form
        self.threshold = threshold
        self.number = first // window_of(reading.rate)
        """Of the next window to look at."""
        self.heard = heard
        self.pending = np.zeros(2 * BLOCK, np.uint8)
        """Context (at first: silence, or the end of the run-up), then windows not yet looked at."""
        self.filled = form.context
        """Bytes that are there."""
        self.skip = run_up * form.frame
        self.true_peaks = [TruePeaks()]

    def take(self, block: memoryview) -> None:
        """Look at a block of samples."""
        data, context = np.frombuffer(block, np.uint8), self.form.context
        if self.skip:
            skipped, data = data[: self.skip], data[self.skip :]
            self.skip -= len(skipped)
            self.pending[:context] = np.append(self.pending[:context], skipped)[-context:]
        self._append(data)
        self.reading.samples += len(data) // self.form.frame
        self.heard(len(data) / self.form.frame / self.reading.rate)
        # Blocks may be small, and each look takes its time.
        if self.filled > BLOCK:
            self._look(last=False)

    def finish(self) -> None:
        """Look at what is left."""
        self._append(np.zeros(self.form.context, np.uint8))
        self._look(last=True)
        self.reading.true_peaks = TruePeaks.joined(self.true_peaks)

    def _append(self, data: NDArray[np.uint8]) -> None:
        self.pending[self.filled : self.filled + len(data)] = data
        self.filled += len(data)

    def _look(self, *, last: bool) -> None:
        """Every window that lies whole, with its context, in `pending`; at the end also the one that is cut short."""
        window, context = self.form.window, self.form.context
        end = self.filled - context
        if not last:
            end -= (end - context) % window
        if end <= context:
            return
        windows = -(-(end - context) // window)
        # The last window may reach into the silence that ends it all, and beyond.
        self.pending[self.filled : windows * window + 2 * context] = 0
        self._look_at(windows)
        self.number += windows
        rest = self.pending[end - context : self.filled].copy()
        self.filled = 0
        self._append(rest)

    def _look_at(self, windows: int) -> None:
        """Peaks of so many windows, and true peaks where they matter; it compares the channels, too."""
        channels, size = self.reading.channels, window_of(self.reading.rate)
        end = windows * self.form.window + 2 * self.form.context
        samples = self.pending[:end].view(self.form.type).reshape(-1, channels)
        inner = samples[CONTEXT:-CONTEXT]
        self._compare_channels(inner)
        peaks = highest_in(inner.reshape(windows, -1), self.form.unit)
        self.reading.peaks.write(self.number, peaks)
        high = np.flatnonzero(peaks >= self.threshold.after(float(peaks.max()))).astype(np.int32)
        if high.size:
            pieces = sliding_window_view(samples, size + 2 * CONTEXT, axis=0)[high * size]
            found = np.maximum(true_peaks(pieces) * np.float32(self.form.unit), peaks[high])
            self.true_peaks.append(TruePeaks(high + np.int32(self.number), found))

    def _compare_channels(self, samples: NDArray[np.integer[Any]]) -> None:
        if self.reading.channels == 2 and self.reading.difference < SURELY_STEREO:
            found = float(np.abs(samples[:, 0].astype(np.int64) - samples[:, 1]).max()) * self.form.unit
            self.reading.difference = max(self.reading.difference, found)
