"""True peaks where they may matter: of few windows, oversampled many at a time."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.oversampling import CONTEXT, true_peaks
from sendung.audio.reading import HEADROOM, Readable, Reading, TruePeaks, window_of
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
        self.type = f"<i{self.width}"
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
        self._found: list[tuple[NDArray[np.int64], TruePeaks]] = []
        """True peaks, batch by batch, each with its reading's identity."""

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
            of_this = [peaks.chosen(owners == id(reading)) for owners, peaks in self._found]
            found = reduce(TruePeaks.joined, of_this, TruePeaks()).in_order()
            reading.true_peaks = self._worth_keeping(found.chosen(peaks.at(found.windows) >= least))

    def _least(self) -> float:
        # As exact as the peaks are, so that it is the same for one of them and for an array.
        return float(np.float32(max(CANDIDATE * min(self._running, self._ceiling), self.format.unit)))

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
        owners = np.array([id(candidate.reading) for candidate in chosen], np.int64)
        numbers = np.array([candidate.number for candidate in chosen], np.int32)
        samples = np.array([candidate.peak for candidate in chosen], np.float32)
        with self._lock:
            self._found.append((owners, TruePeaks(numbers, np.maximum(found * self.format.full_scale, samples))))

    def _worth_keeping(self, found: TruePeaks) -> TruePeaks:
        """With a ceiling, what passes it, and of each tenth of a second the highest of the rest.

        Whole tenths are measured again when something is mended, so the highest that is left is always known.
        """
        if self._ceiling == math.inf or not len(found):
            return found
        passing = found.peaks > np.float64(self._ceiling)
        tenths = found.windows // (self._what.rate // 10 // window_of(self._what.rate))
        # By tenth, the highest of the rest last.
        order = np.lexsort((np.where(passing, 0, found.peaks), tenths))
        last = np.append(np.diff(tenths[order]) > 0, True)
        worth = passing.copy()
        worth[order[last]] = True
        return found.chosen(worth)
