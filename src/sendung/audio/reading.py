"""What was measured of a stretch of sound, and what such a stretch is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sendung.audio.loudness import decibels, integrated, loudness_range
from sendung.audio.values import Depth, Levels
from sendung.audio.windows import Floats, Numbers, Windows

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


@dataclass(frozen=True, eq=False)
class TruePeaks:
    """True peaks of some windows, linear."""

    windows: Numbers = field(default_factory=lambda: np.empty(0, np.int32))
    """By their number in the whole, ascending."""
    peaks: Floats = field(default_factory=lambda: np.empty(0, np.float32))

    @classmethod
    def of(cls, peaks: Mapping[int, float]) -> Self:
        """Those of a mapping by window."""
        windows = sorted(peaks)
        return cls(np.array(windows, np.int32), np.array([peaks[number] for number in windows], np.float32))

    def __len__(self) -> int:
        return len(self.windows)

    def chosen(self, which: NDArray[np.bool_]) -> TruePeaks:
        """Some of them."""
        return TruePeaks(self.windows[which], self.peaks[which])

    def without_head(self, count: int) -> TruePeaks:
        """Those from a window on, counted from there."""
        rest = self.chosen(self.windows >= count)
        return TruePeaks(rest.windows - count, rest.peaks)

    @classmethod
    def joined(cls, parts: Sequence[TruePeaks]) -> Self:
        """Those of stretches that follow each other."""
        return cls(np.concatenate([part.windows for part in parts]), np.concatenate([part.peaks for part in parts]))

    def between(self, start: int, stop: int) -> TruePeaks:
        """Those from a window on, before another."""
        return self.chosen((self.windows >= start) & (self.windows < stop))

    def highest(self) -> float:
        """The highest; 0 if there are none."""
        return float(self.peaks.max(initial=0.0))


def _none() -> Floats:
    return np.empty(0, np.float32)


@dataclass(eq=False)
class Reading:
    """What was measured of a stretch; readings of neighbours join."""

    rate: int
    channels: int
    momentary: Floats = field(default_factory=_none)
    """LUFS, every 100 ms, each of the 400 ms before."""
    short_term: Floats = field(default_factory=_none)
    """LUFS, every 100 ms, each of the 3 s before."""
    peaks: Windows = field(default_factory=Windows)
    """The highest sample of each window of the whole, linear; readings of its parts share it."""
    true_peaks: TruePeaks = field(default_factory=TruePeaks)
    """Of the windows that may hold the highest one, or that come near the ceiling."""
    difference: float = 0.0
    """The highest |left - right| found; stops being followed once it is surely not two equal channels."""
    samples: int = 0

    @classmethod
    def joined(cls, parts: Sequence[Reading]) -> Self:
        """One reading of neighbours, in order."""
        return cls(
            rate=parts[0].rate,
            channels=parts[0].channels,
            momentary=np.concatenate([part.momentary for part in parts]),
            short_term=np.concatenate([part.short_term for part in parts]),
            peaks=parts[0].peaks,
            true_peaks=TruePeaks.joined([part.true_peaks for part in parts]),
            difference=max(part.difference for part in parts),
            samples=sum(part.samples for part in parts),
        )

    def without_head(self, blocks: int) -> Reading:
        """The same without its first tenths of a second."""
        windows = blocks * (self.rate // 10 // window_of(self.rate))
        return replace(
            self,
            momentary=self.momentary[blocks:],
            short_term=self.short_term[blocks:],
            peaks=self.peaks.without_head(windows),
            true_peaks=self.true_peaks.without_head(windows),
        )

    def record_over(self, block: int, fresh: Reading) -> None:
        """Replace what was measured from a tenth of a second on by what is measured there now (with these peaks)."""
        window = block * (self.rate // 10 // window_of(self.rate))
        after = window - (-fresh.samples // window_of(self.rate))
        self.momentary = _written_over(self.momentary, block, fresh.momentary)
        self.short_term = _written_over(self.short_term, block, fresh.short_term)
        kept, last = self.true_peaks.between(0, window), self.true_peaks.between(after, len(self.peaks))
        self.true_peaks = TruePeaks.joined([kept, fresh.true_peaks, last])

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.samples / self.rate

    @property
    def peak(self) -> float:
        """The highest true peak, linear."""
        return self.true_peaks.highest() if len(self.true_peaks) else self.peaks.highest()

    @property
    def broken(self) -> bool:
        """Whether samples are no numbers, or beyond all range (they are read as the lowest possible one)."""
        return self.peaks.highest() >= 0.999 * HEADROOM

    @property
    def levels(self) -> Levels:
        """The three numbers of the whole."""
        return Levels(integrated(self.momentary), decibels(self.peak), loudness_range(self.short_term))


def _written_over(values: Floats, at: int, fresh: Floats) -> Floats:
    """Values with others in place of those from a place on; it may grow at its end."""
    return np.concatenate((values[:at], fresh, values[at + len(fresh) :]))
