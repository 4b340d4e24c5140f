"""Samples in memory: pydub and audioop, imported without what they say on import.

pydub warns when no ffmpeg is on PATH (it is never asked to start one here), and audioop warns of its own move out of
the standard library, to the package audioop-lts.
"""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

    from pydub.audio_segment import AudioSegment
    from pydub.silence import detect_leading_silence

Segment: TypeAlias = Any
"""A pydub.AudioSegment: some samples, indexed in milliseconds (pydub has no types)."""


def segment(data: bytes, rate: int, channels: int) -> Segment:
    """A pydub segment of 32-bit samples (so that quiet recordings keep their shape)."""
    make: Any = AudioSegment
    return make(data=data, sample_width=4, frame_rate=rate, channels=channels)


def leading_silence(of: Segment, threshold: float, chunk_ms: int) -> int:
    """Milliseconds before the first chunk that is louder than the threshold (dBFS); all of it if none is."""
    detect: Any = detect_leading_silence
    return int(detect(of, threshold, chunk_ms))


__all__ = ["Segment", "audioop", "leading_silence", "segment"]
