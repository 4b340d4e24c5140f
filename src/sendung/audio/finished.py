"""Audio that is finished: measured as it is, and never changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sendung.audio.source.decode import take_in
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.source.findings import findings_of
from sendung.audio.source.probe import probe_with, refusal
from sendung.audio.values import AudioFinding, Mastered, Source
from sendung.core import media_types
from sendung.core.errors import AudioError
from sendung.core.progress import Meter, Progress
from sendung.core.scratch import scratch_in
from sendung.core.words import say

if TYPE_CHECKING:
    from sendung.audio.measure.reading import Reading

_KINDS = {("mp3", "mp3"): media_types.MP3, ("mov,mp4,m4a,3gp,3g2,mj2", "aac"): media_types.M4A}
"""Container and codec, as ffmpeg names them, of what podcast apps play; and the media type."""


def kind_of(source: Source) -> str:
    """The media type of a finished file. Raises AudioError for what no podcast app plays."""
    media_type = _KINDS.get((source.container, source.codec))
    if source.video:
        hint = 'Export its sound alone, or remove "master: false" from episode.yaml, and it is mastered.'
        raise AudioError(say("{name} is a film, which cannot go out as it is.", name=source.path.name), hint)
    if len(source.tracks) > 1:
        hint = 'Export them as one, or remove "master: false" from episode.yaml, and they are mixed.'
        raise AudioError(
            say(
                "{name} has {count} sound tracks, of which apps play one.",
                name=source.path.name,
                count=len(source.tracks),
            ),
            hint,
        )
    if media_type is None:
        hint = 'Remove "master: false" from episode.yaml, and it is mastered.'
        raise AudioError(
            say("{name} is neither an MP3 nor an M4A file, so it cannot go out as it is.", name=source.path.name), hint
        )
    return media_type


def take_finished(source: Path, cache: Path, progress: Progress) -> Mastered:
    """A finished file, bit for bit, with what is measured on it. Raises AudioError as `master` does."""
    from sendung.audio.mastering import waveform  # noqa: PLC0415 - with it comes numpy

    try:
        with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
            recording = probe_with(ffmpeg, source)
            media_type = kind_of(recording)
            with progress.meter("Measuring", recording.duration_s, "seconds") as meter:
                reading, said = _read(ffmpeg, recording, scratch, meter)
    except FfmpegFailed as error:
        raise refusal(source, error.log) from None
    levels, size = reading.levels, source.stat().st_size
    return Mastered(
        path=source,
        media_type=media_type,
        size=size,
        duration_s=reading.duration_s,
        lufs=levels.lufs,
        dbtp=levels.dbtp,
        loudness_range=levels.loudness_range,
        channels=recording.channels,
        sample_rate=recording.sample_rate,
        bitrate=round(size * 8 / reading.duration_s),
        head_trimmed_s=0.0,
        tail_trimmed_s=0.0,
        gain_db=0.0,
        limited_db=0.0,
        before=levels,
        findings=(*findings_of(recording), *said),
        waveform=waveform(reading.peaks),
    )


def _read(ffmpeg: Ffmpeg, recording: Source, scratch: Path, meter: Meter) -> tuple[Reading, tuple[AudioFinding, ...]]:
    """What is measured, and what is to be said of it."""
    # With these comes numpy.
    from sendung.audio.measure.meter import measure_programme  # noqa: PLC0415
    from sendung.audio.shape.sides import describe  # noqa: PLC0415

    programme = take_in(ffmpeg, recording, scratch, lambda _seconds: None)
    reading = measure_programme(ffmpeg, programme, recording.duration_s, meter.advance)
    return reading, describe(reading) if programme.channels > 1 else ()
