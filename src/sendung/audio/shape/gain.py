"""How loud, and where less: the gain that brings a programme to its loudness, with what the limiter takes foreseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.loudness import amplitude, integrated
from sendung.audio.measure.reading import Reading, window_of
from sendung.audio.measure.series import Floats, Series
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


def lowered(curve: Curve, result: Reading, ceiling_db: float) -> Curve:
    """The same curve, lower where the decoded result passes the ceiling."""
    ceiling, dips = amplitude(ceiling_db), result.true_peaks.another()
    for first, true_peaks in result.true_peaks.chunks():
        # Each window's own and those beside it: the whole has none before its first and after its last.
        start = max(0, first - 1)
        near = result.true_peaks[start : first + len(true_peaks) + 1]
        wanted = np.ones(len(true_peaks) + 2, np.float32)
        wanted[start - first + 1 :][: len(near)] = _down_to(ceiling * AFTER_OVERSHOOT, near, near > np.float64(ceiling))
        least = np.minimum(np.minimum(wanted[:-2], wanted[1:-1]), wanted[2:])
        dips.write(first, curve.gains(first, len(true_peaks)) * least)
    return replace(curve, dips=dips)


def _limiting(reading: Reading, gain_db: float, ceiling_db: float) -> Curve:
    """The gain, and a dip in each of the windows that it would bring above the limit."""
    limit = amplitude(ceiling_db - gain_db - MARGIN_DB)
    dips = reading.peaks.another()
    for first, peaks in reading.peaks.chunks():
        known = reading.true_peaks[first : first + len(peaks)]
        true_peaks = np.where(known > 0, known, peaks * np.float32(BETWEEN_SAMPLES))
        dips.write(first, _down_to(limit, true_peaks, true_peaks > np.float32(limit)))
    return Curve(gain_db, dips)


def _down_to(limit: float, peaks: Floats, over: NDArray[np.bool_]) -> Floats:
    """The gains that bring the peaks that are over down to a limit; 1 for the others."""
    return np.divide(np.float32(limit), peaks, out=np.ones_like(peaks), where=over)


def _limited(reading: Reading, curve: Curve) -> Series:
    """The momentary loudness with the dips, before the gain of the whole.

    A block loses the share of its power that its windows lose, taking each window's power as its squared peak.
    """
    size = reading.rate // 10 // window_of(reading.rate)
    found = reading.momentary.another()
    # Of the tenths of a second before, those that a momentary value covers too: 400 ms before its end.
    lost = power = np.zeros(3)
    for first, peaks in reading.peaks.chunks(size * _TENTHS):
        squares = np.square(peaks, dtype=np.float64)
        lost = np.append(lost[-3:], _by_tenth(squares * (1 - _gains(curve, first, len(peaks)) ** 2), size))
        power = np.append(power[-3:], _by_tenth(squares, size))
        here = reading.momentary[first // size : first // size + len(lost) - 3].copy()
        less, all_of_it = (_sums_of_four(sums)[: len(here)] for sums in (lost, power))
        touched = less > 0
        here[touched] += 10 * np.log10(np.maximum(1e-6, 1 - less[touched] / all_of_it[touched]))
        found.write(first // size, here)
    return found


_TENTHS = 200
"""Tenths of a second looked at at once."""


def _by_tenth(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The sums of what belongs to so many windows each."""
    sums: NDArray[np.float64] = np.append(values, np.zeros(-len(values) % size)).reshape(-1, size).sum(1)
    return sums


def _sums_of_four(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of each value but the first three with the three before it."""
    sums: NDArray[np.float64] = values[:-3] + values[1:-2] + values[2:-1] + values[3:]
    return sums


def _gains(curve: Curve, first: int, count: int) -> NDArray[np.float64]:
    """The mean gain of windows: each has its own dip and the ramps of its neighbours' dips."""
    windows, further = curve.dipping(first - int(_AROUND[-1]), first + count + 1)
    places = windows[:, None] - first + _AROUND
    dips = 1 - (1 - further[:, None].astype(np.float64)) * _PART
    here = (places >= 0) & (places < count)
    gains = np.ones(count)
    np.minimum.at(gains, places[here], dips[here])
    return gains
