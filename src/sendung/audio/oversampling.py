"""True peaks of short pieces: what lies between their samples (BS.1770-4 annex 2)."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

import numpy as np

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.samples import highest_in
from sendung.audio.windows import Floats

CONTEXT = 32
"""Samples around a window that go with it through the oversampling filter."""
OVERSAMPLING = 4
"""BS.1770-4 annex 2 asks for at least 4."""


def true_peaks(ffmpeg: Ffmpeg, pieces: Sequence[bytes], window: int, kind: str, rate: int, channels: int) -> Floats:
    """The highest true peak in each piece's window, relative to full scale, and up to four times that.

    A piece is a window of samples with their context before and after, as raw samples of ffmpeg's format `kind`.
    Raises what Ffmpeg.read raises.
    """
    frame = channels * OVERSAMPLING
    start, stop = CONTEXT * frame, (CONTEXT + window) * frame
    size = start + stop
    pending = bytearray()
    found: list[Floats] = []

    def take(block: bytes) -> None:
        pending.extend(block)
        whole = len(pending) // (2 * size)
        if whole:
            look(whole)
            del pending[: whole * 2 * size]

    def look(count: int) -> None:
        samples = np.frombuffer(pending, "<i2", count * size).reshape(count, size)
        found.append(highest_in(samples[:, start:stop], 2.0**-13))

    layout = "mono" if channels == 1 else "stereo"
    # A quarter, in 16 bits: there is room for what passes full scale.
    finer = f"volume=0.25:precision=float,aresample={rate * OVERSAMPLING}:tsf=fltp:osf=s16"
    args = ["-f", kind, "-ar", str(rate), "-ch_layout", layout, "-i", "pipe:0", "-af", finer, "-f", "s16le", "pipe:1"]
    with tempfile.TemporaryFile() as feed, ffmpeg.beside:
        feed.writelines(pieces)
        feed.seek(0)
        ffmpeg.read(args, take, feed=feed)
    if sum(map(len, found)) < len(pieces):
        # The resampler may keep back its last samples, which are context.
        pending.extend(bytes(2 * size - len(pending)))
        look(1)
    return np.concatenate(found)
