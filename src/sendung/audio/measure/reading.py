"""What was measured of a stretch of sound, and what such a stretch is read from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

from sendung.audio.measure.loudness import decibels, integrated, loudness_range
from sendung.audio.measure.series import Series
from sendung.audio.values import Depth, Levels

HEADROOM = 8.0
"""Full scale for samples that may pass it: up to +18 dBFS they are measured, not clipped."""


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


@dataclass(eq=False)
class Reading:
    """What was measured of a stretch; parts of it can be measured in any order, and anew."""

    rate: int
    channels: int
    momentary: Series = field(default_factory=Series)
    """LUFS, every 100 ms, each of the 400 ms before."""
    short_term: Series = field(default_factory=Series)
    """LUFS, every 100 ms, each of the 3 s before."""
    peaks: Series = field(default_factory=Series)
    """The highest sample of each window, linear."""
    true_peaks: Series = field(default_factory=Series)
    """The true peak of each window that may hold the highest one, or that comes near the ceiling; 0 for the others."""
    difference: float = 0.0
    """The highest |left - right| found; stops being followed once it is surely not two equal channels."""
    samples: int = 0

    @classmethod
    def empty(cls, rate: int, channels: int, folder: Path | None) -> Self:
        """Nothing yet; what is measured will be in files in this folder."""
        momentary, short_term, peaks, true_peaks = (Series(folder=folder) for _ in range(4))
        return cls(rate, channels, momentary, short_term, peaks, true_peaks)

    def without_head(self, blocks: int) -> Reading:
        """The same without its first tenths of a second."""
        windows = blocks * (self.rate // 10 // window_of(self.rate))
        return replace(
            self,
            momentary=self.momentary.without_head(blocks),
            short_term=self.short_term.without_head(blocks),
            peaks=self.peaks.without_head(windows),
            true_peaks=self.true_peaks.without_head(windows),
        )

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.samples / self.rate

    @property
    def peak(self) -> float:
        """The highest true peak, linear."""
        return self.true_peaks.highest() or self.peaks.highest()

    @property
    def broken(self) -> bool:
        """Whether samples are no numbers, or beyond all range (they are read as the lowest possible one)."""
        return self.peaks.highest() >= 0.999 * HEADROOM

    @property
    def levels(self) -> Levels:
        """The three numbers of the whole."""
        return Levels(integrated(self.momentary), decibels(self.peak), loudness_range(self.short_term))
