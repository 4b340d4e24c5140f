"""Whether there are tones in a sound: lines in its spectrum, as music has them and noise has not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.samples import seen_as
from sendung.audio.measure.windows import Floats

FRAME, HOP = 2048, 1024
"""Samples at 16 kHz: 128 ms every 64 ms."""
_RATE = 16000
TOGETHER = 6
"""Frames whose spectra are averaged, so that noise is even: 0.4 s."""
LINE_DB = 12.0
"""How far a line is above its neighbourhood; noise averaged so stays within 6 dB (tests)."""
_SHARE = 0.01
"""Of all power, that lines must have: what rounding makes of hum has less."""
_AROUND = 12
"""Bins on each side of a line that its neighbourhood is made of: 94 Hz."""
_LOWEST, _HIGHEST = 150.0, 4000.0
_MAINS = (50.0, 60.0)
_HUM_UP_TO, _HUM_NEAR = 1000.0, 6.0
"""Hertz: mains hum has lines, too, at multiples of 50 or 60 Hz."""


def tonal(samples: Floats, frames: int) -> Floats:
    """1 for each of so many frames, HOP samples apart, about which there are tones; else 0. 16 kHz.

    Of fewer frames than 6 (0.4 s) nothing is said.
    """
    if frames < TOGETHER:
        return np.zeros(max(0, frames), np.float32)
    pieces = seen_as(np.ascontiguousarray(samples), (frames, FRAME), (HOP, 1))
    power = np.square(np.abs(np.fft.rfft(pieces * _WINDOW, axis=1))).astype(np.float32)
    sums = np.cumsum(np.concatenate((np.zeros((1, power.shape[1]), np.float32), power)), 0, dtype=np.float64)
    mean = (sums[TOGETHER:] - sums[:-TOGETHER]) / TOGETHER
    neighbours = seen_as(mean, (len(mean), len(_BINS), 2 * _AROUND + 1), (mean.shape[1], 1, 1))
    around = np.median(neighbours, axis=2)
    inner = mean[:, _AROUND : _AROUND + len(_BINS)]
    lines = (inner > around * 10 ** (LINE_DB / 10)) & _COUNTED
    found = ((inner * lines).sum(1) > _SHARE * mean.sum(1)).astype(np.float32)
    return np.concatenate((found, np.repeat(found[-1:], frames - len(found))))


_WINDOW: Floats = np.hanning(FRAME).astype(np.float32)
_BINS: NDArray[np.float64] = np.arange(_AROUND, FRAME // 2 + 1 - _AROUND) * _RATE / FRAME
"""Hertz of the bins that have neighbours on both sides."""


def _counted() -> NDArray[np.bool_]:
    away = np.min([np.abs(_BINS - np.round(_BINS / mains) * mains) for mains in _MAINS], axis=0)
    hum = (_BINS <= _HUM_UP_TO) & (away <= _HUM_NEAR)
    counted: NDArray[np.bool_] = (_BINS >= _LOWEST) & (_BINS <= _HIGHEST) & ~hum
    return counted


_COUNTED = _counted()
