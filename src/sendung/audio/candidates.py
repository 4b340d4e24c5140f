"""True peaks where they may matter: of few windows, oversampled many at a time."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.oversampling import CONTEXT, true_peaks
from sendung.audio.reading import HEADROOM, Readable, Reading, window_of
from sendung.audio.windows import Windows

CANDIDATE = 0.7
"""A window whose sample peak is below 0.7 of the highest (-3 dB) cannot hold the highest true peak: a sine at a quarter
of the sample rate, the worst steady case, hides just that much between its samples (Tech 3341 signals 15 to 19)."""
_BATCH = 3000
"""Windows oversampled at once (2 to 7 MB)."""


class SampleFormat:
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
class Candidate:
    """A window whose true peak may matter."""

    reading: Reading
    number: int
    peak: float
    """Of its samples, linear."""
    piece: bytes
    """Its samples, with the context."""


class Candidates:
    """The windows of all parts, measured at once, whose true peaks may matter: oversampled many at a time."""

    def __init__(self, ffmpeg: Ffmpeg, what: Readable, ceiling: float) -> None:
        self.format = SampleFormat(what)
        self._ffmpeg, self._what, self._ceiling = ffmpeg, what, ceiling
        self._lock = threading.Lock()
        self._running = 0.0
        self._waiting: list[Candidate] = []
        self._found: dict[int, tuple[array[int], array[float]]] = {}
        """Windows and their true peaks, by their reading's identity."""

    def least_after(self, peak: float) -> float:
        """How high the samples of a window must be for it to matter, now that some have this peak (linear)."""
        with self._lock:
            self._running = max(self._running, peak)
        return self._least()

    def add(self, fresh: Sequence[Candidate]) -> None:
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
        return max(CANDIDATE * min(self._running, self._ceiling), self.format.unit)

    def _that_matter(self) -> list[Candidate]:
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
        found = true_peaks(self._ffmpeg, pieces, window_of(rate), self.format.kind, rate, channels)
        with self._lock:
            for candidate, oversampled in zip(chosen, found, strict=True):
                numbers, peaks = self._found.setdefault(id(candidate.reading), (array("L"), array("f")))
                numbers.append(candidate.number)
                peaks.append(max(oversampled * self.format.full_scale, candidate.peak))

    def _worth_keeping(self, found: Sequence[tuple[int, float]]) -> dict[int, float]:
        """Of windows in order: with a ceiling, what passes it, and of each tenth of a second the highest of the rest.

        Whole tenths are measured again when something is mended, so the highest that is left is always known.
        """
        if self._ceiling == math.inf:
            return dict(found)
        tenth = self._what.rate // 10 // window_of(self._what.rate)
        kept = {number: peak for number, peak in found if peak > self._ceiling}
        rest = (one for one in found if one[0] not in kept)
        kept |= (max(some, key=itemgetter(1)) for _, some in groupby(rest, lambda one: one[0] // tenth))
        return kept
