"""The limiter: a gain that dips before each peak that would pass the ceiling, and recovers after it.

The true peaks are measured first, so the look-ahead is complete: each window of about 5 ms that is too high gets the
gain that brings its true peak to the limit, reached by a smooth ramp before it and left by a slower one after it.
Everything else keeps the gain of the whole, so nothing pumps. The curve is written at about 1.2 kHz; ffmpeg
interpolates it to the sample rate.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field

from sendung.audio.measure import window_of

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
    """The gain of the whole, and the dips: the further gain that each window gets (linear, 1: none)."""

    gain_db: float
    dips: array[float] = field(default_factory=lambda: array("f"))
    """By window; none after its end."""

    @property
    def limited_db(self) -> float:
        """How far the deepest dip goes, dB; 0 without dips."""
        return max(0.0, -20 * math.log10(min(self.dips, default=1.0)))

    def touches(self, first: int, count: int, rate: int) -> bool:
        """Whether any dip, with its ramps, reaches into these samples."""
        near = self._near(first, count, rate)
        return min(self.dips[near.start : near.stop], default=1.0) < 1.0

    def steps(self, first: int, count: int, rate: int) -> array[float]:
        """The dips as one gain every `step_rate` for the samples from `first` (a step's beginning) on."""
        step = window_of(rate) // STEPS
        size = math.ceil(count / step) + round(TAIL_S * rate / step)
        gains = array("f", [1.0]) * size
        for number in self._near(first, count, rate):
            if self.dips[number] < 1.0:
                _dip(gains, number * STEPS - first // step, self.dips[number])
        return gains

    def _near(self, first: int, count: int, rate: int) -> range:
        """The windows whose dips reach into these samples."""
        window = window_of(rate)
        return range(max(0, first // window - 12), min(len(self.dips), (first + count) // window + 4))


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
