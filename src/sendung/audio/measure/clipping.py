"""How much of a recording is clipped: looked at where it is loudest, as it came.

A high-pass tilts flat tops, so what is measured after it does not show them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from sendung.audio.measure.reading import Readable, Reading
from sendung.audio.measure.windows import Floats, window_of
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.findings import CLIPPED
from sendung.audio.source.programme import Programme
from sendung.audio.values import AudioFinding, Source
from sendung.core.words import say

LOUD = 0.7
"""Of full scale: what a high-pass leaves of a clipped peak at least."""
TOP, OVER = 0.9999, 1.0001
"""Of full scale; where files hold floats, what is above is no more clipped than what is below."""
FLAT = 3
"""Samples at full scale that make a window clipped; a single one may be as loud as that."""
_PLACES = 6
"""Seconds that are looked at, each by an ffmpeg of its own."""


TOLD_SHARE = 1e-3
"""Of the windows, from which on it is said."""


def clipping(ffmpeg: Ffmpeg, programme: Programme, reading: Reading, source: Source) -> tuple[AudioFinding, ...]:
    """What is to be said of clipping; nothing mostly."""
    share = clipped_share(ffmpeg, programme, reading, floats=source.codec.startswith("pcm_f"))
    if share < TOLD_SHARE:
        return ()
    return (
        AudioFinding(
            kind="clipped",
            message=say("About {share:.1%} of {name} is clipped.", share=share, name=source.path.name),
            hint=CLIPPED,
        ),
    )


def clipped_share(ffmpeg: Ffmpeg, programme: Programme, reading: Reading, *, floats: bool) -> float:
    """The share of all windows of 5 ms that are clipped, about. `floats`: the recording holds floats."""
    loud = reading.peaks >= LOUD
    size = programme.rate // window_of(programme.rate)
    counts = loud[: len(loud) // size * size].reshape(-1, size).sum(1)
    places = np.argsort(counts)[-_PLACES:]
    places = places[counts[places] > 0]
    if not places.size:
        return 0.0
    raw = replace(programme, reels=tuple(replace(reel, high_pass=0) for reel in programme.reels), scale=1.0)
    clipped = sum(ffmpeg.all([partial(_clipped_in, ffmpeg, raw, int(place), floats) for place in places]))
    return clipped / float(counts[places].sum()) * float(loud.mean())


def _clipped_in(ffmpeg: Ffmpeg, raw: Programme, second: int, floats: bool) -> int:
    samples = samples_of(ffmpeg, raw, second * raw.rate, raw.rate)
    return clipped_windows(samples, window_of(raw.rate) * raw.channels, floats=floats)


def clipped_windows(samples: Floats, size: int, *, floats: bool) -> int:
    """How many windows of so many samples are clipped. `floats`: they were floats in the file."""
    levels = np.abs(samples[: len(samples) // size * size].reshape(-1, size))
    at_top = (levels >= TOP) & (levels <= OVER) if floats else levels >= TOP
    return int((at_top.sum(1) >= FLAT).sum())


def samples_of(ffmpeg: Ffmpeg, what: Readable, first: int, count: int) -> Floats:
    """A stretch of a sound in memory, of two channels left and right in turns; full scale is 1."""
    data = bytearray()
    arguments, graph = what.open(first, count)
    graph += ",aformat=sample_fmts=flt[out]"
    ffmpeg.read([*arguments, "-filter_complex", graph, "-map", "[out]", "-f", "f32le", "pipe:1"], data.extend)
    return np.frombuffer(data, "<f4")
