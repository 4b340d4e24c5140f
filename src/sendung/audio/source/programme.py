"""What is to be heard, as stretches of files: any part of it can be read exactly, without reading what lies before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sendung.audio.source.ffmpeg import local
from sendung.audio.values import Depth

FADE_S = 0.02
"""At a cut end: short enough to leave a word alone, long enough not to click."""
Fold = Literal["first", "second", "mix", "turned"]
"""Which of two channels are heard: one of them, both (where they become one: half of each), or the second with its sign
changed."""
_SETTLES_S = 0.25
"""Read before a stretch for the high-pass to settle: what is left of its start is below the smallest float."""
_BEGINS_S = 0.01
"""Faded in where there is nothing before: at the jump to an offset the high-pass would click."""


@dataclass(frozen=True)
class Reel:
    """A stretch of a file that ffmpeg finds to the sample."""

    path: Path
    start: int
    """The first sample."""
    length: int | None
    """Samples; None: to the end of the file."""
    channels: int
    raw: bool
    """Float samples without a header, at the programme's rate; else a file that says what it is."""
    form: Literal["wav", "w64"] | None = None
    """Of such files, which ffmpeg would look into for DTS each time that it opens one of 16 bits: for 0.1 s."""
    fold: Fold = "mix"
    high_pass: int = 0
    """Hertz, second order; 0: none."""


@dataclass(frozen=True)
class Programme:
    """Reels one after another, all at one rate."""

    reels: tuple[Reel, ...]
    rate: int
    channels: int
    """Of what is read: 1 or 2."""
    depth: Depth
    fade_in: bool = False
    fade_out: bool = False
    scale: float = 1.0
    """The gain, linear, that it is read with."""

    @property
    def length(self) -> int | None:
        """Samples, or None if only reading to the end will tell."""
        lengths = [reel.length for reel in self.reels]
        return None if None in lengths else sum(length for length in lengths if length is not None)

    def trimmed(self, head: int, tail: int, length: int) -> Programme:
        """The samples from `head` to `length - tail` of a programme of one reel, faded where it is cut."""
        reel = replace(self.reels[0], start=self.reels[0].start + head, length=length - head - tail)
        return replace(self, reels=(reel,), fade_in=head > 0, fade_out=tail > 0)

    def with_channels(self, channels: int, fold: Fold) -> Programme:
        """The same, read with another number of channels."""
        return replace(self, channels=channels, reels=tuple(replace(reel, fold=fold) for reel in self.reels))

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """Input arguments, and a graph (without a closing label) whose output is `count` samples from `first`."""
        arguments: list[str] = []
        chains: list[str] = []
        for reel, start, length in self._stretches(first, count):
            early = min(start, round(_SETTLES_S * self.rate)) if reel.high_pass else 0
            whole = None if length is None else length + early
            arguments += self._input(reel, start - early, whole)
            end = "" if whole is None else f",atrim=end_sample={whole}"
            form = f"aformat=sample_fmts=fltp:channel_layouts={_layout(reel.channels)}"
            chains.append(f"[{len(chains)}:a:0]{form}{end}{self._scaled(reel, early)}{self._convert(reel)}")
        if len(chains) == 1:
            graph = chains[0]
        else:
            labels = "".join(f"[reel{index}]" for index in range(len(chains)))
            joined = ";".join(f"{chain}[reel{index}]" for index, chain in enumerate(chains))
            graph = f"{joined};{labels}concat=n={len(chains)}:v=0:a=1"
        return arguments, graph + self._fades(first, count)

    def _stretches(self, first: int, count: int | None) -> Iterator[tuple[Reel, int, int | None]]:
        """The reels that a range touches, with the start in each reel's file and the samples to take."""
        begin = 0
        for reel in self.reels:
            end = None if reel.length is None else begin + reel.length
            until = _least(end, None if count is None else first + count)
            start = max(first, begin)
            if until is None or until > start:
                yield reel, reel.start + start - begin, None if until is None else until - start
            if end is None:
                return
            begin = end

    def _input(self, reel: Reel, start: int, length: int | None) -> list[str]:
        kind = ["-f", "f32le", "-ar", str(self.rate), "-ch_layout", _layout(reel.channels)] if reel.raw else []
        if reel.form:
            # Nothing is gained from packets that wait: reading is quick.
            kind = ["-f", reel.form, "-probesize", "32", "-thread_queue_size", "1"]
            # In larger pieces: that saves a tenth of the encoding time.
            kind += ["-max_size", "65536"] if reel.form == "wav" else []
        # A little more than asked for: times are rounded, atrim then counts samples.
        until = [] if length is None else ["-t", f"{length / self.rate + 0.1:.6f}"]
        whence = ["-ss", f"{start / self.rate:.6f}"] if start else []
        return [*whence, *until, *kind, *local(reel.path)]

    def _scaled(self, reel: Reel, early: int) -> str:
        """The gain, and the high-pass in the same filter; then without the samples that it was given to settle."""
        if not reel.high_pass:
            return f",volume={self.scale:.9g}:precision=float" if self.scale != 1 else ""
        passed = "," + _high_pass(reel.high_pass, self.rate, self.scale)
        if early:
            return f"{passed},atrim=start_sample={early},asetpts=N/SR/TB"
        return f"{passed},afade=t=in:ns={round(_BEGINS_S * self.rate)}"

    def _convert(self, reel: Reel) -> str:
        if self.channels == reel.channels:
            return _KEPT.get(reel.fold, "") if self.channels == STEREO else ""
        return ",pan=stereo|c0=c0|c1=c0" if self.channels == 2 else f",pan=mono|c0={_FOLDED[reel.fold]}"

    def _fades(self, first: int, count: int | None) -> str:
        samples = round(FADE_S * self.rate)
        fades = f",afade=t=in:ns={samples}" if self.fade_in and first == 0 else ""
        length = self.length
        if self.fade_out and length is not None and (count is None or first + count > length - samples):
            fades += f",afade=t=out:ss={length - samples - first}:ns={samples}"
        return fades


STEREO = 2
_KEPT: Mapping[Fold, str] = {
    "first": ",pan=stereo|c0=c0|c1=c0",
    "second": ",pan=stereo|c0=c1|c1=c1",
    "turned": ",pan=stereo|c0=c0|c1=-1*c1",
}
"""Of two channels that stay two."""
_FOLDED: Mapping[Fold, str] = {"first": "c0", "second": "c1", "mix": "0.5*c0+0.5*c1", "turned": "0.5*c0-0.5*c1"}


def _high_pass(frequency: int, rate: int, gain: float) -> str:
    """A Butterworth filter of second order (the Audio EQ Cookbook's high-pass with Q = √½) with a gain.

    ffmpeg's own form of it would need another filter for the gain.
    """
    angle = 2 * math.pi * frequency / rate
    slope, turn = math.sin(angle) / math.sqrt(2), math.cos(angle)
    ahead = (1 + turn) / 2 / (1 + slope) * gain
    back = -2 * turn / (1 + slope), (1 - slope) / (1 + slope)
    values = f"b0={ahead:.17g}:b1={-2 * ahead:.17g}:b2={ahead:.17g}:a0=1:a1={back[0]:.17g}:a2={back[1]:.17g}"
    return f"biquad={values}"


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"


def _least(first: int | None, other: int | None) -> int | None:
    if first is None or other is None:
        return other if first is None else first
    return min(first, other)


CUT_FOR = 4
"""Cores for which recordings are cut, however many there are: a result must be the same bytes on every machine."""


def spans(length: int, grid: int, least: int, most: int, workers: int = CUT_FOR) -> list[tuple[int, int]]:
    """Cut 0..length into (first, count), large ones first, so that all workers end at nearly the same time.

    Every first is a multiple of `grid`. But for a grid, no count is below half of `least`, unless the whole is below
    `least`, nor above `most` (at least twice that), so that no part is much longer for a longer whole.
    """
    pieces: list[tuple[int, int]] = []
    first = 0
    while (left := length - first) > 0:
        share = max(least, min(most, 5 * left // (8 * workers)))
        if left < 2 * least:
            share = left if left <= least or workers == 1 else -(-left // 2)
        count = min(left, -(-share // grid) * grid)
        pieces.append((first, count))
        first += count
    return pieces
