"""How loud, and where less: the gain that brings a programme to its loudness, with what the limiter takes foreseen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sendung.audio.curve import Curve, lowest
from sendung.audio.loudness import amplitude, integrated
from sendung.audio.reading import Reading, window_of
from sendung.audio.windows import Floats, Numbers

MARGIN_DB = 0.5
"""How far below the ceiling peaks are limited: what a lossy encoder adds to most of them."""
BETWEEN_SAMPLES = 1.06
"""What speech usually hides between its samples (0.5 dB), for windows whose true peak was not looked at."""
AFTER_OVERSHOOT = 0.97
"""What is taken away besides an overshoot (0.26 dB), since the next encode differs a little."""
_AROUND = np.arange(-1, 11)
_PART = np.concatenate(([0.5, 1.0], 0.5 + 0.5 * np.cos(np.pi * np.arange(1, 11) / 11)))
"""How much of a dip the windows around it get, by their distance: the ramps of the curve, coarsely."""
_ROUNDS = 8
_LIFTS_DB = (3.0, 12.0)
"""What making up for the limiter may add, for choosing the windows that may need a dip: usually, and at most."""
_HIDDEN = 1.42
"""What a window may hide between its samples at most (3 dB; see candidates.CANDIDATE)."""


def plan(reading: Reading, aim: float, ceiling_db: float) -> Curve:
    """The curve that brings a programme to `aim` LUFS and its true peaks under the ceiling (dBTP).

    Plain gain if that is enough; else dips, and the gain that makes up for them.
    """
    gain = first = aim - integrated(reading.momentary)
    if amplitude(gain) * reading.peak <= amplitude(ceiling_db):
        return Curve(gain)
    lifts = iter(_LIFTS_DB)
    lift = next(lifts)
    loud = _loud(reading, gain + lift, ceiling_db)
    curve = _limiting(loud, gain, ceiling_db)
    for _ in range(_ROUNDS):
        off = aim - gain - integrated(_limited(reading, curve))
        if abs(off) < 0.03:
            break
        # A louder programme is limited more, so more than what is missing has to be added.
        gain = min(gain + 1.3 * off, first + _LIFTS_DB[-1])
        if gain > first + lift and (higher := next(lifts, None)):
            lift = higher
            loud = _loud(reading, first + lift, ceiling_db)
        curve = _limiting(loud, gain, ceiling_db)
    return curve


def lowered(curve: Curve, result: Reading, ceiling_db: float) -> Curve:
    """The same curve, lower where the decoded result passes the ceiling."""
    ceiling = amplitude(ceiling_db)
    over = result.true_peaks.chosen(result.true_peaks.peaks > ceiling)
    near = over.windows[:, None] + np.array([-1, 0, 1])
    wanted = np.float32(ceiling * AFTER_OVERSHOOT) / over.peaks
    dips = curve.at(near.ravel()).reshape(near.shape) * wanted[:, None]
    here = (near >= 0) & (near < len(result.peaks))
    return curve.lowered(near[here], dips[here])


def _loud(reading: Reading, gain_db: float, ceiling_db: float) -> tuple[Numbers, Floats]:
    """The windows that may need a dip with a gain up to this one, and their true peaks, as far as they are known."""
    least = amplitude(ceiling_db - gain_db - MARGIN_DB) / _HIDDEN
    found = [np.flatnonzero(chunk > least) + first for first, chunk in reading.peaks.chunks()]
    numbers = np.concatenate([np.empty(0, np.int64), *found])
    known = reading.true_peaks.at(numbers)
    return numbers, np.where(known > 0, known, reading.peaks.at(numbers) * np.float32(BETWEEN_SAMPLES))


def _limiting(loud: tuple[Numbers, Floats], gain_db: float, ceiling_db: float) -> Curve:
    """The gain, and a dip in each of the loud windows that it would bring above the limit."""
    limit = np.float32(amplitude(ceiling_db - gain_db - MARGIN_DB))
    numbers, true_peaks = loud
    over = true_peaks > limit
    return Curve(gain_db, numbers[over], limit / true_peaks[over])


def _limited(reading: Reading, curve: Curve) -> Floats:
    """The momentary loudness with the dips, before the gain of the whole.

    A block loses the share of its power that its windows lose, taking each window's power as its squared peak.
    """
    size = reading.rate // 10 // window_of(reading.rate)
    tenths = -(-len(reading.peaks) // size)
    numbers, gains = _with_ramps(curve, len(reading.peaks))
    lost = np.bincount(numbers // size, reading.peaks.at(numbers).astype(np.float64) ** 2 * (1 - gains**2), tenths)
    power = np.concatenate([_powers(chunk, size) for _, chunk in reading.peaks.chunks(size * _TENTHS)])
    # A momentary value covers the 400 ms before its end.
    blocks = len(reading.momentary)
    less, all_of_it = _sums_of_four(lost, blocks), _sums_of_four(power, blocks)
    touched = less > 0
    found = reading.momentary.copy()
    found[touched] += 10 * np.log10(np.maximum(1e-6, 1 - less[touched] / all_of_it[touched]))
    return found


_TENTHS = 2000
"""Tenths of a second whose windows are read at once."""


def _powers(peaks: Floats, size: int) -> NDArray[np.float64]:
    """The sum of the squared peaks in each tenth of a second, of so many windows."""
    whole = np.append(peaks, np.zeros(-len(peaks) % size, np.float32)).astype(np.float64)
    powers: NDArray[np.float64] = np.square(whole).reshape(-1, size).sum(1)
    return powers


def _sums_of_four(values: NDArray[Any], count: int) -> NDArray[np.float64]:
    """For each of the first `count` places the sum of what is there and at the three before it."""
    padded = np.concatenate((np.zeros(3), values, np.zeros(max(0, count - len(values)))))[: count + 3]
    sums: NDArray[np.float64] = padded[:-3] + padded[1:-2] + padded[2:-1] + padded[3:]
    return sums


def _with_ramps(curve: Curve, windows: int) -> tuple[Numbers, NDArray[np.float64]]:
    """The windows whose mean gain is below 1, ascending: each has its own dip and the ramps of its neighbours' dips."""
    numbers = curve.windows[:, None] + _AROUND
    gains = 1 - (1 - curve.dips.astype(np.float64))[:, None] * _PART
    here = (numbers >= 0) & (numbers < windows)
    return lowest(numbers[here], gains[here])
