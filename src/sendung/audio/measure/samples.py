"""Samples in memory: what is looked for in them, and pydub, imported without what it says on import.

pydub warns when no ffmpeg is on PATH (it is never asked to start one here), and that audioop, which it uses, moves out
of the standard library, to the package audioop-lts.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub.audio_segment import AudioSegment

Segment: TypeAlias = Any
"""A pydub.AudioSegment: some samples, indexed in milliseconds (pydub has no types)."""


def highest_in(rows: NDArray[np.integer[Any]], unit: float) -> Floats:
    """The highest absolute sample of each row, in units of one step."""
    # The lowest sample has no positive counterpart of its own width.
    most: NDArray[np.float64] = np.maximum(rows.max(1).astype(np.float64), -rows.min(1).astype(np.float64)) * unit
    return most.astype(np.float32)


def seen_as(samples: NDArray[Any], shape: Sequence[int], steps: Sequence[int]) -> NDArray[Any]:
    """A view of samples that lie in one piece, whose axes go on by so many samples each; they may overlap.

    numpy's sliding_window_view leaves cycles behind, and so memory that stays until Python looks for them.
    """
    return np.ndarray(shape, samples.dtype, samples, strides=[samples.itemsize * step for step in steps])


def segment(data: bytes, rate: int, channels: int) -> Segment:
    """A pydub segment of 32-bit samples (so that quiet recordings keep their shape)."""
    make: Any = AudioSegment
    return make(data=data, sample_width=4, frame_rate=rate, channels=channels)


__all__ = ["Segment", "highest_in", "seen_as", "segment"]
