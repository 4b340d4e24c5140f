"""How loud, and where less: the gain that brings a programme to its loudness, with what the limiter takes foreseen."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from functools import lru_cache

from sendung.audio.curve import Curve
from sendung.audio.loudness import amplitude, integrated
from sendung.audio.reading import Reading, window_of

MARGIN_DB = 0.5
"""How far below the ceiling peaks are limited: what a lossy encoder adds to most of them."""
BETWEEN_SAMPLES = 1.06
"""What speech usually hides between its samples (0.5 dB), for windows whose true peak was not looked at."""
AFTER_OVERSHOOT = 0.97
"""What is taken away besides an overshoot (0.26 dB), since the next encode differs a little."""
_AROUND = ((-1, 0.5), *((after, 0.5 + 0.5 * math.cos(math.pi * after / 11)) for after in range(1, 11)))
"""How much of a dip the windows before and after it get, by their distance: the ramps of the curve, coarsely."""
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
    curve = _limiting(reading, loud, gain, ceiling_db)
    for _ in range(_ROUNDS):
        off = aim - gain - integrated(_limited(reading, curve))
        if abs(off) < 0.03:
            break
        # A louder programme is limited more, so more than what is missing has to be added.
        gain = min(gain + 1.3 * off, first + _LIFTS_DB[-1])
        if gain > first + lift and (higher := next(lifts, None)):
            lift = higher
            loud = _loud(reading, first + lift, ceiling_db)
        curve = _limiting(reading, loud, gain, ceiling_db)
    return curve


def lowered(curve: Curve, result: Reading, ceiling_db: float) -> Curve:
    """The same curve, lower where the decoded result passes the ceiling."""
    ceiling = amplitude(ceiling_db)
    dips: dict[int, float] = {}
    for number, peak in result.true_peaks.items():
        if peak > ceiling:
            for near in range(max(0, number - 1), min(len(result.peaks), number + 2)):
                lower = curve.at(near) * ceiling / peak * AFTER_OVERSHOOT
                dips[near] = min(dips.get(near, 1.0), lower)
    return curve.lowered(dips)


def _loud(reading: Reading, gain_db: float, ceiling_db: float) -> array[int]:
    """The windows that may need a dip with a gain up to this one."""
    least = amplitude(ceiling_db - gain_db - MARGIN_DB) / _HIDDEN
    return array("L", (number for number, peak in enumerate(reading.peaks) if peak > least))


def _limiting(reading: Reading, loud: array[int], gain_db: float, ceiling_db: float) -> Curve:
    """The gain, and a dip in each of the loud windows that it would bring above the limit."""
    limit = amplitude(ceiling_db - gain_db - MARGIN_DB)
    known, peaks = reading.true_peaks, reading.peaks
    windows, dips = array("L"), array("f")
    for number in loud:
        true_peak = known.get(number) or peaks[number] * BETWEEN_SAMPLES
        if true_peak > limit:
            windows.append(number)
            dips.append(limit / true_peak)
    return Curve(gain_db, windows, dips)


def _limited(reading: Reading, curve: Curve) -> array[float]:
    """The momentary loudness with the dips, before the gain of the whole.

    A block loses the share of its power that its windows lose, taking each window's power as its squared peak.
    """
    size = reading.rate // 10 // window_of(reading.rate)
    peaks, found = reading.peaks, reading.momentary[:]
    lost = array("d", bytes(8 * (len(peaks) // size + 1)))
    for number, gain in _with_ramps(curve, len(peaks)):
        lost[number // size] += peaks[number] ** 2 * (1.0 - gain * gain)

    @lru_cache(8)
    def power(block: int) -> float:
        return sum([peak * peak for peak in peaks[block * size : (block + 1) * size]])

    for block in range(len(found)):
        # A momentary value covers the 400 ms before its end.
        covered = range(max(0, block - 3), block + 1)
        if part := sum(lost[covered.start : covered.stop]):
            share = part / sum([power(near) for near in covered])
            found[block] += 10 * math.log10(max(1e-6, 1.0 - share))
    return found


def _with_ramps(curve: Curve, windows: int) -> Iterator[tuple[int, float]]:
    """The windows whose mean gain is below 1, ascending: each has its own dip and the ramps of its neighbours' dips."""
    gains: dict[int, float] = {}
    for number, dip in zip(curve.windows, curve.dips, strict=True):
        # No later dip reaches further back than the window before it.
        for done in [near for near in gains if near < number - 1]:
            yield done, gains.pop(done)
        _lower(gains, number, dip)
        for distance, part in _AROUND:
            if 0 <= number + distance < windows:
                _lower(gains, number + distance, 1.0 - (1.0 - dip) * part)
    yield from gains.items()


def _lower(gains: dict[int, float], number: int, gain: float) -> None:
    gains[number] = min(gain, gains.get(number, 1.0))
