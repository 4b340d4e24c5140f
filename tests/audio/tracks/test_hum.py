"""Mains hum is notched where it is, and nothing is where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sendung.audio import SoundOptions, TrackFile, TrackSet
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import Blend, blend, probe_tracks
from tests.audio.conftest import Samples, decode

from .conftest import Record
from .conversation import RATE, Conversation, Microphone

PLAIN = SoundOptions(level="off", gate="off", hum="off")
NOTCHED = SoundOptions(level="off", gate="off")


def _blend(record: Record, second: Microphone, options: SoundOptions, scratch: Path) -> tuple[Blend, Samples]:
    scratch.mkdir()
    tracks = TrackSet((TrackFile(record(Microphone(0)), person="A"), TrackFile(record(second), person="B")), options)
    with Ffmpeg(scratch) as ffmpeg:
        mixed = blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), scratch, lambda seconds: None)
        return mixed, decode(mixed.path, 1, RATE)[:, 0]


def _line(sound: Samples, frequency: float) -> float:
    """How strong a steady tone is, dB."""
    wave = np.exp(-2j * np.pi * frequency * np.arange(len(sound)) / RATE)
    return float(20 * np.log10(abs((sound * np.hanning(len(sound))) @ wave) / len(sound) * 4))


def _above(sound: Samples, frequency: float) -> float:
    """The power of what is above a frequency, dB."""
    spectrum = np.fft.rfft(sound)
    return float(10 * np.log10((np.abs(spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > frequency]) ** 2).sum()))


@pytest.mark.parametrize("mains", [50.0, pytest.param(60.0, marks=pytest.mark.soak)])
def test_hum_is_twenty_decibels_down_and_speech_stays(
    mains: float, record: Record, talk: Conversation, tmp_path: Path
) -> None:
    microphone = Microphone(1, hum_hz=mains, start_s=0.5)
    _, plain = _blend(record, microphone, PLAIN, tmp_path / "plain")
    mixed, notched = _blend(record, microphone, NOTCHED, tmp_path / "notched")
    assert [track.hum_hz for track in mixed.facts.tracks] == [None, mains]
    # Where the notch's filter has settled.
    inner = slice(4 * RATE, -RATE)
    _, clean = _blend(record, Microphone(1, start_s=0.5), PLAIN, tmp_path / "clean")
    for harmonic in (1, 2, 3, 5):
        # What speech itself has at a frequency stays, of course.
        before, after, without = (_line(sound[inner], harmonic * mains) for sound in (plain, notched, clean))
        assert before > without + 12
        assert after < max(before - 20, without + 1), harmonic
    for turn in talk.alone(1):
        part = slice(round(turn.start * RATE), round(turn.end * RATE))
        assert abs(_above(notched[part], 150) - _above(clean[part], 150)) < 0.5
