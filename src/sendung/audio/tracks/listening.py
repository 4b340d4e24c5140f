"""One run over a track, before anything is decided: how loud it is when, and its whitened sound for the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sendung.audio.measure.voice_activity import VoiceActivity, is_available
from sendung.audio.measure.windows import Floats
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.hum import HumMeter
from sendung.audio.tracks.sound import Heard, TrackSound, read
from sendung.audio.tracks.spectra import RATE, Spectra
from sendung.core.errors import AudioError

_LOUD = 0.3
"""What the loudest moments of late are brought to for the model, which is used to that."""
_MOST_GAIN = 100.0
_FORGETS = 0.98
"""How much of the loudest is still remembered after each block: half of it after half a minute or so."""


class _Activity:
    """How probable it is that somebody speaks; certain where no model is installed: then levels alone decide."""

    def __init__(self) -> None:
        self._model = VoiceActivity() if is_available() else None
        self._loudest = 0.0
        self._parts = [np.empty(0, np.float32)]

    def take(self, samples: Floats) -> None:
        """Look at samples."""
        if self._model:
            self._loudest = max(self._loudest * _FORGETS, float(np.abs(samples).max(initial=0)))
            gain = min(_MOST_GAIN, _LOUD / max(self._loudest, 1e-9))
            self._parts.append(self._model.take(samples * np.float32(gain)))

    def finish(self, count: int) -> Floats:
        """The probabilities of so many windows."""
        if self._model is None:
            return np.ones(count, np.float32)
        known = np.concatenate((*self._parts, self._model.finish()))[:count]
        return np.concatenate((known, np.zeros(count - len(known), np.float32)))


SILENT_LUFS = -65.0
"""A track whose loud moments are softer holds no voice."""


def listen_to_all(ffmpeg: Ffmpeg, sounds: Sequence[TrackSound], scratch: Path, heard: Heard) -> list[Voice]:
    """Every track, as many at once as there are cores; `heard` is told the seconds. Raises AudioError."""
    tasks = [
        partial(_listen, ffmpeg, sound, scratch / f"track-{number}.white", heard) for number, sound in enumerate(sounds)
    ]
    return ffmpeg.all(tasks)


def _listen(ffmpeg: Ffmpeg, sound: TrackSound, path: Path, heard: Heard) -> Voice:
    spectra, activity, hum, left = Spectra(path), _Activity(), HumMeter(), b""

    def take(block: memoryview) -> None:
        nonlocal left
        samples = left + bytes(block)
        whole = len(samples) // 4
        left = samples[4 * whole :]
        floats = np.frombuffer(samples, np.float32, whole)
        for listener in (spectra, activity, hum):
            listener.take(floats)
        heard(whole / RATE)

    arguments, graph = sound.open(0, None)
    read(ffmpeg, sound.track, [*arguments, "-af", f"{graph},aformat=channel_layouts=mono,aresample={RATE}"], take)
    whitened, levels = spectra.finish()
    voice = Voice(whitened, levels, activity.finish(len(levels)), hum.finish())
    if voice.speech < SILENT_LUFS and sound.track.role != "music":
        hint = "Is it the right track, and was the microphone switched on?"
        raise AudioError(f"{sound.track.name} is silent", hint)
    return voice
