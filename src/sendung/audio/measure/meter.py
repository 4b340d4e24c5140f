"""Loudness, peaks and sameness of channels, read in one go, in as many parts at once as there are cores."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.reading import HEADROOM, Readable, Reading, window_of
from sendung.audio.measure.samples import highest_in, seen_as
from sendung.audio.measure.series import Floats
from sendung.audio.measure.true_peak import CONTEXT, Threshold, true_peaks
from sendung.audio.source.ffmpeg import BLOCK, Ffmpeg
from sendung.audio.source.programme import Programme, spans
from sendung.audio.values import Depth

LEAST_S, MOST_S = 60, 800
"""Seconds in a part: less is halved at most, for starting ffmpeg costs more than it saves; more saves little."""
RUN_UP_S = 3
"""Read before a part so that its first short-term value (3 s) is whole and the meter's filters have settled."""
SILENT = -120.0
"""LUFS, for no sound at all."""
SURELY_STEREO = 1e-3
"""A difference between the channels from which on they are not compared any more."""
_LINES = 1 << 14
"""Bytes of what the meter wrote that are read at once."""
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
    reading = Reading.empty(what.rate, what.channels, ffmpeg.folder)
    reading.samples = measure(ffmpeg, what, parts, heard, reading, ceiling, before)
    return reading


def measure_programme(ffmpeg: Ffmpeg, programme: Programme, about_s: float, heard: Callable[[float], None]) -> Reading:
    """`measure_whole` of a programme that lasts about so many seconds, if it does not know better."""
    samples = programme.length or round(about_s * programme.rate)
    return measure_whole(ffmpeg, programme, samples, heard, exact=programme.length is not None)


def measure(
    ffmpeg: Ffmpeg,
    what: Readable,
    parts: Sequence[tuple[int, int | None]],
    heard: Callable[[float], None],
    reading: Reading,
    ceiling: float = math.inf,
    before: Sequence[Callable[[], None]] = (),
) -> int:
    """Measure parts (first sample, count; the last may be open), at once, into a reading; returns the samples heard.

    Parts start at whole tenths of a second. `heard` is told the seconds read. Of windows that may exceed `ceiling`
    (linear), every true peak is found. `before` are tasks to start first, by which it is made; opening it waits for
    them. Raises what Ffmpeg.read raises.
    """
    form = _Form(what)
    threshold = Threshold(ceiling, form.unit)
    tasks: list[Callable[[], _Heard | None]] = [*before]
    tasks += [partial(_measure_span, ffmpeg, what, form, *part, heard, reading, threshold) for part in parts]
    spans_heard = [span for span in ffmpeg.all(tasks) if span is not None]
    for span in spans_heard:
        _drop_needless(reading, threshold.least, span.windows)
    reading.difference = max([reading.difference, *(span.difference for span in spans_heard)])
    return sum(span.samples for span in spans_heard)


def _measure_span(  # noqa: PLR0913
    ffmpeg: Ffmpeg,
    what: Readable,
    form: _Form,
    first: int,
    count: int | None,
    heard: Callable[[float], None],
    reading: Reading,
    threshold: Threshold,
) -> _Heard:
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
    listener = _Listener(reading, form, threshold, first, run_up, heard)
    # What waits to be read here waits in the pipe: ffmpeg's own queue of eight seconds would be a megabyte.
    args = [*arguments, "-filter_complex", graph, "-map", "[out]", "-thread_queue_size", "1", "-f", form.kind, "pipe:1"]
    ffmpeg.read(args, listener.take)
    listener.finish()
    at = first * 10 // what.rate
    skip = run_up * 10 // what.rate
    for values in _loudness_in(loudness):
        reading.momentary.write(at, values[skip:, 0])
        reading.short_term.write(at, values[skip:, 1])
        at += len(values[skip:])
        skip = max(0, skip - len(values))
    loudness.unlink()
    return _Heard(range(first // window_of(what.rate), listener.number), listener.samples, listener.difference)


class _Heard(NamedTuple):
    """What is left to say of a span, once what was measured is in the reading."""

    windows: range
    samples: int
    difference: float


def _drop_needless(reading: Reading, least: float, windows: range) -> None:
    """Leave the true peaks of windows whose samples are at least so high: the same, whichever part was quicker."""
    for first, found in reading.true_peaks.chunks(start=windows.start, stop=windows.stop):
        needless = (found > 0) & (reading.peaks[first : first + len(found)] < least)
        if needless.any():
            reading.true_peaks.write(first, np.where(needless, np.float32(0), found))


def _loudness_in(path: Path) -> Iterator[Floats]:
    """The momentary and the short-term values that ebur128 has written, a row for each moment, some at once."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_LINES):
            # The values of one moment, in lines that begin with its number, may be cut in two.
            whole, _, rest = (rest + block).rpartition(b"frame:")
            yield _values_in(whole)
    yield _values_in(rest)


def _values_in(lines: bytes) -> Floats:
    values = np.array(_LOUDNESS.findall(lines)).reshape(-1, 2).astype(np.float32)
    # The meter's running sums may end a little below zero in digital silence, whose logarithm is no number.
    values[np.isnan(values)] = SILENT
    return values


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
        self.samples = 0
        self.difference = 0.0
        self.pending = np.zeros(2 * BLOCK, np.uint8)
        """Context (at first: silence, or the end of the run-up), then windows not yet looked at."""
        self.filled = form.context
        """Bytes that are there."""
        self.skip = run_up * form.frame

    def take(self, block: memoryview) -> None:
        """Look at a block of samples."""
        data, context = np.frombuffer(block, np.uint8), self.form.context
        if self.skip:
            skipped, data = data[: self.skip], data[self.skip :]
            self.skip -= len(skipped)
            self.pending[:context] = np.append(self.pending[:context], skipped[-context:])[-context:]
        self._append(data)
        self.samples += len(data) // self.form.frame
        self.heard(len(data) / self.form.frame / self.reading.rate)
        # Blocks may be small, and each look takes its time.
        if self.filled > BLOCK:
            self._look(last=False)

    def finish(self) -> None:
        """Look at what is left."""
        self._append(np.zeros(self.form.context, np.uint8))
        self._look(last=True)

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
        found = np.zeros(windows, np.float32)
        high = np.flatnonzero(peaks >= self.threshold.after(float(peaks.max())))
        shape = windows, channels, size + 2 * CONTEXT
        pieces = seen_as(samples, shape, (size * channels, 1, channels))
        found[high] = np.maximum(true_peaks(pieces, high) * np.float32(self.form.unit), peaks[high])
        self.reading.true_peaks.write(self.number, found)

    def _compare_channels(self, samples: NDArray[np.integer[Any]]) -> None:
        if self.reading.channels == 1:
            return
        for at in range(0, len(samples), _AT_ONCE):
            if self.difference >= SURELY_STEREO:
                return
            some = samples[at : at + _AT_ONCE]
            found = float(np.abs(some[:, 0].astype(np.int64) - some[:, 1]).max()) * self.form.unit
            self.difference = max(self.difference, found)


_AT_ONCE = 1 << 13
"""Samples compared at once."""
