"""Where speech starts and ends: found with pydub on short windows around what the loudness shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from sendung.audio.measure.samples import Segment, leading_silence, segment
from sendung.audio.measure.windows import Floats
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.programme import Programme

BELOW_SPEECH = 30.0
"""dB. What is this far below the programme's loudness is not the programme."""
WINDOW_S = 3.0
LONG_HEAD_S, LONG_TAIL_S = 0.6, 1.2
"""Silence that is longer than this is cut ..."""
HEAD_AIR_S, TAIL_AIR_S = 0.3, 0.8
"""... leaving this much of it, so that nothing starts or ends abruptly."""
_CHUNK_MS = 10


@dataclass(frozen=True)
class Edges:
    """How much is cut, in samples."""

    head: int = 0
    tail: int = 0


def find_edges(ffmpeg: Ffmpeg, programme: Programme, length: int, momentary: Floats, lufs: float, grid: int) -> Edges:
    """What to cut of a programme with `length` samples; the head is a multiple of `grid` samples.

    `momentary` is its loudness every 100 ms, `lufs` that of the whole.
    """
    threshold = max(lufs - BELOW_SPEECH, -70.0)
    loud = np.flatnonzero(momentary > threshold)
    if not loud.size:
        return Edges()
    rate = programme.rate
    # A momentary value covers the 400 ms before its end, so the sound lies within that.
    first = max(0, round((int(loud[0]) * 0.1 - 1.0) * rate))
    last = min(length, round((int(loud[-1]) * 0.1 + 0.5) * rate))
    window = round(WINDOW_S * rate)
    opening, closing = ffmpeg.all(
        [
            partial(stretch, ffmpeg, programme, first, min(window, length - first)),
            partial(stretch, ffmpeg, programme, max(0, last - window), min(window, last)),
        ]
    )
    head = first + _leading_ms(opening, threshold) * rate // 1000
    tail = length - last + _leading_ms(closing.reverse(), threshold) * rate // 1000
    return Edges(
        head=_cut(head, LONG_HEAD_S, HEAD_AIR_S, rate) // grid * grid, tail=_cut(tail, LONG_TAIL_S, TAIL_AIR_S, rate)
    )


def _cut(silence: int, long_s: float, air_s: float, rate: int) -> int:
    return silence - round(air_s * rate) if silence > long_s * rate else 0


def stretch(ffmpeg: Ffmpeg, programme: Programme, first: int, count: int) -> Segment:
    """A few seconds of a programme, from a sample on, as a pydub segment."""
    data = bytearray()
    arguments, graph = programme.open(first, count)
    graph += ",aformat=sample_fmts=s32[out]"
    ffmpeg.read([*arguments, "-filter_complex", graph, "-map", "[out]", "-f", "s32le", "pipe:1"], data.extend)
    return segment(bytes(data), programme.rate, programme.channels)


def _leading_ms(part: Segment, threshold: float) -> int:
    """The silence before the first sound that lasts: a single click does not count as the start."""
    at = 0
    while (at := at + leading_silence(part[at:], threshold, _CHUNK_MS)) < len(part):
        after = part[at : at + 20 * _CHUNK_MS]
        loud = sum(1 for chunk in after[::_CHUNK_MS] if chunk.dBFS > threshold)
        if loud >= 3:
            return at
        at += _CHUNK_MS
    return 0
