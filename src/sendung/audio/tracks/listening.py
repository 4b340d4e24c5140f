"""One run over a track, before anything is decided: how loud it is when, and its whitened sound for the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.activity import HeardSamples
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.hum import HumMeter
from sendung.audio.tracks.sound import Heard, TrackSound, read
from sendung.audio.tracks.spectra import RATE, Spectra
from sendung.core.errors import AudioError

SILENT_LUFS = -65.0
"""A track whose loud moments are softer holds no voice."""


def listen_to_all(ffmpeg: Ffmpeg, sounds: Sequence[TrackSound], scratch: Path, heard: Heard) -> list[Voice]:
    """Every track, as many at once as there are cores; `heard` is told the seconds. Raises AudioError."""
    tasks = [
        partial(_listen, ffmpeg, sound, scratch / f"track-{number}.white", heard) for number, sound in enumerate(sounds)
    ]
    return ffmpeg.all(tasks)


def _listen(ffmpeg: Ffmpeg, sound: TrackSound, path: Path, heard: Heard) -> Voice:
    spectra, hum, left = Spectra(path), HumMeter(), b""
    kept = HeardSamples(path.with_suffix(".f16"))

    def take(block: memoryview) -> None:
        nonlocal left
        samples = left + bytes(block)
        whole = len(samples) // 4
        left = samples[4 * whole :]
        floats = np.frombuffer(samples, np.float32, whole)
        for listener in (spectra, kept, hum):
            listener.take(floats)
        heard(whole / RATE)

    arguments, graph = sound.open(0, None)
    read(ffmpeg, sound.track, [*arguments, "-af", f"{graph},aformat=channel_layouts=mono,aresample={RATE}"], take)
    whitened, levels = spectra.finish()
    voice = Voice(whitened, levels, kept.finish(), hum.finish())
    if voice.speech < SILENT_LUFS and sound.track.role != "music":
        hint = "Is it the right track, and was the microphone switched on?"
        raise AudioError(f"{sound.track.name} is silent", hint)
    return voice
