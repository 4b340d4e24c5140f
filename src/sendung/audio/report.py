"""What mastering did to a recording: in numbers, in words, and over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sendung.audio.master import master
from sendung.audio.measure.loudness import gate_of
from sendung.audio.measure.meter import measure_programme
from sendung.audio.measure.reading import Reading
from sendung.audio.source.decode import take_in
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.tracks.blend import blend, probe_tracks
from sendung.audio.tracks.course import TrackCourse
from sendung.audio.values import AudioFinding, Levels, Mastered, Recording, Target, TrackSet
from sendung.core.mix_facts import MixFacts, described
from sendung.core.progress import Meter, Progress
from sendung.core.scratch import scratch_in
from sendung.core.words import told

LOWEST = -60.0
"""LUFS, the floor of curves and sparklines."""
_BARS = " ▁▂▃▄▅▆▇█"
_COLUMNS = 60


@dataclass(frozen=True)
class Course:
    """Loudness over time."""

    levels: Levels
    duration_s: float
    starts_s: float
    """Where it begins on the time line of the recording."""
    short_term: tuple[float, ...]
    """LUFS of the 3 s before each full second."""
    gate: float
    """LUFS; what is quieter does not count."""
    gated: tuple[tuple[float, float], ...]
    """From and to, in seconds: what does not count."""


@dataclass(frozen=True)
class MasteringReport:
    """A recording before and after."""

    name: str
    target_lufs: float
    ceiling_dbtp: float
    before: Course
    after: Course
    gain_db: float
    limited_db: float
    head_trimmed_s: float
    tail_trimmed_s: float
    format: str
    channels: int
    sample_rate: int
    bitrate: int
    size: int
    mix: MixFacts | None = None
    """Where the recording is several tracks."""
    findings: tuple[AudioFinding, ...] = ()
    """What its hosts should know of the recording."""
    cut_head_s: float = 0.0
    """Silence that was cut at the start, and at the end."""
    cut_tail_s: float = 0.0
    tracks: tuple[TrackCourse, ...] = ()
    """What became of each over time."""


def report(source: Recording, target: Target, cache: Path, progress: Progress) -> MasteringReport:
    """Master a recording (or take the kept result), and read both again over time. Raises what `master` raises."""
    mastered = master(source, target, cache, progress)
    total = mastered.duration_s * 2 + mastered.head_trimmed_s + mastered.tail_trimmed_s
    with progress.meter("Reading", max(1.0, total), "seconds") as meter:
        before, tracks = _read(source, cache, meter, target.high_pass)
        after, _ = _read(mastered.path, cache, meter)
    return MasteringReport(
        name=source.name,
        target_lufs=target.loudness_of(mastered.channels),
        ceiling_dbtp=target.true_peak,
        before=_course(before, mastered.before, 0.0),
        after=_course(after, _levels(mastered), mastered.head_trimmed_s),
        gain_db=mastered.gain_db,
        limited_db=mastered.limited_db,
        head_trimmed_s=mastered.head_trimmed_s,
        tail_trimmed_s=mastered.tail_trimmed_s,
        format=mastered.media_type,
        channels=mastered.channels,
        sample_rate=mastered.sample_rate,
        bitrate=mastered.bitrate,
        size=mastered.size,
        mix=mastered.mix,
        findings=mastered.findings,
        cut_head_s=mastered.cut_head_s,
        cut_tail_s=mastered.cut_tail_s,
        tracks=tracks,
    )


def as_json(of: MasteringReport) -> dict[str, Any]:
    """The report as plain values for json.dumps; levels of silence (-inf) become None."""
    values = {name: _plain(value) for name, value in asdict(replace(of, mix=None)).items()}
    return values | {"mix": of.mix.model_dump(mode="json") if of.mix else None}


def as_text(of: MasteringReport) -> str:
    """The report in words, for a terminal."""
    before, after = of.before.levels, of.after.levels
    limited = told("{limited_db:.1f} dB at most", limited_db=of.limited_db) if of.limited_db else told("not needed")
    rows = [
        ("", before_name(of), told("after"), told("aim")),
        (
            told("Loudness"),
            told("{lufs:.1f} LUFS", lufs=before.lufs),
            told("{lufs:.1f} LUFS", lufs=after.lufs),
            told("{lufs:.1f} LUFS", lufs=of.target_lufs),
        ),
        (
            told("True peak"),
            told("{dbtp:.1f} dBTP", dbtp=before.dbtp),
            told("{dbtp:.1f} dBTP", dbtp=after.dbtp),
            told("≤ {dbtp:.1f} dBTP", dbtp=of.ceiling_dbtp),
        ),
        (
            told("Range"),
            told("{loudness_range:.1f} LU", loudness_range=before.loudness_range),
            told("{loudness_range:.1f} LU", loudness_range=after.loudness_range),
            "",
        ),
        (told("Length"), _clock(of.before.duration_s), _clock(of.after.duration_s), ""),
    ]
    lines = [f"{name:<10}{one:>14}{two:>14}  {aim}".rstrip() for name, one, two, aim in rows]
    channels = "mono" if of.channels == 1 else "stereo"
    lines += [
        "",
        told(
            "Gain {gain_db:+.1f} dB, limiter {limited}; {moved}, {moved2}",
            gain_db=of.gain_db,
            limited=limited,
            moved=_moved(told("start"), of.head_trimmed_s),
            moved2=_moved(told("end"), of.tail_trimmed_s),
        ),
        told(
            "{format}, {channels}, {sample_rate:g} kHz, {bitrate} kbit/s, {size:.1f} MB",
            format=of.format,
            channels=channels,
            sample_rate=of.sample_rate / 1000,
            bitrate=of.bitrate // 1000,
            size=of.size / 1000000.0,
        ),
        "",
        *_sparklines({before_name(of): of.before.short_term, told("after"): of.after.short_term}),
    ]
    if of.mix:
        lines += ["", *map(told, described(of.mix))]
    if of.findings:
        lines += ["", *(f"{told(finding.message)} {told(finding.hint)}".rstrip() for finding in of.findings)]
    return "\n".join(lines)


def before_name(of: MasteringReport) -> str:
    """What is measured before mastering: several tracks have no loudness of their own before they are mixed."""
    if of.mix is None:
        return told("before")
    return told("mix") if len(of.mix.tracks) > 1 else told("evened")


def _read(source: Recording, cache: Path, meter: Meter, high_pass: int = 0) -> tuple[Reading, tuple[TrackCourse, ...]]:
    with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
        path, courses = (source, ()) if isinstance(source, Path) else _mixed(ffmpeg, source, scratch)
        recording = probe_with(ffmpeg, path)
        programme = take_in(ffmpeg, recording, scratch, lambda seconds: None, high_pass)
        return measure_programme(ffmpeg, programme, recording.duration_s, meter.advance), courses


def _mixed(ffmpeg: Ffmpeg, tracks: TrackSet, scratch: Path) -> tuple[Path, tuple[TrackCourse, ...]]:
    """What was mastered of tracks, made again: nobody keeps it."""
    mixed = blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), scratch, lambda seconds: None)
    return mixed.path, mixed.courses


def _levels(mastered: Mastered) -> Levels:
    return Levels(mastered.lufs, mastered.dbtp, mastered.loudness_range)


def _course(reading: Reading, levels: Levels, starts_s: float) -> Course:
    gate = gate_of(reading.momentary)
    return Course(
        levels=levels,
        duration_s=reading.duration_s,
        starts_s=starts_s,
        short_term=tuple(round(value, 2) for value in reading.short_term[9::10].tolist()),
        gate=gate,
        gated=_gated(reading.momentary.tolist(), gate),
    )


def _gated(momentary: Sequence[float], gate: float) -> tuple[tuple[float, float], ...]:
    """The stretches of at least half a second that no counted block touches."""
    spans: list[tuple[float, float]] = []
    begin: int | None = 0
    for index, value in enumerate([*momentary, math.inf]):
        if value > gate:
            # A block covers the 400 ms before its end.
            if begin is not None and index - 3 - begin >= 5:
                spans.append((begin / 10, (index - 3) / 10))
            begin = None
        elif begin is None:
            begin = index
    return tuple(spans)


def _plain(value: Any) -> Any:
    if isinstance(value, AudioFinding):
        return value.model_dump()
    if isinstance(value, float):
        return round(value, 3) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def _moved(end: str, trimmed_s: float) -> str:
    if trimmed_s < 0:
        return told("{end} +{seconds:.1f} s (sting)", end=end, seconds=-trimmed_s)
    return told("{end} −{seconds:.1f} s", end=end, seconds=trimmed_s) if trimmed_s else told("{end} kept", end=end)


def _sparklines(courses: Mapping[str, Sequence[float]]) -> Iterator[str]:
    width = max(map(len, courses))
    for name, short_term in courses.items():
        yield f"{name:<{width}} {_sparkline(short_term)}"


def _sparkline(short_term: Sequence[float]) -> str:
    """The loudest of each sixtieth, from -60 to -6 LUFS."""
    columns = min(_COLUMNS, len(short_term))
    bars = []
    for column in range(columns):
        part = short_term[column * len(short_term) // columns : (column + 1) * len(short_term) // columns]
        height = (max(part) - LOWEST) / 54
        bars.append(_BARS[max(0, min(8, round(height * 8)))])
    return "".join(bars)
