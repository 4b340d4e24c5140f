"""What was measured of a stretch of sound, and what such a stretch is read from."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import Protocol

from sendung.audio.loudness import decibels, integrated, loudness_range
from sendung.audio.values import Depth, Levels
from sendung.audio.windows import Windows

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
        for number in [number for number in self.true_peaks if window <= number < after]:
            del self.true_peaks[number]
        self.true_peaks |= fresh.true_peaks

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
