"""True peaks of short pieces: what lies between their samples (BS.1770-4 annex 2)."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.samples import audioop

CONTEXT = 32
"""Samples around a window that go with it through the oversampling filter."""
OVERSAMPLING = 4
"""BS.1770-4 annex 2 asks for at least 4."""


def true_peaks(
    ffmpeg: Ffmpeg, pieces: Sequence[bytes], window: int, kind: str, rate: int, channels: int
) -> list[float]:
    """The highest true peak in each piece's window, relative to full scale, and up to four times that.

    A piece is a window of samples with their context before and after, as raw samples of ffmpeg's format `kind`.
    Raises what Ffmpeg.read raises.
    """
    frame = 2 * channels * OVERSAMPLING
    start, stop = CONTEXT * frame, (CONTEXT + window) * frame
    size = start + stop
    pending = bytearray()
    found: list[float] = []

    def take(block: bytes) -> None:
        pending.extend(block)
        whole = len(pending) // size
        with memoryview(pending) as view:
            starts = range(0, whole * size, size)
            found.extend(audioop.max(view[at + start : at + stop], 2) / 2**13 for at in starts)
        del pending[: whole * size]

    layout = "mono" if channels == 1 else "stereo"
    # A quarter, in 16 bits: there is room for what passes full scale.
    finer = f"volume=0.25:precision=float,aresample={rate * OVERSAMPLING}:tsf=fltp:osf=s16"
    args = ["-f", kind, "-ar", str(rate), "-ch_layout", layout, "-i", "pipe:0", "-af", finer, "-f", "s16le", "pipe:1"]
    with tempfile.TemporaryFile() as feed, ffmpeg.beside:
        feed.writelines(pieces)
        feed.seek(0)
        ffmpeg.read(args, take, feed=feed)
    # The resampler may keep back its last samples, which are context.
    if len(found) < len(pieces):
        found.append(audioop.max(bytes(pending[start:stop]), 2) / 2**13)
    return found
