"""What may be cut at both ends: what is as soft as the noise of the room, and neither speech nor music.

Why it is asked in this way is in docs/decisions/trimming.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from sendung.audio.measure import voice_activity
from sendung.audio.measure.loudness import integrated
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.tones import FRAME, HOP, TOGETHER, tonal
from sendung.audio.measure.voice_activity import RATE, WINDOW_S, VoiceActivity, voiced
from sendung.audio.measure.windows import Floats
from sendung.audio.source.ffmpeg import Ffmpeg, in_frames
from sendung.audio.source.programme import Programme

LONG_HEAD_S, LONG_TAIL_S = 0.6, 1.2
"""Silence that is longer than this is cut ..."""
HEAD_AIR_S, TAIL_AIR_S = 0.3, 0.8
"""... leaving this much of it, so that nothing starts or ends abruptly."""
ABOVE_FLOOR_DB = 6.0
"""What is louder than the noise of the room by more than this is not it."""
BELOW_ALL_DB = 15.0
"""What is not softer than the whole by as much is not noise, however even."""
_DIGITAL = -90.0
"""LUFS: no microphone is as quiet; what is below says nothing of the room."""
_BRIEF = 6
"""Tenths of a second in a row that must be louder: a click lasts for five, in values of 400 ms."""
_LOOKED_AT_LUFS = -30.0
"""To which the loudest of what may be silence is brought up, at most by _MOST_DB, before a voice is looked for."""
_MOST_DB = 40.0
_VOICE_S, _TONE_S = 0.1, 0.2
"""How long a voice or a tone must be there, to be one."""
_ONSET_S = 0.15
"""A voice is heard a little before the model is sure of it; when it ends, the model is late as well."""
_AFTER_S = 0.6
"""Read beyond what may be silence, to find where exactly the sound begins."""
_CHUNK = RATE // 100
_TONES_AT_ONCE = 1 << 16
_LOUDER_DB = 8.0
"""Of 10 ms beside the silence before."""


@dataclass(frozen=True)
class Edges:
    """How much is cut, in samples."""

    head: int = 0
    tail: int = 0


def find_edges(ffmpeg: Ffmpeg, programme: Programme, reading: Reading, grid: int) -> Edges:
    """What to cut of a programme with this reading; the head is a multiple of `grid` samples."""
    momentary = reading.momentary
    lufs, heard = integrated(momentary), momentary[momentary > _DIGITAL]
    floor = float(np.percentile(heard, 1)) if heard.size else _DIGITAL
    head = _quiet_tenths(momentary, lufs, floor)
    tail = _quiet_tenths(momentary[::-1], lufs, floor)
    # A value covers the 400 ms before its end.
    look = partial(_silence_s, ffmpeg, _for_looking(programme), reading)
    head_s, tail_s = ffmpeg.all(
        [
            partial(look, max(0, head - 3) / 10, LONG_HEAD_S, False),
            partial(look, tail / 10, LONG_TAIL_S, True),
        ]
    )
    rate = programme.rate
    return Edges(
        head=round(_cut(head_s, LONG_HEAD_S, HEAD_AIR_S) * rate) // grid * grid,
        tail=round(_cut(tail_s, LONG_TAIL_S, TAIL_AIR_S) * rate),
    )


def _cut(silence_s: float, long_s: float, air_s: float) -> float:
    return silence_s - air_s if silence_s > long_s else 0.0


def _quiet_tenths(momentary: Floats, lufs: float, floor: float) -> int:
    """How many values at the beginning are as soft as the noise there, or as that in the whole (`floor`)."""
    limit = lufs - BELOW_ALL_DB
    before = momentary[: _first_run(momentary > limit)]
    heard = before[before > _DIGITAL]
    noise = min(floor, float(np.percentile(heard, 20))) if heard.size else floor
    return _first_run(momentary > min(noise + ABOVE_FLOOR_DB, limit))


def _first_run(loud: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Where the first run of several begins; 0 if there is none, for then nothing can be told."""
    counts = np.convolve(loud, np.ones(_BRIEF), "valid") if len(loud) >= _BRIEF else np.empty(0)
    runs = np.flatnonzero(counts > _BRIEF - 0.5)
    return int(runs[0]) if runs.size else 0


def _for_looking(programme: Programme) -> Programme:
    return replace(programme, fade_in=False, fade_out=False)


def _silence_s(
    ffmpeg: Ffmpeg, programme: Programme, reading: Reading, quiet_s: float, long_s: float, at_end: bool
) -> float:
    """How long the silence at an end is, of which `quiet_s` may be; short ones are not looked at."""
    if quiet_s <= long_s:
        return 0.0
    tenths = int(quiet_s * 10)
    loudest = float(reading.momentary[-tenths:].max() if at_end else reading.momentary[:tenths].max())
    gain = 10 ** (min(_MOST_DB, max(0.0, _LOOKED_AT_LUFS - loudest)) / 20)
    count = min(reading.samples, round((quiet_s + _AFTER_S) * programme.rate))
    first = reading.samples - count if at_end else 0
    edge = _Edge(gain)
    arguments, graph = programme.open(first, count)
    down = ",pan=mono|c0=0.5*c0+0.5*c1" if programme.channels > 1 else ""
    graph += f"{down},aresample={RATE},aformat=sample_fmts=flt[out]"
    args = [*arguments, "-filter_complex", graph, "-map", "[out]", "-f", "f32le", "pipe:1"]
    ffmpeg.read(args, in_frames(4, lambda data: edge.take(np.frombuffer(data, "<f4"))))
    edge.finish()
    return edge.silence_s(quiet_s, at_end=at_end)


@dataclass
class _Edge:
    """What is heard at an end, 16 kHz: levels of 10 ms, voices, tones. What it holds of an hour are some megabytes."""

    gain: float
    levels: list[Floats] = field(default_factory=list)
    voices: list[Floats] = field(default_factory=list)
    tones: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._voice = VoiceActivity() if voice_activity.is_available() else None
        self._left, self._framed = np.empty(0, np.float32), np.empty(0, np.float32)

    def take(self, samples: Floats) -> None:
        """The next samples."""
        louder = np.clip(samples * np.float32(self.gain), -1, 1)
        if self._voice:
            self.voices.append(self._voice.take(louder))
        chunks = np.concatenate((self._left, samples))
        count = len(chunks) // _CHUNK
        self.levels.append(_decibels(chunks[: count * _CHUNK].reshape(count, _CHUNK)))
        self._left = chunks[count * _CHUNK :]
        self._framed = np.concatenate((self._framed, louder))
        if len(self._framed) > _TONES_AT_ONCE:
            self._find_tones()

    def finish(self) -> None:
        """That was all."""
        self._find_tones()
        if self._voice:
            self.voices.append(self._voice.finish())

    def _find_tones(self) -> None:
        frames = max(0, (len(self._framed) - FRAME) // HOP + 1)
        self.tones.append(tonal(self._framed, frames))
        self._framed = self._framed[frames * HOP :]

    def silence_s(self, quiet_s: float, *, at_end: bool) -> float:
        """How long it is silent, at most about `quiet_s`."""
        order = -1 if at_end else 1
        levels, voices, tones = (
            np.concatenate(parts)[::order] if parts else np.empty(0, np.float32)
            for parts in (self.levels, self.voices, self.tones)
        )
        # Spectra reach ahead; those that reach into what is louder tell of that.
        soft = tones[: max(0, int(quiet_s * RATE / HOP) - TOGETHER)]
        return min(
            _sound_starts(levels, quiet_s),
            _starts(voiced(voices[::order])[::order], WINDOW_S, _VOICE_S) - (0.0 if at_end else _ONSET_S),
            _starts(soft > 0, HOP / RATE, _TONE_S),
        )


def _decibels(chunks: Floats) -> Floats:
    power: Floats = np.square(chunks).mean(1)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)), np.float32)


def _starts(there: np.ndarray[tuple[int], np.dtype[np.bool_]], step_s: float, least_s: float) -> float:
    """Seconds before something is there for so long; infinite if it is not."""
    least = max(1, round(least_s / step_s))
    counts = np.convolve(there, np.ones(least), "valid") if len(there) >= least else np.empty(0)
    runs = np.flatnonzero(counts > least - 0.5)
    return float(runs[0]) * step_s if runs.size else float("inf")


def _sound_starts(levels: Floats, quiet_s: float) -> float:
    """Seconds before the first 10 ms that are louder than what is before, and not alone."""
    quiet = round(quiet_s * 100)
    usual = float(np.median(levels[:quiet])) if quiet else -100.0
    loud = levels > max(usual, -80.0) + _LOUDER_DB
    # From shortly before where it became louder: clicks do not count.
    for at in np.flatnonzero(loud[max(0, quiet - 40) :]) + max(0, quiet - 40):
        if loud[at : at + 20].sum() >= 3:
            return float(at) / 100
    return quiet_s
