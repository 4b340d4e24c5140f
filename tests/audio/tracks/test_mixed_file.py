"""Two voices in one file, one of them much softer: `level: voices` evens them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import SoundOptions, Target, TrackFile, TrackSet, master
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import blend, probe_tracks
from sendung.core.progress import Silent
from tests.audio.conftest import Samples, decode, write_wav

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


def _said(sound: Samples, folder: Path) -> list[str]:
    """What is said of the voices in a recording."""
    path = write_wav(folder / "said.wav", sound[:, None], RATE, 24)
    mastered = master(path, Target(), folder / "cache", Silent())
    return [f"{finding.message} {finding.hint}" for finding in mastered.findings if finding.kind == "voices"]


@pytest.mark.parametrize(("gain_db", "least", "most"), [(-18, 13, 16), (-12, 7, 11)])
def test_voices_that_are_far_apart_are_told(
    gain_db: float, least: float, most: float, talk: Conversation, tmp_path: Path
) -> None:
    noise = np.random.default_rng(4).standard_normal(len(talk.voices[0])) * 1e-4
    sound = talk.voices[0].astype(np.float64) + 10 ** (gain_db / 20) * talk.voices[1] + noise
    [finding] = _said(sound, tmp_path)
    told = re.fullmatch(r"Two voices are (\d+) LU apart; the softer one begins at (\d+):(\d+)\. (.*)", finding)
    assert told
    assert least <= int(told[1]) <= most
    assert int(told[2]) * 60 + int(told[3]) == pytest.approx(talk.alone(1)[0].start, abs=1.5)
    assert "level: voices" in told[4]


def test_voices_that_are_near_a_jingle_and_one_lively_voice_are_not_two_voices_apart(
    talk: Conversation, tmp_path: Path
) -> None:
    random = np.random.default_rng(5)
    noise = random.standard_normal(len(talk.voices[0])) * 1e-4
    near = talk.voices[0].astype(np.float64) + 0.7 * talk.voices[1] + noise
    assert _said(near, tmp_path) == []
    moments = np.arange(8 * RATE) / RATE
    jingle = 0.7 * np.sin(2 * np.pi * 440 * moments) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * moments))
    assert _said(np.concatenate((jingle, near)), tmp_path) == []
    lively = np.interp(np.arange(len(noise)), np.linspace(0, len(noise), 40), random.uniform(0.35, 1, 40))
    assert _said(talk.voices[0] * lively + noise, tmp_path) == []
