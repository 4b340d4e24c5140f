"""Loudness, peaks and sameness of channels, read in one go, in as many parts at once as there are cores."""

from __future__ import annotations

import math
import re
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.loudness import decibels, integrated, loudness_range
from sendung.audio.oversampling import CONTEXT, true_peaks
from sendung.audio.programme import Programme, spans
from sendung.audio.samples import audioop
from sendung.audio.values import Depth, Levels
from sendung.audio.windows import Windows

LEAST_S = 60
"""Seconds in a part: for less, starting ffmpeg costs more than it saves."""
RUN_UP_S = 3
"""Read before a part so that its first short-term value (3 s) is whole and the meter's filters have settled."""
HEADROOM = 8.0
"""Full scale for samples that may pass it: up to +18 dBFS they are measured, not clipped."""
SILENT = -120.0
"""LUFS, for no sound at all."""
CANDIDATE = 0.7
"""A window whose sample peak is below 0.7 of the highest (-3 dB) cannot hold the highest true peak: a sine at a quarter
of the sample rate, the worst steady case, hides just that much between its samples (Tech 3341 signals 15 to 19)."""
SURELY_STEREO = 1e-3
"""A difference between the channels from which on they are not compared any more."""
_SCALES: dict[Depth, str] = {
    "s16": "",
    "s32": "",
    "float": f"volume={1 / HEADROOM}:precision=float,aformat=sample_fmts=s32,",
}
_BATCH = 3000
"""Windows oversampled at once (2 to 7 MB)."""
_LOUDNESS = re.compile(rb"lavfi\.r128\.([MS])=(\S+)")


def window_of(rate: int) -> int:
    """Samples in a window: about 5 ms, a whole number of them in 100 ms (44.1 and 48 kHz)."""
    return 210 if rate == 44100 else rate // 200


class Readable(Protocol):
    """Something of which any stretch of samples can be had through ffmpeg."""

    @property
    def rate(self) -> int:
        """Hertz."""

    @property
    def channels(self) -> int:
        """1 or 2."""

    @property
    def depth(self) -> Depth:
        """What holds its samples."""

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """Input arguments, and a filter graph whose last output is these samples (None: to the end).

        The graph ends without a label, so that more filters can follow after a comma. Without arguments, it is a
        source by itself.
        """


@dataclass
class Reading:
    """What was measured of a stretch; readings of neighbours join."""

    rate: int
    channels: int
    momentary: array[float] = field(default_factory=lambda: array("f"))
    """LUFS, every 100 ms, each of the 400 ms before."""
    short_term: array[float] = field(default_factory=lambda: array("f"))
    """LUFS, every 100 ms, each of the 3 s before."""
    peaks: Windows = field(default_factory=Windows)
    """The highest sample of each window of the whole, linear; readings of its parts share it."""
    true_peaks: dict[int, float] = field(default_factory=dict)
    """Of the windows (by number in the whole) that may hold the highest one, or that come near the ceiling: linear."""
    difference: float = 0.0
    """The highest |left - right| found; stops being followed once it is surely not two equal channels."""
    samples: int = 0

    def join(self, after: Reading) -> None:
        """Add what was measured of the stretch right after this one."""
        self.true_peaks |= after.true_peaks
        self.momentary.extend(after.momentary)
        self.short_term.extend(after.short_term)
        self.difference = max(self.difference, after.difference)
        self.samples += after.samples

    def without_head(self, blocks: int) -> Reading:
        """The same without its first tenths of a second."""
        windows = blocks * (self.rate // 10 // window_of(self.rate))
        true_peaks = {number - windows: peak for number, peak in self.true_peaks.items() if number >= windows}
        return replace(
            self,
            momentary=self.momentary[blocks:],
            short_term=self.short_term[blocks:],
            peaks=self.peaks.without_head(windows),
            true_peaks=true_peaks,
        )

    def record_over(self, block: int, fresh: Reading) -> None:
        """Replace what was measured from a tenth of a second on by what is measured there now (with these peaks)."""
        window = block * (self.rate // 10 // window_of(self.rate))
        after = window - (-fresh.samples // window_of(self.rate))
        self.momentary[block : block + len(fresh.momentary)] = fresh.momentary
        self.short_term[block : block + len(fresh.short_term)] = fresh.short_term
        kept = {number: peak for number, peak in self.true_peaks.items() if not window <= number < after}
        self.true_peaks = kept | fresh.true_peaks

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.samples / self.rate

    @property
    def peak(self) -> float:
        """The highest true peak, linear."""
        return max(self.true_peaks.values()) if self.true_peaks else max(self.peaks, default=0.0)

    @property
    def broken(self) -> bool:
        """Whether samples are no numbers, or beyond all range (they are read as the lowest possible one)."""
        return max(self.peaks, default=0.0) >= 0.999 * HEADROOM

    @property
    def levels(self) -> Levels:
        """The three numbers of the whole."""
        return Levels(integrated(self.momentary), decibels(self.peak), loudness_range(self.short_term))


def measure_whole(
    ffmpeg: Ffmpeg,
    what: Readable,
    samples: int,
    heard: Callable[[float], None],
    ceiling: float = math.inf,
    *,
    exact: bool = True,
) -> Reading:
    """Measure all of it, in as many parts at once as there are cores.

    It has so many `samples`, or about so many if that is not `exact`. The rest is as for `measure`.
    """
    parts: list[tuple[int, int | None]] = [*spans(samples, what.rate // 10, ffmpeg.workers, LEAST_S * what.rate)]
    if not exact:
        parts[-1] = (parts[-1][0], None)
    return joined(measure(ffmpeg, what, parts, heard, ceiling))


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
) -> list[Reading]:
    """Measure parts (first sample, count; the last may be open), at once.

    Parts start at whole tenths of a second. `heard` is told the seconds read. Of windows that may exceed `ceiling`
    (linear), every true peak is found. The readings share `peaks`, or new ones. Raises what Ffmpeg.read raises.
    """
    peaks = Windows(folder=ffmpeg.folder) if peaks is None else peaks
    candidates = _Candidates(ffmpeg, what, ceiling)
    readings = ffmpeg.all([partial(_measure_span, ffmpeg, what, *part, heard, peaks, candidates) for part in parts])
    candidates.settle(readings, peaks)
    return readings


def joined(parts: Sequence[Reading]) -> Reading:
    """One reading of neighbours."""
    whole = parts[0]
    for part in parts[1:]:
        whole.join(part)
    return whole


def _measure_span(
    ffmpeg: Ffmpeg,
    what: Readable,
    first: int,
    count: int | None,
    heard: Callable[[float], None],
    peaks: Windows,
    candidates: _Candidates,
) -> Reading:
    run_up = min(first, RUN_UP_S * what.rate)
    arguments, graph = what.open(first - run_up, None if count is None else count + run_up)
    graph += (
        ",asplit[loudness][samples];"
        "[loudness]ebur128=framelog=quiet:metadata=1,"
        "ametadata=print:file='pipe\\:2',anullsink;"
        f"[samples]{_SCALES[what.depth]}asetnsamples=16384:p=0[out0]"
    )
    reading = Reading(what.rate, what.channels, peaks=peaks)
    listener = _Listener(reading, candidates, first, run_up, heard)
    inputs = [*arguments, "-filter_complex", graph, "-map", "[out0]"] if arguments else ["-f", "lavfi", "-i", graph]
    args = [*inputs, "-f", candidates.form.kind, "pipe:1"]
    log = ffmpeg.read(args, listener.take)
    return listener.finish(log)


class _Form:
    """How samples come from ffmpeg."""

    def __init__(self, what: Readable) -> None:
        self.width = 2 if what.depth == "s16" else 4
        self.kind = "s16le" if self.width == 2 else "s32le"
        self.full_scale = HEADROOM if what.depth == "float" else 1.0
        self.unit: float = self.full_scale / 2 ** (8 * self.width - 1)
        """The smallest sample, linear."""
        self.frame = self.width * what.channels
        self.window = window_of(what.rate) * self.frame
        self.context = CONTEXT * self.frame


@dataclass(frozen=True)
class _Candidate:
    """A window whose true peak may matter."""

    reading: Reading
    number: int
    peak: float
    """Of its samples, linear."""
    piece: bytes
    """Its samples, with the context."""


class _Candidates:
    """The windows of all parts, measured at once, whose true peaks may matter: oversampled many at a time."""

    def __init__(self, ffmpeg: Ffmpeg, what: Readable, ceiling: float) -> None:
        self.form = _Form(what)
        self._ffmpeg, self._what, self._ceiling = ffmpeg, what, ceiling
        self._lock = threading.Lock()
        self._running = 0.0
        self._waiting: list[_Candidate] = []
        self._found: dict[int, tuple[array[int], array[float]]] = {}
        """Windows and their true peaks, by their reading's identity."""

    def least(self, peak: float) -> float:
        """How high the samples of a window must be for it to matter, now that some have this peak (linear)."""
        with self._lock:
            self._running = max(self._running, peak)
        return self._least()

    def add(self, fresh: Sequence[_Candidate]) -> None:
        """Take windows; once there are many, those that can still matter are oversampled."""
        with self._lock:
            self._waiting += fresh
            if len(self._waiting) < _BATCH:
                return
            self._waiting = self._that_matter()
            if len(self._waiting) < _BATCH // 2:
                return
        self._oversample()

    def settle(self, readings: Sequence[Reading], peaks: Windows) -> None:
        """Give each reading its true peaks: the same, whichever part was quicker."""
        self._oversample()
        least = self._least()
        for reading in readings:
            numbers, true_peaks = self._found.get(id(reading), (array("L"), array("f")))
            matter = (
                (number, peak) for number, peak in zip(numbers, true_peaks, strict=True) if peaks[number] >= least
            )
            reading.true_peaks = self._worth_keeping(sorted(matter))

    def _least(self) -> float:
        return max(CANDIDATE * min(self._running, self._ceiling), self.form.unit)

    def _that_matter(self) -> list[_Candidate]:
        least = self._least()
        return [candidate for candidate in self._waiting if candidate.peak >= least]

    def _oversample(self) -> None:
        """Find the true peaks of those that wait, and forget those that cannot matter by now."""
        with self._lock:
            chosen = self._that_matter()
            self._waiting = []
        if not chosen:
            return
        rate, channels = self._what.rate, self._what.channels
        pieces = [candidate.piece for candidate in chosen]
        found = true_peaks(self._ffmpeg, pieces, window_of(rate), self.form.kind, rate, channels)
        with self._lock:
            for candidate, oversampled in zip(chosen, found, strict=True):
                numbers, peaks = self._found.setdefault(id(candidate.reading), (array("L"), array("f")))
                numbers.append(candidate.number)
                peaks.append(max(oversampled * self.form.full_scale, candidate.peak))

    def _worth_keeping(self, found: Iterable[tuple[int, float]]) -> dict[int, float]:
        """With a ceiling: what passes it, and of each tenth of a second the highest of the rest.

        Whole tenths are measured again when something is mended, so the highest that is left is always known.
        """
        kept: dict[int, float] = {}
        best: dict[int, int] = {}
        tenth = self._what.rate // 10 // window_of(self._what.rate)
        for number, peak in found:
            if peak <= self._ceiling < math.inf:
                before = best.get(number // tenth)
                if before is not None and peak <= kept[before]:
                    continue
                kept.pop(-1 if before is None else before, None)
                best[number // tenth] = number
            kept[number] = peak
        return kept


class _Listener:
    """Takes the samples of one span, window by window."""

    def __init__(
        self, reading: Reading, candidates: _Candidates, first: int, run_up: int, heard: Callable[[float], None]
    ) -> None:
        self.reading = reading
        self.candidates = candidates
        self.form = candidates.form
        self.number = first // window_of(reading.rate)
        """Of the next window to look at."""
        self.heard = heard
        self.run_up = run_up
        self.pending = bytearray(self.form.context)
        """Context (at first: silence, or the end of the run-up), then windows not yet looked at."""
        self.skip = run_up * self.form.frame

    def take(self, block: bytes) -> None:
        """Look at a block of samples."""
        if self.skip:
            skipped, block = block[: self.skip], block[self.skip :]
            self.skip -= len(skipped)
            self.pending = (self.pending + skipped)[-self.form.context :]
        self.pending += block
        self.reading.samples += len(block) // self.form.frame
        self.heard(len(block) / self.form.frame / self.reading.rate)
        self._look(last=False)

    def finish(self, log: str) -> Reading:
        """Look at what is left and read the loudness values."""
        self.pending += bytes(self.form.context)
        self._look(last=True)
        values: dict[bytes, list[float]] = {b"M": [], b"S": []}
        for name, value in _LOUDNESS.findall(log.encode()):
            # The filter's running sums may end a little below zero in digital silence, whose logarithm is no number.
            values[name].append(SILENT if value == b"nan" else float(value))
        blocks = self.run_up * 10 // self.reading.rate
        self.reading.momentary = array("f", values[b"M"][blocks:])
        self.reading.short_term = array("f", values[b"S"][blocks:])
        return self.reading

    def _look(self, *, last: bool) -> None:
        """Every window that lies whole, with its context, in `pending`; at the end also the one that is cut short."""
        window, context, width, unit = self.form.window, self.form.context, self.form.width, self.form.unit
        end = len(self.pending) - context
        if not last:
            end -= (end - context) % window
        if end <= context:
            return
        with memoryview(self.pending) as view:
            starts = range(context, end, window)
            # The last window may reach into the silence that ends it all.
            peaks = array("f", [audioop.max(view[at : at + window], width) * unit for at in starts])
            self._compare_channels(view, context, end)
            self.reading.peaks.write(self.number, peaks)
            highest = max(peaks)
            least = self.candidates.least(highest)
            if highest >= least:
                self.candidates.add(
                    [
                        _Candidate(self.reading, self.number + index, peak, self._piece(view, context + index * window))
                        for index, peak in enumerate(peaks)
                        if peak >= least
                    ]
                )
            self.number += len(peaks)
        del self.pending[: end - context]

    def _piece(self, view: memoryview, at: int) -> bytes:
        """A window with its context on both sides."""
        context, window = self.form.context, self.form.window
        return bytes(view[at - context : at + window + context]).ljust(window + 2 * context, b"\0")

    def _compare_channels(self, view: memoryview, start: int, stop: int) -> None:
        if self.reading.channels == 2 and self.reading.difference < SURELY_STEREO:
            width = self.form.width
            found = audioop.max(audioop.tomono(view[start:stop], width, 1, -1), width) * self.form.unit
            self.reading.difference = max(self.reading.difference, found)
