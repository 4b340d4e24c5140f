"""One run over a track, before anything is decided: how loud it is when, and its whitened sound for the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from sendung.audio.measure.clipping import clipped_windows
from sendung.audio.measure.windows import Floats, window_of
from sendung.audio.source.decode import Heard
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.activity import HeardSamples
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.hum import HumMeter
from sendung.audio.tracks.sound import TrackSound, read
from sendung.audio.tracks.spectra import HOP_S, RATE, Spectra
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


_SECONDS, _CLIPPED = 6, 0.01
"""How many of a track's loudest seconds are looked at, and the share of them that is clipped from which on it is."""


def is_clipped(ffmpeg: Ffmpeg, sound: TrackSound, voice: Voice) -> bool:
    """Whether a voice is clipped where it is loudest. Raises AudioError."""
    hops = round(1 / HOP_S)
    count = len(voice.levels) // hops
    if not count:
        return False
    seconds = np.argsort(voice.levels[: count * hops].reshape(count, hops).max(1))[-_SECONDS:]
    size = window_of(sound.rate) * sound.channels
    parts = ffmpeg.all([partial(_second, ffmpeg, sound, int(second)) for second in seconds])
    clipped = sum(clipped_windows(part, size, floats=sound.raw) for part in parts)
    return clipped >= _CLIPPED * sum(len(part) // size for part in parts) > 0


def _second(ffmpeg: Ffmpeg, sound: TrackSound, second: int) -> Floats:
    """The samples of a second of a track, as they are in the file."""
    blocks: list[Floats] = []
    arguments, graph = sound.open(second * sound.rate, sound.rate)
    read(ffmpeg, sound.track, [*arguments, "-af", graph], sound.channels, lambda block: blocks.append(block.copy()))
    return np.concatenate(blocks) if blocks else np.empty(0, np.float32)


def _listen(ffmpeg: Ffmpeg, sound: TrackSound, path: Path, heard: Heard) -> Voice:
    with closing(Spectra(path)) as spectra, closing(HeardSamples(path.with_suffix(".f16"))) as kept:
        voice = _heard_of(ffmpeg, sound, (spectra, kept, HumMeter()), heard)
    if voice.speech < SILENT_LUFS and sound.track.role != "music":
        hint = "Is it the right track, and was the microphone switched on?"
        raise AudioError(say("{name} is silent", name=sound.track.name), hint)
    return voice


def _heard_of(
    ffmpeg: Ffmpeg, sound: TrackSound, listeners: tuple[Spectra, HeardSamples, HumMeter], heard: Heard
) -> Voice:
    """What all listeners make of a track that is read once."""
    spectra, kept, hum = listeners

    def take(samples: Floats) -> None:
        for listener in listeners:
            listener.take(samples)
        heard(len(samples) / RATE)

    arguments, graph = sound.open(0, None)
    mono = f"{graph},aformat=channel_layouts=mono,aresample={RATE}"
    read(ffmpeg, sound.track, [*arguments, "-af", mono], 1, take)
    whitened, levels = spectra.finish()
    return Voice(whitened, levels, kept.finish(), hum.finish())
