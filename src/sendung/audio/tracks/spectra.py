"""What a track is like over time: its level, and its whitened sound, from one run of short spectra."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.samples import seen_as
from sendung.audio.measure.windows import Floats

RATE = 16000
"""Hertz of what is looked at."""
HOP = 512
"""Samples from one spectrum to the next: 32 ms, the windows of voice activity."""
HOP_S = HOP / RATE
WHITE_RATE = 8000
"""Hertz of the whitened sound."""
_SIZE = 2 * HOP
_WINDOW = np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE).astype(np.float32)
_LOWEST_HZ, _HIGHEST_HZ = 200.0, 3800.0
"""What is whitened: below is hum and rumble, above is what calls and codecs take away."""
_UNIT = 20.0
"""Of the whitened sound in its file: its mean amplitude, in steps of 8 bits."""
_AT_ONCE = 256
"""Spectra made at once: 1 MB."""
_SILENCE = 1e-7
"""Of a spectrum: softer is no sound, and not whitened."""


def loudness_weights() -> Floats:
    """The power that ITU-R BS.1770-4 (annex 1, K-weighting) gives each frequency of a spectrum; 0 below 60 Hz."""
    frequencies = np.arange(HOP + 1) * RATE / _SIZE
    steps = np.exp(-2j * np.pi * frequencies / 48000)
    shelf = _response(
        steps, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
    )
    high_pass = _response(steps, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    weights = np.abs(shelf * high_pass) ** 2 * (frequencies >= 60)
    return (weights * 2 / (_SIZE * HOP)).astype(np.float32)


def _response(
    steps: NDArray[np.complex128], zeros: tuple[float, ...], poles: tuple[float, ...]
) -> NDArray[np.complex128]:
    return (zeros[0] + zeros[1] * steps + zeros[2] * steps**2) / (1 + poles[0] * steps + poles[1] * steps**2)


def top_between(three: NDArray[np.float64]) -> float:
    """Where a parabola through three values has its top, in steps from the middle one on."""
    before, middle, after = three
    bend = before - 2 * middle + after
    return float(0.5 * (before - after) / bend) if bend else 0.0


class Spectra:
    """Takes the samples of a track (mono, 16 kHz) and writes it whitened; keeps its level.

    Whitened: every frequency of every 64 ms is as strong as any other, so that a faint voice from the other room counts
    as much as the loud one at the microphone, and what is left is when (Knapp and Carter's PHAT, 1976, frame by frame).
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._path = path
        self._heard = 0
        self._pending = np.zeros(HOP, np.float32)
        self._overlap = np.zeros(HOP // 2, np.float32)
        self._weights = loudness_weights()
        self._levels = [np.empty(0, np.float32)]
        frequencies = np.arange(HOP + 1) * RATE / _SIZE
        self._band = ((frequencies >= _LOWEST_HZ) & (frequencies <= _HIGHEST_HZ))[: HOP // 2 + 1]

    def take(self, samples: Floats) -> None:
        """Look at samples; full scale is 1."""
        self._pending = np.concatenate((self._pending, samples))
        self._heard += len(samples)
        while frames := min(_AT_ONCE, len(self._pending) // HOP - 1):
            if frames < 0:
                return
            self._look(frames)
            self._pending = self._pending[frames * HOP :]

    def finish(self) -> tuple[Whitened, Floats]:
        """The whitened sound, and the level of every 32 ms in LUFS (of a mono sound; -120 for none)."""
        heard = self._heard
        self.take(np.zeros(-len(self._pending) % HOP + HOP, np.float32))
        self.close()
        return Whitened(self._path, heard * WHITE_RATE // RATE), np.concatenate(self._levels)[1:]

    def close(self) -> None:
        """Take no more."""
        self._file.close()

    def _look(self, frames: int) -> None:
        pieces = seen_as(self._pending, (frames, _SIZE), (HOP, 1))
        spectra = np.fft.rfft(pieces * _WINDOW).astype(np.complex64)
        power = (spectra.real**2 + spectra.imag**2) @ self._weights
        self._levels.append((10 * np.log10(np.maximum(power, 1e-12)) - 0.691).astype(np.float32))
        part = spectra[:, : HOP // 2 + 1]
        size = np.abs(part)
        white = np.where(self._band & (size > _SILENCE), part / np.maximum(size, _SILENCE), 0)
        pieces = np.fft.irfft(white, HOP).astype(np.float32) * _WINDOW[::2]
        half = HOP // 2
        starts = np.concatenate((self._overlap[None], pieces[:-1, half:]))
        self._overlap = pieces[-1, half:]
        sound = (pieces[:, :half] + starts) * (_UNIT * _LOUDNESS)
        np.clip(np.rint(sound), -127, 127).astype(np.int8).tofile(self._file)


_LOUDNESS = HOP / np.sqrt(2 * (_HIGHEST_HZ - _LOWEST_HZ) * _SIZE / RATE)
"""What brings the whitened sound to a mean amplitude of about 1."""


class Whitened:
    """A whitened track in a file, 8 kHz; silence before and after."""

    def __init__(self, path: Path, length: int) -> None:
        self._path = path
        self.length = length
        """Samples."""

    def read(self, start: int, count: int) -> Floats:
        """Samples from `start` on, of mean amplitude 1 or so."""
        samples = np.zeros(count, np.float32)
        first, last = max(0, start), min(self.length, start + count)
        if first < last:
            # The first half of the first spectrum is silence before the track.
            stretch = np.fromfile(self._path, np.int8, last - first, offset=first + HOP // 2)
            samples[first - start : last - start] = stretch / np.float32(_UNIT)
        return samples

    def blocks(self, size: int, step: int, start: int, end: int) -> Iterator[tuple[int, Floats]]:
        """Stretches of `size` samples, every `step` from `start` until `end` is in one."""
        for first in range(start, end, step):
            yield first, self.read(first, size)
