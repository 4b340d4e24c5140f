"""Loudness, peaks and sameness of channels, read in one go, in parts, as many at once as there are cores."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.channels import SAMPLED, powers_of
from sendung.audio.measure.loudness import decibels
from sendung.audio.measure.reading import HEADROOM, Readable, Reading
from sendung.audio.measure.samples import highest_in, seen_as
from sendung.audio.measure.true_peak import CONTEXT, Threshold, true_peaks
from sendung.audio.measure.windows import Floats, WindowValues, window_of
from sendung.audio.source.ffmpeg import BLOCK, Ffmpeg
from sendung.audio.source.programme import Programme, spans
from sendung.audio.values import Depth

LEAST_S, MOST_S = 60, 800
"""Seconds in a part: less is halved at most, for starting ffmpeg costs more than it saves; more saves little."""
RUN_UP_S = 3
"""Read before a part so that its first short-term value (3 s) is whole and the meter's filters have settled."""
SILENT = -120.0
"""LUFS, for no sound at all."""
_ROOM = 0.5
"""What a high-pass makes of full scale may be higher, and shall not be cut off by integers."""
SURELY_STEREO = 1e-3
"""A difference between the channels from which on they are not compared any more."""
_LOUDNESS = b"lavfi.r128.M=", b"lavfi.r128.S="
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
    """Measure all of it, in parts, as many at once as there are cores.

    It has so many `samples`, or about so many if that is not `exact`. The rest is as for `measure`.
    """
    limits = LEAST_S * what.rate, MOST_S * what.rate
    parts: list[tuple[int, int | None]] = [*spans(samples, what.rate // 10, *limits)]
    if not exact:
        parts[-1] = (parts[-1][0], None)
    reading = Reading(what.rate, what.channels)
    measure(ffmpeg, what, parts, heard, reading, ceiling, before)
    return reading


def measure_programme(ffmpeg: Ffmpeg, programme: Programme, about_s: float, heard: Callable[[float], None]) -> Reading:
    """`measure_whole` of a programme that lasts about so many seconds, if it does not know better."""
    if programme.depth != "float" and any(reel.high_pass for reel in programme.reels):
        programme = replace(programme, scale=_ROOM)
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
) -> None:
    """Measure parts (first sample, count; the last may be open), at once, into a reading.

    Parts start at whole tenths of a second. `heard` is told the seconds read. Of windows that may exceed `ceiling`
    (linear), every true peak is found. `before` are tasks to start first, by which it is made; opening it waits for
    them. Raises what Ffmpeg.read raises.
    """
    form = _SampleForm(what)
    threshold = Threshold(ceiling, form.unit)
    lock = threading.Lock()

    def measure_part(first: int, count: int | None) -> None:
        part = _measure_span(ffmpeg, what, form, first, count, heard, threshold)
        with lock:
            reading.write(first * 10 // what.rate, part)

    tasks: list[Callable[[], None]] = [*before]
    tasks += [partial(measure_part, first, count) for first, count in parts]
    ffmpeg.all(tasks)
    # Which others were looked at depends on which part was quicker.
    needed = reading.peaks[reading.true_peaks.windows] >= threshold.least
    reading.true_peaks = reading.true_peaks.chosen(needed)


def _measure_span(
    ffmpeg: Ffmpeg,
    what: Readable,
    form: _SampleForm,
    first: int,
    count: int | None,
    heard: Callable[[float], None],
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
    listener = _Listener(form, threshold, run_up, heard)
    # What waits to be read here waits in the pipe: ffmpeg's own queue of eight seconds would be a megabyte.
    args = [*arguments, "-filter_complex", graph, "-map", "[out]", "-thread_queue_size", "1", "-f", form.kind, "pipe:1"]
    ffmpeg.read(args, listener.take)
    momentary, short_term = _loudness_in(loudness)[run_up * 10 // what.rate :].T - np.float32(decibels(what.scale))
    loudness.unlink()
    return listener.finish(momentary, short_term)


def _loudness_in(path: Path) -> Floats:
    """The momentary and the short-term values that ebur128 has written, a row for each moment."""
    with path.open("rb") as lines:
        values = np.array([line.partition(b"=")[2] for line in lines if line.startswith(_LOUDNESS)]).astype(np.float32)
    # The meter's running sums may end a little below zero in digital silence, whose logarithm is no number.
    values[np.isnan(values)] = SILENT
    return values.reshape(-1, 2)


class _SampleForm:
    """How samples come from ffmpeg."""

    def __init__(self, what: Readable) -> None:
        self.rate, self.channels = what.rate, what.channels
        self.width = 2 if what.depth == "s16" else 4
        self.kind = "s16le" if self.width == 2 else "s32le"
        self.type = f"<i{self.width}"
        full_scale = HEADROOM if what.depth == "float" else 1.0
        self.unit: float = full_scale / what.scale / 2 ** (8 * self.width - 1)
        """The smallest sample, linear."""
        self.frame = self.width * what.channels
        self.window = window_of(what.rate) * self.frame
        self.context = CONTEXT * self.frame
        self.compares = isinstance(what, Programme) and what.channels == 2
        """Whether it matters what two channels are to each other: of results, it is known."""


class _Listener:
    """Takes the samples of one span, and looks at them window by window."""

    def __init__(self, form: _SampleForm, threshold: Threshold, run_up: int, heard: Callable[[float], None]) -> None:
        self.form, self.threshold, self.heard = form, threshold, heard
        self.number = 0
        """Of the next window to look at."""
        self.skip = run_up * form.frame
        """Bytes of the run-up that are still to come."""
        self.pending = bytearray(form.context)
        """Context (at first: silence, or the end of the run-up), then windows not yet looked at."""
        self.size = 0
        """Bytes heard."""
        self.difference = 0.0
        self.powers = [np.empty((0, 3), np.float32)]
        self.peaks = [np.empty(0, np.float32)]
        self.true_peaks = [WindowValues.none()]

    def take(self, block: memoryview) -> None:
        """Look at a block of samples."""
        self.pending += block
        skipped = min(self.skip, len(block))
        del self.pending[:skipped]
        self.skip -= skipped
        self.size += len(block) - skipped
        self.heard((len(block) - skipped) / self.form.frame / self.form.rate)
        # Blocks may be small, and each look takes its time.
        if len(self.pending) > BLOCK:
            self._look()

    def finish(self, momentary: Floats, short_term: Floats) -> Reading:
        """Look at what is left, with silence after it; the reading of all."""
        left = len(self.pending) - self.form.context
        self.pending += bytes(self.form.context + -left % self.form.window)
        self._look()
        return Reading(
            rate=self.form.rate,
            channels=self.form.channels,
            samples=self.size // self.form.frame,
            momentary=momentary,
            short_term=short_term,
            peaks=np.concatenate(self.peaks),
            true_peaks=WindowValues.joined(self.true_peaks),
            difference=self.difference,
            powers=self._powers_by_tenth(),
        )

    def _powers_by_tenth(self) -> Floats:
        """Of both channels, one row after another."""
        powers = np.concatenate(self.powers)
        size = self.form.rate // 10 // window_of(self.form.rate)
        whole: Floats = powers[: len(powers) // size * size].reshape(-1, size, 3)
        return np.asarray(whole.mean(1).ravel(), np.float32)

    def _look(self) -> None:
        """Peaks of every window that lies whole, with its context, in `pending`, and true peaks where they matter."""
        form = self.form
        windows = (len(self.pending) - 2 * form.context) // form.window
        if windows < 1:
            return
        size, channels = window_of(form.rate), form.channels
        count = (windows * size + 2 * CONTEXT) * channels
        samples = np.frombuffer(self.pending, form.type, count).reshape(-1, channels)
        inner = samples[CONTEXT:-CONTEXT]
        self._compare_channels(inner, windows)
        peaks = highest_in(inner.reshape(windows, -1), form.unit)
        high = np.flatnonzero(peaks >= self.threshold.after(float(peaks.max())))
        pieces = seen_as(samples, (windows, channels, size + 2 * CONTEXT), (size * channels, 1, channels))
        exact = np.maximum(true_peaks(pieces, high) * np.float32(form.unit), peaks[high])
        self.peaks.append(peaks)
        self.true_peaks.append(WindowValues((high + self.number).astype(np.int32), exact))
        self.number += windows
        self.pending = self.pending[windows * form.window :]

    def _compare_channels(self, samples: NDArray[np.integer[Any]], windows: int) -> None:
        if not self.form.compares:
            return
        size = window_of(self.form.rate)
        step = size // SAMPLED
        self.powers.append(powers_of(samples[::step] * np.float32(self.form.unit), windows))
        if self.difference < SURELY_STEREO:
            difference = np.abs(samples[:, 0].astype(np.int64) - samples[:, 1]).max()
            self.difference = max(self.difference, float(difference) * self.form.unit)
