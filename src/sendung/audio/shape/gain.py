"""How loud, and where less: the gain that brings a programme to its loudness, with what the limiter takes foreseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.loudness import amplitude, integrated
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import Floats, Numbers, WindowValues, window_of
from sendung.audio.shape.limiter import Curve

MARGIN_DB = 0.7
"""How far below the ceiling peaks are limited: what a lossy encoder adds to most of them."""
BETWEEN_SAMPLES = 1.06
"""What speech usually hides between its samples (0.5 dB), for windows whose true peak was not looked at."""
AFTER_OVERSHOOT = 0.97
"""What is taken away besides an overshoot (0.26 dB), since the next encode differs a little."""
_AROUND = np.arange(-1, 11)
_PART = np.concatenate(([0.5, 1.0], 0.5 + 0.5 * np.cos(np.pi * np.arange(1, 11) / 11)))
"""How much of a dip the windows around it get, by their distance: the ramps of the curve, coarsely."""
_ROUNDS = 8
_MOST_LIFT_DB = 12.0
"""What making up for the limiter may add."""


def plan(reading: Reading, aim: float, ceiling_db: float) -> Curve:
    """The curve that brings a programme to `aim` LUFS and its true peaks under the ceiling (dBTP).

    Plain gain if that is enough; else dips, and the gain that makes up for them.
    """
    gain = first = aim - integrated(reading.momentary)
    if amplitude(gain) * reading.peak <= amplitude(ceiling_db):
        return Curve(gain)
    curve = _limiting(reading, gain, ceiling_db)
    for _ in range(_ROUNDS):
        off = aim - gain - integrated(_limited(reading, curve))
        if abs(off) < 0.03:
            break
        # A louder programme is limited more, so more than what is missing has to be added.
        gain = min(gain + 1.3 * off, first + _MOST_LIFT_DB)
        curve = _limiting(reading, gain, ceiling_db)
    return curve


def lowered(curve: Curve, result: Reading, ceiling_db: float) -> tuple[Curve, Numbers]:
    """The same curve, lower where the decoded result passes the ceiling; and the windows where it is lower."""
    ceiling = amplitude(ceiling_db)
    over = result.true_peaks.chosen(result.true_peaks.values > np.float64(ceiling))
    # Each window's own and those beside it, as far as there are any.
    windows: Numbers = np.add.outer(over.windows, np.arange(-1, 2, dtype=np.int32)).ravel()
    gains = np.repeat(np.float32(ceiling * AFTER_OVERSHOOT) / over.values, 3)
    inside = (windows >= 0) & (windows < len(result.peaks))
    wanted = WindowValues.lowest(windows[inside], gains[inside])
    lower = WindowValues(wanted.windows, wanted.values * curve.dips.at(wanted.windows, 1.0))
    return replace(curve, dips=curve.dips.with_others(lower)), lower.windows


def _limiting(reading: Reading, gain_db: float, ceiling_db: float) -> Curve:
    """The gain, and a dip in each of the windows that it would bring above the limit."""
    limit = amplitude(ceiling_db - gain_db - MARGIN_DB)
    guessed = WindowValues.above(reading.peaks, limit / BETWEEN_SAMPLES)
    guessed = WindowValues(guessed.windows, guessed.values * np.float32(BETWEEN_SAMPLES))
    true_peaks = guessed.with_others(reading.true_peaks)
    over = true_peaks.chosen(true_peaks.values > np.float32(limit))
    return Curve(gain_db, WindowValues(over.windows, np.float32(limit) / over.values))


def _limited(reading: Reading, curve: Curve) -> Floats:
    """The momentary loudness with the dips, before the gain of the whole.

    A block loses the share of its power that its windows lose, taking each window's power as its squared peak.
    """
    size = reading.rate // 10 // window_of(reading.rate)
    tenths = -(-len(reading.peaks) // size)
    # A momentary value covers its own tenth of a second, and three before it: 400 ms before its end.
    lost, power = np.zeros(tenths + 3), np.zeros(tenths + 3)
    for first in range(0, tenths, _AT_ONCE):
        squares = np.square(reading.peaks[first * size : (first + _AT_ONCE) * size], dtype=np.float64)
        some = slice(first + 3, first + 3 + _AT_ONCE)
        lost[some] = _by_tenth(squares * (1 - _gains(curve, first * size, len(squares)) ** 2), size)
        power[some] = _by_tenth(squares, size)
    less, whole = (sums[:-3] + sums[1:-2] + sums[2:-1] + sums[3:] for sums in (lost, power))
    touched = np.flatnonzero(less[: len(reading.momentary)] > 0)
    momentary = reading.momentary.copy()
    momentary[touched] += 10 * np.log10(np.maximum(1e-6, 1 - less[touched] / whole[touched]))
    return momentary


_AT_ONCE = 600
"""Tenths of a second looked at at once."""


def _by_tenth(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The sums of what belongs to so many windows each."""
    sums: NDArray[np.float64] = np.append(values, np.zeros(-len(values) % size)).reshape(-1, size).sum(1)
    return sums


def _gains(curve: Curve, first: int, count: int) -> NDArray[np.float64]:
    """The mean gain of windows: each has its own dip and the ramps of its neighbours' dips."""
    before, after = int(_AROUND[-1]), -int(_AROUND[0])
    dips = curve.dips.between(first - before, first + count + after)
    gains = np.ones(before + after + count + before + after)
    for away, share in zip(_AROUND, _PART, strict=True):
        windows = dips.windows + after + away
        gains[windows] = np.minimum(gains[windows], 1 - (1 - dips.values.astype(np.float64)) * share)
    return gains[before + after :][:count]
