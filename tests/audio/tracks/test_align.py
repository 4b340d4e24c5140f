"""Two recorders' clocks, found by what they hear of each other: never a millisecond off, whatever they did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.tracks.align import Alignment, align
from sendung.audio.tracks.listening import listen_to_all
from sendung.audio.tracks.sound import TrackSound
from sendung.audio.values import TrackFile
from sendung.core.errors import AudioError

from .conftest import Record
from .conversation import Conversation, Microphone, conversation

MOST_S = 0.001


def _align(scratch: Path, *tracks: TrackFile) -> dict[TrackFile, Alignment]:
    with Ffmpeg(scratch) as ffmpeg:
        sounds = [
            TrackSound(track, track.path, probe_with(ffmpeg, track.path).sample_rate, 1, False) for track in tracks
        ]
        voices = listen_to_all(ffmpeg, sounds, scratch, lambda seconds: None)
    return align(tracks, dict(zip(tracks, voices, strict=True)))


def _worst(alignment: Alignment, first: Microphone, second: Microphone, said: Conversation) -> float:
    """The highest error, in seconds, at any hundredth of a second that both have recorded."""
    worst = 0.0
    for moment in np.arange(max(first.start_s, second.start_s), said.duration_s, 0.01):
        here, there = first.position(float(moment)), second.position(float(moment))
        if here is None or there is None or _at_a_jump(float(moment), (*first.steps, *second.steps)):
            continue
        position = alignment.clock.position(here)
        assert position is not None, f"a hole at {moment}"
        worst = max(worst, abs(position - there))
    return worst


def _at_a_jump(moment: float, steps: tuple[tuple[float, float], ...]) -> bool:
    """Within 10 ms of where one delay gives way to another, or in what is held twice."""
    return any(
        at - max(0.0, held) - 0.01 < moment < at + 0.01 or abs(moment - at + min(0.0, held)) < 0.01
        for at, held in steps
    )


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # name: (the first microphone, the second)
    "+50 ppm, loud bleed": ({"bleed_db": -12.0}, {"ppm": 50, "bleed_db": -12.0, "start_s": 1.3}),
    "-145 ppm, a large room": ({"away_s": 0.009, "room_db": 0.0}, {"ppm": -145, "away_s": 0.009, "room_db": 0.0}),
    "-440 ppm, 44.1 kHz": ({"start_s": 1.1}, {"ppm": -440, "rate": 44100}),
    "+500 ppm, faint bleed": ({"bleed_db": -30.0}, {"ppm": 500, "bleed_db": -30.0}),
    "one is 18 dB softer": ({}, {"ppm": 145, "gain_db": -18.0}),
    "40 ms held twice": ({}, {"steps": [(25.3, 0.04)], "ppm": 50}),
    "a dropout, and more": ({}, {"steps": [(18.0, 0.04), (36.0, -0.18)], "ppm": 440, "start_s": 0.7}),
}
MORE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "offset only": ({}, {"start_s": 1.3}),
    "the second starts first": ({"start_s": 1.1}, {}),
    "-50 ppm, faint bleed": ({"bleed_db": -30.0}, {"ppm": -50, "bleed_db": -30.0}),
    "+145 ppm": ({}, {"ppm": 145, "start_s": 1.3}),
    "+440 ppm": ({}, {"ppm": 440}),
    "+500 ppm": ({}, {"ppm": 500, "start_s": 0.4}),
    "-500 ppm, faint bleed": ({"bleed_db": -30.0}, {"ppm": -500, "bleed_db": -30.0}),
    "both drift": ({"ppm": -250}, {"ppm": 250}),
    "40 ms lost": ({}, {"steps": [(25.3, -0.04)], "ppm": -145}),
    "a dropout of the first": ({"steps": [(30.1, -0.12)]}, {"ppm": -500}),
}


@pytest.mark.parametrize("name", [*CASES, *(pytest.param(name, marks=pytest.mark.soak) for name in MORE)])
def test_the_rest_error_is_below_a_millisecond(name: str, record: Record, talk: Conversation, tmp_path: Path) -> None:
    first, second = (Microphone(who, **settings) for who, settings in enumerate((CASES | MORE)[name]))
    tracks = TrackFile(record(first), person="A"), TrackFile(record(second), person="B")
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert _worst(alignment, first, second, talk) < MOST_S
    assert alignment.clock.drift_ppm == pytest.approx(
        (1 + second.ppm * 1e-6) / (1 + first.ppm * 1e-6) * 1e6 - 1e6, abs=5
    )
    assert max(rest for rest in alignment.rest_ms if rest is not None) < 1
    assert alignment.found
    assert not alignment.one_way
    held = sorted(abs(seconds) for _, seconds in (*first.steps, *second.steps))
    assert sorted(abs(jump) for _, jump in alignment.clock.steps()) == pytest.approx(held, abs=0.001)


@pytest.mark.soak
def test_ten_minutes_hold_what_one_does(record: Record, tmp_path: Path) -> None:
    said = conversation(rounds=11)
    first, second = Microphone(0), Microphone(1, ppm=145, start_s=37.0, steps=[(301.0, -0.04)])
    tracks = TrackFile(record(first, said), person="A"), TrackFile(record(second, said), person="B")
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert _worst(alignment, first, second, said) < MOST_S
    assert len(alignment.rest_ms) >= 9


def test_what_the_call_recorded_leads_from_one_to_the_other(record: Record, talk: Conversation, tmp_path: Path) -> None:
    # Nobody hears the other but by headphones; the call has both, as loud as each other, and starts later.
    first = Microphone(0, bleed_db=None)
    second = Microphone(1, bleed_db=None, ppm=145, start_s=1.3)
    call = Microphone(0, bleed_db=0.0, away_s=0.0, ppm=-50, start_s=2.0, room_db=-40.0, noise_db=-50)
    tracks = (
        TrackFile(record(first), person="A"),
        TrackFile(record(second), person="B"),
        TrackFile(record(call), role="reference"),
    )
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert _worst(alignment, first, second, talk) < MOST_S


def test_tracks_with_nothing_in_common_are_refused(record: Record, tmp_path: Path) -> None:
    tracks = (
        TrackFile(record(Microphone(0, bleed_db=None)), person="A"),
        TrackFile(record(Microphone(1, bleed_db=None)), person="B"),
    )
    with pytest.raises(AudioError, match="have nothing in common: no voice of one is heard in the other") as refusal:
        _align(tmp_path, *tracks)
    assert len(refusal.value.problems) == 1
    assert "offset: 2.5" in refusal.value.problems[0].hint


def test_an_offset_that_a_host_says_is_taken(record: Record, tmp_path: Path) -> None:
    tracks = (
        TrackFile(record(Microphone(0, bleed_db=None)), person="A"),
        TrackFile(record(Microphone(1, bleed_db=None, start_s=1.3)), person="B", offset_s=1.3),
    )
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert alignment.clock.position(10.0) == pytest.approx(8.7)
    assert not alignment.found


def test_where_only_one_is_heard_that_is_said(record: Record, talk: Conversation, tmp_path: Path) -> None:
    first, second = Microphone(0, bleed_db=None), Microphone(1, ppm=50)
    tracks = TrackFile(record(first), person="A"), TrackFile(record(second), person="B")
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert alignment.one_way
    # What remains is the way that sound took.
    assert _worst(alignment, first, second, talk) == pytest.approx(second.away_s, abs=MOST_S)


@pytest.mark.soak
@pytest.mark.parametrize("ppm", [500, -500])
def test_three_hours(ppm: int, record: Record, tmp_path: Path) -> None:
    said = conversation(rounds=240)
    assert said.duration_s > 3 * 3600 - 600
    first, second = Microphone(0), Microphone(1, ppm=ppm, start_s=97.0, steps=[(3600.0, 0.04), (7300.0, -0.25)])
    tracks = TrackFile(record(first, said), person="A"), TrackFile(record(second, said), person="B")
    alignment = _align(tmp_path, *tracks)[tracks[1]]
    assert _worst(alignment, first, second, said) < MOST_S
