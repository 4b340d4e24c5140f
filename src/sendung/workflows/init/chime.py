"""A chime: the recording of a first episode that has none yet."""

from __future__ import annotations

import io
import math
import wave
from array import array

_RATE = 24_000
"""Hertz; nothing of the chime is higher than a fifth of it."""
_NOTES = (261.63, 329.63, 392.0, 523.25, 392.0, 329.63, 261.63, 392.0)
"""Hertz: an arpeggio of C major."""
_EVERY_S, _RINGS_S = 1.25, 3.5
_PARTIALS = ((1, 0.6), (2, 0.25), (3, 0.1))
"""Multiples of the note, and how strong each is."""
_LEVEL = 9_000
"""Of 32,767: four notes ring at once."""


def chime() -> bytes:
    """About twelve seconds of bells as a WAV file: mono, 16 bits."""
    notes = {pitch: _bell(pitch) for pitch in set(_NOTES)}
    step = round(_EVERY_S * _RATE)
    sound = array("h", bytes(2 * (step * (len(_NOTES) - 1) + round(_RINGS_S * _RATE))))
    for number, pitch in enumerate(_NOTES):
        for index, sample in enumerate(notes[pitch], number * step):
            sound[index] += sample
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(sound.tobytes())
    return file.getvalue()


def _bell(pitch: float) -> array[int]:
    """One note, struck and ringing out; its first milliseconds rise, so that it does not click."""
    length = round(_RINGS_S * _RATE)
    turns = [(2 * math.pi * pitch * multiple / _RATE, strength) for multiple, strength in _PARTIALS]
    samples = array("h")
    for index in range(length):
        swing = sum(strength * math.sin(turn * index) for turn, strength in turns)
        fade = min(index / (0.01 * _RATE), 1.0) * math.exp(-2.2 * index / length) * min((length - index) / 2400, 1.0)
        samples.append(round(_LEVEL * swing * fade))
    return samples
