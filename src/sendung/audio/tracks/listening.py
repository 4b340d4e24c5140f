"""One run over a track, before anything is decided: how loud it is when, and its whitened sound for the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Heard
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.activity import HeardSamples
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.hum import HumMeter
from sendung.audio.tracks.sound import TrackSound, read
from sendung.audio.tracks.spectra import RATE, Spectra
from sendung.core.errors import AudioError
from sendung.core.words import say

SILENT_LUFS = -65.0
"""A track whose loud moments are softer holds no voice."""


def listen_to_all(ffmpeg: Ffmpeg, sounds: Sequence[TrackSound], scratch: Path, heard: Heard) -> list[Voice]:
    """Every track, as many at once as there are cores; `heard` is told the seconds. Raises AudioError."""
    tasks = [
        partial(_listen, ffmpeg, sound, scratch / f"track-{number}.white", heard) for number, sound in enumerate(sounds)
    ]
    return ffmpeg.all(tasks)


def _listen(ffmpeg: Ffmpeg, sound: TrackSound, path: Path, heard: Heard) -> Voice:
    spectra, hum = Spectra(path), HumMeter()
    kept = HeardSamples(path.with_suffix(".f16"))

    def take(samples: Floats) -> None:
        for listener in (spectra, kept, hum):
            listener.take(samples)
        heard(len(samples) / RATE)

    arguments, graph = sound.open(0, None)
    mono = f"{graph},aformat=channel_layouts=mono,aresample={RATE}"
    read(ffmpeg, sound.track, [*arguments, "-af", mono], 1, take)
    whitened, levels = spectra.finish()
    voice = Voice(whitened, levels, kept.finish(), hum.finish())
    if voice.speech < SILENT_LUFS and sound.track.role != "music":
        hint = "Is it the right track, and was the microphone switched on?"
        raise AudioError(say("{name} is silent", name=sound.track.name), hint)
    return voice
