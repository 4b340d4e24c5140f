"""How loud, and where less: the gain that brings a programme to its loudness, with what the limiter takes foreseen."""

from __future__ import annotations

import math
from array import array

from sendung.audio.curve import Curve
from sendung.audio.loudness import amplitude, integrated
from sendung.audio.measure import Reading, window_of

MARGIN_DB = 0.5
"""How far below the ceiling peaks are limited: what a lossy encoder adds to most of them."""
BETWEEN_SAMPLES = 1.06
"""What speech usually hides between its samples (0.5 dB), for windows whose true peak was not looked at."""
AFTER_OVERSHOOT = 0.97
"""What is taken away besides an overshoot (0.26 dB), since the next encode differs a little."""
_AROUND = ((-1, 0.5), *((after, 0.5 + 0.5 * math.cos(math.pi * after / 11)) for after in range(1, 11)))
"""How much of a dip the windows before and after it get, by their distance: the ramps of the curve, coarsely."""
_ROUNDS = 8
_LIFT_DB = 12.0
"""The most that making up for the limiter adds, for choosing the windows that may need a dip."""


def plan(reading: Reading, aim: float, ceiling_db: float) -> Curve:
    """The curve that brings a programme to `aim` LUFS and its true peaks under the ceiling (dBTP).

    Plain gain if that is enough; else dips, and the gain that makes up for them.
    """
    gain = aim - integrated(reading.momentary)
    if amplitude(gain) * reading.peak <= amplitude(ceiling_db):
        return Curve(gain)
    least = amplitude(ceiling_db - gain - MARGIN_DB - _LIFT_DB) / BETWEEN_SAMPLES
    loud = array("L", (number for number, peak in enumerate(reading.peaks) if peak > least))
    powers = _powers(reading)
    curve = Curve(gain, _dips(reading, loud, gain, ceiling_db))
    for _ in range(_ROUNDS):
        off = aim - gain - integrated(_limited(reading, curve, loud, powers))
        if abs(off) < 0.03:
            break
        # A louder programme is limited more, so more than what is missing has to be added.
        gain += 1.3 * off
        curve = Curve(gain, _dips(reading, loud, gain, ceiling_db))
    return curve


def lowered(curve: Curve, result: Reading, ceiling_db: float) -> Curve:
    """The same curve, lower where the decoded result passes the ceiling."""
    ceiling = amplitude(ceiling_db)
    before = curve.dips if curve.dips else array("f", [1.0]) * len(result.peaks)
    dips = before[:]
    for number, peak in result.true_peaks.items():
        if peak > ceiling:
            for near in range(max(0, number - 1), min(len(dips), number + 2)):
                dips[near] = min(dips[near], before[near] * ceiling / peak * AFTER_OVERSHOOT)
    return Curve(curve.gain_db, dips)


def _dips(reading: Reading, loud: array[int], gain_db: float, ceiling_db: float) -> array[float]:
    """How much less than the gain of the whole each window needs; only the loud ones may."""
    limit = amplitude(ceiling_db - gain_db - MARGIN_DB)
    known, peaks = reading.true_peaks, reading.peaks
    dips = array("f", [1.0]) * len(peaks)
    for number in loud:
        true_peak = known.get(number) or peaks[number] * BETWEEN_SAMPLES
        if true_peak > limit:
            dips[number] = limit / true_peak
    return dips


def _limited(reading: Reading, curve: Curve, loud: array[int], powers: array[float]) -> array[float]:
    """The momentary loudness with the dips, before the gain of the whole.

    A block loses the share of its power that its windows lose, taking each window's power as its squared peak.
    """
    per_block = _windows_in_block(reading)
    peaks = reading.peaks
    lost = array("d", bytes(8 * len(powers)))
    for number, gain in enumerate(_with_ramps(curve.dips, loud)):
        if gain < 1.0:
            lost[number // per_block] += peaks[number] ** 2 * (1.0 - gain * gain)
    found = reading.momentary[:]
    for block in range(min(len(found), len(powers))):
        # A momentary value covers the 400 ms before its end.
        if less := sum(lost[max(0, block - 3) : block + 1]):
            found[block] += 10 * math.log10(max(1e-6, 1.0 - less / sum(powers[max(0, block - 3) : block + 1])))
    return found


def _powers(reading: Reading) -> array[float]:
    """The squared peaks of each tenth of a second, added up."""
    size, peaks = _windows_in_block(reading), reading.peaks
    return array("d", (sum(peak * peak for peak in peaks[at : at + size]) for at in range(0, len(peaks), size)))


def _windows_in_block(reading: Reading) -> int:
    return reading.rate // 10 // window_of(reading.rate)


def _with_ramps(dips: array[float], loud: array[int]) -> array[float]:
    """The mean gain of each window, its own dip and the ramps of its neighbours' dips."""
    gains = dips[:]
    for number in loud:
        if (depth := 1.0 - dips[number]) > 0.0:
            for distance, part in _AROUND:
                near = number + distance
                if 0 <= near < len(gains) and gains[near] > 1.0 - depth * part:
                    gains[near] = 1.0 - depth * part
    return gains
