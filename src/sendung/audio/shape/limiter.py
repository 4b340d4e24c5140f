"""The limiter: a gain that dips before each peak that would pass the ceiling, and recovers after it.

The true peaks are measured first, so the look-ahead is complete: each window of about 5 ms that is too high gets the
gain that brings its true peak to the limit, reached by a smooth ramp before it and left by a slower one after it.
Everything else keeps the gain of the whole, so nothing pumps. The curve is written at about 1.2 kHz; ffmpeg
interpolates it to the sample rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.reading import window_of
from sendung.audio.measure.series import Floats, Series

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
_AT_ONCE = 128
"""Dips whose shapes are laid out at once (0.3 MB)."""
_WRITTEN = 1 << 14
"""Steps written at once (13 s)."""
TAIL_S = 1.0
"""Of curve after the samples it is for, so that it never ends first."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The gain of the whole, and the dips: windows that get a further gain below 1."""

    gain_db: float
    dips: Series = field(default_factory=Series)
    """The further gain of each window, linear: 1 without a dip, and after the last of the series."""

    def gains(self, start: int, count: int) -> Floats:
        """The further gains of so many windows."""
        found = self.dips[start : start + count]
        return np.append(found, np.ones(count - len(found), np.float32))

    def dipping(self, start: int, stop: int) -> tuple[NDArray[np.intp], Floats]:
        """Of the windows from `start` (maybe below 0) to `stop`, those with a dip: their numbers and further gains."""
        first = max(0, start)
        found = self.dips[first : max(first, stop)]
        places = np.flatnonzero(found < 1)
        return places + first, found[places]

    def changed(self, before: Curve) -> Iterator[int]:
        """The windows whose dip is not what it was before, ascending."""
        for first, dips in self.dips.chunks():
            yield from (np.flatnonzero(dips != before.gains(first, len(dips))) + first).tolist()

    @property
    def limited_db(self) -> float:
        """How far the deepest dip goes, dB; 0 without dips."""
        deepest = min((float(dips.min()) for _, dips in self.dips.chunks()), default=1.0)
        return max(0.0, -20 * math.log10(deepest))

    def touches(self, first: int, count: int, rate: int) -> bool:
        """Whether any dip, with its ramps, reaches into these samples."""
        start, stop = _near(first, count, rate)
        return any((dips < 1).any() for _, dips in self.dips.chunks(start=start, stop=stop))

    def steps(self, first: int, count: int, rate: int) -> Floats:
        """The dips as one gain every `step_rate` for the samples from `first` (a step's beginning) on."""
        step = window_of(rate) // STEPS
        size = math.ceil(count / step) + round(TAIL_S * rate / step)
        gains = np.ones(size, np.float32)
        windows, dips = self.dipping(*_near(first, count, rate))
        for at in range(0, len(windows), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            places = (windows[some] * STEPS - first // step - _BEFORE)[:, None] + np.arange(len(_SHAPE))
            lowered = (1 - (1 - dips[some].astype(np.float64))[:, None] * _SHAPE).astype(np.float32)
            here = (places >= 0) & (places < size)
            np.minimum.at(gains, places[here], lowered[here])
        return gains

    def write(self, path: Path, first: int, count: int, rate: int) -> None:
        """Write `steps` to a file, as 32-bit floats."""
        step = window_of(rate) // STEPS
        with path.open("wb") as file:
            for at in range(0, count, _WRITTEN * step):
                some = self.steps(first + at, min(_WRITTEN * step, count - at), rate)
                file.write((some if at + _WRITTEN * step >= count else some[:_WRITTEN]).tobytes())


def _near(first: int, count: int, rate: int) -> tuple[int, int]:
    """The windows (first, and the one after the last) whose dips reach into these samples."""
    window = window_of(rate)
    return max(0, first // window - 12), (first + count) // window + 4


def step_rate(rate: int) -> int:
    """Steps of a curve in a second."""
    return rate * STEPS // window_of(rate)
