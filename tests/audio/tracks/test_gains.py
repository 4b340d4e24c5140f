"""What gate and leveller make of two microphones, heard in the mix: voices alike, bleed down, no word touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from sendung.audio import SoundOptions, Target, TrackFile, TrackSet, master
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import blend, probe_tracks
from sendung.core.progress import Silent
from tests.audio.conftest import decode, hear

from .conftest import Record
from .conversation import RATE, Conversation, Microphone, Sound, Turn

Mixed = NDArray[np.float64]
Mix = Callable[..., Mixed]
PLAIN = SoundOptions(level="off", gate="off", hum="off")
EVEN = SoundOptions()
GATED = SoundOptions(level="off", gate="auto", hum="off")
QUIET = Microphone(0, noise_db=-90.0, bleed_db=-15.0), Microphone(1, noise_db=-90.0, bleed_db=-15.0, start_s=0.9)
FAINT_BLEED = Microphone(0, bleed_db=-30.0), Microphone(1, bleed_db=-30.0, ppm=-50, start_s=0.3)
SOFT_GUEST = Microphone(0), Microphone(1, gain_db=-18.0, ppm=145, start_s=1.3)


@pytest.fixture(scope="session")
def mix(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Mix:
    """The mix of two microphones, as samples; made once."""
    kept: dict[tuple[tuple[Microphone, Microphone], SoundOptions], Mixed] = {}

    def make(microphones: tuple[Microphone, Microphone], options: SoundOptions = EVEN) -> Mixed:
        key = microphones, options
        if key not in kept:
            scratch = tmp_path_factory.mktemp("mix")
            tracks = _tracks(record, microphones, options)
            with Ffmpeg(scratch) as ffmpeg:
                path = blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), scratch, lambda seconds: None).path
                kept[key] = decode(path, 1, RATE)[:, 0]
        return kept[key]

    return make


def _tracks(record: Record, microphones: tuple[Microphone, Microphone], options: SoundOptions) -> TrackSet:
    names = ("A", "B")
    files = [TrackFile(record(microphone), person=name) for microphone, name in zip(microphones, names, strict=True)]
    return TrackSet(tuple(files), options)


def _part(sound: Mixed | Sound, start: float, end: float) -> Mixed:
    return np.asarray(sound[round(start * RATE) : round(end * RATE)], np.float64)


def _loudness(sound: Mixed, turns: list[Turn] | None = None) -> float:
    """LUFS of some turns, or of everything."""
    together: Mixed = np.concatenate([_part(sound, turn.start, turn.end) for turn in turns] if turns else [sound])
    meter: Any = pyloudnorm
    return float(meter.Meter(RATE).integrated_loudness(together))


def _gain(sound: Mixed, voice: Mixed, other: Mixed) -> float:
    """How loud a voice is in a mix of it with another's, dB."""
    shares = np.linalg.lstsq(np.stack((voice, other), 1), sound, rcond=None)[0]
    return float(20 * np.log10(abs(shares[0])))


@pytest.mark.parametrize("microphones", [QUIET, SOFT_GUEST], ids=["bleed of -15 dB", "a guest 18 dB softer"])
def test_voices_are_alike_and_each_is_heard_as_it_was_said(
    microphones: tuple[Microphone, Microphone], mix: Mix, talk: Conversation
) -> None:
    mixed = mix(microphones)
    first, second = (_loudness(mixed, talk.alone(who)) for who in (0, 1))
    assert abs(first - second) < 0.5
    for who in (0, 1):
        for turn in talk.alone(who):
            heard, voice = _part(mixed, turn.start, turn.end), _part(talk.voices[who], turn.start, turn.end)
            assert np.corrcoef(heard[: len(voice)], voice)[0, 1] > 0.95


def test_bleed_is_down_in_the_others_turns(mix: Mix, talk: Conversation) -> None:
    plain, gated = mix(QUIET, PLAIN), mix(QUIET, GATED)
    for who in (0, 1):
        for turn in talk.alone(who):
            # A beginning is let through in both microphones: whose it is shows only when it is there.
            voice = _part(talk.voices[who], turn.start + 0.4, turn.end - 0.4)
            rests = []
            for sound in (plain, gated):
                heard = _part(sound, turn.start + 0.4, turn.end - 0.4)[: len(voice)]
                rests.append(heard - voice * (heard @ voice) / (voice @ voice))
            assert 10 * np.log10((rests[0] @ rests[0]) / (rests[1] @ rests[1])) > 12, turn


def test_no_word_loses_its_beginning_or_end(mix: Mix, talk: Conversation) -> None:
    for microphones, turns in ((SOFT_GUEST, [*talk.alone(0), *talk.alone(1)]), (FAINT_BLEED, list(talk.turns))):
        gated = mix(microphones, GATED)
        for turn in turns:
            for start in (turn.start, turn.end - 0.15):
                voices = [
                    _part(voice, start, start + 0.15)
                    for voice in (talk.voices[turn.voice], talk.voices[1 - turn.voice])
                ]
                heard = _gain(_part(gated, start, start + 0.15), *voices)
                assert abs(heard - microphones[turn.voice].gain_db) < 1, (turn, start)


def test_a_passage_is_within_three_units_of_the_whole(mix: Mix, talk: Conversation) -> None:
    mixed = mix(SOFT_GUEST)
    for who in (0, 1):
        whole = _loudness(mixed, talk.alone(who))
        for turn in talk.alone(who):
            assert abs(_loudness(mixed, [turn]) - whole) < 3, turn


def test_pauses_are_no_louder_than_before(mix: Mix, talk: Conversation) -> None:
    plain, mixed = mix(SOFT_GUEST, PLAIN), mix(SOFT_GUEST)
    loud = [_loudness(sound) for sound in (plain, mixed)]
    ends = [0.0, *sorted(turn.end for turn in talk.turns)]
    starts = [*sorted(turn.start for turn in talk.turns), talk.duration_s]
    # The gate closes after the last word's end has faded.
    pauses = [(end + 0.6, start - 0.4) for end, start in zip(ends, starts, strict=True) if start - end > 1.1]
    assert len(pauses) >= 2
    noise = [np.concatenate([_part(sound, *pause) for pause in pauses]) for sound in (plain, mixed)]
    levels = [10 * np.log10((part**2).mean()) - level for part, level in zip(noise, loud, strict=True)]
    assert levels[1] <= levels[0]


def test_the_result_has_the_loudness_that_was_asked_for(record: Record, tmp_path: Path) -> None:
    mastered = master(_tracks(record, SOFT_GUEST, SoundOptions()), Target(), tmp_path, Silent())
    heard = hear(mastered.path)
    assert heard.lufs == pytest.approx(Target().loudness_of(1), abs=0.3)
    assert heard.dbtp <= -1
    assert mastered.mix
    assert mastered.mix.tracks[1].lufs_before == pytest.approx(-40, abs=3)
