"""The limiter: a gain that dips before each peak that would pass the ceiling, and recovers after it.

The true peaks are measured first, so the look-ahead is complete: each window of about 5 ms that is too high gets the
gain that brings its true peak to the limit, reached by a smooth ramp before it and left by a slower one after it.
Everything else keeps the gain of the whole, so nothing pumps. The curve is written at about 1.2 kHz; ffmpeg
interpolates it to the sample rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sendung.audio.measure.windows import Floats, WindowValues, window_of

ATTACK_S, RELEASE_S = 0.009, 0.052
"""How far a dip reaches before and after its window, at most."""
STEPS = 6
"""Steps of the curve in a window."""
_ATTACK = 0.5 + 0.5 * np.cos(np.pi * np.arange(8, 0, -1) / 9)
"""How much of a dip is reached, step by step: 7 ms."""
_RELEASE = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, 61) / 61)
"""How much of it is left: 50 ms."""
_HELD = STEPS + 2
"""Steps at the depth of the dip: those of its window, and one more at both sides."""
_SHAPE = np.concatenate((_ATTACK, np.ones(_HELD), _RELEASE))
_BEFORE = len(_ATTACK) + 1
"""Steps of the shape before the window."""
TAIL_S = 1.0
"""Of curve after the samples it is for, so that it never ends first."""
_WRITTEN_S = 60
"""Of curve written at once."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The gain of the whole, and the dips: windows that get a further gain below 1."""

    gain_db: float
    dips: WindowValues = field(default_factory=WindowValues.none)
    """The further gains, linear."""

    @property
    def limited_db(self) -> float:
        """How far the deepest dip goes, dB; 0 without dips."""
        return max(0.0, -20 * math.log10(float(self.dips.values.min(initial=1.0))))

    def touches(self, first: int, count: int, rate: int) -> bool:
        """Whether any dip, with its ramps, reaches into these samples."""
        return self.dips.between(*_near(first, count, rate)).windows.size > 0

    def steps(self, first: int, count: int, rate: int) -> Floats:
        """The dips as one gain every `step_rate` for the samples from `first` (a step's beginning) on."""
        step = window_of(rate) // STEPS
        start, stop = _near(first, count, rate)
        dips = self.dips.between(start, stop)
        gains = np.ones((stop - start) * STEPS + len(_SHAPE), np.float32)
        for number, share in enumerate(_SHAPE):
            steps = dips.windows * STEPS + number
            gains[steps] = np.minimum(gains[steps], 1 - (1 - dips.values.astype(np.float64)) * share)
        # The first is where the shape of a dip in window `start` begins.
        return gains[first // step - start * STEPS + _BEFORE :][: math.ceil(count / step)]

    def write(self, path: Path, first: int, count: int, rate: int) -> None:
        """Write the steps for these samples and TAIL_S after them to a file, as 32-bit floats."""
        end = first + count + round(TAIL_S * rate)
        with path.open("wb") as file:
            for at in range(first, end, _WRITTEN_S * rate):
                self.steps(at, min(_WRITTEN_S * rate, end - at), rate).tofile(file)


def _near(first: int, count: int, rate: int) -> tuple[int, int]:
    """The windows (first, and the one after the last) whose dips reach into these samples."""
    window = window_of(rate)
    return max(0, first // window - 12), (first + count) // window + 4


def step_rate(rate: int) -> int:
    """Steps of a curve in a second."""
    return rate * STEPS // window_of(rate)
