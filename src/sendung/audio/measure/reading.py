"""What was measured of a stretch of sound, and what such a stretch is read from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from sendung.audio.measure.loudness import decibels, integrated, loudness_range
from sendung.audio.measure.windows import Floats, WindowValues, window_of
from sendung.audio.values import Depth, Levels

HEADROOM = 8.0
"""Full scale for samples that may pass it: up to +18 dBFS they are measured, not clipped."""


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

    @property
    def scale(self) -> float:
        """The gain, linear, that it is read with; what is measured is as without it."""

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """Input arguments, and a filter graph whose last output is these samples (None: to the end).

        The graph ends without a label, so that more filters can follow after a comma. Without arguments, it is a
        source by itself.
        """


def _none() -> Floats:
    return np.empty(0, np.float32)


@dataclass(eq=False)
class Reading:
    """What was measured of a stretch; parts of it can be written in any order, and anew."""

    rate: int
    channels: int
    samples: int = 0
    momentary: Floats = field(default_factory=_none)
    """LUFS, every 100 ms, each of the 400 ms before."""
    short_term: Floats = field(default_factory=_none)
    """LUFS, every 100 ms, each of the 3 s before."""
    peaks: Floats = field(default_factory=_none)
    """The highest sample of each window, linear."""
    true_peaks: WindowValues = field(default_factory=WindowValues.none)
    """Of the windows that may hold the highest one, or that come near the ceiling."""
    difference: float = 0.0
    """The highest |left - right| found; stops being followed once it is surely not two equal channels."""
    powers: Floats = field(default_factory=_none)
    """Of two channels, every 100 ms: the first's, the second's, and that of their product, one after another."""

    def write(self, block: int, part: Reading) -> None:
        """Put in what was measured from a tenth of a second on, in place of what was there; maybe nothing."""
        if not part.samples:
            return
        first = block * self._windows_a_block
        _write(self.momentary, block, part.momentary)
        _write(self.short_term, block, part.short_term)
        _write(self.peaks, first, part.peaks)
        _write(self.powers, 3 * block, part.powers)
        self.true_peaks = self.true_peaks.written_over(first, len(part.peaks), part.true_peaks)
        self.samples = max(self.samples, block * (self.rate // 10) + part.samples)
        self.difference = max(self.difference, part.difference)

    def without_head(self, blocks: int) -> Reading:
        """The same without its first tenths of a second."""
        head = blocks * self._windows_a_block
        return replace(
            self,
            momentary=self.momentary[blocks:],
            short_term=self.short_term[blocks:],
            peaks=self.peaks[head:],
            powers=self.powers[3 * blocks :],
            true_peaks=self.true_peaks.between(head, len(self.peaks)),
        )

    @property
    def _windows_a_block(self) -> int:
        return self.rate // 10 // window_of(self.rate)

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.samples / self.rate

    @property
    def peak(self) -> float:
        """The highest true peak, linear."""
        return float(self.true_peaks.values.max(initial=0)) or float(self.peaks.max(initial=0))

    @property
    def broken(self) -> bool:
        """Whether samples are no numbers, or beyond all range (they are read as the lowest possible one)."""
        return float(self.peaks.max(initial=0)) >= 0.999 * HEADROOM

    @property
    def levels(self) -> Levels:
        """The three numbers of the whole."""
        return Levels(integrated(self.momentary), decibels(self.peak), loudness_range(self.short_term))


def _write(values: Floats, at: int, part: Floats) -> None:
    """Put a part in its place; if the place is not there yet, the values grow as a list does, without being copied."""
    end = at + len(part)
    if end > len(values):
        values.resize(end, refcheck=False)
    values[at:end] = part
