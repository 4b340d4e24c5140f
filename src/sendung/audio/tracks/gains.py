"""How loud each track is in the mix, over time: persons alike, passages alike, and what is not theirs softer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.spectra import HOP_S
from sendung.audio.tracks.turns import Flags, Speech, Turns, runs, widened
from sendung.audio.values import SoundOptions

ALIKE_LUFS = -20.0
"""What every voice is brought to before mastering; that brings the mix to the show's loudness."""
DUCK_DB = -20.0
"""A microphone whose owner is silent while somebody else speaks."""
MUSIC_DUCK_DB = -14.0
"""Music under speech."""
_RAMP_HOPS = 3
"""Half of a ramp between two gains: about 0.1 s."""
_MUSIC_RAMP_HOPS = 16
"""The same for music: about half a second."""
_BLOCK_HOPS = 12
"""About 400 ms, the block of ITU-R BS.1770-4."""
_GATE_DB = 10.0
_SOFTEST = 1e-12


@dataclass(frozen=True)
class PassageForm:
    """How the passages of a track are evened."""

    length_s: float
    """Of the bell curve over which a passage's loudness is taken: longer than a sentence's own melody."""
    most_db: float
    """What is added or taken at most."""
    pause_db: float
    """Below the whole's loudness: between words, which are not listened to."""
    ends_at_pauses: bool = False
    """Whether what is said after a pause may be another's, so that it is no part of the passage."""


PASSAGE = PassageForm(2.5, 12.0, 12.0)
"""Of one person's microphone."""
MIXED_PASSAGE = PassageForm(2.5, 20.0, 26.0, ends_at_pauses=True)
"""Of a file that has several voices."""
_BREATH_S = 0.25
"""A pause that parts two passages."""


@dataclass(frozen=True, eq=False)
class VoiceGain:
    """What is done to a voice."""

    gains: Floats
    """Linear, every HOP_S."""
    lufs_before: float
    lufs_after: float
    noise_db: float
    """LUFS of its microphone while nobody speaks."""
    ducked: Flags
    """Every HOP_S: where it is made softer and was not off."""

    @property
    def ducked_s(self) -> float:
        """Seconds."""
        return float(np.count_nonzero(self.ducked)) * HOP_S


def voice_gains(
    voices: Sequence[Speech], turns: Sequence[Turns], options: SoundOptions, passage: PassageForm = PASSAGE
) -> list[VoiceGain]:
    """The gains of all voices."""
    speaking = np.array([turn.speaking for turn in turns])
    anybody: Flags = np.any(speaking, axis=0)
    alone = [_alone(turns, number) for number in range(len(turns))]
    before = [_loudness(voice.levels, where) for voice, where in zip(voices, alone, strict=True)]
    levelled = options.level == "voices"
    # What a plain sum would be raised by to be as loud: in pauses nothing is raised by more.
    plain = ALIKE_LUFS - _loudness(_summed([voice.levels for voice in voices]), anybody) if levelled else 0.0
    results = []
    for number, voice in enumerate(voices):
        gain = np.zeros(len(voice.levels))
        if levelled:
            gain += ALIKE_LUFS - before[number] + _passages(voice.levels, turns[number].own, before[number], passage)
            gain = np.where(speaking[number], gain, np.minimum(gain, plain))
        ducked = _ducked(speaking, number) if options.gate == "auto" else np.zeros(len(gain), bool)
        smooth = _smoothed(gain + DUCK_DB * ducked, _RAMP_HOPS)
        if levelled:
            # What ramps and passages changed of the whole.
            smooth += ALIKE_LUFS - _loudness(voice.levels + smooth.astype(np.float32), alone[number])
        results.append(
            VoiceGain(
                gains=np.power(10.0, smooth / 20).astype(np.float32),
                lufs_before=before[number],
                lufs_after=_loudness(voice.levels + smooth.astype(np.float32), alone[number]),
                noise_db=_noise(voice.levels, anybody),
                ducked=ducked & (voice.levels > -100),
            )
        )
    return results


def music_gains(levels: Floats, anybody: Flags) -> Floats:
    """The gains of music: as loud as a voice where it is alone, ducked under speech."""
    gain = np.where(anybody, MUSIC_DUCK_DB, 0.0) + ALIKE_LUFS - _loudness(levels, levels > -70)
    return np.power(10.0, _smoothed(gain, _MUSIC_RAMP_HOPS) / 20).astype(np.float32)


def _alone(turns: Sequence[Turns], number: int) -> Flags:
    """Where a voice is heard, and no other; or where it is heard, if it is never alone."""
    others = np.zeros(len(turns[number].own), bool)
    for other, turn in enumerate(turns):
        if other != number:
            others |= turn.own
    alone: Flags = turns[number].own & ~others
    return alone if alone.any() else turns[number].own


def _loudness(levels: Floats, where: Flags) -> float:
    """Gated loudness of some moments (BS.1770-4: blocks of 400 ms, 10 LU below their mean do not count)."""
    power = np.power(10.0, levels.astype(np.float64) / 10)
    blocks = np.convolve(power, np.full(_BLOCK_HOPS, 1 / _BLOCK_HOPS), "same")
    some = blocks[where]
    some = some[some > 1e-7]
    if not some.size:
        return ALIKE_LUFS
    some = some[some > some.mean() / 10 ** (_GATE_DB / 10)]
    return float(10 * np.log10(some.mean()))


def _summed(levels: Sequence[Floats]) -> Floats:
    power = np.zeros(len(levels[0]))
    for level in levels:
        power += np.power(10.0, level.astype(np.float64) / 10)
    summed: Floats = (10 * np.log10(power + _SOFTEST)).astype(np.float32)
    return summed


def _passages(levels: Floats, own: Flags, loudness: float, passage: PassageForm) -> NDArray[np.float64]:
    """What brings each passage to the voice's own loudness, dB; in pauses it goes from one passage to the next."""
    weights = (own & (levels > loudness - passage.pause_db)).astype(np.float64)
    power = np.power(10.0, levels.astype(np.float64) / 10) * weights
    known = np.flatnonzero(weights > 0)
    if not known.size:
        return np.zeros(len(levels))
    wanted = np.zeros(len(levels))
    joined = widened(own, _BREATH_S / 2, _BREATH_S / 2) if passage.ends_at_pauses else np.ones(len(own), bool)
    for start, end in zip(*runs(joined), strict=True):
        heard, talked = (_bell(values[start:end], passage.length_s) for values in (power, weights))
        levelled = 10 * np.log10(np.maximum(heard, _SOFTEST) / np.maximum(talked, 1e-9))
        wanted[start:end] = np.clip(loudness - levelled, -passage.most_db, passage.most_db)
    return np.interp(np.arange(len(levels)), known, wanted[known])


def _bell(values: NDArray[np.float64], length_s: float) -> NDArray[np.float64]:
    """Values smoothed by a bell curve."""
    reach = round(3 * length_s / HOP_S)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * HOP_S / length_s) ** 2)
    return np.convolve(values, bell)[reach:][: len(values)]


def _ducked(speaking: NDArray[np.bool_], number: int) -> Flags:
    """Where others speak and this one does not; in pauses all stay as they are, so that no noise comes and goes."""
    someone: Flags = np.any(speaking, axis=0)
    closed: Flags = someone & ~speaking[number]
    moments = np.flatnonzero(someone)
    if not moments.size:
        return closed
    last = np.maximum.accumulate(np.where(someone, np.arange(len(someone)), -1))
    held: Flags = closed[np.where(last < 0, moments[0], last)]
    return held


def _smoothed(gain_db: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Ramps (raised cosines) in place of steps."""
    shape = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(gain_db, half, mode="edge")
    return np.convolve(padded, shape / shape.sum(), "valid")


def _noise(levels: Floats, anybody: Flags) -> float:
    quiet = levels[~anybody & (levels > -110)]
    return round(float(np.median(quiet)), 1) if quiet.size else -120.0
