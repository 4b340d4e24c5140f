"""Two voices in one file, one of them much softer: `level: voices` evens them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sendung.audio import SoundOptions, TrackFile, TrackSet
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import blend, probe_tracks
from tests.audio.conftest import decode, write_wav

from .conversation import RATE, Conversation
from .test_gains import _loudness


def test_the_softer_of_two_voices_in_one_file_is_brought_up(talk: Conversation, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).standard_normal((len(talk.voices[0]), 2)) * 1e-4
    both = np.stack((talk.voices[0] + 0.18 * talk.voices[1], 0.8 * talk.voices[0] + 0.2 * talk.voices[1]), 1) + noise
    path = write_wav(tmp_path / "both.wav", both, RATE, 24)
    alone = [talk.alone(who) for who in (0, 1)]
    before = [_loudness(both.mean(1), turns) for turns in alone]
    assert before[0] - before[1] > 10
    tracks = TrackSet((TrackFile(path, role="mix"),), SoundOptions(gate="off", hum="off"))
    with Ffmpeg(tmp_path) as ffmpeg:
        mixed = decode(
            blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), tmp_path, lambda seconds: None).path, 2, RATE
        )
    assert abs(len(mixed) - len(both)) <= 6
    assert np.abs(mixed[:, 0] - mixed[:, 1]).max() > 0.01, "it stays stereo"
    after = [_loudness(mixed.mean(1), turns) for turns in alone]
    assert abs(after[0] - after[1]) < 3
    quiet = slice(round(0.2 * RATE), round(1.0 * RATE))
    floor = [10 * np.log10((sound[quiet] ** 2).mean()) - _loudness(sound.mean(1)) for sound in (both, mixed)]
    assert floor[1] < floor[0] + 0.1, "noise in pauses is not raised"
