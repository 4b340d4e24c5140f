"""The steps of mastering, in order: take in, measure, cut the edges, level, encode, and measure the result again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from sendung.audio.encode.rendition import Mp3Rendition, RenditionWork, Work, finish
from sendung.audio.encode.single_pass import M4A, OPUS, WholeRendition
from sendung.audio.measure.clipping import clipping
from sendung.audio.measure.loudness import integrated
from sendung.audio.measure.meter import measure_programme
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.voices import voices_apart
from sendung.audio.measure.windows import Floats
from sendung.audio.shape.gain import plan
from sendung.audio.shape.intro_outro import Dressed, dress
from sendung.audio.shape.limiter import Curve
from sendung.audio.shape.sides import choose
from sendung.audio.shape.trim import Edges, find_edges
from sendung.audio.source.decode import check_length, seekable, take_in
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.findings import findings_of
from sendung.audio.source.probe import RE_EXPORT
from sendung.audio.source.programme import Programme
from sendung.audio.values import MONO_OFFSET, AudioFinding, Levels, Mastered, Source, Target
from sendung.core import media_types
from sendung.core.errors import AudioError
from sendung.core.progress import Meter
from sendung.core.words import join, say

PEAK_SLACK = 0.06
"""dB kept below the ceiling, for meters that read a little higher than ours."""
_SHARES = {"decode": 0.15, "measure": 0.14, "encode": 0.7, "verify": 0.16}
"""About how long each step takes, as a part of the whole."""
_SLICES = 240
"""Of a waveform: a bar for every few pixels of a player."""


@dataclass
class Mastering:
    """One recording on its way: what is the same for every target is prepared once."""

    ffmpeg: Ffmpeg
    source: Source
    targets: Sequence[Target]
    """They differ in format and bit rate only."""
    scratch: Path
    meter: Meter

    @property
    def target(self) -> Target:
        """What all targets have in common."""
        return self.targets[0]

    def prepare(self) -> MasteringPlan:
        """Everything up to encoding. Raises AudioError for what cannot be mastered."""
        programme = take_in(self.ffmpeg, self.source, self.scratch, self._step("decode"), self.target.high_pass)
        reading = self._measure(programme)
        check_length(self.source, reading.duration_s)
        before = reading.levels
        self._check(reading)
        findings = [*findings_of(self.source), *clipping(self.ffmpeg, programme, reading, self.source)]
        programme, reading, said = self._choose_channels(programme, reading)
        edges = find_edges(self.ffmpeg, programme, reading, programme.rate // 10) if self.target.trim else Edges()
        findings += [*said, *_cut(edges, programme.rate), *voices_apart(reading)]
        programme = programme.trimmed(edges.head, edges.tail, reading.samples)
        reading = reading.without_head(edges.head * 10 // programme.rate)
        dressed = Dressed(programme, 0.0, 0.0)
        if self.target.intro or self.target.outro:
            lufs = integrated(reading.momentary)
            dressed = dress(self.ffmpeg, programme, lufs, self.target, self.scratch)
            programme = dressed.programme
            reading = self._measure(programme)
        # Threads cannot be interrupted, so what takes long without ffmpeg is done before.
        aim, ceiling = self.target.loudness_of(programme.channels), self.target.true_peak - PEAK_SLACK
        curve = plan(reading, aim, ceiling)
        return MasteringPlan(programme, reading, before, edges, dressed, curve, tuple(findings))

    def make(self, draft: MasteringPlan, targets: Sequence[Target]) -> dict[Target, Mastered]:
        """The files for some of the targets, at once."""
        renditions = self.ffmpeg.all([partial(self._encode, target, draft) for target in targets])
        return dict(zip(targets, renditions, strict=True))

    def _encode(self, target: Target, draft: MasteringPlan) -> Mastered:
        """One file of what was prepared, measured and corrected."""
        programme, edges, dressed = draft.programme, draft.edges, draft.dressed
        work = self._work(target, programme)
        rendition = _rendition(target, work)
        aim = target.loudness_of(programme.channels)
        curve, result = finish(rendition, draft.reading, aim, work.ceiling_db, draft.curve)
        after, size = result.levels, rendition.path.stat().st_size
        varies = target.format == "opus"
        return Mastered(
            path=rendition.path,
            media_type=media_types.of(f".{target.format}"),
            size=size,
            duration_s=result.duration_s,
            lufs=after.lufs,
            dbtp=after.dbtp,
            loudness_range=after.loudness_range,
            channels=programme.channels,
            sample_rate=OPUS.rate or programme.rate if varies else programme.rate,
            bitrate=round(size * 8 / result.duration_s) if varies else work.kbps * 1000,
            head_trimmed_s=edges.head / programme.rate - dressed.intro_s,
            tail_trimmed_s=edges.tail / programme.rate - dressed.outro_s,
            gain_db=curve.gain_db,
            limited_db=curve.limited_db,
            before=draft.before,
            findings=draft.findings,
            cut_head_s=edges.head / programme.rate,
            cut_tail_s=edges.tail / programme.rate,
            waveform=waveform(result.peaks),
        )

    def _work(self, target: Target, programme: Programme) -> Work:
        return Work(
            ffmpeg=self.ffmpeg,
            programme=programme,
            length=programme.length or 0,
            kbps=target.bitrate_of(programme.channels),
            path=self.scratch / f"result-{self.targets.index(target)}.{target.format}",
            ceiling_db=target.true_peak - PEAK_SLACK,
            encoded=self._step("encode"),
            verified=self._step("verify"),
        )

    def _step(self, name: str) -> Callable[[float], None]:
        """A listener that moves the bar by this step's share of the seconds it hears of."""
        shares = {step: share for step, share in _SHARES.items() if step != "decode" or not seekable(self.source)}
        share = shares.get(name, 0.0) / sum(shares.values())
        if name in {"encode", "verify"}:
            share /= len(self.targets)
        return lambda seconds: self.meter.advance(seconds * share)

    def _measure(self, programme: Programme) -> Reading:
        return measure_programme(self.ffmpeg, programme, self.source.duration_s, self._step("measure"))

    def _check(self, reading: Reading) -> None:
        name = self.source.path.name
        if reading.broken:
            raise AudioError(
                say("{name} holds samples that are not numbers (NaN), or far beyond full scale", name=name), RE_EXPORT
            )
        if integrated(reading.momentary) == -math.inf:
            raise AudioError(say("{name} is silent", name=name), "Is the right track exported, and is it not muted?")

    def _choose_channels(
        self, programme: Programme, reading: Reading
    ) -> tuple[Programme, Reading, tuple[AudioFinding, ...]]:
        """The programme on the channels that it goes out on, its reading, and what is to be said of that."""
        wanted = self.target.channels
        if programme.channels == 1:
            if wanted != "stereo":
                return programme, reading, ()
            return programme.with_channels(2, "first"), _shifted(reading, -MONO_OFFSET), ()
        choice = choose(reading, wanted)
        chosen = programme.with_channels(choice.channels, choice.fold)
        if choice.equal:
            return chosen, _shifted(reading, MONO_OFFSET), choice.findings
        same = (choice.channels, choice.fold) == (programme.channels, "mix")
        return chosen, reading if same else self._measure(chosen), choice.findings


def _cut(edges: Edges, rate: int) -> tuple[AudioFinding, ...]:
    """What is said of what was cut."""
    ends = ((edges.head, say("start")), (edges.tail, say("end")))
    cuts = [say("{samples:.1f} s at the {end}", samples=samples / rate, end=end) for samples, end in ends if samples]
    return (AudioFinding(kind="cut", message=say("Silence was cut: {cuts}.", cuts=join(", ", cuts))),) if cuts else ()


@dataclass(frozen=True, eq=False)
class MasteringPlan:
    """What is encoded, whatever the format."""

    programme: Programme
    reading: Reading
    before: Levels
    """The recording as it came."""
    edges: Edges
    dressed: Dressed
    curve: Curve
    """What brings it to its loudness, lossy coding aside."""
    findings: tuple[AudioFinding, ...]


def _rendition(target: Target, work: Work) -> RenditionWork:
    if target.format == "mp3":
        return Mp3Rendition(work)
    return WholeRendition(work, OPUS if target.format == "opus" else M4A)


def waveform(peaks: Floats) -> tuple[int, ...]:
    """The highest of the peaks (linear) in each of up to 240 equal slices, in per cent of full scale."""
    slices = min(_SLICES, len(peaks))
    edges = [len(peaks) * number // slices for number in range(slices + 1)] if slices else [0]
    return tuple(min(100, round(100 * float(peaks[start:end].max()))) for start, end in pairwise(edges))


def _shifted(reading: Reading, offset: float) -> Reading:
    """The same reading with another number of equal channels."""
    levels = np.float32(offset)
    return replace(reading, momentary=reading.momentary + levels, short_term=reading.short_term + levels)
