"""Intro and outro: as loud as the speech, cross-faded with it, and ducked while somebody speaks.

Only the seconds where sting and speech sound together are mixed, with pydub; the rest is read from files.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass, replace
from pathlib import Path

from sendung.audio.measure.loudness import ABSOLUTE_GATE, integrated
from sendung.audio.measure.meter import measure_whole
from sendung.audio.measure.samples import Segment, segment
from sendung.audio.source.decode import Form, decode
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.source.programme import Programme, Reel
from sendung.audio.values import Target
from sendung.core.errors import AudioError
from sendung.core.words import say

TOGETHER_S = 4.0
"""How long sting and speech sound together, unless one of them is short."""
DUCK_DB = -12.0
"""The sting under the speech."""
DUCK_MS = 500
"""How long going under, or coming up again, takes."""
SPEECH_FADE_MS = 20


@dataclass(frozen=True)
class Dressed:
    """A programme with its stings."""

    programme: Programme
    intro_s: float
    """How much later the speech starts than without the intro."""
    outro_s: float
    """How much longer it all lasts after the speech."""


def dress(ffmpeg: Ffmpeg, programme: Programme, lufs: float, target: Target, scratch: Path) -> Dressed:
    """Put intro and outro around a programme of one reel whose speech has this loudness.

    Raises AudioError if a sting cannot be read or is silent.
    """
    (speech,) = programme.reels
    length = speech.length or 0
    reels: list[Reel] = [speech]
    intro_s = outro_s = 0.0
    if target.intro:
        sting = _read(ffmpeg, programme, target.intro, lufs, scratch / "intro.f32")
        together = _together(programme.rate, sting, length)
        apart = (sting.length or 0) - together
        mixed = _mix_intro(ffmpeg, programme, sting, together, scratch)
        start = replace(speech, start=speech.start + together, length=length - together)
        reels = [replace(sting, length=apart), mixed, start]
        intro_s = apart / programme.rate
    if target.outro:
        sting = _read(ffmpeg, programme, target.outro, lufs, scratch / "outro.f32")
        together = _together(programme.rate, sting, length)
        apart = (sting.length or 0) - together
        mixed = _mix_outro(ffmpeg, programme, sting, together, scratch)
        rest = reels.pop()
        reels += [replace(rest, length=(rest.length or 0) - together), mixed]
        reels.append(replace(sting, start=together, length=apart))
        outro_s = apart / programme.rate
    dressed = replace(
        programme,
        reels=tuple(reel for reel in reels if reel.length),
        depth="float",
        fade_in=programme.fade_in and not target.intro,
        fade_out=programme.fade_out and not target.outro,
    )
    return Dressed(dressed, intro_s, outro_s)


def _read(ffmpeg: Ffmpeg, programme: Programme, path: Path, lufs: float, decoded: Path) -> Reel:
    """Decode a sting as the programme's reels are, at the loudness of the speech."""
    source = probe_with(ffmpeg, path)
    rate, channels = programme.rate, programme.channels
    samples = decode(ffmpeg, source, Form(rate, channels), decoded, _unheard)
    alone = Programme((Reel(decoded, 0, samples, channels, raw=True),), rate, channels, "float")
    loudness = integrated(measure_whole(ffmpeg, alone, samples, _unheard).momentary)
    if loudness < ABSOLUTE_GATE:
        raise AudioError(say("{name} is silent", name=path.name), "Name another intro or outro, or none.")
    samples = decode(ffmpeg, source, Form(rate, channels, lufs - loudness), decoded, _unheard)
    return Reel(decoded, 0, samples // (rate // 100) * (rate // 100), channels, raw=True)


def _together(rate: int, sting: Reel, speech: int) -> int:
    """Samples that both sound, in whole hundredths of a second (pydub counts milliseconds)."""
    grid = rate // 100
    return min(round(TOGETHER_S * rate), (sting.length or 0) // 2, speech // 3) // grid * grid


def _mix_intro(ffmpeg: Ffmpeg, programme: Programme, sting: Reel, together: int, scratch: Path) -> Reel:
    """The end of the intro, going under and away, with the beginning of the speech."""
    alone = replace(programme, reels=(sting,), fade_in=False, fade_out=False)
    music = stretch(ffmpeg, alone, (sting.length or 0) - together, together)
    speech = stretch(ffmpeg, replace(programme, fade_in=False), 0, together).fade_in(SPEECH_FADE_MS)
    ducked = music.fade(to_gain=DUCK_DB, start=0, duration=DUCK_MS).fade_out(len(music))
    return _keep(ducked.overlay(speech), programme, scratch / "intro.wav")


def _mix_outro(ffmpeg: Ffmpeg, programme: Programme, sting: Reel, together: int, scratch: Path) -> Reel:
    """The end of the speech with the beginning of the outro, which comes up when the speech is over."""
    alone = replace(programme, reels=(sting,), fade_in=False, fade_out=False)
    music = stretch(ffmpeg, alone, 0, together)
    end = (programme.length or 0) - together
    speech = stretch(ffmpeg, replace(programme, fade_out=False), end, together).fade_out(SPEECH_FADE_MS)
    rise = max(0, len(music) - DUCK_MS)
    under = music.fade_in(len(music) // 2).fade(from_gain=DUCK_DB, start=rise, end=len(music))
    return _keep(under.overlay(speech), programme, scratch / "outro.wav")


def _keep(mixed: Segment, programme: Programme, path: Path) -> Reel:
    """A mix as a file."""
    data = bytes(mixed.raw_data)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(programme.channels)
        file.setsampwidth(4)
        file.setframerate(programme.rate)
        file.writeframes(data)
    return Reel(path, 0, len(data) // (4 * programme.channels), programme.channels, raw=False)


def stretch(ffmpeg: Ffmpeg, programme: Programme, first: int, count: int) -> Segment:
    """A few seconds of a programme, from a sample on, as a pydub segment."""
    data = bytearray()
    arguments, graph = programme.open(first, count)
    graph += ",aformat=sample_fmts=s32[out]"
    ffmpeg.read([*arguments, "-filter_complex", graph, "-map", "[out]", "-f", "s32le", "pipe:1"], data.extend)
    return segment(bytes(data), programme.rate, programme.channels)


def _unheard(seconds: float) -> None:
    """Stings do not move the bar: they are short."""
