"""From a recording to a mastered file: the steps of it, in order."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from sendung.audio.cache import keep, key_of, look_up
from sendung.audio.curve import Curve
from sendung.audio.edges import Edges, find_edges
from sendung.audio.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.intake import check_length, seekable, take_in
from sendung.audio.level import plan
from sendung.audio.loudness import integrated
from sendung.audio.measure import measure_programme
from sendung.audio.mp3 import BITRATES
from sendung.audio.probe import RE_EXPORT, check_file, probe_with, refusal
from sendung.audio.programme import Programme
from sendung.audio.reading import Reading
from sendung.audio.rendition import Mp3Rendition, Rendition, Work, finish
from sendung.audio.scratch import scratch_in
from sendung.audio.stings import Dressed, dress
from sendung.audio.values import MEDIA_TYPES, MONO_OFFSET, Levels, Mastered, Source, Target
from sendung.audio.whole import M4A, OPUS, WholeRendition
from sendung.audio.windows import Windows
from sendung.errors import AudioError
from sendung.progress import Meter, Progress

PEAK_SLACK = 0.06
"""dB kept below the ceiling, for meters that read a little higher than ours."""
_SHARES = {"decode": 0.15, "measure": 0.14, "encode": 0.7, "verify": 0.16}
"""About how long each step takes, as a part of the whole."""
_SLICES = 240
"""Of a waveform: a bar for every few pixels of a player."""


def master(source: Path, target: Target, cache: Path, progress: Progress) -> Mastered:
    """Master a recording to the target; the result is in `cache` (made if absent), untagged.

    The same recording with the same target and version is returned at once. Raises AudioError if the recording
    cannot be read, is silent, cut off or shorter than a second, or if there is no room for the result.
    """
    return master_all(source, [target], cache, progress)[0]


def master_all(source: Path, targets: Sequence[Target], cache: Path, progress: Progress) -> list[Mastered]:
    """`master` to several targets that differ in format and bit rate only: read once, and encoded at the same time."""
    first = targets[0]
    with _refusing(source, cache):
        for target in targets:
            _check_target(target)
        for path in filter(None, (source, first.intro, first.outro)):
            check_file(path)
        keys = {target: key_of(source, target, cache) for target in targets}
        found = {target: look_up(cache, key, target) for target, key in keys.items()}
        if missing := [target for target, kept in found.items() if not kept]:
            with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
                probed = probe_with(ffmpeg, source)
                with progress.meter("Mastering", probed.duration_s, "seconds") as meter:
                    made = _Mastering(ffmpeg, probed, missing, scratch, meter).make()
                found |= {target: keep(cache, keys[target], one, target) for target, one in made.items()}
    return [kept for target in targets if (kept := found[target])]


@contextmanager
def _refusing(source: Path, cache: Path) -> Iterator[None]:
    """Failures of ffmpeg and of the system, told as AudioError."""
    try:
        yield
    except FfmpegFailed as error:
        if "No space left" in error.log:
            raise _no_room(cache) from None
        raise refusal(source, error.log) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _no_room(cache) from None
        raise AudioError(f"{source.name} cannot be mastered: {error.strerror}", f"Look at {error.filename}.") from None


def _check_target(target: Target) -> None:
    """MP3 has a few bit rates only; the lowest would not hold what players need in the first frame."""
    if target.format == "mp3" and target.bitrate_kbps is not None and target.bitrate_kbps not in BITRATES[4:]:
        offered = ", ".join(str(rate) for rate in BITRATES[4:])
        raise AudioError(f"MP3 has no bit rate of {target.bitrate_kbps} kbit/s for speech", f"Choose one of {offered}.")


def _no_room(cache: Path) -> AudioError:
    return AudioError(f"There is no space left for mastering in {cache}", "Make room on that disk.")


@dataclass
class _Mastering:
    """One recording on its way. `make` calls the steps."""

    ffmpeg: Ffmpeg
    source: Source
    targets: Sequence[Target]
    """They differ in format and bit rate only."""
    scratch: Path
    meter: Meter

    @property
    def target(self) -> Target:
        return self.targets[0]

    def make(self) -> dict[Target, Mastered]:
        programme = take_in(self.ffmpeg, self.source, self.scratch, self._step("decode"))
        if self.target.channels == "mono" and programme.channels == 2:
            programme = programme.with_channels(1, "mix")
        reading = self._measure(programme)
        check_length(self.source, reading.duration_s)
        before = reading.levels
        self._check(reading)
        programme, reading = self._choose_channels(programme, reading)
        edges = self._find_edges(programme, reading)
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
        draft = _Draft(programme, reading, before, edges, dressed, plan(reading, aim, ceiling))
        made = self.ffmpeg.all([partial(self._encode, target, draft) for target in self.targets])
        return dict(zip(self.targets, made, strict=True))

    def _encode(self, target: Target, draft: _Draft) -> Mastered:
        """One file of what was prepared, measured and corrected."""
        programme, edges, dressed = draft.programme, draft.edges, draft.dressed
        work = self._work(target, programme)
        with closing(_rendition(target, work)) as rendition:
            aim = target.loudness_of(programme.channels)
            curve, result = finish(rendition, draft.reading, aim, work.ceiling_db, draft.curve)
        after, size = result.levels, rendition.path.stat().st_size
        varies = target.format == "opus"
        return Mastered(
            path=rendition.path,
            media_type=MEDIA_TYPES[target.format],
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
            waveform=waveform(result.peaks),
        )

    def _work(self, target: Target, programme: Programme) -> Work:
        # Each kind has a folder of its own: scratch files are named by the samples that they are for.
        folder = self.scratch if target.format == "mp3" else self.scratch / target.format
        folder.mkdir(exist_ok=True)
        return Work(
            ffmpeg=self.ffmpeg,
            programme=programme,
            length=programme.length or 0,
            kbps=target.bitrate_of(programme.channels),
            scratch=folder,
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
            raise AudioError(f"{name} holds samples that are not numbers (NaN), or far beyond full scale", RE_EXPORT)
        if integrated(reading.momentary) == -math.inf:
            raise AudioError(f"{name} is silent", "Is the right track exported, and is it not muted?")

    def _choose_channels(self, programme: Programme, reading: Reading) -> tuple[Programme, Reading]:
        """Two equal channels become one, unless the target says otherwise; one becomes two if it says so."""
        wanted = self.target.channels
        if wanted == "auto" and programme.channels == 2 and reading.difference <= 0.001 * reading.peak:
            return programme.with_channels(1, "first"), _shifted(reading, MONO_OFFSET)
        if wanted == "stereo" and programme.channels == 1:
            return programme.with_channels(2, "first"), _shifted(reading, -MONO_OFFSET)
        return programme, reading

    def _find_edges(self, programme: Programme, reading: Reading) -> Edges:
        if not self.target.trim:
            return Edges()
        lufs = integrated(reading.momentary)
        grid = programme.rate // 10
        return find_edges(self.ffmpeg, programme, reading.samples, reading.momentary, lufs, grid)


@dataclass(frozen=True)
class _Draft:
    """What is encoded, whatever the format."""

    programme: Programme
    reading: Reading
    before: Levels
    """The recording as it came."""
    edges: Edges
    dressed: Dressed
    curve: Curve
    """What brings it to its loudness, lossy coding aside."""


def _rendition(target: Target, work: Work) -> Rendition:
    if target.format == "mp3":
        return Mp3Rendition(work)
    return WholeRendition(work, OPUS if target.format == "opus" else M4A)


def waveform(peaks: Sequence[float] | Windows) -> tuple[int, ...]:
    """The highest of the peaks (linear) in each of up to 240 equal slices, in per cent of full scale."""
    slices = min(_SLICES, len(peaks))
    edges = [len(peaks) * number // slices for number in range(slices + 1)] if slices else [0]
    return tuple(min(100, round(100 * max(peaks[start:end]))) for start, end in pairwise(edges))


def _shifted(reading: Reading, offset: float) -> Reading:
    """The same reading with another number of equal channels."""
    momentary = type(reading.momentary)("f", [value + offset for value in reading.momentary])
    short_term = type(reading.short_term)("f", [value + offset for value in reading.short_term])
    return replace(reading, momentary=momentary, short_term=short_term)
