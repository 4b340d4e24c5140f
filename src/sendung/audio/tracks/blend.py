"""From the tracks of a conversation to one file: taken in, aligned, and mixed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from filecmp import cmp
from functools import partial
from itertools import combinations, count
from pathlib import Path

import numpy as np

from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Heard
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.tracks.align import Alignment, align
from sendung.audio.tracks.clock import TrackClock
from sendung.audio.tracks.course import CourseOfHops, TrackCourse
from sendung.audio.tracks.delays import Voice
from sendung.audio.tracks.gains import MIXED_PASSAGE, PASSAGE, VoiceGain, music_gains, voice_gains
from sendung.audio.tracks.hum import Hum
from sendung.audio.tracks.listening import is_clipped, listen_to_all
from sendung.audio.tracks.mix import MixForm, MixTrack, write_mix
from sendung.audio.tracks.sound import TrackSound, take_in_track
from sendung.audio.tracks.spectra import HOP_S
from sendung.audio.tracks.turns import Speech, Turns, double_talk, turns_of
from sendung.audio.values import Source, TrackFile, TrackSet
from sendung.core.errors import AudioError, Problem
from sendung.core.mix_facts import MixFacts, TrackFacts
from sendung.core.words import say

HEARD = {"voice", "mix"}
"""Roles of tracks in which people speak."""


@dataclass(frozen=True)
class Blend:
    """A mix, and what is known of it."""

    path: Path
    facts: MixFacts
    courses: tuple[TrackCourse, ...]


def probe_tracks(ffmpeg: Ffmpeg, tracks: TrackSet) -> dict[TrackFile, Source]:
    """What every track is. Raises AudioError with all that a file does not have, or that two tracks both are."""
    by_file = {path: probe_with(ffmpeg, path, alone=False) for path in tracks.files}
    sources = {track: by_file[track.path] for track in tracks.tracks}
    if problems := [*_missing(sources), *_twice(tracks.tracks)]:
        raise AudioError.of(problems)
    return sources


def _missing(sources: Mapping[TrackFile, Source]) -> Iterator[Problem]:
    """The streams and channels that are named, and that files do not have."""
    for track, source in sources.items():
        streams, wanted = source.tracks, track.stream or 1
        name = track.path.name
        if wanted > len(streams):
            message = say("{name} has no stream {wanted}", name=name, wanted=wanted)
            yield Problem(message, say("It has {count}; they are counted from 1.", count=len(streams)))
        elif (track.channel or 1) > (width := streams[wanted - 1].channels):
            message = say("{name} has no channel {wanted}", name=name, wanted=track.channel)
            yield Problem(message, say("It has {count}; they are counted from 1.", count=width))


def _twice(tracks: Sequence[TrackFile]) -> Iterator[Problem]:
    """Two voices with the same sound: somebody would be heard twice, and somebody not at all."""
    voices = [track for track in tracks if track.role == "voice"]
    for first, second in combinations(voices, 2):
        alike = (first.stream or 1, first.channel) == (second.stream or 1, second.channel)
        if alike and (first.path == second.path or cmp(first.path, second.path, shallow=False)):
            message = say("{first} and {second} are the same recording", first=first.name, second=second.name)
            hint = say("Name the file of {person}.", person=second.person or first.person)
            yield Problem(message, hint)


def blend(ffmpeg: Ffmpeg, tracks: TrackSet, sources: Mapping[TrackFile, Source], scratch: Path, heard: Heard) -> Blend:
    """Mix tracks into a WAV file in `scratch`; `heard` is told the seconds of every track, twice. Raises AudioError."""
    plan = prepare(ffmpeg, tracks, sources, scratch, heard)
    path = scratch / "mix.wav"
    write_mix(ffmpeg, list(plan.mixed.values()), plan.form, plan.levels, path, heard)
    return Blend(path, plan.facts, plan.courses)


@dataclass(frozen=True, eq=False)
class MixPlan:
    """What is known of tracks before they are mixed."""

    mixed: Mapping[TrackFile, MixTrack]
    """Those that are heard."""
    form: MixForm
    levels: Floats
    """Of the loudest voice, LUFS every HOP_S."""
    facts: MixFacts
    courses: tuple[TrackCourse, ...]
    """As many as there are facts of tracks, in their order."""


def prepare(
    ffmpeg: Ffmpeg, tracks: TrackSet, sources: Mapping[TrackFile, Source], scratch: Path, heard: Heard
) -> MixPlan:
    """Listen to tracks, align them, and decide how loud each is when. Raises AudioError."""
    sounds = ffmpeg.all(
        [
            partial(take_in_track, ffmpeg, track, sources[track], path, _unheard, tracks.sound.denoise)
            for track, path in zip(tracks.tracks, (scratch / f"track-{number}.f32" for number in count()), strict=False)
        ]
    )
    by_track = dict(zip(tracks.tracks, sounds, strict=True))
    voices = dict(zip(tracks.tracks, listen_to_all(ffmpeg, sounds, scratch, heard), strict=True))
    clocks = align(tracks.tracks, {track: voice for track, voice in voices.items() if track.role != "music"})
    form = _form(by_track, voices, clocks)
    line = _TimeLine(voices, clocks, math.ceil(form.length / form.rate / HOP_S) + 2)
    people = [track for track in tracks.tracks if track.role in HEARD]
    speech = [line.speech(track) for track in people]
    turns = turns_of(speech)
    passage = MIXED_PASSAGE if people[0].role == "mix" else PASSAGE
    gains = dict(zip(people, voice_gains(speech, turns, tracks.sound, passage), strict=True))
    anybody = np.any([turn.speaking for turn in turns], axis=0)
    hums = {track: voices[track].hum if tracks.sound.hum == "auto" else None for track in people}
    mixed = {
        track: MixTrack(
            by_track[track],
            line.clock(track),
            gains[track].gains if track in gains else music_gains(line.speech(track).levels, anybody),
            hum.filters if (hum := hums.get(track)) else "",
        )
        for track in tracks.tracks
        if track.role != "reference"
    }
    spoken = dict(zip(people, turns, strict=True))
    facts = [
        _with_voice(_facts(track, clocks.get(track)), gains.get(track), spoken.get(track), hums.get(track))
        for track in voices
    ]
    clipped = {track.name for track in people if is_clipped(ffmpeg, by_track[track], voices[track])}
    facts = [fact.model_copy(update={"clipped": fact.name in clipped}) for fact in facts]
    loudest = np.max([voice.levels for voice in speech], axis=0)
    courses = tuple(
        _course(line.speech(track).levels, mixed.get(track), spoken.get(track), gains.get(track)).by_second(
            track.person or track.name
        )
        for track in voices
    )
    known = MixFacts(tracks=tuple(facts), double_talk=round(double_talk(turns), 3))
    return MixPlan(mixed, form, loudest, known, courses)


def _course(levels: Floats, mixed: MixTrack | None, turns: Turns | None, gain: VoiceGain | None) -> CourseOfHops:
    if turns is None or gain is None:
        return CourseOfHops(levels, mixed.gains if mixed else None)
    return CourseOfHops(levels, gain.gains, turns.speaking, gain.ducked)


@dataclass(frozen=True)
class _TimeLine:
    """What was heard of tracks, as it lies on the time line."""

    voices: Mapping[TrackFile, Voice]
    alignments: Mapping[TrackFile, Alignment]
    hops: int

    def clock(self, track: TrackFile) -> TrackClock:
        """From the time line to a track."""
        known = self.alignments.get(track)
        return known.clock if known else TrackClock.steady(-track.at_s)

    def speech(self, track: TrackFile) -> Speech:
        """Levels and voice activity of a track."""
        voice, clock = self.voices[track], self.clock(track)

        def speaks(start: float, end: float) -> bool:
            first, last = clock.position(start), clock.position(end)
            return first is not None and voice.heard.speaks(first, first + end - start if last is None else last)

        return Speech(on_time_line(voice.levels, clock, self.hops), speaks)


def _form(
    sounds: Mapping[TrackFile, TrackSound],
    voices: Mapping[TrackFile, Voice],
    alignments: Mapping[TrackFile, Alignment],
) -> MixForm:
    """As long as the last voice; stereo if any music is."""
    heard = [track for track in voices if track.role in HEARD]
    ends = [alignments[track].clock.inverted().position(voices[track].duration_s) or 0.0 for track in heard]
    channels = max(sounds[track].channels for track in sounds if track.role != "reference")
    rate = 44100 if all(sounds[track].rate % 11025 == 0 for track in heard) else 48000
    return MixForm(rate, channels, math.ceil(max(ends) * rate))


def on_time_line(values: Floats, clock: TrackClock, hops: int, otherwise: float = -120.0) -> Floats:
    """Values every HOP_S of a track, as they lie on the time line."""
    moments = np.arange(hops, dtype=np.float64) * HOP_S
    lain = np.full(hops, otherwise, np.float32)
    for piece in clock.pieces:
        inside = (moments >= piece.start) & (moments < piece.end)
        numbers = np.rint(piece.position(moments[inside]) / HOP_S).astype(int)
        known = (numbers >= 0) & (numbers < len(values))
        lain[np.flatnonzero(inside)[known]] = values[numbers[known]]
    return lain


def _facts(track: TrackFile, alignment: Alignment | None) -> TrackFacts:
    if alignment is None:
        return TrackFacts(name=track.name, role=track.role, offset_s=track.at_s, aligned="given")
    clock = alignment.clock
    return TrackFacts(
        name=track.name,
        person=track.person,
        role=track.role,
        offset_s=round(clock.starts_at, 4),
        aligned="found" if alignment.found else "first" if clock == TrackClock.steady() else "given",
        one_way=alignment.one_way,
        drift_ppm=round(clock.drift_ppm, 2),
        jumps=tuple((round(at, 3), round(jump, 4)) for at, jump in clock.steps()),
        rest_ms=alignment.rest_ms,
    )


def _with_voice(facts: TrackFacts, gain: VoiceGain | None, turns: Turns | None, hum: Hum | None) -> TrackFacts:
    if gain is None or turns is None:
        return facts
    return facts.model_copy(
        update={
            "lufs_before": round(gain.lufs_before, 1),
            "lufs_after": round(gain.lufs_after, 1),
            "noise_db": gain.noise_db,
            "hum_hz": hum.mains_hz if hum else None,
            "spoken_s": round(turns.spoken_s, 1),
            "turns": turns.stretches(),
            "gated_s": round(gain.ducked_s, 1),
        }
    )


def _unheard(seconds: float) -> None:
    """Decoding what is compressed does not move the bar."""
