"""From a recording to a mastered file: the steps of it, in order."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from sendung.audio.cache import keep, key_of, look_up
from sendung.audio.edges import Edges, find_edges
from sendung.audio.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.intake import check_length, seekable, take_in
from sendung.audio.loudness import integrated
from sendung.audio.measure import Reading, joined, measure
from sendung.audio.mp3 import BITRATES
from sendung.audio.probe import RE_EXPORT, check_file, probe_with, refusal
from sendung.audio.programme import Programme, spans
from sendung.audio.rendition import LEAST_MEASURED_S, AacRendition, Mp3Rendition, Work, finish
from sendung.audio.scratch import scratch_in
from sendung.audio.stings import Dressed, dress
from sendung.audio.values import MONO_OFFSET, Mastered, Source, Target
from sendung.errors import AudioError
from sendung.progress import Meter, Progress

PEAK_SLACK = 0.06
"""dB kept below the ceiling, for meters that read a little higher than ours."""
MEDIA_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/x-m4a"}
_SHARES = {"decode": 0.15, "measure": 0.14, "encode": 0.7, "verify": 0.16}
"""About how long each step takes, as a part of the whole."""
_SLICES = 240
"""Of a waveform: a bar for every few pixels of a player."""


def master(source: Path, target: Target, cache: Path, progress: Progress) -> Mastered:
    """Master a recording to the target; the result is in `cache` (made if absent), untagged.

    The same recording with the same target and version is returned at once. Raises AudioError if the recording
    cannot be read, is silent, cut off or shorter than a second, or if there is no room for the result.
    """
    try:
        _check_target(target)
        for path in (source, target.intro, target.outro):
            if path:
                check_file(path)
        key = key_of(source, target)
        if kept := look_up(cache, key, target):
            return kept
        with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
            found = probe_with(ffmpeg, source)
            with progress.meter("Mastering", found.duration_s, "seconds") as meter:
                mastered = _Mastering(ffmpeg, found, target, scratch, meter).make()
            return keep(cache, key, mastered, target)
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
    target: Target
    scratch: Path
    meter: Meter

    def make(self) -> Mastered:
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
        work = self._work(programme)
        kind: type[Mp3Rendition] | type[AacRendition] = Mp3Rendition if self.target.format == "mp3" else AacRendition
        with closing(kind(work)) as rendition:
            aim = self.target.loudness_of(programme.channels)
            curve, result = finish(rendition, reading, aim, work.ceiling_db)
        after = result.levels
        return Mastered(
            path=rendition.path,
            media_type=MEDIA_TYPES[self.target.format],
            size=rendition.path.stat().st_size,
            duration_s=result.duration_s,
            lufs=after.lufs,
            dbtp=after.dbtp,
            loudness_range=after.loudness_range,
            channels=programme.channels,
            sample_rate=programme.rate,
            bitrate=work.kbps * 1000,
            head_trimmed_s=edges.head / programme.rate - dressed.intro_s,
            tail_trimmed_s=edges.tail / programme.rate - dressed.outro_s,
            gain_db=curve.gain_db,
            limited_db=curve.limited_db,
            before=before,
            waveform=waveform(result.peaks),
        )

    def _work(self, programme: Programme) -> Work:
        return Work(
            ffmpeg=self.ffmpeg,
            programme=programme,
            length=programme.length or 0,
            kbps=self.target.bitrate_of(programme.channels),
            scratch=self.scratch,
            ceiling_db=self.target.true_peak - PEAK_SLACK,
            encoded=self._step("encode"),
            verified=self._step("verify"),
        )

    def _step(self, name: str) -> Callable[[float], None]:
        """A listener that moves the bar by this step's share of the seconds it hears of."""
        shares = {step: share for step, share in _SHARES.items() if step != "decode" or not seekable(self.source)}
        share = shares.get(name, 0.0) / sum(shares.values())
        return lambda seconds: self.meter.advance(seconds * share)

    def _measure(self, programme: Programme) -> Reading:
        grid = programme.rate // 10
        length = programme.length or int(self.source.duration_s * programme.rate)
        parts: list[tuple[int, int | None]] = list(
            spans(length, grid, self.ffmpeg.workers, LEAST_MEASURED_S * programme.rate)
        )
        if programme.length is None:
            parts[-1] = (parts[-1][0], None)
        return joined(measure(self.ffmpeg, programme, parts, self._step("measure")))

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


def waveform(peaks: Sequence[float]) -> tuple[int, ...]:
    """The highest of the peaks (linear) in each of up to 240 equal slices, in per cent of full scale."""
    slices = min(_SLICES, len(peaks))
    edges = [len(peaks) * number // slices for number in range(slices + 1)] if slices else [0]
    return tuple(min(100, round(100 * max(peaks[start:end]))) for start, end in pairwise(edges))


def _shifted(reading: Reading, offset: float) -> Reading:
    """The same reading with another number of equal channels."""
    momentary = type(reading.momentary)("f", [value + offset for value in reading.momentary])
    short_term = type(reading.short_term)("f", [value + offset for value in reading.short_term])
    return replace(reading, momentary=momentary, short_term=short_term)
