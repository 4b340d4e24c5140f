"""The limiter: a gain that dips before each peak that would pass the ceiling, and recovers after it.

The true peaks are measured first, so the look-ahead is complete: each window of about 5 ms that is too high gets the
gain that brings its true peak to the limit, reached by a smooth ramp before it and left by a slower one after it.
Everything else keeps the gain of the whole, so nothing pumps. The curve is written at about 1.2 kHz; ffmpeg
interpolates it to the sample rate.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from sendung.audio.reading import window_of

ATTACK_S, RELEASE_S = 0.009, 0.052
"""How far a dip reaches before and after its window, at most."""
STEPS = 6
"""Steps of the curve in a window."""
_ATTACK = [0.5 + 0.5 * math.cos(math.pi * step / 9) for step in range(1, 9)]
"""How much of a dip is reached, step by step backwards: 7 ms."""
_RELEASE = [0.5 + 0.5 * math.cos(math.pi * step / 61) for step in range(1, 61)]
"""The same forwards: 50 ms."""
TAIL_S = 1.0
"""Of curve after the samples it is for, so that it never ends first."""


@dataclass(frozen=True)
class Curve:
    """The gain of the whole, and the dips: windows that get a further gain below 1 (linear). All others get none."""

    gain_db: float
    windows: array[int] = field(default_factory=lambda: array("L"))
    """The numbers of the windows with a dip, ascending."""
    dips: array[float] = field(default_factory=lambda: array("f"))
    """The further gain of each of them."""

    @classmethod
    def of(cls, gain_db: float, dips: Mapping[int, float]) -> Self:
        """A curve with these dips, by window."""
        windows = array("L", sorted(dips))
        return cls(gain_db, windows, array("f", (dips[number] for number in windows)))

    def at(self, window: int) -> float:
        """The further gain of a window; 1 without a dip."""
        index = bisect_left(self.windows, window)
        return self.dips[index] if index < len(self.windows) and self.windows[index] == window else 1.0

    def lowered(self, dips: Mapping[int, float]) -> Self:
        """The same curve with these dips, by window, where they are deeper."""
        curve = replace(self, windows=self.windows[:], dips=self.dips[:])
        for window, gain in dips.items():
            index = bisect_left(curve.windows, window)
            if index == len(curve.windows) or curve.windows[index] != window:
                curve.windows.insert(index, window)
                curve.dips.insert(index, gain)
            else:
                curve.dips[index] = min(gain, curve.dips[index])
        return curve

    def changed(self, before: Curve) -> list[int]:
        """The windows whose dip is not what it was before, ascending. None of those has lost its dip."""
        return [window for window, gain in zip(self.windows, self.dips, strict=True) if gain != before.at(window)]

    @property
    def limited_db(self) -> float:
        """How far the deepest dip goes, dB; 0 without dips."""
        return max(0.0, -20 * math.log10(min(self.dips, default=1.0)))

    def touches(self, first: int, count: int, rate: int) -> bool:
        """Whether any dip, with its ramps, reaches into these samples."""
        return len(self._near(first, count, rate)) > 0

    def steps(self, first: int, count: int, rate: int) -> array[float]:
        """The dips as one gain every `step_rate` for the samples from `first` (a step's beginning) on."""
        step = window_of(rate) // STEPS
        size = math.ceil(count / step) + round(TAIL_S * rate / step)
        gains = array("f", [1.0]) * size
        for index in self._near(first, count, rate):
            _dip(gains, self.windows[index] * STEPS - first // step, self.dips[index])
        return gains

    def _near(self, first: int, count: int, rate: int) -> range:
        """Which of the dips reach into these samples."""
        window = window_of(rate)
        start = bisect_left(self.windows, max(0, first // window - 12))
        return range(start, bisect_left(self.windows, (first + count) // window + 4, start))


def step_rate(rate: int) -> int:
    """Steps of a curve in a second."""
    return rate * STEPS // window_of(rate)


def _dip(gains: array[float], at: int, gain: float) -> None:
    """Lower the steps of one window to `gain`, with ramps; what is lower already stays."""
    depth = 1.0 - gain
    hold = range(at - 1, at + STEPS + 1)
    shape = [(step, depth) for step in hold]
    shape += [(hold.start - 1 - step, depth * part) for step, part in enumerate(_ATTACK)]
    shape += [(hold.stop + step, depth * part) for step, part in enumerate(_RELEASE)]
    for step, lowered in shape:
        if 0 <= step < len(gains) and gains[step] > 1.0 - lowered:
            gains[step] = 1.0 - lowered
