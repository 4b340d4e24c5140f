"""Who speaks when, where it is known: in the sample episode, whose two microphones hear each other."""

from __future__ import annotations

import numpy as np
import pytest

from sendung.audio import SoundOptions, TrackFile, TrackSet
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import prepare, probe_tracks
from sendung.core.mix_facts import MixFacts
from sendung.media.transcripts import read_file
from tests.audio.conftest import SAMPLE

FILES = {"Sven Kramer": "sven.flac", "Sebastian Karger": "sebastian.opus"}


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> MixFacts:
    tracks = TrackSet(tuple(TrackFile(SAMPLE / name, person=who) for who, name in FILES.items()), SoundOptions())
    scratch = tmp_path_factory.mktemp("scratch")
    with Ffmpeg(scratch) as ffmpeg:
        return prepare(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), scratch, lambda seconds: None).facts


def test_every_word_is_its_speakers_and_a_rooms_echo_is_nobodys(mix: MixFacts) -> None:
    cues = [located.cue for located in read_file(SAMPLE / "transcript.vtt").cues]
    for track in mix.tracks:
        said, open_for = np.zeros((2, 10_000), bool)
        for cue in cues:
            if cue.speaker == track.person:
                said[cue.start_ms // 10 : cue.end_ms // 10] = True
        for start, end in track.turns:
            open_for[round(start * 100) : round(end * 100)] = True
        assert not (said & ~open_for).any()
        # Beginnings and ends of sentences are let through in 0.26 and 0.36 s.
        assert (open_for & ~said).mean() < 0.18
    assert mix.double_talk is not None
    assert mix.double_talk < 0.03
