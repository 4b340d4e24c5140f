"""Mains hum: found as lines that stay where they are while speech moves, and notched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.spectra import RATE, top_between

_SIZE = 1 << 15
"""Samples of a spectrum: 2 s, so that lines half a hertz apart are two."""
_HIGHEST_HZ = 1000.0
_MAINS_HZ = 50.0, 60.0
_WANDERS = 0.006
"""How far the mains are from what they should be, at most: power plants keep them within 0.4 %."""
_AROUND_HZ = 3.0, 12.0
"""Whose median a line is compared with."""
_LINE_DB, _SURE_DB = 6.0, 10.0
"""How far a line stands out to be notched, and the strongest two to be hum."""
_WIDTH_HZ = 4.0
_WIDER = 0.02
"""Of a notch: 20 dB are taken from what is within a twentieth of its width."""


@dataclass(frozen=True)
class Hum:
    """A hum, and its harmonics that stand out."""

    mains_hz: float
    """50 or 60."""
    lines_hz: tuple[float, ...]

    @property
    def filters(self) -> str:
        """For ffmpeg, each with a comma before it."""
        return "".join(
            f",bandreject=f={line:.2f}:t=h:w={max(_WIDTH_HZ, _WIDER * line):.2f}:r=f64" for line in self.lines_hz
        )


class HumMeter:
    """Takes the samples of a track (mono, 16 kHz) and keeps the mean of their spectra, in dB.

    Speech is at each frequency for moments only, so that it hardly shows in such a mean; a hum is there all the time.
    """

    def __init__(self) -> None:
        self._pending = np.empty(0, np.float32)
        self._window = np.hanning(_SIZE).astype(np.float32)
        self._bins = round(_HIGHEST_HZ * _SIZE / RATE)
        self._sums = np.zeros(self._bins)
        self._count = 0

    def take(self, samples: Floats) -> None:
        """Look at samples."""
        self._pending = np.concatenate((self._pending, samples))
        while len(self._pending) >= _SIZE:
            spectrum = np.fft.rfft(self._pending[:_SIZE] * self._window)[: self._bins]
            self._sums += 20 * np.log10(np.abs(spectrum) + 1e-9)
            self._count += 1
            self._pending = self._pending[_SIZE:]

    def finish(self) -> Hum | None:
        """The hum that there is."""
        if self._count < 2:
            return None
        mean = self._sums / self._count
        hums = [_hum_at(mean, mains) for mains in _MAINS_HZ]
        return max((hum for hum in hums if hum), key=lambda hum: len(hum.lines_hz), default=None)


def _hum_at(mean: NDArray[np.float64], mains: float) -> Hum | None:
    lines = [_line(mean, number * mains) for number in range(1, int(_HIGHEST_HZ / mains))]
    heights = sorted((height for _, height in lines[:6]), reverse=True)
    if heights[1] < _SURE_DB or max(lines[0][1], lines[1][1]) < _LINE_DB:
        return None
    return Hum(mains, tuple(round(line, 2) for line, height in lines if height >= _LINE_DB))


def _line(mean: NDArray[np.float64], wanted: float) -> tuple[float, float]:
    """The highest line near a frequency, Hz, and how far it stands out of what is around it, dB."""
    step = RATE / _SIZE
    near = max(1.0, wanted * _WANDERS)
    first, last = int((wanted - near) / step), int((wanted + near) / step) + 2
    top = first + int(np.argmax(mean[first:last]))
    inner, outer = (round(width / step) for width in _AROUND_HZ)
    around = np.concatenate((mean[max(1, top - outer) : max(1, top - inner)], mean[top + inner : top + outer]))
    if not around.size or not 0 < top < len(mean) - 1:
        return wanted, 0.0
    place = top + top_between(mean[top - 1 : top + 2])
    return place * step, float(mean[top] - np.median(around))
