"""Who speaks when: each microphone's own voice, told from the others' that it hears as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.delays import speech_level
from sendung.audio.tracks.spectra import HOP_S

Flags = NDArray[np.bool_]
_OWN_DB = 6.0
"""How much louder than the other's bleed a voice must be to be the microphone's own; below is echo."""
_CLEAR_DB = 10.0
"""A voice within this of its loud moments is heard clearly, so that its bleed can be told."""
_BLEED_SHARE = 0.25
"""Of these moments, how many the other is silent in, at least."""
_DECAY_DB = 3.0
"""How quickly the echo of a bleed fades, in each 32 ms (60 dB in 0.64 s: a live room)."""
_ECHO_HOPS = 16
_SHORTEST_HOPS = 2
"""What is shorter (32 ms) is a click."""
BEFORE_S, AFTER_S = 0.26, 0.36
"""Soft beginnings and ends of words, which may be below all this."""
_GLIMPSE_HOPS, _AROUND_HOPS = 6, 13
"""While another speaks, what is heard for so little (192 ms, of 0.4 s on each side), and softer than this microphone's
own voice, is what a room made of the other's."""
_SOFTER_DB = 3.0
_BREATH_S = 0.3
"""A pause that parts two phrases."""
_NOISE_SHARE = 0.1
"""Of all moments, those that hold nothing but the noise of the room."""
_FLOOR_DB = 40.0
"""Below a voice's own level: no speech."""


@dataclass(frozen=True, eq=False)
class Speech:
    """A voice on the time line, every HOP_S."""

    levels: Floats
    """LUFS of its microphone; -120 where that is off."""
    speaks: Callable[[float, float], bool]
    """Whether what is heard between two moments (seconds) is speech."""


@dataclass(frozen=True, eq=False)
class Turns:
    """When a voice speaks."""

    own: Flags
    """Every HOP_S, whether the microphone's own voice is heard."""
    speaking: Flags
    """The same, with the soft beginnings and ends of words and short pauses within a sentence."""

    @property
    def spoken_s(self) -> float:
        """Seconds."""
        return float(np.count_nonzero(self.own)) * HOP_S

    def stretches(self) -> tuple[tuple[float, float], ...]:
        """From and to, seconds: where the voice speaks, short pauses within a sentence among it."""
        starts, ends = runs(self.speaking)
        return tuple((round(start * HOP_S, 2), round(end * HOP_S, 2)) for start, end in zip(starts, ends, strict=True))


def turns_of(voices: Sequence[Speech]) -> list[Turns]:
    """The turns of each voice: where its microphone hears more than the others' bleed, and that is speech."""
    loudest = [speech_level(voice.levels) for voice in voices]
    owns = [_own(voices, number, loudest) for number in range(len(voices))]
    heard = np.sum(owns, axis=0)
    spoken = [
        _spoken(own, heard - own > 0, voice, level) for own, voice, level in zip(owns, voices, loudest, strict=True)
    ]
    return [Turns(own, widened(own)) for own in spoken]


def _own(voices: Sequence[Speech], number: int, loudest: Sequence[float]) -> Flags:
    """Where a microphone hears more than the others' bleed, and more than noise; `loudest` is the level of each."""
    levels = voices[number].levels
    floor = max(loudest[number] - _FLOOR_DB, _noise(levels) + _OWN_DB)
    bleed = np.full(len(levels), floor, np.float32)
    for other, level in zip(voices, loudest, strict=True):
        clear = other.levels > level - _CLEAR_DB
        if other is not voices[number] and clear.any():
            softer = float(np.quantile((levels - other.levels)[clear], _BLEED_SHARE))
            np.maximum(bleed, _echoing(other.levels) + np.float32(softer + _OWN_DB), out=bleed)
    own = levels > bleed
    return ~_long_runs(~own, 2) & _long_runs(own, _SHORTEST_HOPS)


def _spoken(own: Flags, others: Flags, voice: Speech, loudest: float) -> Flags:
    """Of what only this microphone hears so loud, what is speech; looked at phrase by phrase."""
    kept = own.copy()
    for start, end in zip(*runs(widened(own, _BREATH_S / 2, _BREATH_S / 2)), strict=True):
        around = own[max(0, start - _AROUND_HOPS) : end + _AROUND_HOPS]
        glimpse = np.count_nonzero(around) <= _GLIMPSE_HOPS and (own & others)[start:end].any()
        glimpse = glimpse and voice.levels[start:end].max() < loudest - _SOFTER_DB
        if glimpse or not voice.speaks(start * HOP_S, end * HOP_S):
            kept[start:end] = False
    return kept


def _noise(levels: Floats) -> float:
    """The level of a microphone's softest moments, LUFS."""
    heard = levels[levels > -100]
    return float(np.quantile(heard, _NOISE_SHARE)) if heard.size else -100.0


def _echoing(levels: Floats) -> Floats:
    """What is left of levels in a room, a moment early as well: clocks and spectra are not exact."""
    echo = np.maximum(levels, np.append(levels[1:], np.float32(-120)))
    for hop in range(1, _ECHO_HOPS):
        echo[hop:] = np.maximum(echo[hop:], levels[:-hop] - np.float32(_DECAY_DB * hop))
    return echo


def _long_runs(flags: Flags, shortest: int) -> Flags:
    """The runs of flags that are not shorter."""
    starts, ends = runs(flags)
    kept = np.zeros(len(flags) + 1, int)
    long = ends - starts >= shortest
    np.add.at(kept, starts[long], 1)
    np.add.at(kept, ends[long], -1)
    return np.cumsum(kept)[:-1] > 0


def runs(flags: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where runs of flags start, and where they have ended."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def widened(flags: Flags, before_s: float = BEFORE_S, after_s: float = AFTER_S) -> Flags:
    """Flags that begin earlier and end later."""
    before, after = round(before_s / HOP_S), round(after_s / HOP_S)
    starts, ends = runs(flags)
    wide = np.zeros(len(flags) + 1, int)
    np.add.at(wide, np.maximum(0, starts - before), 1)
    np.add.at(wide, np.minimum(len(flags), ends + after), -1)
    return np.cumsum(wide)[:-1] > 0


def double_talk(turns: Sequence[Turns]) -> float:
    """The share of all speech in which more than one voice is heard."""
    heard = np.stack([turn.own for turn in turns]).sum(0)
    return float(np.count_nonzero(heard > 1)) / max(1, int(np.count_nonzero(heard)))
